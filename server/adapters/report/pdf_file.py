"""The attendance report to read and print, in the language and the zone of whoever asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from server.adapters.mail.words import report_words, words
from server.adapters.pdf import INK, LINE, SOFT, Sheet
from server.adapters.report.telling import Telling
from server.application.attendance_report import Report


class ReportPdf:
    def __init__(self, fonts: Path) -> None:
        """`fonts` is the folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf."""
        self._fonts = fonts

    def write(self, report: Report, language: str, zone: str) -> bytes:
        say, tell = report_words(language), Telling(report, language, zone)
        made = words(language).say_briefly(report.made_at, zone)
        foot = say["foot"].format(clinic=report.clinic, made=made)
        sheet = Sheet(self._fonts, say["title"], foot, report.made_at)
        sheet.text_line(" & ".join(report.names.values()), size=12)
        sheet.text_line(tell.period())
        sheet.text_line(tell.times(), colour=SOFT)
        sheet.heading(say["altogether"])
        _table(sheet, tell.totals_head(), tell.totals(), (30, 24, 24, 46, 24, 22))
        sheet.text_line(say["rounding"], size=9, colour=SOFT)
        sheet.heading(say["sessions"])
        _table(sheet, tell.sessions_head(), tell.sessions(), (46, 36, 44, 44), say["no_sessions"])
        if corrections := tell.corrections():
            sheet.heading(say["set_right"])
            for line in corrections:
                sheet.text_line(line)
        sheet.heading(say["claims"])
        sheet.text_line(say["claims_note"], colour=SOFT)
        _table(sheet, tell.claims_head(), tell.claims(), (34, 68, 20, 48), say["no_claims"])
        return sheet.bytes()


def _table(
    sheet: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], empty: str = ""
) -> None:
    """Its head is repeated on each page; where there are no rows, `empty` is said."""
    if not rows:
        sheet.text_line(empty)
        return
    sheet.set_font("sans", "", 9)
    sheet.set_text_color(*INK)
    sheet.set_draw_color(*LINE)
    with sheet.table(
        col_widths=tuple(widths),
        text_align="LEFT",
        line_height=4.6,
        padding=(1.2, 2, 1.2, 0),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", color=SOFT, size_pt=8.5),
    ) as table:
        for cells in (head, *rows):
            table.row(list(cells))
    sheet.ln(2)
