"""A clinic that begins with nothing: programme, therapist, couples, and the first accepted week, over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from server.application.ports import OutboxDraft
from server.application.roles import TEAM
from server.bootstrap import Service
from server.demo import Options, empty_clinic
from server.domain.programme import DEFAULT_PROGRAMME
from server.http.parsing import plain
from tests.service.support import eventually

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

DAYS = [[day, "08:00", "20:00"] for day in range(6)]


class Desk:
    """A member of the staff, by their link's token."""

    def __init__(self, built: Service, token: str) -> None:
        self.built, self.token = built, token

    async def asks(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(self.built.settings.base_url) as http,
            http.request(method, f"/v1/clinic{path}", headers=headers, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    async def gets(self, path: str = "") -> dict[str, Any]:
        status, body = await self.asks("GET", path)
        assert status == 200, body
        return body

    async def does(self, method: str, path: str, body: Any) -> dict[str, Any]:
        status, answer = await self.asks(method, path, body)
        assert status in (200, 201), answer
        return answer

    async def mailed(self, email: str, page: str) -> str:
        """The token of the newest link to that page in somebody's mail."""
        assert self.built.kept is not None
        kept = self.built.kept

        async def find() -> bool:
            return any(f"/{page}#" in message.text for message in kept.to(email))

        await eventually(find, f"{email} has mail with a link to {page}")
        text = next(message.text for message in reversed(kept.to(email)) if f"/{page}#" in message.text)
        return text.split(f"/{page}#")[1].split()[0]


def person(name: str, zone: str, language: str = "en") -> dict[str, Any]:
    return {"name": name, "email": f"{name.lower()}@example.org", "zone": zone, "hours": DAYS, "language": language}


@asynccontextmanager
async def first_day() -> AsyncIterator[Desk]:
    """An administrator before an empty database."""
    async with empty_clinic(Options(port=0)) as (built, links):
        yield Desk(built, links.administrator.partition("#")[2])


async def set_up(desk: Desk) -> tuple[Desk, list[str]]:
    """The therapist's desk, and the ids of two couples in three zones."""
    await desk.does("PUT", "/programme", {"programme": plain(DEFAULT_PROGRAMME), "seen": 0})
    therapist = await desk.does("POST", "/staff", {"person": person("Rivera", "America/New_York"), "licences": []})
    monday = desk.built.clock.now().date().isoformat()
    ids = []
    pairs = (
        (("Alex", "America/Chicago"), ("Robin", "America/Denver")),
        (("Kim", "America/Chicago"), ("Lee", "Europe/Madrid")),
    )
    for pair in pairs:
        partners = [{"person": person(*one, "es" if one[0] == "Lee" else "en"), "place": "US-NY"} for one in pair]
        couple = {"therapist": therapist["id"], "partners": partners, "starts_on": monday}
        ids.append((await desk.does("POST", "/couples", couple))["id"])
    return Desk(desk.built, await desk.mailed("rivera@example.org", "clinic")), ids


def wanted(sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one["kind"],
            "partners": one["who"],
            "starts_at": one["starts_at"],
            "minutes": one["minutes"],
            "focus": one["focus"],
            "group": one["group"],
        }
        for one in sessions
    ]


async def test_a_week_is_proposed_with_reasons_accepted_and_told_to_both() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        week = f"/couples/{couple}/weeks/2"
        look = await desk.gets(week)
        assert [one["kind"] for one in look["proposed"] if len(one["who"]) == 2] == ["intake", "couples"]
        assert all(one["reasons"] for one in look["proposed"])
        assert look["minutes"]["a"] == look["minutes"]["b"] == look["targets"]
        accepted = await desk.does("POST", week, {"sessions": wanted(look["proposed"]), "seen": look["seen"]})
        assert len(accepted["booked"]) == len({(s["starts_at"], s["kind"] == "group") for s in look["proposed"]})
        assert accepted["proposed"] == []
        assert accepted["minutes"]["a"] == look["targets"]
        for one in accepted["booked"]:
            session = await desk.built.dispatcher.session(one["id"])
            assert session.plan is not None
        await desk.mailed("alex@example.org", "portal")

        async def told() -> bool:
            assert desk.built.kept is not None
            return any(message.ics_method == "PUBLISH" for message in desk.built.kept.to("robin@example.org"))

        await eventually(told, "Robin has the week as one mail")


async def test_the_groups_of_two_couples_are_one_session_each() -> None:
    async with first_day() as office:
        desk, couples = await set_up(office)
        booked = set()
        for couple in couples:
            group = (await desk.gets(f"/couples/{couple}/weeks/2"))["groups"][0]
            same = {"kind": "group", "starts_at": group["starts_at"], "minutes": 120, "group": group["id"]}
            body = {"sessions": [{**same, "partners": [key]} for key in "ab"], "seen": 0}
            accepted = await desk.does("POST", f"/couples/{couple}/weeks/2", body)
            booked |= {one["id"] for one in accepted["booked"]}
        (group,) = booked
        session = await desk.built.dispatcher.session(group)
        assert session.plan is not None
        assert sorted(one.name for one in session.plan.partners.values()) == ["Alex", "Kim", "Lee", "Robin"]


async def test_accepting_what_somebody_changed_meanwhile_changes_nothing() -> None:
    async with first_day() as office:
        desk, (couple, other) = await set_up(office)
        look = await desk.gets(f"/couples/{couple}/weeks/2")
        one = wanted([s for s in look["proposed"] if s["kind"] == "couples"])
        await desk.does("POST", f"/couples/{couple}/weeks/2", {"sessions": one, "seen": 0})
        status, problem = await desk.asks("POST", f"/couples/{couple}/weeks/2", {"sessions": one, "seen": 0})
        assert (status, problem["type"]) == (409, "urn:dyad:problem:changed_meanwhile")
        status, problem = await desk.asks("POST", f"/couples/{other}/weeks/2", {"sessions": one, "seen": 0})
        assert (status, problem["type"]) == (422, "urn:dyad:problem:time_taken")
        assert (await desk.gets(f"/couples/{other}/weeks/2"))["booked"] == []


async def test_what_a_crash_left_unplanned_is_planned_by_the_promise() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        look = await desk.gets(f"/couples/{couple}/weeks/2")
        (one,) = wanted([s for s in look["proposed"] if s["kind"] == "intake"])
        booked = await desk.does("POST", f"/couples/{couple}/weeks/2", {"sessions": [one], "seen": 0})
        known = await desk.built.store.appointment(booked["booked"][0]["id"])
        assert known is not None
        lost = replace(known, id="left", uid="left@dyad", starts_at=known.starts_at + timedelta(days=7))
        assert await desk.built.store.book_all([lost], [], desk.built.clock.now())
        draft = OutboxDraft("w", "PlanAppointments", '{"appointments": ["left", "never"]}', desk.built.clock.now())
        await desk.built.store.post("w", draft)

        async def planned() -> bool:
            return (await desk.built.dispatcher.session("left")).plan is not None

        await eventually(planned, "the session is planned")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"partners": ["a"]}, "partners_unfit"),
        ({"minutes": 5}, "length_unfit"),
        ({"starts_at": "2020-01-01T10:00:00Z"}, "time_unfit"),
        ({"kind": "group", "partners": ["a"], "group": "group-x"}, "group_unknown"),
        ({"kind": "group", "partners": ["a"], "group": ""}, "group_unfit"),
    ],
)
async def test_a_session_that_can_t_be_is_refused(change: dict[str, Any], code: str) -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        look = await desk.gets(f"/couples/{couple}/weeks/2")
        one = wanted([s for s in look["proposed"] if s["kind"] == "couples"])[0] | change
        status, problem = await desk.asks("POST", f"/couples/{couple}/weeks/2", {"sessions": [one], "seen": 0})
        assert (status, problem["type"]) == (422, f"urn:dyad:problem:{code}")


