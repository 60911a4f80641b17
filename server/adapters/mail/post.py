"""The `Post` port over a mail sender: a letter's facts become the context of its kind of mail."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.adapters.mail.context import KINDS
from server.adapters.mail.message import MailNotSent, MessageError, Sender
from server.adapters.mail.rendering import render
from server.application.ports import Letter, NotSent


class MailPost:
    def __init__(self, sender: Sender, organizer: str) -> None:
        """`organizer` is the clinic's address in calendar files."""
        self._sender, self._organizer = sender, organizer

    async def send(self, letter: Letter) -> None:
        """Raises `NotSent`."""
        try:
            await self._sender.send(render(letter.kind, self._context(letter)))
        except MailNotSent as problem:
            raise NotSent(problem.reason, again=problem.retryable) from problem
        except MessageError as problem:
            raise NotSent(str(problem), again=False) from problem

    def _context(self, letter: Letter) -> dict[str, Any]:
        kind = KINDS[letter.kind]
        offered: dict[str, Any] = {
            "starts_at": letter.starts_at,
            "minutes": letter.minutes,
            "link": letter.link,
            "times": list(letter.times),
            "answer_by": letter.answer_by,
        }
        if letter.uid is not None:
            offered["calendar"] = {
                "uid": letter.uid,
                "sequence": letter.sequence,
                "stamp": letter.sent_at,
                "organizer_email": self._organizer,
            }
        if letter.items:
            offered["calendars"] = {
                "items": [asdict(item) for item in letter.items],
                "stamp": letter.sent_at,
                "organizer_email": self._organizer,
            }
        facts = {key: value for key, value in offered.items() if key in kind.needs | kind.may and value is not None}
        return {
            "id": letter.id,
            "to_name": letter.name,
            "to_email": letter.email,
            "zone": letter.zone,
            "language": letter.language,
            "clinic_name": letter.clinic_name,
            "clinic_phone": letter.clinic_phone,
            **facts,
        }
