"""The attendance report for a spreadsheet: RFC 4180, one line for each session of each partner."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.application.attendance_report import Line, Report

MINUTE = timedelta(minutes=1)
COLUMNS = (
    "starts_at",
    "planned_minutes",
    "session",
    "status",
    "partner",
    "outcome",
    "minutes_together",
    "minutes_alone",
    "minutes_alone_in_place_of_together",
    "minutes_group",
    "corrections",
)
# What a spreadsheet takes for the beginning of a formula, the wide forms of East Asian keyboards included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def report_csv(report: Report, language: str, zone: str) -> bytes:
    """Columns and codes are the same in every language, so that programs can read them; times are those of `zone`,
    with their offset. It begins with a byte order mark: without one, spreadsheets take names for another alphabet's.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in report.lines:
        writer.writerows([_safe(cell) for cell in row] for row in _rows(line, report, ZoneInfo(zone)))
    return text.getvalue().encode("utf-8-sig")


def _rows(line: Line, report: Report, zone: ZoneInfo) -> Iterator[list[str]]:
    for key, part in sorted(line.parts.items()):
        measured = part.hours.measured
        yield [
            _at(line.starts_at, zone),
            str(line.minutes),
            line.kind,
            line.status,
            report.names[key],
            part.outcome or "",
            *(
                str(length // MINUTE)
                for length in (measured.joint, measured.individual, part.hours.solo, measured.group)
            ),
            "; ".join(
                f"{_at(one.at, zone)} {one.before or 'none'} > {one.after or 'none'}"
                + ("" if one.reason is None else f": {one.reason}")
                for one in line.corrections
                if one.who == key
            ),
        ]


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(timespec="minutes")


def _safe(cell: str) -> str:
    """As text where a spreadsheet would otherwise run it."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA) or cell.startswith(FORMULA) else cell
