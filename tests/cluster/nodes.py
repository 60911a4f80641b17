"""Nodes as processes of their own, which can be killed, paused, drained and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from server.adapters.clock import SystemClock
from server.adapters.sql import migrate_database
from server.bootstrap import addresses, service
from server.config import Settings
from server.demo import DemoLinks, Options, seed
from tests.support.ports import free_port
from tests.support.postgres import postgres_running
from tests.support.redis import RedisServer, redis_running

READY = 100.0  # s; a busy machine takes a while to read the program
SESSION = "cluster-1"


class NodeProcess:
    """`dyad serve` with settings of its own. Its log goes to a file in the folder."""

    def __init__(
        self, name: str, folder: Path, environment: Mapping[str, str], command: Sequence[str] = ("server", "serve")
    ) -> None:
        """`command`: the module that is run, and its arguments."""
        self.name, self._folder, self._command = name, folder, command
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self._environment = {
            **os.environ,
            **environment,
            "DYAD_NODE_PORT": str(self.port),
            "DYAD_NODE_ADDRESS": self.address,
        }
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns once it answers."""
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self._command), env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(READY):
            while not await self.is_ready():
                if self.process.returncode is not None:
                    raise RuntimeError(f"{self.name} ended with {self.process.returncode}; see its log")
                await asyncio.sleep(0.1)

    async def is_ready(self) -> bool:
        return (await self.status())[0] == 200

    async def status(self) -> tuple[int, str]:
        """(0, "") where nobody answers."""
        told = await self.readiness()
        return told.get("code", 0), told.get("status", "")

    async def readiness(self) -> dict[str, Any]:
        """What /readyz says, with its HTTP status as `code`; empty where nobody answers."""
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            limit = aiohttp.ClientTimeout(total=2)
            async with aiohttp.ClientSession(timeout=limit) as http, http.get(f"{self.address}/readyz") as answer:
                return {**await answer.json(), "code": answer.status}
        return {}

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def kill(self) -> None:
        """As the worst that can happen: nothing of it runs on. Its media worker ends by itself."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> None:
        """As an operator does: it sends its people on, and ends."""
        self.send(signal.SIGTERM)
        assert self.process is not None
        await asyncio.wait_for(self.process.wait(), READY)


class Cluster:
    """`links` are those of a couple's session that is about to begin; the nodes share `port`."""

    def __init__(
        self, folder: Path, port: int, redis: RedisServer, database: str, links: DemoLinks, count: int
    ) -> None:
        self.folder, self.redis, self.database, self.links = folder, redis, database, links
        self.base_url = f"http://localhost:{port}"
        self._environment = {
            "DYAD_DATA": str(folder / "data"),
            "DYAD_DATABASE_URL": database,
            "DYAD_BASE_URL": self.base_url,
            "DYAD_PORT": str(port),
            "DYAD_REDIS_URL": redis.url,
        }
        self.nodes = [self.another() for _ in range(count)]

    def another(self) -> NodeProcess:
        """One more, not started and not kept in `nodes`."""
        self._number = getattr(self, "_number", 0) + 1
        return NodeProcess(f"node-{self._number}", self.folder, self._environment)

    async def home(self, session: str = SESSION) -> NodeProcess:
        """The node that takes the therapist in, found as a page finds it."""
        for node in self.nodes:
            if await node.is_ready():
                address = await self._home_by(node)
                return next(one for one in self.nodes if one.address == address)
        raise RuntimeError("no node is up")

    async def _home_by(self, node: NodeProcess) -> str:
        body = {"token": self.links.therapist.partition("#")[2]}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{node.address}/v1/links/redeem", json=body) as answer,
        ):
            return (await answer.json())["node"] or node.address

    async def acquainted(self) -> None:
        """Returns once the nodes know each other: until then each takes itself for everybody's home."""
        async with asyncio.timeout(READY):
            for node in self.nodes:
                while (await node.readiness()).get("nodes") != len(self.nodes):  # noqa: ASYNC110, it is elsewhere
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def cluster(folder: Path, *, count: int = 2, port: int | None = None) -> AsyncIterator[Cluster]:
    """Running nodes over one PostgreSQL and one Redis, with what they log in `folder`."""
    port = port or free_port()
    (folder / "redis").mkdir()
    (folder / "data").mkdir(mode=0o700)
    with redis_running(folder / "redis") as redis, postgres_running(fsync=True) as postgres:
        database = postgres.url(postgres.database())
        await migrate_database(database)
        links = await _seeded(folder / "data", database, f"http://localhost:{port}")
        opened = Cluster(folder, port, redis, database, links, count)
        try:
            await asyncio.gather(*(node.start() for node in opened.nodes))
            await opened.acquainted()
            yield opened
        finally:
            await asyncio.gather(*(node.kill() for node in opened.nodes))


async def _seeded(data: Path, database: str, base_url: str) -> DemoLinks:
    settings = Settings(data=data, base_url=base_url, announce=tuple(addresses()), database_url=database)
    async with service(settings, SystemClock()) as built:
        return await seed(built, SESSION, Options())