async def test_the_office_does_not_plan_weeks_and_nobody_sees_what_is_not_there() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        assert (await office.asks("GET", f"/couples/{couple}/weeks/2"))[0] == 403
        for path in (f"/couples/{couple}/weeks/13", f"/couples/{couple}/weeks/x", "/couples/nobody/weeks/1"):
            assert (await desk.asks("GET", path))[0] == 404


async def test_the_therapist_opens_the_console_of_their_own_session_only() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        look = await desk.gets(f"/couples/{couple}/weeks/2")
        body = {"sessions": wanted(look["proposed"][:1]), "seen": 0}
        (booked,) = (await desk.does("POST", f"/couples/{couple}/weeks/2", body))["booked"]
        door = await desk.does("POST", f"/sessions/{booked['id']}/open", {})
        grant = await desk.built.links.resolve(door["token"], "session")
        assert (grant.session, grant.participant) == (booked["id"], "therapist")
        assert (await desk.asks("POST", "/sessions/nothing/open", {}))[0] == 404
        assert (await office.asks("POST", f"/sessions/{booked['id']}/open", {}))[0] == 403


async def test_a_couple_that_must_never_meet_has_no_joint_session_and_no_common_group() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        seen = await desk.gets(f"/couples/{couple}")
        staff = (await desk.gets())["staff"][0]["id"]
        pair = [{"person": person(name, "America/Chicago"), "place": "US-NY"} for name in ("Sam", "Max")]
        body = {"therapist": staff, "partners": pair, "starts_on": seen["plan"]["starts_on"], "keep_apart": True}
        apart = (await office.does("POST", "/couples", body))["id"]
        look = await desk.gets(f"/couples/{apart}/weeks/2")
        assert {len(one["who"]) for one in look["proposed"]} == {1}
        groups = {
            key: {one["group"] for one in look["proposed"] if one["who"] == [key] and one["group"]} for key in "ab"
        }
        assert groups["a"]
        assert groups["b"]
        assert not groups["a"] & groups["b"]


