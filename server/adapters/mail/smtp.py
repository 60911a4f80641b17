"""Mail by SMTP (RFC 5321), over TLS unless told otherwise; calendar files as RFC 6047 wants them."""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Literal

import aiosmtplib

from server.adapters.mail.message import MOST_NAME, MailNotSent, Message, address, one_line

Security = Literal["starttls", "tls", "none"]

# Headers and bodies in plain ASCII: no server on the way has to know 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")


class SmtpMail:
    """Sends each mail over a connection of its own, a few at a time.

    `sender` is "Name <address>". `security`: "starttls" (never falls back to plain), "tls" from the first byte, or
    "none" for a server on this machine. `timeout` (seconds) bounds each step of the talk, thrice it the whole.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        username: str | None = None,
        password: str | None = None,
        security: Security = "starttls",
        tls_context: ssl.SSLContext | None = None,
        timeout: float = 20,
        at_once: int = 4,
    ) -> None:
        self._from = sender_address(sender)
        self._host, self._port = host, port
        self._username, self._password = username, password
        self._security, self._tls_context = security, tls_context
        self._timeout = timeout
        self._turns = asyncio.Semaphore(at_once)

    async def send(self, message: Message) -> None:
        """Hands the mail over. A repeat carries the same Message-ID, so that mailboxes can tell it is one mail."""
        data = compose(message, self._from).as_bytes()
        async with self._turns, self._connected(3 * self._timeout) as server:
            await server.sendmail(self._from.addr_spec, [message.to_email], data)

    async def try_out(self, within: float) -> None:
        """Connects and signs in as for a mail, and sends none; in so many seconds. Raises `MailNotSent`."""
        async with self._connected(within):
            pass

    @asynccontextmanager
    async def _connected(self, within: float) -> AsyncIterator[aiosmtplib.SMTP]:
        server = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            tls_context=self._tls_context if self._security != "none" else None,
            timeout=self._timeout,
        )
        try:
            async with asyncio.timeout(within), server:
                yield server
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            # "from None": the cause's text may hold the address, and tracebacks are logged
            raise _not_sent(error) from None


def sender_address(sender: str) -> Address:
    """ "Name <address>" or an address alone; anything else is a `MessageError`."""
    parts = re.fullmatch(r'(?:"?([^"<>]*?)"?\s*<([^<>]*)>)|([^<>]*)', one_line("sender", sender, MOST_NAME))
    name, bracketed, alone = parts.groups() if parts else (None, None, None)
    return Address(name or "", addr_spec=address("sender", bracketed or alone or ""))


def compose(message: Message, sender: Address) -> EmailMessage:
    """The mail as MIME: text, HTML and calendar as alternatives, the calendar again as a file to open."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = Address(message.to_name, addr_spec=message.to_email)
    if message.reply_to is not None:
        mail["Reply-To"] = Address(addr_spec=message.reply_to)
    mail["Subject"] = message.subject
    mail["Date"] = formatdate()
    # A hash: an id of ours may say something, a header must not.
    mail["Message-ID"] = f"<{hashlib.sha256(message.id.encode()).hexdigest()[:40]}@{sender.domain}>"
    # RFC 3834: holiday replies to a machine help nobody.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    if message.ics is not None and message.ics_method is not None:
        mail.add_alternative(
            message.ics.decode(), subtype="calendar", params={"method": message.ics_method}, cte="base64"
        )
        mail.add_attachment(message.ics, maintype="application", subtype="ics", filename="appointment.ics")
    return mail


def _not_sent(error: Exception) -> MailNotSent:
    """Final only where the server refused this very mail for good; all else may be better in a while."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = max((refused.code for refused in error.recipients), default=0)
        return MailNotSent(f"the mail server refused the recipient ({code})", retryable=code < 500)
    if isinstance(error, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPDataError):
        return MailNotSent(f"the mail server refused the mail ({error.code})", retryable=error.code < 500)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return MailNotSent(f"the mail server refused the credentials ({error.code})", retryable=True)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return MailNotSent(f"the mail server answered {error.code}", retryable=True)
    if type(error) is aiosmtplib.SMTPException or isinstance(error, aiosmtplib.SMTPNotSupported):
        return MailNotSent("the mail server lacks what is asked of it (STARTTLS or sign-in)", retryable=True)
    if isinstance(error, TimeoutError):
        return MailNotSent("the mail server took too long", retryable=True)
    return MailNotSent("the mail server can't be reached, or its certificate is not trusted", retryable=True)
