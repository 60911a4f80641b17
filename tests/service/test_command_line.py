"""`dyad` as an operator meets it: what it prints, and its exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from server import operating
from server.bots import bot
from server.cli import app
from server.config import RECORD
from server.planfile import example_plan, read_plan

pytestmark = pytest.mark.timeout(120)

COMMANDS = [
    ["demo"],
    ["serve"],
    ["migrate"],
    ["bot"],
    ["link", "create"],
    ["link", "revoke"],
    ["session", "plan"],
    ["session", "list"],
    ["session", "show"],
    ["session", "explain"],
    ["policy", "decide"],
    ["policy", "check"],
    ["policy", "prove"],
    ["policy", "diff"],
    ["policy", "simulate"],
    ["policy", "adopt"],
    ["policy", "list"],
    ["clinic", "open"],
    ["clinic", "import"],
    ["audit", "verify"],
    ["doctor"],
    ["backup"],
    ["restore"],
    ["outbox", "list"],
    ["outbox", "replay"],
    ["outbox", "discard"],
    ["webhook", "add"],
    ["webhook", "list"],
    ["webhook", "remove"],
    ["version"],
]


async def started(*args: str, **environment: str) -> asyncio.subprocess.Process:
    pipe, command = asyncio.subprocess.PIPE, (sys.executable, "-m", "server", *args)
    return await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env={**os.environ, **environment}
    )


def dyad(*args: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    done = CliRunner(env={"COLUMNS": "200", **environment}).invoke(app, args)
    return done.exit_code, done.stdout, done.stderr


@asynccontextmanager
async def demo(*args: str) -> AsyncIterator[dict[str, Any]]:
    """A demo in a process of its own, and what it printed."""
    process = await started("demo", "--json", "--port", "0", *args)
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 15) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example(command: list[str]) -> None:
    code, out, _ = dyad(*command, "--help")
    assert code == 0
    assert "Example: " in out
    assert command == ["serve"] or command == ["policy", "decide"] or "--json" in out


def test_a_session_is_planned_listed_explained_and_a_link_taken_back(tmp_path: Path) -> None:
    _, file, _ = dyad("session", "plan", "--example")
    plan = tmp_path / "couple.json"
    plan.write_text(file)
    data, base = str(tmp_path / "data"), "http://127.0.0.1:1"
    where = {"DYAD_DATA": data, "DYAD_BASE_URL": base}
    code, out, err = dyad("session", "plan", str(plan), "--json", **where)
    assert (code, err) == (0, "")
    links = json.loads(out)
    assert set(links) == {"therapist", "a", "b"}

    _, out, _ = dyad("session", "list", "--json", **where)
    [row] = json.loads(out)
    assert (dyad("session", "show", row["id"], **where))[0] == 0
    _, out, _ = dyad("session", "explain", row["id"], "--json", **where)
    assert json.loads(out)["steps"][0]["what"] == "planned"
    _, out, _ = dyad("session", "explain", row["id"], **where)
    assert "as of then: therapist expected; a expected, solo consent yes" in out
    assert "policy default@1" in out
    _, out, _ = dyad("link", "revoke", row["id"], "b", "--json", **where)
    assert json.loads(out) == {"revoked": 1}
    _, out, _ = dyad("link", "create", row["id"], "b", **where)
    assert out.startswith(f"{base}/join#")

    code, _, err = dyad("session", "plan", str(plan), **where)
    assert code == 2
    assert "another id" in err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"starts_at": "2020-01-01T10:00:00Z"}, "is over"),
        ({"starts_at": "2030-01-01T10:00:00"}, "starts_at"),
        ({"minutes": 5}, "minutes"),
        ({"kind": "party"}, "kind"),
        ({"partners": {"a": None}}, "partners.a: "),
        ({"kind": "individual"}, "exactly 1"),
        ({"kind": "group", "partners": {}}, "at least one"),
        ({"partners": {"z": {}}}, "partners"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    _, file, _ = dyad("session", "plan", "--example")
    plan = tmp_path / "couple.json"
    plan.write_text(json.dumps({**json.loads(file), **change}))
    code, out, err = dyad("session", "plan", str(plan), "--data", str(tmp_path), "--base-url", "http://x")
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_what_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    code, _, err = dyad("session", "list", "--data", str(tmp_path))
    assert (code, "no record" in err) == (1, True)
    code, _, err = dyad("serve", DYAD_DATA=str(tmp_path))
    assert (code, "DYAD_BASE_URL" in err) == (2, True)
    code, _, err = dyad("serve", DYAD_DATA=str(tmp_path), DYAD_BASE_URL="http://x", DYAD_SPEED="60")
    assert (code, "DYAD_SPEED is not a setting" in err) == (2, True)
    code, _, err = dyad("bot", "http://127.0.0.1:9/join")
    assert (code, "Traceback" in err) == (1, False)
    code, _, err = dyad("bot", "http://127.0.0.1:9/join#x", "--scenario", "dance")
    assert (code, "on-time" in err) == (2, True)


def test_the_schema_is_led_to_a_revision_and_back(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    code, out, _ = dyad("migrate", *data, "--json")
    newest = json.loads(out)["to"]
    assert (code, json.loads(out)) == (0, {"from": "base", "to": newest})
    assert dyad("migrate", *data, "--to", "0002") == (0, f"Schema {newest} → 0002.\n", "")
    assert dyad("migrate", *data, "--to", "0002") == (0, "The schema is 0002 already.\n", "")
    code, _, err = dyad("migrate", *data, "--to", "0000")
    assert (code, "Known: base, 0001" in err) == (2, True)
    with closing(sqlite3.connect(tmp_path / RECORD)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    for command in ("migrate", *data), ("session", "list", *data):
        code, _, err = dyad(*command)
        assert (code, "use the newer program" in err, "Traceback" in err) == (1, True, False)


@pytest.mark.asyncio
async def test_a_demo_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    async with demo("--data", str(tmp_path)) as links, bot(links["partner_a"]) as alex:
        await alex.join(media=False)
        await alex.ask("run_late", minutes=20)
    async with demo("--data", str(tmp_path)) as again, bot(again["partner_a"]) as alex:
        assert again["session"] == links["session"]
        await alex.join(media=False)
        assert alex.view["late_until"] is not None


@pytest.mark.asyncio
async def test_a_running_service_takes_up_a_session_that_is_planned_beside_it(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    where = {"DYAD_DATA": str(tmp_path / "data"), "DYAD_BASE_URL": base, "DYAD_PORT": str(port)}
    service = await started("serve", **where)
    assert service.stderr is not None
    try:
        while f"Dyad serves {base}" not in (line := (await service.stderr.readline()).decode()):
            assert line, "it ended"
        plan = tmp_path / "couple.json"
        plan.write_text(json.dumps(example_plan(datetime.now(UTC))))
        links = await operating.plan_session(tmp_path / "data", base, read_plan(plan))
        async with bot(links["a"]) as alex, bot(links["therapist"]) as host:
            await alex.join(media=False)
            assert alex.view["session"]["clinic_name"] == "Harbour Clinic"
            await host.join(media=False)
            assert {row["key"] for row in host.view["partners"]} == {"a", "b"}
        service.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(service.wait(), 15) == 0
    finally:
        if service.returncode is None:
            service.kill()
        await service.communicate()


@pytest.mark.asyncio
async def test_lan_serves_https_at_an_address_of_the_machine() -> None:
    async with demo("--lan") as links, aiohttp.ClientSession() as http:
        assert links["base_url"].startswith("https://")
        async with http.get(f"{links['base_url']}/join", ssl=False) as page:
            assert page.status == 200
            assert "camera=(self" in page.headers.get("Permissions-Policy", "")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("scenario", "does"),
    [
        ("on-time", "arrived"),
        ("never", "stays away"),
        ("device-fails", "the camera failed"),
        ("leave:30", "left on purpose"),
    ],
)
async def test_a_bot_does_what_its_scenario_says(scenario: str, does: str) -> None:
    async with demo("--speed", "60") as links:
        process = await started("bot", links["partner_b"], "--scenario", scenario, "--seconds", "4", "--json")
        out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert does in " | ".join(json.loads(line)["what"] for line in out.splitlines())
