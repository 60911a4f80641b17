"""kill -9, fifty times, of the server and of its media worker, while people talk and commands flow."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import socketio

from server.adapters.codec import JsonCodec
from server.adapters.sql import SqliteStore
from server.bots import Bot, BotRefused
from server.config import RECORD
from server.domain.session import events as e
from server.domain.session.evolve import evolve
from server.domain.session.state import Session
from tests.service.support import eventually
from tests.support.ports import free_port

KILLS = 50
GONE = (socketio.exceptions.SocketIOError, asyncio.TimeoutError, BotRefused, OSError)


class Server:
    """`dyad demo` as a process that can be killed and started again in the same folder."""

    def __init__(self, data: Path) -> None:
        self._data, self._port = data, free_port()
        self._process: asyncio.subprocess.Process | None = None
        self.links: dict[str, str] = {}

    async def start(self) -> None:
        command = [sys.executable, "-m", "server", "demo", "--json", "--data", str(self._data)]
        self._process = await asyncio.create_subprocess_exec(
            *command, "--port", str(self._port), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 30)
        self.links = self.links or json.loads(line)  # the first links go on working

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    def kill_worker(self) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii")
        for pid in map(int, children.split()):
            if b"signaling.media.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


class Persistent:
    """A person whose page comes back after every loss, and who notes what was acknowledged."""

    def __init__(self, link: str, *, media: bool) -> None:
        self._link, self._media = link, media
        self.bot: Bot | None = None
        self.acknowledged: list[str] = []
        self._number = 0

    async def seated(self) -> dict[str, Any]:
        """Come back until there is a seat; the view on return."""
        async with asyncio.timeout(40):
            while True:
                if self.bot is not None:
                    await self.bot.drop()
                self.bot = Bot(self._link)
                with contextlib.suppress(*GONE):
                    await self.bot.join(media=self._media)
                    return self.bot.view
                await asyncio.sleep(0.1)

    async def keeps_talking(self) -> None:
        """Send commands as fast as they are acknowledged, until the connection is lost."""
        assert self.bot is not None
        with contextlib.suppress(*GONE):
            while True:
                self._number += 1
                name = f"k{self._number}"
                state = {"microphone": self._number % 2 == 0, "camera": True}
                reply = await self.bot.socket.call(
                    "set_devices", {"cmd_id": name, **state}, namespace="/session", timeout=5
                )
                if reply.get("ok"):
                    self.acknowledged.append(name)

    async def sees_somebody(self) -> bool:
        return self.bot is not None and self.bot.peer is not None and any(self.bot.peer.decoded().values())


@asynccontextmanager
async def _people(server: Server) -> AsyncIterator[tuple[Persistent, Persistent, Persistent]]:
    people = tuple(
        Persistent(server.links[name], media=name != "partner_b") for name in ("therapist", "partner_a", "partner_b")
    )
    try:
        yield people  # type: ignore[misc]
    finally:
        for person in people:
            if person.bot is not None:
                await person.bot.drop()


@pytest.mark.asyncio
@pytest.mark.timeout(600)
async def test_killed_fifty_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    rng = random.Random(7)
    server = Server(tmp_path)
    await server.start()
    try:
        async with _people(server) as (therapist, alex, robin):
            await _begin(therapist, alex, robin)
            kills: Counter[str] = Counter()
            for _ in range(KILLS):
                talking = [asyncio.create_task(person.keeps_talking()) for person in (alex, robin)]
                await asyncio.sleep(rng.uniform(0.0, 0.4))
                if rng.random() < 0.5:
                    kills["server"] += 1
                    await server.kill()
                    await asyncio.gather(*talking)
                    await server.start()
                    views = await asyncio.gather(*(person.seated() for person in (therapist, alex, robin)))
                    assert [view["place"] for view in views[1:]] == ["room", "room"]
                    assert views[0]["session"]["status"] == "under_way"
                else:
                    kills["worker"] += 1
                    server.kill_worker()
                    for task in talking:
                        task.cancel()
                    await asyncio.gather(*talking, return_exceptions=True)
                    assert alex.bot is not None
                    await alex.bot.until(lambda view: view["place"] == "room")
            for person in (therapist, alex):
                await eventually(person.sees_somebody, "a picture again")
            assert min(kills.values()) > 10, kills
    finally:
        await server.kill()
    await _check_the_record(tmp_path, server.links["session"], {"a": alex.acknowledged, "b": robin.acknowledged})


async def _begin(therapist: Persistent, alex: Persistent, robin: Persistent) -> None:
    for person in (therapist, alex, robin):
        await person.seated()
        assert person.bot is not None
        if person is not therapist:
            await person.bot.ask("arrive")
    assert therapist.bot is not None
    await therapist.bot.ask("admit_all")
    await therapist.bot.until(lambda view: view["session"]["status"] == "under_way")


async def _check_the_record(data: Path, id: str, acknowledged: dict[str, list[str]]) -> None:
    store, codec = await SqliteStore.open(data / RECORD), JsonCodec()
    try:
        lines = await store.load(id)
    finally:
        await store.close()
    named = Counter(line.cmd for line in lines if line.cmd is not None)
    assert max(named.values()) == 1, "a command was decided twice"
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    wanted = {f"{who}:{name}" for who, names in acknowledged.items() for name in names}
    assert len(wanted) > 100
    # A command that changed nothing (the devices were so already) leaves no line.
    unchanged = _unchanged(lines, codec, wanted - set(named))
    assert wanted - set(named) <= unchanged
    session = Session(id)
    for line in lines:
        session = evolve(session, codec.event(line.kind, line.body), line.at)
    started = [line for line in lines if isinstance(codec.event(line.kind, line.body), e.Started)]
    assert len(started) == 1
    assert not session.outcomes, "nobody is blamed for the service's own outages"


def _unchanged(lines: list[Any], codec: JsonCodec, missing: set[str]) -> set[str]:
    """Those of the missing commands that asked for what was so: the same parity as the line before them."""
    last: dict[str, list[tuple[int, bool]]] = {"a": [(0, True)], "b": [(0, True)]}
    for line in lines:
        event = codec.event(line.kind, line.body)
        if isinstance(event, e.DevicesSet) and line.cmd is not None:
            last[event.who].append((int(line.cmd.partition(":k")[2]), event.microphone))
    fine = set()
    for name in missing:
        who, _, number = name.partition(":k")
        before = max((entry for entry in last[who] if entry[0] < int(number)), default=(0, True))
        if before[1] == (int(number) % 2 == 0):
            fine.add(name)
    return fine
