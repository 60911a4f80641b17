"""PDF files that can be read in every language: the fonts that the web build brings are put into them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

INK, SOFT, SPRUCE, LINE = (29, 42, 43), (86, 100, 99), (31, 92, 87), (227, 221, 210)
MARGIN = 20  # mm


class Sheet(FPDF):
    """A4, in the colours of the pages. `foot` stands at the end of every page, before its number."""

    def __init__(self, fonts: Path, title: str, foot: str, made: datetime) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.add_font("sans", "", fonts / "DejaVuSans.ttf")
        self.add_font("sans", "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_title(title)
        self.set_creator("Dyad")
        self.set_creation_date(made)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 4)
        self.alias_nb_pages()
        self.add_page()
        self.text_line(title, size=20, bold=True)

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.set_font("sans", "", 8)
        self.set_text_color(*SOFT)
        self.cell(0, 5, f"{self._foot}  ·  {self.page_no()}/{{nb}}", align="L")

    def text_line(
        self, text: str, size: float = 10.5, bold: bool = False, colour: tuple[int, int, int] = INK, after: float = 1.5
    ) -> None:
        """A paragraph over the page's width; `after` is the space below it, in mm."""
        self.set_font("sans", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.52, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
        self.ln(after)

    def heading(self, text: str) -> None:
        self.ln(3)
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(3)
        self.text_line(text, size=12.5, bold=True, colour=SPRUCE)

    def bytes(self) -> bytes:
        return bytes(self.output())
