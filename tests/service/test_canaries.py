"""Canaries in every field that a person can fill, faults provoked, and not one of them in anything the service says."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server import operating
from server.bots import bot
from server.config import RECORD
from server.planfile import example_plan, read_plan
from tests.service.raw import raw
from tests.service.support import eventually
from tests.service.test_command_line import started

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

CANARY = "Zaunkoenig"  # a bird that no line of the source knows


def planned(folder: Path) -> Path:
    plan = example_plan(datetime.now(UTC))
    for n, partner in enumerate(plan["partners"].values()):
        partner |= {"name": f"{CANARY}{n}", "email": f"{CANARY}{n}@example.org"}
    plan["therapist"] |= {"name": f"Dr. {CANARY}", "email": f"dr.{CANARY}@example.org"}
    plan |= {"clinic_name": f"{CANARY} Clinic", "clinic_phone": f"+1 {CANARY}"}
    file = folder / "couple.json"
    file.write_text(json.dumps(plan))
    return file


class Nosy:
    """Fills every field over REST with canaries, headers included, by whatever link."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.answered: list[int] = []

    async def sends(self, method: str, path: str, token: str, body: Any = None, raw: str | None = None) -> None:
        headers = {
            "Authorization": f"Bearer {token}",
            "User-Agent": CANARY,
            "X-Forwarded-For": f"{CANARY}, 203.0.113.7",
            "Referer": f"https://{CANARY}.example",
            "Cookie": f"a={CANARY}",
            "Content-Type": "application/json",
        }
        data = raw if raw is not None else json.dumps(body)
        async with self._http.request(method, path, headers=headers, data=data) as answer:
            self.answered.append(answer.status)
            await answer.read()

    async def journey(self, links: dict[str, str], clinic: str) -> None:
        tokens = {who: link.partition("#")[2] for who, link in links.items()}
        person = {
            "name": CANARY,
            "email": f"{CANARY}@example.org",
            "zone": "America/Chicago",
            "hours": [[0, "09:00", "17:00"]],
        }
        await self.sends("POST", "/v1/links/redeem", "", {"token": CANARY})
        await self.sends("POST", "/v1/links/redeem", "", {"token": tokens["a"]})
        await self.sends("GET", f"/v1/{CANARY}?name={CANARY}", CANARY)
        await self.sends("GET", f"/v1/sessions/{CANARY}/explain?{CANARY}", tokens["therapist"])
        await self.sends("GET", "/v1/sessions", tokens["therapist"])
        await self.sends("POST", "/v1/clinic/staff", clinic, {"person": person, "licences": [CANARY]})
        await self.sends("POST", "/v1/clinic/staff", clinic, {"person": {**person, "zone": CANARY}, "licences": []})
        await self.sends("PUT", "/v1/clinic/programme", clinic, {"programme": {"name": CANARY}, "seen": 0})
        await self.sends(
            "PUT", f"/v1/clinic/couples/{CANARY}/intake", clinic, {"intake": {"goals": [CANARY]}, "seen": 0}
        )
        await self.sends("GET", f"/v1/clinic/couples/{CANARY}", clinic)
        await self.sends("POST", "/v1/policy/check", clinic, {"text": f"name: {CANARY}"})
        where = {"place": CANARY, "contact": CANARY, "phone": CANARY}
        await self.sends("PUT", "/v1/whereabouts", tokens["a"], where)
        await self.sends("PUT", "/v1/whereabouts", tokens["a"], {**where, CANARY: CANARY})
        await self.sends("GET", "/v1/whereabouts", tokens["therapist"])
        await self.sends("POST", "/v1/proposal/answer", tokens["a"], {"accept": [CANARY]})
        await self.sends("PUT", "/v1/clinic/programme", clinic, raw='{"' + CANARY)
        await self.sends("POST", "/v1/reviews/x", tokens["therapist"], {"note": CANARY})


