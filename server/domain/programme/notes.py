"""What the care team writes down of its work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from server.domain.programme.faults import ProgrammeError, prose


@dataclass(frozen=True, slots=True)
class Note:
    """A dated note. Whose file it lies in, the couple's or one partner's, is the record's owner."""

    day: date
    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ProgrammeError("text_unfit", "Write something first.")
        prose("A note", self.text)
