"""A client's own page over the wire: theirs and the couple's, and not a word of the other's own."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.service.test_first_day import Desk, first_day, set_up, wanted

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


async def asks(desk: Desk, token: str, method: str = "GET", path: str = "", body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(desk.built.settings.base_url) as http,
        http.request(method, f"/v1/portal{path}", headers=headers, json=body) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


async def gets(desk: Desk, token: str) -> dict[str, Any]:
    status, page = await asks(desk, token)
    assert status == 200, page
    found: dict[str, Any] = page
    return found


def own(page: dict[str, Any], **changes: Any) -> dict[str, Any]:
    kept = {name: page["own"][name] for name in ("solo_consent", "safe_from", "safe_until", "language", "goals")}
    return {"own": {**kept, "zone": page["zone"], **changes}, "seen": page["seen"]}


async def with_a_week(office: Desk) -> tuple[Desk, str, str, str]:
    """The therapist's desk, the couple, and the portal tokens of Alex and Robin."""
    desk, (couple, _) = await set_up(office)
    look = await desk.gets(f"/couples/{couple}/weeks/2")
    await desk.does("POST", f"/couples/{couple}/weeks/2", {"sessions": wanted(look["proposed"]), "seen": 0})
    alex, robin = [await desk.mailed(f"{name}@example.org", "portal") for name in ("alex", "robin")]
    return desk, couple, alex, robin


async def test_each_sees_their_own_sessions_and_those_of_both_and_no_other() -> None:
    async with first_day() as office:
        desk, _, alex, robin = await with_a_week(office)
        mine, other = await gets(desk, alex), await gets(desk, robin)
        kinds = [row["kind"] for row in mine["coming"]]
        assert sorted(kinds) == ["couples", *["group"] * 4, "individual", "intake"]
        assert {row["with"] for row in mine["coming"] if row["kind"] in ("couples", "intake")} == {"Robin"}
        assert {row["with"] for row in mine["coming"] if row["kind"] in ("individual", "group")} == {""}
        shared = {row["id"] for row in mine["coming"]} & {row["id"] for row in other["coming"]}
        assert {row["kind"] for row in mine["coming"] if row["id"] in shared} == {"couples", "intake", "group"}


async def test_nothing_that_the_other_or_the_team_wrote_is_anywhere_in_the_page() -> None:
    async with first_day() as office:
        desk, couple, alex, robin = await with_a_week(office)
        standing = {"stage": "steady", "progress": "struggling", "needs": ["space"], "note": "CANARY-note"}
        await desk.does("PUT", f"/couples/{couple}/standing/b", {"standing": standing, "seen": 0})
        page = await gets(desk, robin)
        changed = own(page, goals=["CANARY-goal"], safe_from=11, solo_consent=True)
        assert (await asks(desk, robin, "PUT", "/own", changed))[0] == 200
        version = page["agreement"]["version"]
        signed = {"version": version, "name": "CANARY-signature"}
        assert (await asks(desk, robin, "POST", "/agreement", signed))[0] == 200
        text = json.dumps(await gets(desk, alex))
        assert "CANARY" not in text
        assert "struggling" not in text
        assert (await gets(desk, alex))["agreement"]["signed"] is False
        assert (await gets(desk, robin))["agreement"]["signed"] is True
        assert "CANARY-note" not in json.dumps(await gets(desk, robin))


async def test_a_consent_reaches_sessions_that_are_planned_and_can_be_taken_back() -> None:
    async with first_day() as office:
        desk, _, alex, _ = await with_a_week(office)
        joint = next(row["id"] for row in (await gets(desk, alex))["coming"] if row["kind"] == "couples")
        for said in (True, False):
            page = await gets(desk, alex)
            assert (await asks(desk, alex, "PUT", "/own", own(page, solo_consent=said)))[0] == 200
            plan = (await desk.built.dispatcher.session(joint)).plan
            assert plan is not None
            assert (plan.partners["a"].solo_consent, plan.partners["b"].solo_consent) == (said, False)


async def test_saying_so_before_is_one_tap_and_can_be_taken_back() -> None:
    async with first_day() as office:
        desk, _, alex, robin = await with_a_week(office)
        id = next(row["id"] for row in (await gets(desk, alex))["coming"] if row["kind"] == "group")

        async def says(reason: str | None, late: int | None) -> dict[str, Any]:
            status, page = await asks(desk, alex, "POST", f"/sessions/{id}/word", {"reason": reason, "late": late})
            assert status == 200, page
            return next(row for row in page["coming"] if row["id"] == id)

        assert (await says("illness", None))["away"] is True
        assert next(row for row in (await gets(desk, robin))["coming"] if row["id"] == id)["away"] is False
        assert (await says(None, None))["away"] is False
        assert (await says(None, 15))["late_until"] is not None
        for body in ({"reason": "no idea", "late": None}, {"reason": None, "late": 500}, {"late": 5}):
            assert (await asks(desk, alex, "POST", f"/sessions/{id}/word", body))[0] == 400


async def test_the_door_opens_half_an_hour_before_and_only_for_whom_it_is() -> None:
    async with first_day() as office:
        desk, _, alex, robin = await with_a_week(office)
        page = await gets(desk, alex)
        first = page["coming"][0]
        status, problem = await asks(desk, alex, "POST", f"/sessions/{first['id']}/join", {})
        assert (status, problem["type"]) == (422, "urn:dyad:problem:too_early")
        alone = next(row["id"] for row in page["coming"] if row["kind"] == "individual")
        for path, body in ((f"/sessions/{alone}/join", {}), (f"/sessions/{alone}/word", {"reason": None, "late": 5})):
            status, problem = await asks(desk, robin, "POST", path, body)
            assert (status, problem["type"]) == (404, "urn:dyad:problem:unknown")


async def test_the_language_of_the_page_is_that_of_the_mail() -> None:
    async with first_day() as office:
        desk, _, alex, _ = await with_a_week(office)
        page = await gets(desk, alex)
        status, page = await asks(desk, alex, "PUT", "/own", own(page, language="es"))
        assert (status, page["language"]) == (200, "es")
        async with (
            aiohttp.ClientSession(desk.built.settings.base_url) as http,
            http.post("/v1/links/redeem", json={"token": alex}) as answer,
        ):
            assert (await answer.json())["language"] == "es"
        assert page["agreement"]["paragraphs"][0].startswith("Nos vemos")
        status, page = await asks(desk, alex, "PUT", "/own", own(page, zone="Europe/Madrid"))
        assert (status, page["zone"]) == (200, "Europe/Madrid")
        for zone in ("Nowhere/At_all", "../../etc/passwd", ""):
            status, problem = await asks(desk, alex, "PUT", "/own", own(page, zone=zone))
            assert (status, problem["type"]) == (422, "urn:dyad:problem:zone_unknown")
        status, problem = await asks(desk, alex, "PUT", "/own", own(page, language="xx"))
        assert (status, problem["type"]) == (422, "urn:dyad:problem:language_unknown")
        status, problem = await asks(desk, alex, "PUT", "/own", {**own(page), "seen": 1})
        assert (status, problem["type"]) == (409, "urn:dyad:problem:changed_meanwhile")


async def test_the_page_is_for_clients() -> None:
    async with first_day() as office:
        desk, _, alex, _ = await with_a_week(office)
        assert (await asks(desk, desk.token))[0] == 403
        assert (await Desk(desk.built, alex).asks("GET", ""))[0] == 403