async def _at_the_socket(base: str, links: dict[str, str]) -> None:
    """What a page could send and what only somebody curious would."""
    async with bot(links["a"]) as alex, bot(links["therapist"]) as host:
        await alex.join(media=True)
        await host.join(media=False)
        await alex.ask("report_check", camera="ok", microphone="ok", speaker="ok", connection="ok")
        await alex.ask("arrive")
        await host.ask("admit", participant="a")
        await alex.ask("say", text=f"{CANARY} is a word between us", to="therapist")
        await host.ask("say", text=CANARY, to=None)
        assert [line["text"] for line in (await alex.ask("read_chat"))["lines"]][-1] == CANARY
    async with raw(base, links["b"].partition("#")[2]) as robin:
        await robin.ask("join", {"cmd_id": CANARY, "v": 1, "media": False})
        for name, body in (
            ("arrive", {"cmd_id": CANARY, "note": CANARY}),
            ("declare_absence", {"cmd_id": "r", "reason": CANARY}),
            ("say", {"cmd_id": "t", "text": CANARY * 200}),
            ("say", {"cmd_id": "u", "text": CANARY, "to": CANARY}),
            ("answer", {"cmd_id": "s", "sdp": f"v=0\r\ns={CANARY}"}),
            ("report_check", {"cmd_id": "d", "camera": CANARY, "microphone": f"{CANARY} Headset"}),
            (CANARY, {CANARY: CANARY}),
        ):
            await robin.ask(name, body)
        await robin.send(f'42/session,["{CANARY}')  # a frame that can't be read


async def test_no_canary_is_heard(tmp_path: Path, free_port: Callable[[], int]) -> None:
    port, metrics = free_port(), free_port()
    base, data = f"http://127.0.0.1:{port}", tmp_path / "data"
    links = await operating.plan_session(data, base, read_plan(planned(tmp_path)))
    clinic, _ = await operating.open_clinic_here(data, base, f"{CANARY}@example.org", CANARY)
    where = {"DYAD_DATA": str(data), "DYAD_BASE_URL": base, "DYAD_PORT": str(port)}
    service = await started("serve", DYAD_LOG_LEVEL="debug", DYAD_METRICS_PORT=str(metrics), **where)
    output = asyncio.create_task(service.communicate())
    try:
        async with aiohttp.ClientSession(base) as http:

            async def up() -> bool:
                try:
                    async with http.get("/readyz") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await eventually(up, "the service is up", 60)
            nosy = Nosy(http)
            await nosy.journey(links, clinic.partition("#")[2])
            await _at_the_socket(base, links)
            _spoil(data / RECORD, "UPDATE people SET zone = ?", CANARY)
            await nosy.sends("GET", "/v1/sessions", links["therapist"].partition("#")[2])
            assert nosy.answered[-1] == 500
            async with http.get(f"http://127.0.0.1:{metrics}/metrics") as told:
                counted = await told.text()
        _spoil(data / RECORD, "UPDATE deadlines SET at = ?", CANARY)
        out, err = await asyncio.wait_for(output, 30)
    finally:
        if service.returncode is None:
            service.kill()
        await output
    said = out.decode() + err.decode()
    lines = [json.loads(line) for line in err.decode().splitlines() if line.startswith("{")]
    events = {line["event"] for line in lines}
    assert {"request failed", "a loop of the service failed", "a library speaks"} <= events
    assert {line["error"] for line in lines if "error" in line} >= {"ZoneInfoNotFoundError", "TypeError"}
    for text in (said, counted):
        for form in (CANARY, CANARY.lower(), "203.0.113.7", *(link.partition("#")[2] for link in links.values())):
            assert form not in text, next(line for line in text.splitlines() if form in line)
    assert "Traceback" not in said


def _spoil(record: Path, statement: str, *values: str) -> None:
    """Somebody's hand in the record: what is there can't be read any more."""
    with closing(sqlite3.connect(record, timeout=10)) as connection:
        connection.execute(statement, values)
        connection.commit()
