"""Rooms open and close at speed, and after each spell of them what the service holds is counted."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from server.bots import BotRefused
from tests.soak.house import MARK
from tests.soak.stories import STORIES, Links, Story

SPEED = 60  # of the policy's clock
QUIET = 20.0  # s until everything that was opened is over: who never came is given up after some 17 minutes
SLACK = 3  # a connection of the record's pool may be open or not
GROWTH = 1.25  # of memory, after the first spell
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Held:
    """What the service and its media worker hold when nobody is there; of memory, resident bytes."""

    memory: int
    media_memory: int
    files: int
    media_files: int
    sockets: int
    tasks: int


class House:
    """The process of the service."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process, self._one = process, asyncio.Lock()

    async def ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._one:
            self._process.stdin.write(f"{line}\n".encode())
            async for said in self._process.stdout:
                if said.startswith(MARK.encode()):
                    answer: dict[str, Any] = json.loads(said[len(MARK) :])
                    return answer
            raise RuntimeError("the service ended")

    async def held(self) -> Held:
        tasks = (await self.ask("count"))["tasks"]
        own = self._process.pid
        [media] = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
        files = _files(own)
        return Held(
            _memory(own),
            _memory(int(media)),
            len(files),
            len(_files(int(media))),
            sum(one.startswith("socket:") for one in files),
            tasks,
        )


@asynccontextmanager
async def house(speed: float) -> AsyncIterator[House]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.soak.house",
        str(speed),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    try:
        yield House(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@dataclass(frozen=True)
class Soaked:
    """`held` after each spell. `rooms` by story and whether it came to its end: "they_meet", "they_meet, cut short"."""

    held: list[Held]
    rooms: Counter[str]


async def run(spells: int, rooms: int, gap: float, tell: Callable[[str], None]) -> Soaked:
    """In each spell so many rooms, one each `gap` seconds; the same in each."""
    soaked = Soaked([], Counter())

    async def lives(story: Story, links: Links) -> None:
        try:
            await story(links)
        except (BotRefused, TimeoutError):  # the clock runs fast: the policy may have ended it meanwhile
            soaked.rooms[f"{story.__name__}, cut short"] += 1
        else:
            soaked.rooms[story.__name__] += 1

    async with house(SPEED) as service:
        for spell in range(spells):
            async with asyncio.TaskGroup() as tasks:
                for number in range(rooms):
                    tasks.create_task(lives(STORIES[number % len(STORIES)], await service.ask("open")))
                    await asyncio.sleep(gap)
            await asyncio.sleep(QUIET)
            soaked.held.append(await service.held())
            tell(f"{(spell + 1) * rooms:>5} rooms  {json.dumps(asdict(soaked.held[-1]))}")
    return soaked


def faults(found: list[Held]) -> list[str]:
    """What grew after the first spell, in which things are made that stay."""
    first, last = found[0], found[-1]
    said = [
        f"{name}: {getattr(first, name)} → {getattr(last, name)}"
        for name in ("files", "media_files", "sockets", "tasks")
        if getattr(last, name) > getattr(first, name) + SLACK
    ]
    return said + [
        f"{name}: {getattr(first, name) >> 20} → {getattr(last, name) >> 20} MiB"
        for name in ("memory", "media_memory")
        if getattr(last, name) > getattr(first, name) * GROWTH
    ]


def _memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE


def _files(pid: int) -> list[str]:
    folder = Path(f"/proc/{pid}/fd")
    return [os.readlink(folder / name) for name in os.listdir(folder)]
