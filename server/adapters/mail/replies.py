"""The mailbox of replies: a small SMTP and LMTP server that the clinic's own mail server hands them to.

Every address of the domain is taken and every mail is thanked for in the same words, so that nobody learns from it
which addresses stand for anything.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from typing import Any

from aiosmtpd.smtp import SMTP, syntax

from server.application.ports import RecordUnavailable
from server.application.replies import Reply

MOST_BYTES = 1024 * 1024
MOST_PARTS = 40
MOST_AT_ONCE = 20  # connections
MOST_COMMANDS = 50  # of each kind on one connection
IDLE = 60  # s of real time
PREFIX = "reply+"

THANKS, LATER = "250 2.0.0 Thank you", "451 4.3.0 Please try again later"

Take = Callable[[Reply], Awaitable[None]]


class _Mailbox:
    """The handler of aiosmtpd; `open` counts the connections."""

    def __init__(self, domain: str, take: Take) -> None:
        self._domain, self._take, self.open = domain, take, 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not address.lower().endswith(f"@{self._domain}"):
            return "550 5.7.1 Mail for that domain isn't taken here"
        if envelope.rcpt_tos:
            return "452 4.5.3 One at a time, please"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        local = envelope.rcpt_tos[0].rpartition("@")[0].lower()
        try:
            await self._take(reply_of(local.removeprefix(PREFIX), envelope.mail_from, envelope.content))
        except RecordUnavailable:
            return LATER
        return THANKS

    async def handle_exception(self, error: Exception) -> str:
        return LATER  # and not a word of what went wrong, which may hold what a person sent


class _Server(SMTP):
    """Speaks both: what differs for one recipient is the greeting."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.open += 1
        if self.event_handler.open > MOST_AT_ONCE:
            transport.close()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open -= 1
        super().connection_lost(error)

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:
        await self.smtp_EHLO(hostname)


@asynccontextmanager
async def listening(host: str, port: int, domain: str, take: Take) -> AsyncIterator[None]:
    """Take replies until left."""
    mailbox = _Mailbox(domain, take)

    def protocol() -> SMTP:
        # Without SMTPUTF8: our addresses are plain, and a sender that insists on it is told so.
        return _Server(
            mailbox,
            hostname=domain,
            ident="ready",
            data_size_limit=MOST_BYTES,
            timeout=IDLE,
            command_call_limit=MOST_COMMANDS,
            enable_SMTPUTF8=False,
        )

    server = await asyncio.get_running_loop().create_server(protocol, host, port)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


def reply_of(token: str, sender: str | None, content: bytes) -> Reply:
    """What a mail says. Total: one that can't be read says nothing."""
    try:
        mail = message_from_bytes(content)
        text, automatic = _text(mail), not sender or _automatic(mail)
        name = str(mail.get("Message-ID", ""))[:1000]
    except Exception:  # the parser has faults of its own, and whoever writes to us chooses what it reads
        text, automatic, name = "", not sender, ""
    return Reply(token, text, name or hashlib.sha256(content).hexdigest(), automatic)


def _automatic(mail: Message) -> bool:
    """Holiday notes, bounces, lists and other machines (RFC 3834), which are never answered."""
    said = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    marked = any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id"))
    report = mail.get_content_type() in ("multipart/report", "message/delivery-status")
    daemon = re.search(r"mailer-daemon|postmaster", str(mail.get("From", ""))[:1000], re.IGNORECASE) is not None
    return said != "no" or precedence in ("bulk", "junk", "list", "auto_reply") or marked or report or daemon


def _text(mail: Message) -> str:
    html = ""
    for _, part in zip(range(MOST_PARTS), mail.walk(), strict=False):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
            continue
        found = _decoded(part)
        if kind == "text/plain" and found.strip():
            return found
        html = html or (_plain(found) if kind == "text/html" else "")
    return html


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(str(part.get_content_charset() or "utf-8"), "replace")
    except LookupError:
        return payload.decode("latin-1")


_UNSEEN = ("head", "style", "script", "title", "template")
_NEW_LINE = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "table", "ul", "ol")
# Where mail programs put what they quote.
_QUOTE = re.compile(
    "gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|divrplyfwdmsg|appendonsend|olk_src_body|signature"
)


class _Own(HTMLParser):
    """What somebody wrote themselves: the text up to the first quotation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._unseen, self._over = 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = " ".join(value or "" for name, value in attrs if name in ("class", "id")).lower()
        self._over = self._over or tag in ("blockquote", "hr") or _QUOTE.search(names) is not None
        self._unseen += tag in _UNSEEN
        if tag in _NEW_LINE:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _NEW_LINE:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen and not self._over:
            self.text.append(re.sub(r"\s+", " ", data))


def _plain(html: str) -> str:
    own = _Own()
    own.feed(html)
    own.close()
    return "".join(own.text)
