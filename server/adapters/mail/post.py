"""The `Post` port over a mail sender: a letter's facts become the context of its kind of mail."""

from __future__ import annotations

from typing import Any

from server.adapters.mail.context import KINDS
from server.adapters.mail.message import MailNotSent, MessageError, Sender
from server.adapters.mail.rendering import render
from server.application.ports import CalendarItem, Letter, NotSent, Series


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
            "reply_to": letter.reply_to,
        }
        if letter.uid is not None:
            offered["calendar"] = {
                "uid": letter.uid,
                "sequence": letter.sequence,
                "stamp": letter.sent_at,
                "organizer_email": self._organizer,
                **_in_series(letter.series, letter.number),
            }
        if letter.items:
            offered["calendars"] = {
                "items": [_item(item) for item in letter.items],
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


def _item(item: CalendarItem) -> dict[str, Any]:
    single = {"uid": item.uid, "sequence": item.sequence, "starts_at": item.starts_at, "minutes": item.minutes}
    return {**single, **_in_series(item.series, 0)}


def _in_series(series: Series | None, number: int) -> dict[str, Any]:
    if series is None:
        return {}
    told = {
        "zone": series.zone,
        "first": series.first,
        "count": series.count,
        "moved": [{"number": at, "starts_at": start} for at, start in series.moved.items()],
        "dropped": list(series.dropped),
    }
    return {"series": told, "number": number}
