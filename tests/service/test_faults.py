"""Disk full, fsync failing, database read-only or gone: said clearly, nothing half-decided, and over by itself."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from server.adapters.sql import migrate_database
from server.config import RECORD
from server.demo import Options, empty_clinic
from tests.service.support import eventually
from tests.support.disks import FaultyDisk, faulty_disk
from tests.support.postgres import PostgresServer, postgres_running

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(240)]
RED = 5.0  # s until a probe says so; on a machine that runs other tests too, each step may take a few times as long
BUSY = 4.0
HOURS = [[day, "08:00", "20:00"] for day in range(5)]


@dataclass
class Clinic:
    """A service, asked over HTTP as a page and a probe ask it."""

    base: str
    token: str
    acknowledged: list[str]
    tried: int = 0

    async def add(self) -> int:
        """Somebody of the staff; the status, and on success the name is remembered."""
        self.tried += 1
        name = f"Person {self.tried}"
        person = {"name": name, "email": f"p{self.tried}@example.com", "zone": "UTC", "hours": HOURS}
        status, body = await self._ask("POST", "/v1/clinic/staff", {"person": person, "licences": []})
        if status == 201:
            self.acknowledged.append(name)
        else:
            assert (status, body["type"].rpartition("/")[2].rpartition(":")[2]) == (503, "unavailable"), body
        return status

    async def ready(self) -> bool:
        return (await self._ask("GET", "/readyz"))[0] == 200

    async def alive(self) -> bool:
        return (await self._ask("GET", "/livez"))[0] == 200

    async def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(self.base) as http,
            http.request(method, path, headers=headers, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)


async def fails_and_recovers(clinic: Clinic, fail: Callable[[], object], heal: Callable[[], object]) -> None:
    """The whole story: all is well, it fails, everybody is told, it heals, and all is well by itself."""
    await eventually(clinic.ready, "ready", 30)
    assert await clinic.add() == 201
    await asyncio.to_thread(fail)
    began = time.monotonic()
    await eventually(_not(clinic.ready), "a probe says so", RED * BUSY)
    assert await clinic.add() == 503
    assert time.monotonic() - began < (RED + 4) * BUSY
    assert await clinic.alive(), "it is the record that failed, not Dyad"
    await asyncio.to_thread(heal)
    await eventually(clinic.ready, "ready again", 60)
    assert await clinic.add() == 201


def _not(true: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    async def untrue() -> bool:
        return not await true()

    return untrue


@asynccontextmanager
async def on_sqlite(data: Path, disk: FaultyDisk) -> AsyncIterator[Clinic]:
    """A process of its own, whose files fail alone."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "demo", "--empty", "--json", "--port", "0", "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **disk.environment},
    )
    assert process.stdout is not None
    try:
        links = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        yield Clinic(links["base_url"], links["administrator"].partition("#")[2], [])
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 30)


@pytest.mark.parametrize("how", ["full", "fsync", "read-only"])
async def test_a_disk_that_fails_under_sqlite(tmp_path: Path, how: str) -> None:
    data, tools = tmp_path / "data", tmp_path / "tools"
    data.mkdir()
    tools.mkdir()
    disk = faulty_disk(data, tools)
    async with on_sqlite(data, disk) as clinic:
        await fails_and_recovers(clinic, lambda: disk.fail(how), disk.heal)
    with closing(sqlite3.connect(data / RECORD)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        check_whole([tuple(row) for row in connection.execute(STAFF)], clinic)


STAFF = "SELECT p.name, count(c.id) FROM people p LEFT JOIN chart c ON c.owner = p.id OR c.id = p.id GROUP BY p.name"


def check_whole(rows: list[tuple[Any, ...]], clinic: Clinic) -> None:
    """Whoever was acknowledged is there, once and whole; nobody is there in halves."""
    people = {str(name): int(entries) for name, entries in rows if str(name).startswith("Person")}
    assert set(clinic.acknowledged) <= set(people)
    assert len({entries for name, entries in people.items()}) == 1, people


@asynccontextmanager
async def on_postgres(server: PostgresServer) -> AsyncIterator[Clinic]:
    url = server.url(server.database())
    await migrate_database(url)
    async with empty_clinic(Options(port=0, database_url=url)) as (_, links):
        clinic = Clinic(links.base_url, links.administrator.partition("#")[2], [])
        yield clinic
    with psycopg.connect(url) as connection:
        check_whole(connection.execute(STAFF.encode()).fetchall(), clinic)


@pytest.mark.parametrize("how", ["stopped", "killed", "asleep", "read-only"])
async def test_a_postgresql_that_is_gone_or_closed(how: str) -> None:
    with postgres_running(fsync=True) as server:
        async with on_postgres(server) as clinic:
            await fails_and_recovers(clinic, *ways(server)[how])


def ways(server: PostgresServer) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    def closed(on: str) -> Callable[[], object]:
        def setting() -> None:
            server.ask(f"ALTER SYSTEM SET default_transaction_read_only = {on}")
            server.ask("SELECT pg_reload_conf()")

        return setting

    def opened() -> None:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
            connection.execute("SELECT pg_reload_conf()")

    return {
        "stopped": (server.stop, server.start),
        "killed": (lambda: server.stop(signal.SIGQUIT), server.start),
        "asleep": (server.sleep, server.wake),
        "read-only": (closed("on"), opened),
    }


@pytest.mark.parametrize("how", ["full", "fsync", "read-only"])
async def test_a_disk_that_fails_under_postgresql(how: str) -> None:
    """PostgreSQL may end over it, as it does where an fsync fails; then whoever runs it starts it again."""
    with tempfile.TemporaryDirectory(prefix="dyad-tools-") as tools, postgres_running(fsync=True) as server:
        disk = faulty_disk(server.folder, Path(tools))
        server.stop()
        server.environment = disk.environment
        server.start()

        def heal() -> None:
            disk.heal()
            server.restart()

        async with on_postgres(server) as clinic:
            await fails_and_recovers(clinic, lambda: disk.fail(how), heal)
