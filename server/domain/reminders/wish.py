"""How somebody wants to be reminded, as they say themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from server.domain.programme.faults import ProgrammeError

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164


class Channel(StrEnum):
    MAIL = "mail"
    TEXT = "text"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ReminderWish:
    """`number` is where texts go, with its country's code; it may stay when mail is chosen, and is nobody else's."""

    channel: Channel = Channel.MAIL
    number: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", re.sub(r"[\s().\-\u2010-\u2015]", "", self.number))
        if self.number and not NUMBER.fullmatch(self.number):
            raise ProgrammeError("number_unfit", "Write the number with its country's code, such as +1 555 010 0100.")
        if self.channel is Channel.TEXT and not self.number:
            raise ProgrammeError("number_unfit", "Where shall the texts go? Please write your number.")
