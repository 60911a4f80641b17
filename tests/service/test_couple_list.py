"""A list of couples over the wire, at the command line, and in the administrator's browser."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.sql import SqliteStore
from server.application.chart import Reader
from server.application.clinic import Clinic, NewPerson
from server.application.couple_list import TEMPLATE
from server.application.couple_list.reading import COLUMNS
from server.application.records import Records
from server.config import RECORD
from server.domain.programme import DEFAULT_PROGRAMME
from server.http.parsing import plain
from tests.service.test_command_line import dyad
from tests.service.test_first_day import Desk, first_day, person
from tests.web.test_pages import AXE, faults, too_small

pytestmark = pytest.mark.timeout(120)

HEAD = ",".join(COLUMNS)
GOOD = "Rivera,2027-01-11,,Alex,alex@example.org,America/New_York,US-NY,en,Robin,robin@example.org,Europe/Madrid,ES,es"
FAULTY = "Rivera,soon,,Kim,kim@example.org,America/New_York,US-NY,en,Lee,lee@example.org,Nowhere,US-NY,"


def csv(*lines: str) -> bytes:
    return "\r\n".join((HEAD, *lines)).encode()


async def open_for_couples(desk: Desk) -> None:
    await desk.does("PUT", "/programme", {"programme": plain(DEFAULT_PROGRAMME), "seen": 0})
    await desk.does("POST", "/staff", {"person": person("Rivera", "America/New_York"), "licences": []})


async def sends(desk: Desk, path: str, data: bytes, kind: str = "text/csv") -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {desk.token}", "Content-Type": kind}
    async with (
        aiohttp.ClientSession(desk.built.settings.base_url) as http,
        http.post(f"/v1/clinic/couple-list{path}", headers=headers, data=data) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


@pytest.mark.asyncio
async def test_two_at_once_add_the_list_once_and_everybody_gets_their_own_link() -> None:
    async with first_day() as office:
        await open_for_couples(office)
        status, look = await sends(office, "/look", csv(GOOD))
        assert (status, [row["state"] for row in look["rows"]]) == (200, ["new"])
        pressed = [sends(office, f"?seen={look['seen']}&lines=all", csv(GOOD)) for _ in range(2)]
        assert sorted(status for status, _ in await asyncio.gather(*pressed)) == [201, 409]
        assert len((await office.gets())["couples"]) == 1
        for name in ("alex", "robin"):
            await office.mailed(f"{name}@example.org", "portal")


@pytest.mark.asyncio
async def test_what_is_no_list_and_who_is_not_the_office_is_refused() -> None:
    async with first_day() as office:
        assert (await sends(office, "/look", csv(GOOD)))[1]["type"].endswith("programme_missing")
        await open_for_couples(office)
        therapist = Desk(office.built, await office.mailed("rivera@example.org", "clinic"))
        for desk, path, data, kind, expected in (
            (office, "/look", b"PK\x03\x04\x00", "text/csv", (422, "list_unreadable")),
            (office, "/look", b"x" * 600_000, "text/csv", (413, "list_too_large")),
            (office, "/look", csv(GOOD), "application/json", (415, "not_a_list")),
            (office, "?seen=0&lines=some", csv(GOOD), "text/csv", (400, "malformed")),
            (office, "?seen=0&lines=all", csv(GOOD, FAULTY), "text/csv", (422, "list_faulty")),
            (therapist, "/look", csv(GOOD), "text/csv", (403, "not_allowed")),
        ):
            status, problem = await sends(desk, path, data, kind)
            assert (status, problem["type"].rpartition(":")[2]) == expected
        assert (await office.gets())["couples"] == []


@pytest.mark.e2e
@pytest.mark.asyncio
async def test_the_administrator_brings_a_list_in_the_browser(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "couples.csv"
    file.write_bytes(csv(GOOD, FAULTY))
    async with first_day() as office:
        await open_for_couples(office)
        page = await chromium.new_page(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
        await page.goto(f"{office.built.settings.base_url}/clinic#{office.token}")
        await page.get_by_role("button", name="Bring a list").click()
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="Save the template").click()
        assert (await (await saved.value).path()).read_bytes() == TEMPLATE.encode()
        await page.get_by_label("The list, as CSV").set_input_files(file)
        await expect(page.get_by_role("heading", name="1 to add, 1 with faults")).to_be_visible()
        await expect(page.get_by_text("First week: Write a day of their first week as 2027-01-11.")).to_be_visible()
        await expect(page.get_by_text("Time zone of the second partner: Write a time zone")).to_be_visible()
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        assert (await too_small(page), await faults(page)) == ([], [])
        await page.get_by_role("button", name="Add the good one only").click()
        await expect(page.get_by_text("One couple was added.")).to_be_visible()
        await page.get_by_role("button", name="To the couples").click()
        await expect(page.get_by_role("button", name="Alex and Robin")).to_be_visible()


def test_the_command_adds_a_list_and_says_by_its_exit_code_how_it_went(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "couples.csv"

    def brings(*more: str) -> tuple[int, dict[str, Any]]:
        code, out, error = dyad("clinic", "import", str(file), "--data", str(data), "--json", *more)
        return code, json.loads(out) if out else {"error": error}

    file.write_bytes(csv(GOOD, FAULTY))
    assert brings()[0] == 1  # no such service yet
    opened = dyad(
        *("clinic", "open", "--email", "ada@example.org", "--name", "Ada", "--data", str(data)),
        *("--base-url", "https://dyad.example"),
    )
    assert opened[0] == 0
    code, told = brings()
    assert (code, "programme" in told["error"]) == (2, True)
    asyncio.run(_with_a_therapist(data))
    code, told = brings()
    assert (code, told["added"], told["to_add"], told["faulty"]) == (2, 0, 1, 1)
    assert [(fault["line"], fault["column"]) for fault in told["faults"]] == [(3, "first_week"), (3, "zone_2")]
    assert brings("--look")[1]["added"] == 0
    code, told = brings("--good")
    assert (code, told["added"]) == (0, 1)
    file.write_bytes(csv(GOOD))
    code, told = brings()
    assert (code, told["added"], told["here"]) == (0, 0, 1)
    assert dyad("clinic", "import", "--example")[1] == TEMPLATE.replace("\r\n", "\n")


async def _with_a_therapist(data: Path) -> None:
    store = await SqliteStore.open(data / RECORD)
    try:
        clinic = Clinic(Records(store, JsonCodec(), SystemClock()), store, store, SystemClock(), lambda: "rivera")
        office = Reader("administrator", "administrator")
        await clinic.set_programme(office, DEFAULT_PROGRAMME, 0)
        await clinic.add_staff(office, NewPerson("Rivera", "rivera@example.org", "UTC", ()), ())
    finally:
        await store.close()
