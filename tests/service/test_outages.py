"""What Dyad measures of itself: a paused process, a dead media worker (K18)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from server.adapters.codec import JsonCodec
from server.adapters.sql import SqliteStore
from server.bots import bot
from server.config import RECORD
from server.domain.session.evolve import evolve
from server.domain.session.state import Session
from server.domain.session.views import MomentKind
from tests.media.support import worker
from tests.service.support import eventually, house
from tests.support.ports import free_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

PAUSE = 7.0  # s, at 60 policy seconds each


async def recorded(data: Path) -> Session:
    """The demo's session, from the record on disk."""
    store, codec = await SqliteStore.open(data / RECORD), JsonCodec()
    try:
        (id,) = await store.sessions()
        session = Session(id)
        for line in await store.load(id):
            session = evolve(session, codec.event(line.kind, line.body), line.at)
        return session
    finally:
        await store.close()


async def test_a_node_that_was_paused_over_the_deadline_makes_nobody_absent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server", "demo", "--json", "--speed", "60", "--data", str(tmp_path)]
    process = await asyncio.create_subprocess_exec(
        *command, "--port", str(free_port()), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        links: dict[str, Any] = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
        async with bot(links["therapist"]) as therapist, bot(links["partner_a"], hue=9) as alex:
            await therapist.join(media=False)
            await alex.join(media=False)
            await alex.ask("arrive")
            await therapist.until(lambda view: view["card"] is not None, 40)  # minute 10, to be answered by 15
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(PAUSE)  # until minute 17
            process.send_signal(signal.SIGCONT)
            (outage,) = (await eventually(lambda: seen(tmp_path), "the pause in the record", 10)).outages
            assert outage.until is not None
            assert (outage.until - outage.since).total_seconds() >= (PAUSE - 1) * 60
            session = await recorded(tmp_path)
            assert not session.over
            assert not session.outcomes
            assert session.seats["a"].present
            await therapist.until(lambda view: view["session"]["status"] == "rescheduled", 30)
            assert (await recorded(tmp_path)).outcomes["b"] == "no_show"  # five minutes that somebody watched
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def seen(data: Path) -> Session | None:
    session = await recorded(data)
    return session if session.outages else None


async def test_a_media_worker_that_stays_dead_stops_the_clocks() -> None:
    async with house() as home:
        alex = await home.enters("a", media=True)
        id = home.links.session

        async def stopped() -> bool:
            pid = worker(home.built.media).pid
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return (await home.built.dispatcher.session(id)).paused_since is not None

        await eventually(stopped, "the clocks to stop", 30)
        await alex.until(lambda view: any(m["kind"] == MomentKind.NOW_PAUSED for m in view["moments"]), 10)

        async def running() -> bool:
            return (await home.built.dispatcher.session(id)).paused_since is None

        await eventually(running, "the clocks to run again", 30)
        (outage,) = (await home.built.dispatcher.session(id)).outages
        assert outage.until is not None


async def test_a_worker_that_is_back_at_once_is_no_outage() -> None:
    async with house() as home:
        await home.enters("a", media=True)
        before = worker(home.built.media).pid
        assert before is not None
        os.kill(before, signal.SIGKILL)

        async def back() -> bool:
            return worker(home.built.media).pid not in (None, before)

        await eventually(back, "another worker")
        await asyncio.sleep(1.5)
        assert (await home.built.dispatcher.session(home.links.session)).outages == ()
