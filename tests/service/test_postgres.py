"""`dyad` over PostgreSQL as an operator meets it, and what it never says."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from server.planfile import example_plan
from tests.service.support import eventually
from tests.service.test_command_line import dyad, started
from tests.support.postgres import PostgresServer

PASSWORD = "hush-hush-0815"


def secret(folder: Path, url: str) -> dict[str, str]:
    """The settings, with the URL in a file as a secret is, and a password that no server asks for."""
    path = folder / "database"
    path.write_text(url.replace("dyad@", f"dyad:{PASSWORD}@") + "\n")
    return {"DYAD_DATABASE_URL_FILE": str(path), "DYAD_BASE_URL": "http://x"}


def test_a_database_is_prepared_and_served_by_the_same_commands(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    where = secret(tmp_path, postgres_server.url(postgres_server.database()))
    code, out, err = dyad("serve", **where)
    assert (code, "run `dyad migrate` first" in err) == (1, True), out
    code, out, _ = dyad("migrate", "--json", **where)
    assert (code, json.loads(out)["from"]) == (0, "base")
    plan = tmp_path / "couple.json"
    plan.write_text(json.dumps(example_plan(datetime.now(UTC))))
    code, out, _ = dyad("session", "plan", str(plan), "--json", **where)
    assert code == 0
    code, listed, _ = dyad("session", "list", "--json", **where)
    assert [row["id"] for row in json.loads(listed)] == [json.loads(plan.read_text())["id"]]
    code, _, err = dyad("migrate", "--to", "base", **where)
    assert code == 0
    code, _, err = dyad("session", "list", **where)
    assert (code, "run `dyad migrate` first" in err) == (1, True)


@pytest.mark.asyncio
async def test_it_serves_and_never_says_the_password(
    tmp_path: Path, postgres_url: str, free_port: Callable[[], int]
) -> None:
    port = free_port()
    where = {**secret(tmp_path, postgres_url), "DYAD_PORT": str(port)}
    process = await started("serve", **where)
    assert process.stderr is not None
    said = b""
    while b"Dyad serves" not in said:
        said += await asyncio.wait_for(process.stderr.readuntil(b"\n"), 30)
    await eventually(lambda: _ready(port), "ready")
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert PASSWORD.encode() not in said + out + err


async def _ready(port: int) -> bool:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as answer:
        return answer.status == 200


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://dyad:{PASSWORD}@127.0.0.1:1/dyad",
        f"postgresql://dyad:{PASSWORD}@127.0.0.1:none/dyad",
        f"postgresql://dyad:{PASSWORD}@127.0.0.1:1/dyad?sslmode={PASSWORD}",
        f"postgresql://dyad:{PASSWORD}@127.0.0.1:1/dyad?{PASSWORD}=1",
        f"postgresql://dyad:{PASSWORD}@/",
        f"mysql://dyad:{PASSWORD}@127.0.0.1/dyad",
        PASSWORD,
    ],
)
@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_database_that_is_not_there_is_told_without_the_password(tmp_path: Path, url: str, command: str) -> None:
    code, out, err = dyad(command, DYAD_DATABASE_URL=url, DYAD_BASE_URL="http://x")
    assert code in (1, 2)
    assert PASSWORD not in out + err
    assert "Traceback" not in err
    assert len(err) > 20
