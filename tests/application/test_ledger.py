"""What a couple's sessions leave to those to come: counted at the price of the sessions, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from server.application.dispatcher import Reply
from server.application.ports import StoredEvent
from server.domain.attendance import Outcome
from server.domain.session import commands as c
from tests.application.waiting_room import NOW, Practice

pytestmark = pytest.mark.asyncio

DAY = timedelta(days=1)
PAST, TO_COME = 15, 15


async def programme() -> Practice:
    """A couple in the middle of theirs, with a session each day and none missed so far."""
    practice = Practice()
    for n in range(-PAST, TO_COME):
        await practice.session(f"s{n}", NOW + n * DAY + timedelta(hours=1), "alex", "robin")
    await practice.deliver()
    return practice


async def missed(practice: Practice, session: str) -> None:
    """Robin did, as the therapist sets right."""
    reply = await practice.dispatcher.submit(session, c.CorrectOutcome("b", Outcome.NO_SHOW, "Told by telephone."))
    assert reply.refusal is None


async def misses(practice: Practice, *sessions: str) -> list[int]:
    """Robin's in a row, as each session knows of them."""
    plans = [(await practice.dispatcher.session(one)).plan for one in sessions]
    return [plan.partners["b"].consecutive_misses for plan in plans if plan is not None]


async def test_a_miss_is_known_to_every_session_to_come() -> None:
    practice = await programme()
    await missed(practice, "s-2")
    await practice.deliver()
    assert await misses(practice, "s0", f"s{TO_COME - 1}") == [1, 1]


async def test_a_recount_reads_each_session_a_few_times_however_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    practice = await programme()
    reads, load = 0, practice.store.load

    async def counted(session: str, after: int = 0) -> Sequence[StoredEvent]:
        nonlocal reads
        reads += 1
        return await load(session, after)

    monkeypatch.setattr(practice.store, "load", counted)
    await missed(practice, "s-2")
    await practice.deliver()
    assert reads < 20 * (PAST + TO_COME)


async def test_what_happens_during_a_recount_is_counted_and_an_older_count_is_not_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    practice = await programme()
    submit, late = practice.dispatcher.submit, ["s-1"]

    async def meanwhile(id: str, command: c.Command, cmd: str | None = None) -> Reply:
        if isinstance(command, c.SetStreaks) and late:
            # Another node is through with the recount of this one before ours goes on.
            other = late.pop()
            await missed(practice, other)
            await practice.ledger.recount(other)
        return await submit(id, command, cmd)

    await missed(practice, "s-2")
    monkeypatch.setattr(practice.dispatcher, "submit", meanwhile)
    await practice.ledger.recount("s-2")
    assert await misses(practice, "s0", "s1", f"s{TO_COME - 1}") == [2, 2, 2]
