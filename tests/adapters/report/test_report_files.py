"""The attendance report as files: what a spreadsheet reads, and what stands on paper, in both languages."""

from __future__ import annotations

import csv
import io
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.adapters.mail.words import report_words
from server.adapters.report import report_csv
from server.adapters.report.pdf_file import ReportPdf
from server.application.attendance_report import Line, Part, Report, SetRight
from server.domain.attendance import Kind, Outcome
from server.domain.hours import Claim, Measured, Period, WeekHours
from server.domain.session.views import Status
from tests.architecture.imports import ROOT
from tests.support.programs import program

FONTS = ROOT / "web" / "dist" / "fonts"
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
MADRID = "Europe/Madrid"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def gave(solo: float = 0, **measured: float) -> WeekHours:
    return WeekHours(Measured(**{kind: minutes(number) for kind, number in measured.items()}), minutes(solo))


LINES = (
    Line(
        "s1",
        MONDAY,
        50,
        Kind.COUPLES,
        Status.ENDED,
        {"a": Part(Outcome.ATTENDED, gave(joint=49.9)), "b": Part(Outcome.ATTENDED, gave(joint=49.9))},
        (
            SetRight(
                "b", MONDAY + timedelta(days=1), Outcome.NO_SHOW, Outcome.ATTENDED, '=HYPERLINK("x")\r\n; she came'
            ),
        ),
    ),
    Line(
        "s2",
        MONDAY + timedelta(days=1),
        50,
        Kind.COUPLES,
        Status.ENDED,
        {"a": Part(Outcome.ATTENDED, gave(individual=35, solo=35)), "b": Part(Outcome.NO_SHOW, gave(without=35))},
        (),
    ),
    Line("s3", MONDAY + timedelta(days=2), 120, Kind.GROUP, Status.PLANNED, {"b": Part(None, gave())}, ()),
)
REPORT = Report(
    Period(date(2026, 11, 23), date(2026, 11, 29)),
    "America/New_York",
    MONDAY + timedelta(days=6),
    "Clínica del Puerto",
    {"a": "=cmd|' /C calc'!A0", "b": "Lucía Núñez"},
    LINES,
    {"a": gave(joint=49.9, individual=35, solo=35), "b": gave(joint=49.9, without=35)},
    {"a": (Claim(date(2026, 11, 23), "90847", 49, ("s1",)),), "b": (Claim(date(2026, 11, 24), "90846", 35, ("s2",)),)},
)


def rows(report: Report) -> list[dict[str, str]]:
    text = report_csv(report, "en", MADRID).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_each_line_is_one_session_of_one_partner() -> None:
    assert [
        (row["starts_at"], row["session"], row["outcome"], row["minutes_together"], row["minutes_alone"])
        for row in rows(REPORT)
    ] == [
        ("2026-11-23T16:00+01:00", "couples", "attended", "49", "0"),
        ("2026-11-23T16:00+01:00", "couples", "attended", "49", "0"),
        ("2026-11-24T16:00+01:00", "couples", "attended", "0", "35"),
        ("2026-11-24T16:00+01:00", "couples", "no_show", "0", "0"),
        ("2026-11-25T16:00+01:00", "group", "", "0", "0"),
    ]


def test_it_is_utf_8_with_lines_that_end_as_the_standard_says() -> None:
    file = report_csv(REPORT, "en", MADRID)
    text = file.decode("utf-8")
    assert text.startswith("\ufeffstarts_at,")
    assert "Lucía Núñez" in text
    header, _, rest = text.partition("\r\n")
    assert "\n" not in header
    assert text.endswith("\r\n")
    # A quoted cell may hold a line's end; every record ends in the standard's own.
    assert len(list(csv.reader(io.StringIO(rest, newline=""), strict=True))) == len(rows(REPORT))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "＝1+1"])
def test_no_name_is_ever_run_as_a_formula(name: str) -> None:
    for row in rows(replace(REPORT, names={"a": name, "b": "Robin"})):
        assert row["partner"] in (f"'{name}", "Robin")
        assert not any(cell[:1] in "=+-@\t\r＝" for cell in row.values() if cell)


def test_a_reason_stands_in_the_middle_of_its_cell_as_it_was_written() -> None:
    cell = rows(REPORT)[1]["corrections"]
    assert cell == '2026-11-24T16:00+01:00 no_show > attended: =HYPERLINK("x")\r\n; she came'


def test_without_a_reason_only_the_change_is_told() -> None:
    (corrected,) = LINES[0].corrections
    line = replace(LINES[0], corrections=(replace(corrected, reason=None),))
    assert rows(replace(REPORT, lines=(line,)))[1]["corrections"] == "2026-11-24T16:00+01:00 no_show > attended"


def written(tmp_path: Path, report: Report, language: str, zone: str) -> tuple[Path, str]:
    """The file, and the words on it as a reader finds them."""
    path = tmp_path / f"{language}.pdf"
    path.write_bytes(ReportPdf(FONTS).write(report, language, zone))
    text = subprocess.run(
        [program("pdftotext"), "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout
    return path, text


@pytest.mark.parametrize(("language", "zone"), [("en", "America/Denver"), ("es", MADRID)])
def test_on_paper_it_is_in_the_reader_s_language_and_zone(tmp_path: Path, language: str, zone: str) -> None:
    say = report_words(language)
    _, text = written(tmp_path, REPORT, language, zone)
    flat = " ".join(text.split())
    for key in ("title", "altogether", "sessions", "set_right", "claims", "claims_note"):
        assert say[key] in flat, key
    assert ("lun 23 nov, 16:00" if language == "es" else "Mon, Nov 23, 8:00 AM") in flat
    for said in ("Lucía Núñez", "90847", "90846", "Clínica del Puerto", "she came"):
        assert said in flat
    assert "49 min" in flat
    assert "50 min together" not in flat


def test_a_long_period_takes_pages_and_every_one_of_them_can_be_drawn(tmp_path: Path) -> None:
    many = tuple(replace(LINES[1], id=f"s{n}", starts_at=MONDAY + timedelta(hours=9 * n)) for n in range(120))
    path, text = written(tmp_path, replace(REPORT, lines=many, claims={"a": (), "b": ()}), "en", "UTC")
    assert report_words("en")["no_claims"] in text
    pages = text.count("\f")
    assert pages > 4
    heads = [" When " in " ".join(f" {page} ".split("\n")) for page in text.split("\f") if "min alone" in page]
    assert len(heads) > 4
    assert all(heads), "the head stands on every page of a table"
    subprocess.run([program("pdftoppm"), "-r", "40", "-png", path, tmp_path / "page"], check=True)
    pictures = sorted(tmp_path.glob("page*.png"))
    assert len(pictures) == pages
    assert min(picture.stat().st_size for picture in pictures) > 1000


def test_days_without_a_session_say_so(tmp_path: Path) -> None:
    empty = replace(REPORT, lines=(), claims={"a": (), "b": ()}, totals={"a": gave(), "b": gave()})
    _, text = written(tmp_path, empty, "en", "UTC")
    assert report_words("en")["no_sessions"] in text


def test_both_languages_say_the_same_things() -> None:
    assert report_words("en").keys() == report_words("es").keys()
    for outcome in Outcome:
        assert f"outcome_{outcome}" in report_words("en")
    for kind in Kind:
        assert f"kind_{kind}" in report_words("en")
