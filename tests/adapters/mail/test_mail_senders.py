"""The two senders, SMTP against a real server on this machine; the standard library reads what it received."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from server.adapters.mail import KeptMail, MailNotSent, Message, MessageError, Sender, SmtpMail, render
from server.adapters.mail.smtp import compose

FROM = "Lakeside Care <care@lakeside.example>"
THREE = datetime(2026, 11, 24, 21, tzinfo=UTC)
PLAIN = Message("mail-1", "Robin", "robin@example.org", "We're expecting you", "Hello\n", "<p>Hello</p>\n")


@dataclass
class Server:
    """An SMTP server that keeps what it takes, and answers as it is told."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, sender: str, options: Any) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = sender
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.answers:
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answers.get("DATA", "250 OK")

    @property
    def mails(self) -> list[EmailMessage]:
        return [read(content) for _, _, content in self.taken]


@asynccontextmanager
async def serving(server: Server, **options: Any) -> AsyncIterator[Server]:
    def protocol() -> SMTP:
        return SMTP(server, hostname="localhost", enable_SMTPUTF8=False, **options)

    listening = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def sender(server: Server, **options: Any) -> SmtpMail:
    return SmtpMail("127.0.0.1", server.port, sender=FROM, **{"security": "none", **options})


def booked(reader: str, zone: str, kind: str = "booked", sequence: int = 0) -> Message:
    context: dict[str, object] = {
        "id": f"{kind}-{reader}",
        "to_name": reader,
        "to_email": f"{reader.lower()}@example.org",
        "zone": zone,
        "clinic_name": "Lakeside",
        "clinic_phone": "+1 312 555 0100",
        "starts_at": THREE,
        "minutes": 50,
        "calendar": {
            "uid": "3f9c@dyad",
            "sequence": sequence,
            "stamp": "2026-11-23T21:15:00Z",
            "organizer_email": "care@lakeside.example",
        },
    }
    return render(kind, {**context, "link": f"https://dyad.example/s/{reader}"} if kind == "booked" else context)


# --- what arrives -------------------------------------------------------------------------------------------------


READERS = [
    ("Robin", "America/New_York", "4:00 PM (New York time)"),
    ("Jamie", "America/Chicago", "3:00 PM (Chicago time)"),
    ("Imke", "Europe/Berlin", "10:00 PM (Berlin time)"),
]


@pytest.mark.asyncio
async def test_two_partners_and_a_therapist_in_three_zones_each_get_their_own_mail() -> None:
    async with serving(Server()) as server:
        mail = sender(server)
        await asyncio.gather(*(mail.send(booked(reader, zone)) for reader, zone, _ in READERS))
    assert len(server.taken) == 3
    by_recipient = {recipients[0]: (came_from, content) for came_from, recipients, content in server.taken}
    for reader, zone, said in READERS:
        came_from, content = by_recipient[f"{reader.lower()}@example.org"]
        received = read(content)
        assert came_from == "care@lakeside.example"
        assert str(received["To"]) == f"{reader} <{reader.lower()}@example.org>"
        text, html, calendar = parts(received)
        assert said in text
        assert said in html
        assert f"https://dyad.example/s/{reader}" in text
        [event] = calendar.walk("VEVENT")
        assert event.DTSTART.astimezone(UTC) == THREE
        assert event["DTSTART"].params["TZID"] == zone
        for other, _, elsewhere in READERS:
            assert (other == reader) == (other in content.decode() + text + html)
            assert (other == reader) == (elsewhere in text)


@pytest.mark.asyncio
async def test_a_cancelling_mail_follows_its_booking() -> None:
    async with serving(Server()) as server:
        mail = sender(server)
        await mail.send(booked("Robin", "America/Chicago", sequence=3))
        await mail.send(booked("Robin", "America/Chicago", kind="cancelled", sequence=4))
    (_, _, first), (_, _, second) = (parts(received) for received in server.mails)
    assert (first["METHOD"], second["METHOD"]) == ("REQUEST", "CANCEL")
    one, other = first.walk("VEVENT")[0], second.walk("VEVENT")[0]
    assert one["UID"] == other["UID"]
    assert other["SEQUENCE"] > one["SEQUENCE"]


