"""A clinic at an instant that the test chooses, with a couple whose sessions of the past were really held."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.application.dispatcher import Dispatcher
from server.application.ledger import Ledger
from server.application.planning import plan_of
from server.application.ports import Appointment
from server.demo import Options, empty_clinic
from server.domain.attendance import Action, Kind, Reason
from server.domain.programme import DEFAULT_PROGRAMME
from server.domain.session import commands as c
from server.domain.session.state import THERAPIST
from server.http.parsing import plain
from server.past import AT_ONCE, Evening, PastRecord
from tests.service.test_first_day import Desk, person

MINUTE = timedelta(minutes=1)


@dataclass
class Clinic:
    """`desk` is the couple's therapist, `other` one who has no part in them. `partners` has the couple's people by key,
    `portals` the tokens of their links."""

    office: Desk
    team: Desk
    desk: Desk
    therapist: str
    couple: str
    partners: dict[str, str]
    portals: dict[str, str]
    other: Desk

    async def plans(self, id: str, starts_at: datetime, seats: dict[str, str], kind: Kind = Kind.COUPLES) -> None:
        """A session that is to come, for the partners in these seats."""
        built, booked = self.office.built, self.appointment(id, starts_at, seats, kind)
        await built.store.add_appointment(booked)
        await built.dispatcher.submit(id, c.PlanSession(await plan_of(booked, built.store)))

    async def held(
        self,
        id: str,
        starts_at: datetime,
        seats: dict[str, str],
        kind: Kind = Kind.COUPLES,
        *,
        comes: str = "ab",
        minutes: int = 45,
        ill: str = "",
    ) -> None:
        """A session of the past: everybody comes in time but for who stays away or said that they are ill. One who
        comes alone to a session for two is seen alone from ten minutes in."""
        built, past = self.office.built, self.appointment(id, starts_at, seats, kind)
        await built.store.add_appointment(past)
        clock = VirtualClock(starts_at - 30 * MINUTE)
        clock.speed = AT_ONCE
        dispatcher = Dispatcher(PastRecord(built.store), JsonCodec(), clock, built.book)
        await dispatcher.submit(id, c.PlanSession(await plan_of(past, built.store)))
        await Ledger(dispatcher, built.store, clock).recount(id)
        evening = Evening(dispatcher, clock, id, starts_at)
        for who in ill:
            await evening.do(c.DeclareAbsence(who, Reason.ILLNESS))
        await evening.at(-2)
        for who in (THERAPIST, *(key for key in seats if key in comes)):
            await evening.do(c.Connect(who, 1))
            if who != THERAPIST:
                await evening.do(c.Arrive(who))
        await evening.at(1)
        if kind is Kind.COUPLES and len(set(comes) & set(seats)) == 1 and len(seats) == 2:
            await evening.at(11)
            card = (await dispatcher.session(id)).card
            assert card is not None
            await evening.do(c.AnswerCard(card.id, Action.PROCEED, None))
            await evening.at(12)
        await evening.do(c.AdmitAll())
        await evening.at(minutes + 1)
        await evening.do(c.EndSession())
        await evening.at(90)
        assert (await dispatcher.session(id)).over

    def appointment(self, id: str, starts_at: datetime, seats: dict[str, str], kind: Kind) -> Appointment:
        body = {
            "kind": kind,
            "focus": ["communication"],
            "approval": "standing",
            "partners": {key: {"solo_consent": True} for key in seats},
        }
        people = {THERAPIST: self.therapist, **seats}
        minutes = 120 if kind is Kind.GROUP else 50
        return Appointment(id, f"{id}@dyad", 0, starts_at, minutes, "booked", people, json.dumps(body))

    async def file(self, desk: Desk, path: str) -> tuple[int, Any, bytes]:
        """Status, headers and body."""
        headers = {"Authorization": f"Bearer {desk.token}"}
        async with (
            aiohttp.ClientSession(desk.built.settings.base_url) as http,
            http.get(f"/v1/clinic{path}", headers=headers) as answer,
        ):
            return answer.status, answer.headers, await answer.read()

    async def portal(self, key: str) -> dict[str, Any]:
        """A partner's own page."""
        return await self._as_client(key, "GET", "", None)

    async def tells(self, key: str, session: str, word: dict[str, Any]) -> dict[str, Any]:
        """A partner's word about a session that is to come, and their page after it."""
        return await self._as_client(key, "POST", f"/sessions/{session}/word", word)

    async def _as_client(self, key: str, method: str, path: str, body: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.portals[key]}"}
        async with (
            aiohttp.ClientSession(self.office.built.settings.base_url) as http,
            http.request(method, f"/v1/portal{path}", headers=headers, json=body) as answer,
        ):
            page: dict[str, Any] = await answer.json(content_type=None)
            assert answer.status == 200, page
            return page


@asynccontextmanager
async def clinic_at(now: datetime, folder: Path, begins: datetime) -> AsyncIterator[Clinic]:
    """The couple's programme begins in the week of `begins`."""
    wall = datetime.now(UTC).isoformat()
    kept = {"policy": now.isoformat(), "wall": wall, "speed": 1.0, "session": "none"}
    (folder / "demo.json").write_text(json.dumps(kept), encoding="utf-8")
    async with empty_clinic(Options(port=0, data=folder)) as (built, links):
        office = Desk(built, links.administrator.partition("#")[2])
        await office.does("PUT", "/programme", {"programme": plain(DEFAULT_PROGRAMME), "seen": 0})
        ids = []
        for name in ("Rivera", "Marsh"):
            new = {"person": person(name, "America/New_York"), "licences": []}
            ids.append((await office.does("POST", "/staff", new))["id"])
        partners = [
            {"person": person(name, zone), "place": "US-NY"}
            for name, zone in (("Alex", "America/Chicago"), ("Robin", "America/Denver"))
        ]
        pair = {"therapist": ids[0], "partners": partners, "starts_on": begins.date().isoformat()}
        couple = (await office.does("POST", "/couples", pair))["id"]
        seen = await office.gets(f"/couples/{couple}")
        desk = Desk(built, await office.mailed("rivera@example.org", "clinic"))
        other = Desk(built, await office.mailed("marsh@example.org", "clinic"))
        team = Desk(built, await built.links.mint("team", None, "team", "clinic", timedelta(days=1)))
        portals = {
            key: await office.mailed(f"{name}@example.org", "portal") for key, name in (("a", "alex"), ("b", "robin"))
        }
        people = {one["key"]: one["id"] for one in seen["partners"]}
        yield Clinic(office, team, desk, ids[0], couple, people, portals, other)
