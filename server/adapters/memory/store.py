"""`MemoryStore`: every port of the record in one process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from server.adapters.memory.chart import MemoryChart
from server.adapters.memory.hooks import MemoryHooks
from server.adapters.memory.log import MemoryLog
from server.adapters.memory.plans import MemoryPlans
from server.adapters.memory.whereabouts import MemoryWhereabouts


def _wall() -> datetime:
    return datetime.now(UTC)


class MemoryStore(MemoryLog, MemoryPlans, MemoryChart, MemoryHooks, MemoryWhereabouts):
    """Record, Outbox, Directory, Links, Bookings, Chart, Endpoints, KeptWhereabouts and Heartbeat, for simulations
    and tests.

    No method awaits, so each is one step of the event loop: nothing comes between its check and its write.
    `wall` is real time, which outbox leases run on.
    """

    def __init__(self, wall: Callable[[], datetime] = _wall) -> None:
        MemoryLog.__init__(self, wall)
        MemoryPlans.__init__(self)
        MemoryChart.__init__(self)
        MemoryHooks.__init__(self)
        MemoryWhereabouts.__init__(self)

    async def close(self) -> None:
        """Nothing to close; here so that stores are interchangeable."""
