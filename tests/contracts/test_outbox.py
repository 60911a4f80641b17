"""The outbox: written with the decision, delivered at least once, in order for one session."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.application.dead_letters import OutboxState
from server.application.hooks import Endpoint
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


async def test_a_row_that_was_moved_comes_at_its_new_time_earlier_or_later_and_no_try_is_counted(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1", after(9))]))
    await store.redate("m1", after(2))
    assert [row.id for row in await store.take(after(2), 10)] == ["m1"]
    await store.redate("m1", after(5))
    assert await taken(store, 4) == []
    (row,) = await store.take(after(5), 10)
    assert (row.id, row.tries) == ("m1", 0)
    await store.done("m1")
    await store.redate("m1", NOW)
    await store.redate("unknown", NOW)
    assert await taken(store, 9) == []


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


async def test_a_dead_letter_is_listed_with_its_reason_and_tried_again_in_its_old_place(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1"), draft("m2"), draft("m3")]))
    for id in ("m1", "m2"):
        assert await taken(store) == [id]
        await store.give_up(id, "550 no such mailbox")
    (one, _) = await store.dead(10)
    assert (one.id, one.queue, one.kind, one.body, one.why) == (
        "m1",
        "s1",
        "mail",
        '{"to": "p1"}',
        "550 no such mailbox",
    )
    assert [row.id for row in await store.dead(1)] == ["m1"]
    assert await store.replay("m1", after(3))
    assert not await store.replay("m1", after(3))
    assert [row.id for row in await store.dead(10)] == ["m2"]
    assert await taken(store, 2) == [], "what was written after it waits for it again"
    (row,) = await store.take(after(3), 10)
    assert (row.id, row.tries) == ("m1", 0)
    await store.done("m1")
    assert await taken(store, 3) == ["m3"]


async def test_a_discarded_letter_is_never_seen_again(store: Store) -> None:
    await store.append(entry("s1", drafts=[draft("m1")]))
    assert not await store.discard("m1"), "it is still being tried"
    await store.take(NOW, 1)
    await store.give_up("m1", "550")
    assert await store.discard("m1")
    assert await store.dead(10) == []
    assert not await store.replay("m1", NOW)
    assert not await store.discard("unknown")


async def test_the_state_of_the_outbox_is_counted(store: Store) -> None:
    assert await store.outbox_state() == OutboxState(0, None, 0)
    await store.append(entry("s1", drafts=[draft("m1", after(2)), draft("m2", after(5))]))
    await store.append(entry("s2", drafts=[draft("n1", after(1))]))
    assert await store.outbox_state() == OutboxState(3, after(1), 0)
    await store.take(after(1), 10)
    await store.give_up("n1", "550")
    assert await store.outbox_state() == OutboxState(2, after(2), 1)


async def test_endpoints_are_kept_replaced_and_removed(store: Store) -> None:
    one, two = (Endpoint(id, f"https://{id}.example", "whsec_x", after(n)) for n, id in ((2, "e1"), (1, "e2")))
    for endpoint in (one, two, replace(one, disabled="gone")):
        await store.put_endpoint(endpoint)
    assert await store.endpoints() == [two, replace(one, disabled="gone")]
    assert await store.remove_endpoint("e2")
    assert not await store.remove_endpoint("e2")
    assert [endpoint.id for endpoint in await store.endpoints()] == ["e1"]
