"""The outbox: written with the decision, delivered at least once, in order for one session."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.application.ports import Conflict
from tests.contracts.samples import NOW, Store, Wall, after, draft, entry

pytestmark = pytest.mark.asyncio

LEASE = timedelta(seconds=30)


async def taken(store: Store, minutes: float = 0, limit: int = 10) -> list[str]:
    return [row.id for row in await store.take(after(minutes), limit)]


async def test_rows_appear_with_their_events_or_not_at_all(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1")]))
    with pytest.raises(Conflict):
        await store.append(entry("s1", 0, drafts=[draft("m2")]))
    with pytest.raises(ValueError, match="outbox row"):
        await store.append(entry("s2", drafts=[draft("m3"), draft("m1")]))
    with pytest.raises(ValueError, match="outbox row"):
        await store.append(entry("s3", drafts=[draft("m4"), draft("m4")]))
    assert await taken(store) == ["m1"]
    assert await store.load("s2") == []
    assert await store.load("s3") == []


async def test_a_row_comes_whole(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1")]))
    (row,) = await store.take(NOW, 1)
    assert (row.id, row.session, row.kind, row.body, row.tries) == ("m1", "s1", "mail", '{"to": "p1"}', 0)


async def test_a_row_that_no_session_wrote_is_posted_once_and_waits_for_nobody_else(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1", after(60))]))
    for _ in range(2):
        await store.post("s1/reminder", draft("r1", after(5)))
    assert await taken(store, 4) == []
    assert await taken(store, 5) == ["r1"]
    await store.done("r1")
    await store.post("s1/reminder", draft("r1", after(5)))
    assert await taken(store, 60) == ["m1"]


async def test_a_row_waits_for_its_time(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1", after(5))]))
    assert await taken(store, 4.9) == []
    assert await taken(store, 5) == ["m1"]


async def test_a_session_is_served_in_order_and_one_at_a_time(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1"), draft("m2")]))
    await store.append(entry("s1", 1, drafts=[draft("m3")]))
    for id in ["m1", "m2", "m3"]:
        assert await taken(store) == [id]
        assert await taken(store) == []
        await store.done(id)
    assert await taken(store) == []


async def test_a_row_that_is_not_due_holds_back_the_later_ones_of_its_session_alone(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1", after(5)), draft("m2")]))
    await store.append(entry("s2", drafts=[draft("n1")]))
    assert await taken(store) == ["n1"]
    assert await taken(store, 5) == ["m1"]


async def test_the_oldest_rows_come_first_within_the_limit(store: Store) -> None:
    for n in range(5):
        await store.append(entry(f"s{n}", drafts=[draft(f"m{n}")]))
    assert await taken(store, limit=2) == ["m0", "m1"]
    assert await taken(store, limit=2) == ["m2", "m3"]
    assert await taken(store, limit=2) == ["m4"]


async def test_a_lease_runs_out_in_real_time_whatever_policy_time_says(store: Store, wall: Wall) -> None:
    await store.append(entry("s1", drafts=[draft("m1")]))
    assert await taken(store) == ["m1"]
    assert await taken(store, 600) == []
    wall.now += LEASE - timedelta(seconds=1)
    assert await taken(store) == []
    wall.now += timedelta(seconds=1)
    assert await taken(store) == ["m1"]


async def test_of_many_who_take_at_once_each_row_goes_to_one(store: Store) -> None:
    for n in range(10):
        await store.append(entry(f"s{n}", drafts=[draft(f"m{n}")]))
    results = await asyncio.gather(*(store.take(NOW, 3) for _ in range(20)))
    ids = [row.id for rows in results for row in rows]
    assert sorted(ids) == [f"m{n}" for n in range(10)]


async def test_a_retry_comes_at_its_time_with_the_try_counted_and_keeps_its_place(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1"), draft("m2")]))
    await store.take(NOW, 1)
    await store.retry("m1", after(2), "451 greylisted")
    assert await taken(store, 1) == []
    (row,) = await store.take(after(2), 10)
    assert (row.id, row.tries) == ("m1", 1)
    await store.retry("m1", after(3), "451 greylisted")
    assert (await store.take(after(3), 10))[0].tries == 2


async def test_a_row_given_up_lets_the_later_ones_go_on(store: Store, wall: Wall) -> None:
    await store.append(entry("s1", drafts=[draft("m1"), draft("m2")]))
    assert await taken(store) == ["m1"]
    await store.give_up("m1", "550 no such mailbox")
    assert await taken(store) == ["m2"]
    wall.now += LEASE
    assert await taken(store) == ["m2"]


async def test_a_late_report_changes_nothing(store: Store, wall: Wall) -> None:
    await store.append(entry("s1", drafts=[draft("m1"), draft("m2")]))
    await store.take(NOW, 1)
    await store.done("m1")
    await store.retry("m1", NOW, "late")
    await store.give_up("m1", "late")
    await store.done("unknown")
    await store.retry("unknown", NOW, "late")
    assert await taken(store) == ["m2"]
    await store.give_up("m2", "550")
    await store.done("m2")
    await store.retry("m2", NOW, "late")
    wall.now += LEASE
    assert await taken(store) == []