async def test_who_lives_where_a_therapist_is_no_longer_licensed_is_offered_no_time() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        (rivera,) = (await office.gets())["staff"]
        path, body = f"/staff/{rivera['id']}/licences", {"licences": ["US-NJ"], "seen": rivera["revision"]}
        assert (await desk.asks("PUT", path, body))[0] == 403
        await office.does("PUT", path, body)
        look = await desk.gets(f"/couples/{couple}/weeks/2")
        assert [one["kind"] for one in look["proposed"] if "a" in one["who"]] == []
        status, problem = await office.asks("PUT", path, body)
        assert (status, problem["type"]) == (409, "urn:dyad:problem:changed_meanwhile")
        (rivera,) = (await office.gets())["staff"]
        assert rivera["licences"] == ["US-NJ"]
        await office.does("PUT", path, {"licences": ["US-NJ", "us-ny"], "seen": rivera["revision"]})
        assert (await desk.gets(f"/couples/{couple}/weeks/2"))["proposed"]
        assert (await office.asks("PUT", "/staff/nobody/licences", body))[0] == 404


async def test_the_treatment_team_runs_a_couple_s_weeks_as_its_therapist_does() -> None:
    async with first_day() as office:
        _, (couple, _) = await set_up(office)
        team = Desk(office.built, await office.built.links.mint(TEAM, None, TEAM, "clinic", timedelta(days=1)))
        week = f"/couples/{couple}/weeks/2"
        look = await team.gets(week)
        await team.does("POST", week, {"sessions": wanted(look["proposed"][:2]), "seen": look["seen"]})
        assert len((await team.gets(week))["booked"]) == 2
        seen = await team.gets(f"/couples/{couple}")
        assert seen["intake"] is not None
