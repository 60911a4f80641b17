"""A person's own calendar over the wire: what is refused, what is told, and the address of their appointments."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import icalendar
import pytest
from aiohttp import web

from server.http.own_calendar import MOST_BYTES
from server.telemetry.logs import configure
from tests.adapters.test_webcal import site
from tests.application.own import ALEX, town
from tests.service.test_first_day import Desk, first_day, set_up
from tests.support.calendars import calendar_file, event

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

DENTIST = event("DTSTART:20991022T150000Z", "DTEND:20991022T160000Z")
DAILY = event("DTSTART:20260101T150000Z", "DTEND:20260101T160000Z", "RRULE:FREQ=DAILY")


class Own:
    """Somebody on their own page."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url, self.token = base_url, token

    async def asks(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(self.base_url) as http,
            http.request(method, f"/v1/own{path}", headers=headers, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    async def brings(self, data: Any, name: str = "Mine", kind: str = "text/calendar") -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind, "Calendar-Name": name}
        async with (
            aiohttp.ClientSession(self.base_url) as http,
            http.post("/v1/own/calendars/file", headers=headers, data=data) as answer,
        ):
            return answer.status, await answer.json(content_type=None)


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], str(answer[1].get("type", "")).removeprefix("urn:dyad:problem:")


async def people(office: Desk) -> tuple[Desk, Own, Own]:
    """The therapist's desk, and Alex and the therapist on their own pages."""
    desk, _ = await set_up(office)
    base = desk.built.settings.base_url
    return desk, Own(base, await desk.mailed("alex@example.org", "portal")), Own(base, desk.token)


async def test_a_client_and_a_therapist_each_keep_their_own() -> None:
    async with first_day() as office:
        _, alex, rivera = await people(office)
        for who in (alex, rivera):
            _, said = await who.asks("GET", "/availability")
            zone, hours = said["zone"], [[0, "09:00", "12:00"], [0, "13:30", "18:00"]]
            status, said = await who.asks("PUT", "/hours", {"zone": zone, "hours": hours, "seen": said["seen"]})
            assert (status, said["hours"]) == (200, hours)
            away = [["2027-01-10T09:00", "2027-01-12T09:00"]]
            body = {"away": away, "extra": [], "seen": said["seen"]}
            status, said = await who.asks("PUT", "/exceptions", body)
            assert status == 200
            assert len(said["away"]) == 1
            assert code(await who.asks("PUT", "/exceptions", body)) == (409, "changed_meanwhile")
            status, said = await who.brings(calendar_file(DAILY), name="Arbeit%20%26%20Mehr")
            assert status == 201
            assert [(one["name"], one["host"]) for one in said["calendars"]] == [("Arbeit & Mehr", "")]
            assert said["calendars"][0]["busy"] == 180
            status, said = await who.asks("DELETE", f"/calendars/{said['calendars'][0]['id']}")
            assert (status, said["calendars"]) == (200, [])
            assert code(await who.asks("DELETE", "/calendars/nothing")) == (404, "unknown")


async def test_it_is_for_links_to_one_s_own_page_alone() -> None:
    async with first_day() as office:
        desk, alex, _ = await people(office)
        team = await desk.built.links.mint("team", "s", "team", "team", timedelta(0))
        for token, wanted in (("x" * 43, (404, "link_unknown")), (team, (410, "link_expired"))):
            assert code(await Own(alex.base_url, token).asks("GET", "/availability")) == wanted


MALFORMED: list[tuple[str, Any]] = [
    ("/hours", {"zone": "UTC", "hours": []}),
    ("/hours", {"zone": "UTC", "hours": [[0, "09:00"]], "seen": ""}),
    ("/hours", {"zone": 7, "hours": [], "seen": ""}),
    ("/exceptions", {"away": [["2027-01-01"]], "extra": [], "seen": ""}),
    ("/exceptions", {"away": [["soon", "later"]], "extra": [], "seen": ""}),
    ("/exceptions", {"away": [], "extra": [], "seen": 1}),
    ("/exceptions", []),
]


