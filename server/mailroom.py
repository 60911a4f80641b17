"""What leaves this machine for people, and what comes back from them, as the settings have it."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.adapters.mail import Message, SmtpMail
from server.adapters.mail.replies import listening
from server.adapters.texts import TextGateway
from server.application.ports import Post
from server.application.reminders import Ways
from server.application.replies import Replies
from server.config import Settings

LINK = re.compile(r"https?://\S+")
SMALL_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def smtp(settings: Settings) -> SmtpMail:
    smtp = settings.smtp
    assert smtp is not None
    return SmtpMail(
        smtp.host,
        smtp.port,
        sender=smtp.sender,
        username=smtp.username,
        password=smtp.password,
        security=smtp.security,  # type: ignore[arg-type]
    )


def ways(settings: Settings, post: Post) -> Ways:
    """How reminders reach people."""
    texts = TextGateway(settings.text_gateway, settings.text_token) if settings.text_gateway is not None else None
    return Ways(post, texts, settings.replies_domain)


@asynccontextmanager
async def taking_replies(settings: Settings, replies: Replies) -> AsyncIterator[None]:
    """Take the replies to reminders until left, where the settings say at which port."""
    if settings.replies_port is None or settings.replies_domain is None:
        yield
        return
    async with listening(settings.replies_host, settings.replies_port, settings.replies_domain, replies.take):
        yield


def in_small_letters() -> str:
    """A token of 215 random bits that survives a mail server which writes every address in small letters."""
    return "".join(secrets.choice(SMALL_LETTERS) for _ in range(43))


def shown(message: Message) -> dict[str, Any]:
    """A mail that was kept, as the demo's page shows it."""
    return {
        "id": message.id,
        "to": message.to_name,
        "subject": message.subject,
        "text": message.text,
        "ics": message.ics.decode() if message.ics else None,
        "ics_method": message.ics_method,
        "links": LINK.findall(message.text),
    }
