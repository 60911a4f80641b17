"""The chain over the record: who seals it, who examines it, and what of it is told outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from server.application.dispatcher import Change, Dispatcher
from server.application.ports import RecordUnavailable
from server.domain.chain import READS, Examined, Examiner, Head, Line, Seal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVERY = 1.0  # s of real time: what was decided is sealed so soon
LOOK = 60.0  # s of real time between two looks for what others wrote and didn't live to seal
BATCH = 200
PAGE = 1_000  # lines in memory at a time


class Chain(Protocol):
    """The hash of every line is written with the line, by `Record.append`; the seals are written here."""

    async def unsealed(self) -> list[str]:
        """The logs that went on since their last seal; the log of reads is named ""."""

    async def seal(self, logs: Sequence[str]) -> bool:
        """Seal where these logs stand now, and chain lines that an older version wrote without a hash. False where
        another node is at it: nothing was done."""

    async def head(self) -> Head:
        """The last seal."""

    async def lines(self, after: tuple[str, int], limit: int) -> list[Line]:
        """The next lines after that of `(log, number)`, by log and number; `("", 0)` is before the first."""

    async def seals(self, after: int, limit: int) -> list[Seal]:
        """The next seals after number `after`."""


class Sealer:
    """Runs until cancelled."""

    def __init__(self, chain: Chain, dispatcher: Dispatcher) -> None:
        self._chain = chain
        self._moved: set[str] = set()
        self.head: Head | None = None
        dispatcher.subscribe(self._note)

    async def _note(self, change: Change) -> None:
        self.moved(change.after.id)

    def moved(self, log: str) -> None:
        """This log went on."""
        self._moved.add(log)

    async def run(self) -> None:
        ticks = 0
        while True:
            with contextlib.suppress(RecordUnavailable):  # tried again
                if ticks % round(LOOK / EVERY) == 0:
                    self._moved |= set(await self._chain.unsealed())
                await self.seal()
            ticks += 1
            await asyncio.sleep(EVERY)

    async def seal(self) -> None:
        """Seal what went on."""
        while self._moved:
            batch = sorted(self._moved)[:BATCH]
            self._moved -= set(batch)
            done = False
            try:
                done = await self._chain.seal(batch)
            finally:
                if not done:
                    self._moved |= set(batch)
            if not done:
                return
        self.head = await self._chain.head()


def told_of(line: Line) -> dict[str, Any]:
    """A line for whoever keeps the record elsewhere."""
    at = (EPOCH + timedelta(microseconds=line.at)).isoformat()
    hash = None if line.hash is None else line.hash.hex()
    if line.session == READS:
        return {"seq": line.seq, "at": at, **json.loads(line.body), "hash": hash}
    told = {"session": line.session, "seq": line.seq, "at": at, "kind": line.kind, "body": json.loads(line.body)}
    return {**told, "cmd": line.cmd, "hash": hash}


async def examined(chain: Chain, attested: Head | None) -> Examined:
    """Whether all of the record is as it was written, also where a head that was kept says it had come."""
    examiner = Examiner(attested)
    async for seal in _all_seals(chain):
        examiner.seal(seal)
    async for line in _all_lines(chain):
        examiner.line(line)
    return examiner.end()


async def exported(chain: Chain, reads: bool, tell: Callable[[dict[str, Any]], object]) -> Head:
    """Every event, or every read, handed to `tell`; and a head that covers no more than these."""
    head = await chain.head()
    async for line in _all_lines(chain):
        if (line.session == READS) == reads:
            tell(told_of(line))
    return head


async def _all_seals(chain: Chain) -> AsyncIterator[Seal]:
    n = 0
    while found := await chain.seals(n, PAGE):
        for seal in found:
            yield seal
        n = found[-1].n


async def _all_lines(chain: Chain) -> AsyncIterator[Line]:
    last = (READS, 0)
    while found := await chain.lines(last, PAGE):
        for line in found:
            yield line
        last = (found[-1].session, found[-1].seq)
