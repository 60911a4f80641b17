"""A couple's hours and its attendance report over REST, for the links of the clinic's staff."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from server.application.attendance_report import AttendanceReports, Line, Report
from server.application.chart import Reader
from server.application.hours import CoupleHours, Hours, LedgerWeek, ThisWeek
from server.application.links import LinkDesk
from server.application.ports import Directory
from server.domain.hours import LEAST, Period, WeekHours
from server.domain.programme import Couple
from server.domain.week import Placement
from server.http.clinic import reader_of
from server.http.parsing import plain
from server.http.problems import Problem
from server.http.throttle import Throttle

MINUTE = timedelta(minutes=1)
KINDS = {"csv": "text/csv", "pdf": "application/pdf"}
Write = Callable[[Report, str, str], bytes]


@dataclass(frozen=True, slots=True)
class HoursApi:
    """Partners are named by the couple's keys. Minutes are whole ones, never more than were measured.

    The report is for the days `first` to `last`, both included. As a file it is written by `writers`, each of which
    takes the report, the reader's language and their zone.
    """

    hours: Hours
    reports: AttendanceReports
    directory: Directory
    links: LinkDesk
    writers: Mapping[str, Write]
    asked: Throttle = field(default_factory=lambda: Throttle(60, 60))

    def routes(self) -> list[web.RouteDef]:
        couple = "/v1/clinic/couples/{id}"
        return [
            web.get(couple + "/hours", self.look),
            web.get(couple + "/report", self.report),
            web.get(couple + "/report.{kind:csv|pdf}", self.file),
        ]

    async def look(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        return web.json_response(plain(_told(await self.hours.look(reader, request.match_info["id"]))))

    async def report(self, request: web.Request) -> web.Response:
        report = await self._report(await self._reader(request), request)
        return web.json_response(plain(_report(report)))

    async def file(self, request: web.Request) -> web.Response:
        reader, kind = await self._reader(request), request.match_info["kind"]
        report, person = await self._report(reader, request), await self.directory.person(reader.person)
        language, zone = (person.language, person.zone) if person else ("en", report.zone)
        written = await asyncio.to_thread(self.writers[kind], report, language, zone)
        # Downloads lie about openly: no name of a person or of the programme in that of the file.
        name = f"attendance-{report.period.first}-{report.period.last}.{kind}"
        return web.Response(
            body=written,
            content_type=KINDS[kind],
            charset="utf-8" if kind == "csv" else None,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def _report(self, reader: Reader, request: web.Request) -> Report:
        first, last = (_day(request.query.get(name, "")) for name in ("first", "last"))
        return await self.reports.make(reader, request.match_info["id"], Period(first, last))

    async def _reader(self, request: web.Request) -> Reader:
        reader = await reader_of(request, self.links, "clinic")
        self.asked.count(reader.person)
        return reader


def _day(text: str) -> date:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(400, "malformed", "Say from which day to which, as YYYY-MM-DD.") from None


def _told(found: CoupleHours) -> dict[str, Any]:
    couple = found.couple
    return {
        "zone": found.programme.zone,
        "least": LEAST // MINUTE,
        "weeks": [_week(one, couple) for one in found.weeks],
        "this_week": None if found.this_week is None else _this_week(found.this_week, couple),
        "knots": found.knots,
    }


def _week(one: LedgerWeek, couple: Couple) -> dict[str, Any]:
    return {
        "number": one.number,
        "monday": one.monday,
        "phase": one.phase,
        "wanted": one.wanted,
        "partners": {key: _minutes(one.hours[person]) for key, person in couple.partners.items()},
    }


def _this_week(one: ThisWeek, couple: Couple) -> dict[str, Any]:
    forecasts = {key: one.forecasts[person] for key, person in couple.partners.items()}
    return {
        "number": one.number,
        "to": one.to,
        "partners": {
            key: {
                "done": it.done // MINUTE,
                "planned": it.planned // MINUTE,
                "short": _up(it.short),
                "made_up_by": dict(it.made_up_by),
                "left": _up(one.made_up.left.get(couple.partners[key], timedelta(0))),
            }
            for key, it in forecasts.items()
        },
        "made_up_with": [_session(some, one, couple) for some in one.chosen],
    }


def _session(some: list[Placement], one: ThisWeek, couple: Couple) -> dict[str, Any]:
    groups = {} if one.look is None else {group.id: group.name for group in one.look.week.groups}
    first, people = some[0], {person for it in some for person in it.need.partners}
    return {
        "kind": first.need.kind,
        "who": [key for key, person in sorted(couple.partners.items()) if person in people],
        "starts_at": first.slot.start,
        "minutes": (first.slot.end - first.slot.start) // MINUTE,
        "group": first.group or "",
        "group_name": groups.get(first.group or ""),
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "first": report.period.first,
        "last": report.period.last,
        "zone": report.zone,
        "made_at": report.made_at,
        "names": report.names,
        "sessions": [_line(one) for one in report.lines],
        "totals": {key: _minutes(hours) for key, hours in report.totals.items()},
        "claims": [{"who": key, **plain(claim)} for key, claims in report.claims.items() for claim in claims],
    }


def _line(one: Line) -> dict[str, Any]:
    return {
        "id": one.id,
        "starts_at": one.starts_at,
        "minutes": one.minutes,
        "kind": one.kind,
        "status": one.status,
        "partners": {key: {"outcome": part.outcome, **_minutes(part.hours)} for key, part in one.parts.items()},
        "corrections": one.corrections,
    }


def _minutes(hours: WeekHours) -> dict[str, int]:
    """`solo`: the part of `individual` that was a session for two; `without`, in no total: the other's part of one."""
    measured = hours.measured
    return {
        "joint": measured.joint // MINUTE,
        "individual": measured.individual // MINUTE,
        "solo": hours.solo // MINUTE,
        "group": measured.group // MINUTE,
        "without": measured.without // MINUTE,
        "total": measured.total // MINUTE,
    }


def _up(length: timedelta) -> int:
    """Rounded up: whoever makes up so much is no longer short."""
    return -(-length // MINUTE)
