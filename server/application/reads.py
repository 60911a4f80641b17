"""Who read what of whom: written down before the answer goes out, as ids and kinds, without a word of what was read."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from server.application.ports import Clock, RecordUnavailable
from server.domain.chain import READS

AGAIN = timedelta(minutes=1)  # the same read within it is one: a page that asks every few seconds is one reader
PATIENCE = 1.0  # s of real time that an answer waits for its note; it is written later then
PAUSE = 1.0  # s of real time before another try
MOST = 10_000  # reads remembered
BATCH = 200


@dataclass(frozen=True, slots=True)
class Read:
    """`kind` is what was asked for, as it is declared; `owner` the id of the session, couple or person it is of."""

    at: datetime
    person: str
    role: str
    kind: str
    owner: str

    @property
    def body(self) -> str:
        told = {"person": self.person, "role": self.role, "kind": self.kind, "owner": self.owner}
        return json.dumps(told, sort_keys=True, separators=(",", ":"))


class Reads(Protocol):
    async def note_reads(self, reads: Sequence[Read]) -> None:
        """Append to the log of reads, chained. Raises `RecordUnavailable`."""


class ReadLog:
    """`run` until cancelled."""

    def __init__(self, reads: Reads, clock: Clock, moved: Callable[[str], None]) -> None:
        """`moved` hears that the log of reads went on."""
        self._reads, self._clock, self._moved = reads, clock, moved
        self._lately: dict[tuple[str, str, str, str], datetime] = {}
        self._waiting: list[tuple[Read, asyncio.Future[None]]] = []
        self._stirred = asyncio.Event()

    async def note(self, person: str, role: str, kind: str, owner: str) -> None:
        """On return it is durable, or the record is away and it will be written once it is back."""
        now, key = self._clock.now(), (person, role, kind, owner)
        if (last := self._lately.get(key)) is not None and now < last + AGAIN:
            return
        if len(self._lately) >= MOST:
            self._lately.clear()
        self._lately[key] = now
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((Read(now, *key), written))
        self._stirred.set()
        await asyncio.wait({written}, timeout=PATIENCE)

    async def run(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while self._waiting:
                batch = self._waiting[:BATCH]
                try:
                    await self._reads.note_reads([read for read, _ in batch])
                except RecordUnavailable:
                    await asyncio.sleep(PAUSE)
                    continue
                del self._waiting[: len(batch)]
                self._moved(READS)
                for _, written in batch:
                    with contextlib.suppress(asyncio.InvalidStateError):
                        written.set_result(None)
