"""The first session's agenda on the therapist's screen and on the clinic's page: one record, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.service.test_first_day import Desk, first_day
from tests.service.test_portal import asks, gets, with_a_week

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

TALKED = {
    "relationship": "They listen.",
    "challenges": "Nights.",
    "goals": ["Evenings without fear"],
    "expectations": "Both come.",
    "complete": True,
}


async def on_screen(desk: Desk, token: str, method: str = "GET", body: Any = None) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(desk.built.settings.base_url) as http,
        http.request(method, "/v1/agenda", headers=headers, json=body) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


async def console(desk: Desk, couple: str) -> tuple[str, str]:
    """The token of the therapist's screen in the first session, and that session's id."""
    booked = (await desk.gets(f"/couples/{couple}/weeks/2"))["booked"]
    intake = next(one["id"] for one in booked if one["kind"] == "intake")
    return (await desk.does("POST", f"/sessions/{intake}/open", {}))["token"], intake


async def test_both_pages_write_one_record_and_its_goals_are_the_couples() -> None:
    async with first_day() as office:
        desk, couple, alex, _ = await with_a_week(office)
        token, _ = await console(desk, couple)
        status, seen = await on_screen(desk, token)
        assert (status, seen["intake"]["complete"], seen["intake_revision"]) == (200, False, 0)
        begun = {**TALKED, "complete": False, "challenges": ""}
        status, seen = await on_screen(desk, token, "PUT", {"intake": begun, "seen": 0})
        assert (status, seen["intake_revision"]) == (200, 1)
        assert (await desk.gets(f"/couples/{couple}"))["intake"] == begun
        await desk.does("PUT", f"/couples/{couple}/intake", {"intake": TALKED, "seen": 1})
        assert (await on_screen(desk, token))[1]["intake"] == TALKED
        status, problem = await on_screen(desk, token, "PUT", {"intake": begun, "seen": 1})
        assert (status, problem["type"]) == (409, "urn:dyad:problem:changed_meanwhile")
        page = await gets(desk, alex)
        assert page["shared"]["goals"] == TALKED["goals"]
        assert "They listen" not in str(page)


async def test_the_screen_shows_who_has_signed_the_agreement() -> None:
    async with first_day() as office:
        desk, couple, alex, robin = await with_a_week(office)
        token, _ = await console(desk, couple)
        version = (await gets(desk, alex))["agreement"]["version"]
        assert (await asks(desk, alex, "POST", "/agreement", {"version": version, "name": "Alex"}))[0] == 200
        seen = (await on_screen(desk, token))[1]
        signed = {one["name"]: one["signed"] for one in seen["partners"]}
        assert (signed, seen["agreement"]) == ({"Alex": version, "Robin": None}, version)
        assert (await gets(desk, robin))["agreement"]["signed"] is False


async def test_nobody_but_who_holds_the_session_reads_or_writes_it() -> None:
    async with first_day() as office:
        desk, couple, alex, _ = await with_a_week(office)
        _, intake = await console(desk, couple)
        person = (await desk.gets(f"/couples/{couple}"))["partners"][0]["id"]
        seat = await desk.built.links.mint(person, intake, "a", "session", timedelta(hours=1))
        for token, refused in ((seat, 404), (alex, 403), (desk.token, 403), ("x" * 43, 404)):
            assert (await on_screen(desk, token))[0] == refused
            assert (await on_screen(desk, token, "PUT", {"intake": TALKED, "seen": 0}))[0] == refused
        assert (await desk.gets(f"/couples/{couple}"))["intake_revision"] == 0
