"""A mail to one person, ready to send, and what a sender promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from server.adapters.icalendar import ADDRESS, CONTROLS

FileMethod = Literal["REQUEST", "CANCEL", "PUBLISH"]

MOST_ID = 200
MOST_NAME = 200
MOST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
MOST_SUBJECT = 150
MOST_BODY = 100_000  # characters of text, of html, and bytes of ics


class MessageError(ValueError):
    """A mail that must not be sent. The sentence names the field, never its value: it may be logged."""


class MailNotSent(Exception):
    """The mail was not taken. `retryable`: a later try may succeed. `reason` holds no address and no server text."""

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Message:
    """One mail. `id` is the same on every try; nothing of it can add a header or a second recipient."""

    id: str
    to_name: str = field(repr=False)
    to_email: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    ics: bytes | None = field(default=None, repr=False)
    ics_method: FileMethod | None = None
    reply_to: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        one_line("id", self.id, MOST_ID)
        one_line("to_name", self.to_name, MOST_NAME, may_be_empty=True)
        one_line("subject", self.subject, MOST_SUBJECT)
        address("to_email", self.to_email)
        if self.reply_to is not None:
            address("reply_to", self.reply_to)
        for name, size in (("text", len(self.text)), ("html", len(self.html)), ("ics", len(self.ics or b""))):
            if size > MOST_BODY:
                raise MessageError(f"{name} is longer than {MOST_BODY}")
        if (self.ics is None) != (self.ics_method is None):
            raise MessageError("ics and ics_method go together")


class Sender(Protocol):
    """Takes mails, one person each."""

    async def send(self, message: Message) -> None:
        """On return the mail is in other hands. A repeat of the same `id` is harmless. Raises `MailNotSent`."""


def one_line(name: str, value: str, most: int, *, may_be_empty: bool = False) -> str:
    """The value, if it is one line of at most that many characters; else a `MessageError`."""
    if CONTROLS.search(value):
        raise MessageError(f"{name} holds a line break or another control character")
    if len(value) > most or not (value.strip() or may_be_empty):
        raise MessageError(f"{name} is not 1 to {most} characters")
    return value


def address(name: str, value: str) -> str:
    """The value, if it is a mail address that needs no quoting; else a `MessageError`."""
    if len(value) > MOST_ADDRESS or not ADDRESS.fullmatch(value):
        raise MessageError(f"{name} is not a mail address")
    return value
