"""What a report says, cell by cell, in somebody's language and zone."""

from __future__ import annotations

from datetime import timedelta

from server.adapters.mail.words import report_words, words
from server.application.attendance_report import Line, Part, Report, SetRight
from server.domain.attendance import Outcome
from server.domain.hours import Claim
from server.domain.session.views import Status

MINUTE = timedelta(minutes=1)
OVER = (Status.ENDED, Status.RESCHEDULED, Status.CANCELLED)


class Telling:
    def __init__(self, report: Report, language: str, zone: str) -> None:
        self._report, self._zone = report, zone
        self._say, self._words = report_words(language), words(language)

    def period(self) -> str:
        first, last = (self._words.say_day(day) for day in (self._report.period.first, self._report.period.last))
        return self._say["period"].format(first=first, last=last)

    def times(self) -> str:
        clinic = self._report.zone.rsplit("/", 1)[-1].replace("_", " ")
        place = self._words.say_place(self._report.made_at, self._zone)
        return self._say["times"].format(place=place, zone=clinic)

    def totals_head(self) -> list[str]:
        return [self._say[key] for key in ("name", "together", "alone", "solo", "group", "total")]

    def totals(self) -> list[list[str]]:
        rows = []
        for key, hours in self._report.totals.items():
            one = hours.measured
            lengths = (one.joint, one.individual, hours.solo, one.group, one.total)
            rows.append([self._report.names[key], *(self._minutes(length) for length in lengths)])
        return rows

    def sessions_head(self) -> list[str]:
        return [self._say["when"], self._say["session"], *self._report.names.values()]

    def sessions(self) -> list[list[str]]:
        return [
            [
                self._words.say_briefly(line.starts_at, self._zone),
                self._session(line),
                *(self._part(line, line.parts.get(key)) for key in self._report.names),
            ]
            for line in self._report.lines
        ]

    def corrections(self) -> list[str]:
        return [self._correction(line, one) for line in self._report.lines for one in line.corrections]

    def claims_head(self) -> list[str]:
        return [self._say["name"], self._say["code"], "", self._say["rests_on"]]

    def claims(self) -> list[list[str]]:
        """By day, then by name."""
        all_of_them = [(one, key) for key, claims in self._report.claims.items() for one in claims]
        return [self._claim(one, key) for one, key in sorted(all_of_them, key=lambda it: (it[0].day, it[1]))]

    def _session(self, line: Line) -> str:
        kind, planned = self._say[f"kind_{line.kind}"], self._say["planned"].format(minutes=line.minutes)
        cancelled = f", {self._say['status_cancelled']}" if line.status is Status.CANCELLED else ""
        return f"{kind}\n{planned}{cancelled}"

    def _part(self, line: Line, part: Part | None) -> str:
        if part is None:
            return "–"
        one = part.hours.measured
        parts = (("joint", one.joint), ("individual", one.individual), ("group", one.group))
        given = [self._say[f"part_{kind}"].format(minutes=length // MINUTE) for kind, length in parts if length]
        return "\n".join([self._outcome(part.outcome, line.status), *given])

    def _outcome(self, outcome: Outcome | None, status: Status) -> str:
        if outcome is None:
            return self._say["outcome_none" if status in OVER else "outcome_open"]
        return self._say[f"outcome_{outcome}"]

    def _correction(self, line: Line, one: SetRight) -> str:
        before, after = (
            self._say["outcome_removed" if outcome is None else f"outcome_{outcome}"]
            for outcome in (one.before, one.after)
        )
        said = self._say["correction"].format(
            name=self._report.names[one.who],
            when=self._words.say_briefly(line.starts_at, self._zone),
            before=before,
            after=after,
        )
        return said if one.reason is None else f"{said} {self._say['reason'].format(reason=one.reason)}"

    def _claim(self, one: Claim, key: str) -> list[str]:
        starts = {line.id: line.starts_at for line in self._report.lines}
        rests_on = "\n".join(self._words.say_briefly(starts[id], self._zone) for id in one.sessions)
        meaning = self._say[f"code_{one.code}"]
        minutes = self._say["minutes"].format(minutes=one.minutes)
        return [self._report.names[key], f"{one.code}\n{meaning}", minutes, rests_on]

    def _minutes(self, length: timedelta) -> str:
        return self._say["minutes"].format(minutes=length // MINUTE)