def parts(received: EmailMessage) -> tuple[str, str, Any]:
    """Text, HTML and calendar; and that the mail is built as RFC 6047 and calendar clients want it."""
    assert received.get_content_type() == "multipart/mixed"
    alternative, attached = received.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    assert isinstance(alternative, EmailMessage)
    text, html, calendar = alternative.iter_parts()
    kinds = [part.get_content_type() for part in (text, html, calendar)]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert isinstance(calendar, EmailMessage)
    assert isinstance(attached, EmailMessage)
    inline, file = calendar.get_payload(decode=True), attached.get_payload(decode=True)
    parsed: Any = Calendar.from_ical(calendar.get_content())
    assert inline == file
    assert attached.get_filename() == "appointment.ics"
    assert calendar.get_param("method") == parsed["METHOD"]
    assert calendar.get_param("charset") == "utf-8"
    return text.get_content(), html.get_content(), parsed


@pytest.mark.asyncio
async def test_every_try_carries_the_same_message_id_and_only_ascii() -> None:
    message = replace(PLAIN, to_name="Zoë “Z”, Ñ", subject="Mañana — ☕", text="Mañana\n" * 300)
    async with serving(Server()) as server:
        mail = sender(server)
        await mail.send(message)
        await mail.send(message)
        await mail.send(replace(message, id="mail-2"))
    first, again, other = server.mails
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert "mail-1" not in first["Message-ID"]
    assert first["Message-ID"].endswith("@lakeside.example>")
    assert all(content.isascii() for _, _, content in server.taken)
    assert all(len(line) <= 998 for _, _, content in server.taken for line in content.split(b"\r\n"))
    assert first["Subject"] == "Mañana — ☕"
    assert first["To"].addresses[0].display_name == "Zoë “Z”, Ñ"
    assert first["Auto-Submitted"] == "auto-generated"
    body = first.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "Mañana\n" * 300


# --- what can't be smuggled in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a\nb"},
        {"id": ""},
        {"to_name": "Robin\r\nBcc: x@y.example"},
        {"to_name": "x" * 201},
        {"to_email": "a@b.example\r\nBcc: x@y.example"},
        {"to_email": "a@b.example,x@y.example"},
        {"to_email": "<a@b.example>"},
        {"to_email": '"a b"@c.example'},
        {"to_email": "a@" + "b" * 300},
        {"subject": "Hello\nBcc: x@y.example"},
        {"subject": "x" * 151},
        {"subject": " "},
        {"text": "x" * 100_001},
        {"html": "x" * 100_001},
        {"ics": b"x" * 100_001, "ics_method": "REQUEST"},
        {"ics": b"x"},
        {"ics_method": "CANCEL"},
    ],
)
def test_a_message_that_could_harm_cannot_be_made(change: dict[str, Any]) -> None:
    with pytest.raises(MessageError) as refusal:
        replace(PLAIN, **change)
    assert "example" not in str(refusal.value)
    assert "robin" not in repr(PLAIN).lower()


lines = st.text(max_size=120)


@given(lines, lines, lines)
def test_no_text_adds_a_header_or_a_recipient(name: str, subject: str, identity: str) -> None:
    try:
        message = replace(PLAIN, to_name=name, subject=subject, id=identity)
    except MessageError:
        return
    received = read(compose(message, Address("Lakeside", addr_spec="care@lakeside.example")).as_bytes())
    assert [address.addr_spec for address in received["To"].addresses] == ["robin@example.org"]
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
    assert set(received.keys()) == expected
    assert received.defects == []


@pytest.mark.parametrize("wrong", ["", "nobody", "A <a@b.example>\r\nX: 1", "a@b.example, c@d.example"])
def test_a_sender_that_is_no_address_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(MessageError, match="sender"):
        SmtpMail("localhost", 25, sender=wrong)


