"""What the application tells of its own pace."""

from __future__ import annotations

from datetime import UTC, datetime

import uvloop

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.application.dispatcher import Dispatcher
from server.application.policies import PolicyBook
from server.domain.session.commands import PlanSession
from tests.domain.session.story import COUPLE

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_an_append_of_less_than_a_millisecond_took_some_time() -> None:
    """The time of the loop that the service runs on stands still for a millisecond."""
    took: list[float] = []

    async def plan() -> None:
        store = MemoryStore()
        dispatcher = Dispatcher(store, JsonCodec(), VirtualClock(NOW), PolicyBook(store, read_policy))
        dispatcher.watch.appended = took.append  # type: ignore[assignment, method-assign]
        await dispatcher.submit("s1", PlanSession(COUPLE))

    uvloop.run(plan())
    (seconds,) = took
    assert seconds > 0