async def test_what_is_malformed_is_refused() -> None:
    async with first_day() as office:
        _, alex, _ = await people(office)
        for path, body in MALFORMED:
            assert code(await alex.asks("PUT", path, body)) == (400, "malformed"), body


async def test_files_that_are_too_large_or_no_calendar_are_refused() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 1000 + 10):
            yield b"X" * 1000

    async with first_day() as office:
        _, alex, _ = await people(office)
        assert code(await alex.brings(b"X" * (MOST_BYTES + 1))) == (413, "calendar_too_large")
        assert code(await alex.brings(endless())) == (413, "calendar_too_large")
        assert code(await alex.brings(b"\x89PNG\r\n\x1a\n")) == (422, "calendar_unreadable")
        assert code(await alex.brings(calendar_file(), kind="application/json")) == (415, "not_a_calendar")
        assert code(await alex.brings(calendar_file(), name="")) == (422, "text_unfit")
        assert (await alex.asks("GET", "/availability"))[1]["calendars"] == []
        padding = b"X-NOTHING:" + b"x" * 60 + b"\r\n"
        large = calendar_file(DAILY, "@").replace(b"@\r\n", padding * ((MOST_BYTES - 1000) // len(padding)))
        assert MOST_BYTES * 0.99 < len(large) <= MOST_BYTES
        assert (await alex.brings(large))[0] == 201


async def test_a_hostile_file_costs_a_second_and_keeps_nobody_waiting() -> None:
    rules = [event("DTSTART:20261001T000000Z", "RRULE:FREQ=SECONDLY", uid=f"{n}") for n in range(4000)]
    async with first_day() as office:
        _, alex, rivera = await people(office)
        began = time.monotonic()
        bringing = asyncio.create_task(alex.brings(calendar_file(*rules)))
        waited = []
        while not bringing.done():
            asked = time.monotonic()
            assert (await rivera.asks("GET", "/availability"))[0] == 200
            waited.append(time.monotonic() - asked)
        assert code(await bringing) == (422, "calendar_too_busy")
        assert time.monotonic() - began < 3, "1 s by itself; two cores are shared"
        assert max(waited) < 1.5


INSIDE = [
    "https://127.0.0.1/calendar.ics",
    "https://localhost/calendar.ics",
    "https://10.0.0.7/calendar.ics",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/calendar.ics",
    "http://calendar.example/calendar.ics",
    "file:///etc/passwd",
    "https://me:secret@calendar.example/calendar.ics",
]


async def test_an_address_inside_is_refused_without_repeating_it() -> None:
    async with first_day() as office:
        _, alex, _ = await people(office)
        for address in INSIDE:
            answer = await alex.asks("POST", "/calendars/address", {"name": "Mine", "address": address})
            assert code(answer) == (422, "address_refused"), address
            assert address not in json.dumps(answer[1])
        assert (await alex.asks("GET", "/availability"))[1]["calendars"] == []


async def test_bringing_too_much_is_slowed_down() -> None:
    async with first_day() as office:
        _, alex, rivera = await people(office)
        said = [code(await alex.brings(b"no"))[0] for _ in range(21)]
        assert said == [422] * 20 + [429]
        assert code(await rivera.brings(b"no"))[0] == 422


async def test_an_address_over_tls_is_read_again_as_it_changes(tmp_path: Path) -> None:
    files = [calendar_file(DAILY), calendar_file()]

    async def calendar(request: web.Request) -> web.Response:
        return web.Response(body=files[0], content_type="text/calendar")

    home = await town()
    async with site(tmp_path, calendar=calendar) as here:
        await home.imports_anew(here.fetch).bring_address(ALEX, "Mine", here.url())
        assert [(one["host"], one["busy"]) for one in (await home.own.look(ALEX))["calendars"]] == [("localhost", 180)]
        del files[0]
        assert await home.imports_anew(here.fetch).read_again() == 1
        assert [one["busy"] for one in (await home.own.look(ALEX))["calendars"]] == [0]
        assert len(here.asked) == 2


# The address of one's appointments


async def fetched(url: str, **headers: str) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_appointments_are_at_a_secret_address_until_it_is_taken_back() -> None:
    async with first_day() as office:
        _, alex, _ = await people(office)
        assert (await alex.asks("GET", "/availability"))[1]["feed"] is None
        status, said = await alex.asks("POST", "/feed", {})
        assert status == 201
        status, file, headers = await fetched(said["address"])
        assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert icalendar.Calendar.from_ical(file)["METHOD"] == "PUBLISH"
        assert "no-store" not in headers["Cache-Control"]
        tag = headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            status, body, again = await fetched(said["address"], **{"If-None-Match": known})
            assert (status, body, again["ETag"]) == (304, b"", tag)
        assert (await fetched(said["address"], **{"If-None-Match": '"other"'}))[0] == 200

        shown = (await alex.asks("GET", "/availability"))[1]
        assert shown["feed"] is not None
        assert said["address"].split("/")[-1][:43] not in json.dumps(shown)
        _, renewed = await alex.asks("POST", "/feed", {})
        assert (await fetched(said["address"]))[0] == 404
        assert (await fetched(renewed["address"]))[0] == 200
        status, shown = await alex.asks("DELETE", "/feed")
        assert (status, shown["feed"]) == (200, None)
        status, body, _ = await fetched(renewed["address"])
        assert (status, json.loads(body)["type"]) == (404, "urn:dyad:problem:calendar_unknown")


async def test_a_calendar_s_address_opens_nothing_else() -> None:
    async with first_day() as office:
        _, alex, _ = await people(office)
        _, said = await alex.asks("POST", "/feed", {})
        token = said["address"].split("/")[-1].removesuffix(".ics")
        assert code(await Own(alex.base_url, token).asks("GET", "/availability")) == (403, "not_allowed")
        async with (
            aiohttp.ClientSession(alex.base_url) as http,
            http.post("/v1/links/redeem", json={"token": token}) as answer,
        ):
            assert (answer.status, (await answer.json(content_type=None)).get("name")) == (404, None)
        assert (await fetched(f"{alex.base_url}/calendar/{alex.token}.ics"))[0] == 404


async def test_guessing_addresses_and_asking_all_the_time_are_slowed_down() -> None:
    async with first_day() as office:
        _, alex, _ = await people(office)
        _, said = await alex.asks("POST", "/feed", {})
        guesses = [(await fetched(f"{alex.base_url}/calendar/{n:043}.ics"))[0] for n in range(31)]
        assert guesses == [404] * 30 + [429]
        asked = [(await fetched(said["address"]))[0] for _ in range(31)]
        assert asked == [200] * 30 + [429]


async def failing(office: Desk) -> str:
    """An address of a calendar that can't be written: its person speaks no language that there is."""
    desk, alex, _ = await people(office)
    _, said = await alex.asks("POST", "/feed", {})
    assert (await fetched(said["address"]))[0] == 200
    grant = await desk.built.links.resolve(alex.token)
    person = await desk.built.store.person(grant.person)
    assert person is not None
    await desk.built.store.add_person(replace(person, language="xx"))
    return str(said["address"])


async def test_an_address_is_in_no_log_even_when_its_calendar_fails(capfd: pytest.CaptureFixture[str]) -> None:
    async with first_day() as office:
        address = await failing(office)
        assert (await fetched(address))[0] == 500
    told = "".join(capfd.readouterr())
    assert "/calendar/{token}.ics" in told
    assert address.split("/")[-1].removesuffix(".ics") not in told


class Full(io.StringIO):
    """Where no line can be written any more."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "full"])
async def test_who_asks_is_answered_though_no_line_can_be_logged(closed: bool) -> None:
    nowhere = Full()
    configure(stream=nowhere)
    if closed:
        nowhere.close()
    try:
        async with first_day() as office:
            assert (await fetched(await failing(office)))[0] == 500
    finally:
        configure()