# --- when it fails ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "answer", "retryable"),
    [
        ("RCPT", "550 <robin@example.org> unknown", False),
        ("RCPT", "450 robin@example.org is busy", True),
        ("MAIL", "553 care@lakeside.example may not send", False),
        ("MAIL", "451 later", True),
        ("DATA", "554 robin@example.org refuses this", False),
        ("DATA", "452 full", True),
    ],
)
@pytest.mark.asyncio
async def test_a_refusal_says_whether_to_try_again_and_holds_no_address(
    stage: str, answer: str, retryable: bool
) -> None:
    async with serving(Server({stage: answer})) as server:
        with pytest.raises(MailNotSent) as failure:
            await sender(server).send(PLAIN)
    assert failure.value.retryable is retryable
    assert answer[:3] in failure.value.reason
    told = "".join(traceback.format_exception(failure.value))
    assert "example.org" not in told.replace(__file__, "")
    assert server.taken == []


@pytest.mark.asyncio
async def test_a_server_that_is_away_or_silent_is_retryable_and_bounded() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with pytest.raises(MailNotSent, match="too long") as failure:
        await SmtpMail("127.0.0.1", port, sender=FROM, security="none", timeout=0.1).send(PLAIN)
    assert failure.value.retryable
    listening.close()
    with pytest.raises(MailNotSent, match="reached") as failure:
        await SmtpMail("127.0.0.1", port, sender=FROM, security="none", timeout=2).send(PLAIN)
    assert failure.value.retryable


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@pytest.mark.asyncio
async def test_credentials_are_used_and_their_refusal_is_retryable() -> None:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"dyad", b"right"), handled=False)

    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    async with serving(Server(), **options) as server:
        await sender(server, username="dyad", password="right").send(PLAIN)
        with pytest.raises(MailNotSent, match="credentials") as failure:
            await sender(server, username="dyad", password="wrong").send(PLAIN)
        assert failure.value.retryable
        await sender(server, username="dyad", password="right").try_out(5)
        with pytest.raises(MailNotSent, match="credentials"):
            await sender(server, username="dyad", password="wrong").try_out(5)
    assert len(server.taken) == 1, "to try the credentials sends nothing"


# --- in transit ---------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_starttls_is_used_verified_and_never_skipped(certificate: Callable[[bool], ssl.SSLContext]) -> None:
    async with serving(Server(), tls_context=certificate(True), require_starttls=True) as server:
        await sender(server, security="starttls", tls_context=certificate(False)).send(PLAIN)
        with pytest.raises(MailNotSent) as unknown_issuer:
            await sender(server, security="starttls").send(PLAIN)
    assert unknown_issuer.value.retryable
    async with serving(Server()) as plain:
        with pytest.raises(MailNotSent, match="STARTTLS"):
            await sender(plain, security="starttls").send(PLAIN)
    assert (len(server.taken), plain.taken) == (1, [])


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[bool], ssl.SSLContext]:
    """TLS contexts of a server and of a client that trusts it, with a certificate made for this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))

    def context(server: bool) -> ssl.SSLContext:
        if not server:
            return ssl.create_default_context(cafile=pem)
        served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        served.load_cert_chain(pem)
        return served

    return context


# --- kept mail ----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_kept_mail_keeps_the_newest_and_each_id_once() -> None:
    kept = KeptMail(limit=3)
    mail: Sender = kept
    for number in (1, 2, 2, 3, 4):
        await mail.send(replace(PLAIN, id=f"mail-{number}", to_email=f"p{number % 2}@example.org"))
    assert [message.id for message in kept.messages] == ["mail-2", "mail-3", "mail-4"]
    assert [message.id for message in kept.to("P0@example.org")] == ["mail-2", "mail-4"]
    with pytest.raises(ValueError, match="limit"):
        KeptMail(limit=0)
