"""What breaks a rule of the programme, and the few checks that all of its records share."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOST_LINE = 120
MOST_TEXT = 4000


class ProgrammeError(ValueError):
    """`code` is stable; the message is for the person who wrote it and repeats nothing private."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def line(what: str, text: str, most: int = MOST_LINE) -> None:
    """Refuses an empty, overlong or several-line text."""
    if not text.strip() or len(text) > most or CONTROLS.search(text) or "\n" in text:
        raise ProgrammeError("text_unfit", f"{what} is one line of up to {most} characters.")


def prose(what: str, text: str, most: int = MOST_TEXT) -> None:
    """Refuses what is too long or can't be shown; empty is fine."""
    if len(text) > most or CONTROLS.search(text):
        raise ProgrammeError("text_unfit", f"{what} has up to {most} characters.")
