"""Each partner tells at each session where they are and whom to call (V9). Only who holds the session reads it.

It is kept beside the record, never in it: the log says that somebody told, and cannot be made to forget.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.application.chart import Unknown
from server.application.dispatcher import Dispatcher
from server.application.ports import Clock, LinkGrant, RecordUnavailable
from server.application.roles import NotAllowed
from server.domain.session import refusals as no
from server.domain.session.commands import TellWhereabouts
from server.domain.session.refusals import Refusal
from server.domain.session.state import HOSTS
from server.domain.whereabouts import Whereabouts, forgotten_at

SWEEP = 600.0  # s of real time between two looks for what is to be forgotten


@dataclass(frozen=True, slots=True)
class Told:
    """What `who` told of one session, until `until`."""

    session: str
    who: str
    until: datetime
    where: Whereabouts


class KeptWhereabouts(Protocol):
    """One row for each partner of a session. Nothing of an earlier one is left."""

    async def keep_whereabouts(self, told: Told) -> None:
        """In place of what this partner told of this session before."""

    async def whereabouts(self, session: str) -> list[Told]:
        """In the order of the partners."""

    async def forget_whereabouts(self, now: datetime) -> int:
        """Delete what is told until `now` or earlier; how many rows that were."""


class WhereaboutsDesk:
    """`run` until cancelled."""

    def __init__(self, dispatcher: Dispatcher, kept: KeptWhereabouts, clock: Clock) -> None:
        self._dispatcher, self._kept, self._clock = dispatcher, kept, clock

    async def tell(self, grant: LinkGrant, where: Whereabouts) -> Refusal | None:
        """On return it is kept, and the session says that it was told; or why not."""
        assert grant.session is not None
        session = await self._dispatcher.session(grant.session)
        if session.plan is None or grant.participant not in session.partners:
            return no.UNKNOWN_PARTICIPANT
        if session.over:
            return no.OVER
        until = forgotten_at(session.plan.starts_at, session.plan.minutes, self._clock.now())
        await self._kept.keep_whereabouts(Told(session.id, grant.participant, until, where))
        reply = await self._dispatcher.submit(session.id, TellWhereabouts(grant.participant))
        return reply.refusal

    async def of(self, grant: LinkGrant) -> Mapping[str, Whereabouts]:
        """By partner, for who holds the session now. Raises `NotAllowed` and `Unknown`."""
        if grant.participant not in HOSTS or grant.session is None:
            raise NotAllowed
        session = await self._dispatcher.session(grant.session)
        if session.plan is None:
            raise Unknown
        if session.host != grant.participant:
            raise NotAllowed
        now = self._clock.now()
        return {told.who: told.where for told in await self._kept.whereabouts(session.id) if told.until > now}

    async def run(self) -> None:
        while True:
            with contextlib.suppress(RecordUnavailable):  # looked at again
                await self._kept.forget_whereabouts(self._clock.now())
            await asyncio.sleep(SWEEP)
