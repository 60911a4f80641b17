"""What people bring in from outside: their own calendars. Refusals have a stable code, and words for the person."""

from __future__ import annotations

from typing import Literal

RefusalCode = Literal[
    "calendar_unreadable",
    "calendar_too_large",
    "calendar_too_busy",
    "calendar_unreachable",
    "address_refused",
]


class CalendarRefused(Exception):
    """A calendar that was not taken in, and nothing of it was. `message` is said to the person who brought it.

    Neither holds anything of the calendar or of its address, which is often a secret: refusals may be logged.
    """

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code: RefusalCode = code
        self.message = message
