"""The log, its deadlines and the heartbeat."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from server.application.ports import Append, Conflict, StoredEvent
from tests.contracts.samples import NOW, Store, after, draft, entry, event, outcomes

pytestmark = pytest.mark.asyncio


async def test_an_unknown_session_has_no_events(store: Store) -> None:
    assert await store.load("s1") == []
    assert await store.due(NOW, 10) == []
    assert await store.earliest() is None
    assert await store.live() == []


async def test_events_come_back_as_they_were_written(store: Store) -> None:
    body = '{"name": "Zoë ♥ \\u0000", "n": 1e300}'
    written = (StoredEvent(1, NOW, "opened", body, "c1"), StoredEvent(2, NOW, "joined", "", None))
    await store.append(Append("s1", 0, written, None))
    assert await store.load("s1") == list(written)


async def test_load_begins_after_the_seq_asked_for(store: Store) -> None:
    await store.append(entry("s1", count=3))
    await store.append(entry("s1", 3, count=2))
    assert [e.seq for e in await store.load("s1")] == [1, 2, 3, 4, 5]
    assert [e.seq for e in await store.load("s1", after=3)] == [4, 5]
    assert await store.load("s1", after=5) == []
    assert await store.load("s1", after=99) == []


async def test_instants_are_exact_and_in_utc(store: Store) -> None:
    odd = datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    await store.append(Append("s1", 0, (StoredEvent(1, odd, "noted", "{}", None),), odd))
    assert (await store.load("s1"))[0].at == odd
    assert await store.earliest() == odd


async def test_sessions_do_not_see_one_another(store: Store) -> None:
    await store.append(entry("s1", count=2))
    await store.append(entry("s2"))
    assert len(await store.load("s1")) == 2
    assert len(await store.load("s2")) == 1


@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_an_append_that_does_not_follow_the_last_event_conflicts_and_writes_nothing(
    store: Store, expected: int
) -> None:
    await store.append(entry("s1", count=2, deadline=after(5)))
    with pytest.raises(Conflict):
        await store.append(entry("s1", expected, deadline=after(1), drafts=[draft("lost")]))
    assert len(await store.load("s1")) == 2
    assert await store.earliest() == after(5)
    assert await store.take(NOW, 10) == []


async def test_events_out_of_number_are_no_append() -> None:
    for seqs in [(2,), (1, 3), (1, 1)]:
        with pytest.raises(ValueError, match="numbered"):
            Append("s1", 0, tuple(event(seq) for seq in seqs), None)


async def test_of_16_who_append_the_same_seq_one_has_decided(store: Store) -> None:
    for seq in range(8):
        results = await outcomes([store.append(entry("s1", seq, body=f"{n}")) for n in range(16)])
        assert [r for r in results if r is None] == [None]
        assert sum(isinstance(r, Conflict) for r in results) == 15
        assert (await store.load("s1", after=seq))[0].body == str(results.index(None))


async def test_16_sessions_append_at_once_and_none_disturbs_another(store: Store) -> None:
    for seq in range(8):
        results = await outcomes([store.append(entry(f"s{n}", seq, deadline=after(n))) for n in range(16)])
        assert results == [None] * 16
    assert [len(await store.load(f"s{n}")) for n in range(16)] == [8] * 16
    assert await store.due(after(100), 100) == [f"s{n}" for n in range(16)]


async def test_a_loser_in_the_crowd_takes_nobody_with_it(store: Store) -> None:
    await store.append(entry("s0"))
    await store.append(entry("other", drafts=[draft("known")]))
    crowd = [
        store.append(entry("s0", 0, drafts=[draft("of-a-loser")])),
        store.append(entry("s1", drafts=[draft("fine")])),
        store.append(entry("s2", deadline=after(1), drafts=[draft("known")])),
        store.append(entry("s3", deadline=after(2))),
    ]
    results = await outcomes(crowd)
    assert [type(r) for r in results] == [Conflict, type(None), ValueError, type(None)]
    assert [len(await store.load(f"s{n}")) for n in range(4)] == [1, 1, 0, 1]
    assert await store.due(after(9), 9) == ["s3"]
    assert {row.id for row in await store.take(NOW, 9)} == {"known", "fine"}


async def test_a_deadline_is_replaced_and_cleared_with_the_next_append(store: Store) -> None:
    await store.append(entry("s1", deadline=after(5)))
    await store.append(entry("s1", 1, deadline=after(3)))
    assert await store.earliest() == after(3)
    assert await store.due(after(2.9), 9) == []
    assert await store.due(after(3), 9) == ["s1"]
    await store.append(entry("s1", 2, deadline=None))
    assert await store.earliest() is None
    assert await store.due(after(99), 9) == []


async def test_due_sessions_come_earliest_first_within_the_limit_and_stay_due(store: Store) -> None:
    for name, minutes in [("c", 3.0), ("a", 1.0), ("b2", 2.0), ("b1", 2.0), ("later", 60.0)]:
        await store.append(entry(name, deadline=after(minutes)))
    assert await store.due(after(30), 10) == ["a", "b1", "b2", "c"]
    assert await store.due(after(30), 2) == ["a", "b1"]
    assert await store.due(after(30), 10) == ["a", "b1", "b2", "c"]
    assert await store.earliest() == after(1)


async def test_a_deadline_may_move_without_an_event(store: Store) -> None:
    await store.append(entry("s1", deadline=after(5)))
    await store.append(entry("s1", 1, count=0, deadline=after(9)))
    assert await store.earliest() == after(9)
    with pytest.raises(Conflict):
        await store.append(entry("s1", 0, count=0, deadline=after(1)))


async def test_live_sessions_have_events_and_a_deadline(store: Store) -> None:
    await store.append(entry("ended"))
    await store.append(entry("open", deadline=after(5)))
    await store.append(entry("empty", count=0, deadline=after(5)))
    await store.append(entry("closing", deadline=after(5)))
    await store.append(entry("closing", 1))
    assert await store.live() == ["open"]
    assert await store.sessions() == ["closing", "ended", "open"]


async def test_the_heartbeat_remembers_its_last_report(store: Store) -> None:
    assert await store.last_alive() is None
    await store.alive(NOW)
    await store.alive(after(1))
    assert await store.last_alive() == after(1)
