"""A couple's week over REST, for the links of the clinic's staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from server.application.accepting import Accepting, Wanted
from server.application.chart import Reader, Unknown
from server.application.console_door import ConsoleDoor
from server.application.links import LinkDesk
from server.application.series import place_in_series
from server.application.weeks import Look, Week, Weeks, kind_of
from server.domain.week import Minutes, Placement, Unplaced
from server.http.bearer import json_body
from server.http.clinic import reader_of
from server.http.parsing import keys, plain, revision, value_of
from server.http.problems import Problem


@dataclass(frozen=True, slots=True)
class WeeksApi:
    """Partners are named by the couple's keys, the host is "therapist"."""

    weeks: Weeks
    accepting: Accepting
    door: ConsoleDoor
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        week = "/v1/clinic/couples/{id}/weeks/{number}"
        return [
            web.get(week, self.look),
            web.post(week, self.accept),
            web.get(week + "/times", self.times),
            web.post("/v1/clinic/sessions/{id}/open", self.open),
        ]

    async def look(self, request: web.Request) -> web.Response:
        return await self._look(request, await self._reader(request))

    async def accept(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        sessions, seen = keys(await json_body(request), "sessions", "seen")
        wanted = value_of(tuple[Wanted, ...], sessions)
        await self.accepting.accept(reader, *week_of(request), wanted, revision(seen))
        return await self._look(request, reader)

    async def times(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        partners, minutes = request.query.get("partners", ""), request.query.get("minutes", "")
        if partners not in ("a", "b", "ab") or not minutes.isdecimal() or not 15 <= int(minutes) <= 240:
            raise Problem(400, "malformed", "Say for which partners, and 15 to 240 minutes.")
        found = await self.weeks.times(reader, *week_of(request), partners, int(minutes))
        return web.json_response({"times": plain(found)})

    async def open(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        if await json_body(request):
            raise Problem(400, "malformed", "Send an empty object.")
        return web.json_response({"token": await self.door.open(reader, request.match_info["id"])})

    async def _look(self, request: web.Request, reader: Reader) -> web.Response:
        return web.json_response(plain(_told(await self.weeks.look(reader, *week_of(request)))))

    async def _reader(self, request: web.Request) -> Reader:
        return await reader_of(request, self.links, "clinic")


def week_of(request: web.Request) -> tuple[str, int]:
    number = request.match_info["number"]
    if not number.isdecimal() or len(number) > 2:
        raise Unknown
    return request.match_info["id"], int(number)


def _told(look: Look) -> dict[str, Any]:
    week = look.week
    names = {person: key for key, person in week.couple.partners.items()} | {week.couple.therapist: "therapist"}

    def who(people: Iterable[str]) -> list[str]:
        return [names[one] for one in people if one in names]

    return {
        "number": week.number,
        "weeks": week.programme.weeks,
        "phase": week.programme.phase_at(week.number).name,
        "phase_until": week.programme.last_week_of_phase(week.number),
        "monday": week.monday,
        "now": look.now,
        "since": week.since,
        "to": week.to,
        "zone": week.programme.zone,
        "seen": week.seen,
        "score": look.proposal.score,
        "booked": [_booked(look, id, names) for id in week.booked],
        "proposed": [_proposed(one, week, who(one.need.partners), names) for one in look.proposal.placed],
        "unplaced": [_unplaced(one, who) for one in look.proposal.unplaced],
        "groups": [
            {"id": one.id, "name": one.name, "starts_at": one.starts_at, "minutes": one.minutes, "places": one.places}
            for one in week.groups
        ],
        "minutes": {names[person]: _minutes(minutes) for person, minutes in look.minutes.items()},
        "targets": _minutes(look.targets),
        "recent": {names[person]: {"solo": one.solo, "joint": one.joint} for person, one in look.recent.items()},
        "drift": [{"who": names[one.person], "solo": one.solo, "joint": one.joint} for one in look.drift],
    }


def _minutes(minutes: Minutes) -> dict[str, int]:
    return {"joint": minutes.joint, "individual": minutes.individual, "group": minutes.group}


def _booked(look: Look, id: str, names: dict[str, str]) -> dict[str, Any]:
    one, (status, outcomes) = look.week.booked[id], look.states[id]
    series = place_in_series(one)
    return {
        "id": id,
        "kind": kind_of(one),
        "who": sorted(names[person] for person in one.people.values() if names.get(person) in ("a", "b")),
        "mine": names.get(one.people["therapist"]) == "therapist",
        "starts_at": one.starts_at,
        "minutes": one.minutes,
        "standing": one.status,
        "seen": one.sequence,
        "series": None if series is None else {"number": series["number"], "count": series["count"]},
        "status": status,
        "outcomes": {names[person]: outcome for person, outcome in outcomes.items()},
    }


def _proposed(one: Placement, week: Week, partners: list[str], names: dict[str, str]) -> dict[str, Any]:
    group = next((group.name for group in week.groups if group.id == one.group), None)
    return {
        "kind": one.need.kind,
        "who": partners,
        "starts_at": one.slot.start,
        "minutes": int((one.slot.end - one.slot.start).total_seconds()) // 60,
        "focus": one.need.focus,
        "group": one.group or "",
        "group_name": group,
        "why": one.need.why,
        "reasons": [
            {"code": reason.code, "people": [names[p] for p in reason.people if p in names], "number": reason.number}
            for reason in one.reasons
        ],
    }


def _unplaced(one: Unplaced, who: Any) -> dict[str, Any]:
    return {
        "kind": one.need.kind,
        "who": who(one.need.partners),
        "minutes": one.need.minutes,
        "why": one.need.why,
        "because": one.why,
        "people": who(one.people),
        "widen": who(one.widen),
    }
