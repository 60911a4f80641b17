"""The mailbox of replies over real SMTP and LMTP: what is taken, what is read of it, and what nobody learns from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.mail.replies import MOST_AT_ONCE, MOST_BYTES, listening, reply_of
from server.application.ports import RecordUnavailable
from server.application.replies import Reply
from server.domain.reminders import Said, read_reply
from tests.support.ports import free_port

DOMAIN = "replies.example.org"
TOKEN = "a" * 43
TO = f"reply+{TOKEN}@{DOMAIN}"


class Box:
    def __init__(self) -> None:
        self.taken: list[Reply] = []
        self.fault: Exception | None = None
        self.port = 0

    async def take(self, reply: Reply) -> None:
        if self.fault is not None:
            raise self.fault
        self.taken.append(reply)

    async def gets(self, content: bytes, to: str = TO, sender: str = "alex@example.org") -> str:
        """The server's answer to the mail."""
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port, use_tls=False, start_tls=False) as client:
            try:
                await client.mail(sender)
                await client.rcpt(to)
                answer = await client.data(content)
            except aiosmtplib.SMTPResponseException as no:
                return f"{no.code} {no.message}"
            return f"{answer.code} {answer.message}"


@asynccontextmanager
async def box() -> AsyncIterator[Box]:
    opened = Box()
    opened.port = free_port()
    async with listening("127.0.0.1", opened.port, DOMAIN, opened.take):
        yield opened


def mail(text: str, subtype: str = "plain", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "Alex <alex@example.org>", TO, "<1@example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, subtype=subtype)
    return made.as_bytes()


@pytest.mark.asyncio
async def test_a_reply_arrives_with_its_token_even_in_capitals() -> None:
    async with box() as opened:
        assert (await opened.gets(mail("Sí, ahí estaré"), TO.upper())).startswith("250")
    [reply] = opened.taken
    assert (reply.token, reply.automatic, read_reply(reply.text)) == (TOKEN, False, read_reply("sí"))


@pytest.mark.asyncio
async def test_nobody_learns_which_addresses_stand_for_anything() -> None:
    async with box() as opened:
        names = (f"reply+{TOKEN}", "reply+unknown", f"reply+{'b' * 43}", "info", "postmaster")
        assert len({await opened.gets(mail("yes"), f"{name}@{DOMAIN}") for name in names}) == 1
        assert (await opened.gets(mail("yes"), f"reply+{TOKEN}@elsewhere.example")).startswith("550")


@pytest.mark.asyncio
async def test_what_can_t_be_written_down_now_is_asked_for_again_and_no_fault_is_told() -> None:
    async with box() as opened:
        opened.fault = RecordUnavailable("disk")
        assert (await opened.gets(mail("yes"))).startswith("451")
        opened.fault = ValueError("alex@example.org")
        answer = await opened.gets(mail("yes"))
    assert answer.startswith("451")
    assert "example.org" not in answer


@pytest.mark.asyncio
async def test_size_and_connections_are_bounded() -> None:
    async with box() as opened:
        assert (await opened.gets(mail("x") + (b"y" * 70 + b"\r\n") * (MOST_BYTES // 70))).startswith("552")
        held = [await asyncio.open_connection("127.0.0.1", opened.port) for _ in range(MOST_AT_ONCE)]
        for reader, _ in held:
            assert (await reader.readline()).startswith(b"220")
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        assert await reader.read() == b""
        for one in (writer, *(writer for _, writer in held)):
            one.close()
            await one.wait_closed()


@pytest.mark.asyncio
async def test_lmtp_is_spoken_too() -> None:
    async with box() as opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)

        async def say(line: str) -> str:
            writer.write(line.encode() + b"\r\n")
            while (answer := (await reader.readline()).decode())[3:4] == "-":
                pass
            return answer[:3]

        assert (await reader.readline()).startswith(b"220")
        talk = (
            "LHLO mx.example.org",
            "MAIL FROM:<alex@example.org>",
            f"RCPT TO:<{TO}>",
            "DATA",
            "\r\nYes\r\n.",
            "QUIT",
        )
        assert [await say(line) for line in talk] == ["250", "250", "250", "354", "250", "221"]
        writer.close()
        await writer.wait_closed()
    assert [read_reply(reply.text) for reply in opened.taken] == [read_reply("yes")]


# --- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; x"}, {"Precedence": "bulk"},
        {"X_Autoreply": "yes"}, {"List_Id": "<l.example.org>"},
    ],
)  # fmt: skip
def test_machines_are_told_from_people(headers: dict[str, str]) -> None:
    assert reply_of(TOKEN, "alex@example.org", mail("yes", **headers)).automatic
    assert not reply_of(TOKEN, "alex@example.org", mail("yes", Auto_Submitted="no")).automatic


def test_bounces_are_no_replies() -> None:
    assert reply_of(TOKEN, "", mail("yes")).automatic
    assert reply_of(TOKEN, None, mail("yes")).automatic
    report = MIMEMultipart("report")
    report.attach(MIMEText("can't"))
    assert reply_of(TOKEN, "alex@example.org", report.as_bytes()).automatic
    assert reply_of(TOKEN, "x@y", mail("yes").replace(b"Alex <alex@", b"Mailer-Daemon <mailer-daemon@")).automatic


HTML = """<html><head><title>can't come</title><style>p {{ late }}</style></head><body>
<div dir="ltr">{said}</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Harbour wrote:</div>
<blockquote>I can't come? Running late?</blockquote></div></body></html>"""


@pytest.mark.parametrize(
    ("said", "wanted"), [("Yes", Said.YES), ("I can&rsquo;t come", Said.CANT), ("Tarde", Said.LATE)]
)
def test_a_mail_of_html_alone_is_read_without_what_it_quotes(said: str, wanted: Said) -> None:
    found = read_reply(reply_of(TOKEN, "a@b", mail(HTML.format(said=said), "html")).text)
    assert found is not None
    assert found.said is wanted


def test_the_text_of_a_mail_of_both_is_read() -> None:
    both = MIMEMultipart("alternative")
    both.attach(MIMEText("Running late, 15 min", "plain", "iso-8859-1"))
    both.attach(MIMEText("<p>I can't come</p>", "html"))
    answer = read_reply(reply_of(TOKEN, "a@b", both.as_bytes()).text)
    assert answer is not None
    assert (answer.said, answer.minutes) == (Said.LATE, 15)


def test_the_same_mail_has_the_same_name() -> None:
    names: list[Any] = [reply_of(TOKEN, "a@b", content).name for content in (mail("yes"), mail("yes"), b"\nyes")]
    assert names[0] == names[1] != names[2]


@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail_that_says_something_or_nothing(content: bytes) -> None:
    for head in (
        b"",
        b"Content-Type: text/html; charset=nonsense\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    ):
        read_reply(reply_of(TOKEN, "a@b", head + content).text)
