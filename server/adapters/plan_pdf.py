"""The relapse prevention plan as a PDF file, in the language of whoever asks for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from server.adapters.mail.words import page_words, words
from server.adapters.pdf import SOFT, Sheet
from server.domain.relapse import SECTIONS


class PlanPdf:
    def __init__(self, fonts: Path) -> None:
        """`fonts` is the folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf."""
        self._fonts = fonts

    def write(self, plan: dict[str, Any], language: str, zone: str, made: datetime) -> bytes:
        """`plan` is as `RelapsePlans.read` tells it."""
        say, when = page_words(language), words(language)
        names = " & ".join(one["name"] for one in plan["partners"])
        sheet = Sheet(self._fonts, say["plan"], say["plan_pdf_foot"].format(name=names), made)
        sheet.text_line(names, size=12)
        # In words that are right whoever holds the paper: one of the two, or the care team.
        stands = say["plan_staff_counts" if plan["counts"] else "plan_staff_counts_not"].format(number=plan["version"])
        sheet.text_line(stands, colour=SOFT)
        for one in plan["partners"]:
            if one["signed"] == plan["version"] and one["signed_at"] is not None:
                said = say["plan_signed_by"].format(name=one["name"], when=when.say(one["signed_at"], zone))
                sheet.text_line(said, colour=SOFT)
        for section in SECTIONS:
            sheet.heading(say[f"plan_{section}"])
            text = plan["sections"][section].strip()
            sheet.text_line(text or say["plan_nothing"], colour=SOFT if not text else (29, 42, 43))
        return sheet.bytes()
