"""Texts through a clinic's gateway: a real HTTP server on this machine, which answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from server.adapters.texts import TextGateway
from server.application.ports import NotSent, TextNote
from server.config import SettingsRefused, from_environment

THREE = datetime(2026, 11, 24, 21, tzinfo=UTC)
LINK = "https://dyad.example/answer#abc"
NOTE = TextNote("remind-s-a-day-1", "+15550100199", "America/Chicago", "en", THREE, LINK)


@dataclass
class Server:
    """What was posted, by path; `answers` is the status of each next answer."""

    answers: list[int] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    address: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append((request.path, dict(request.headers), await request.json()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else None)


@asynccontextmanager
async def serving(*answers: int) -> AsyncIterator[Server]:
    server = Server(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}/send"
    try:
        yield server
    finally:
        await runner.cleanup()


@pytest.mark.asyncio
async def test_a_text_is_one_post_with_its_id_and_says_when_and_nothing_of_anybody() -> None:
    async with serving(202) as server:
        await TextGateway(server.address, "secret").send(NOTE)
    [(path, headers, body)] = server.posted
    assert path == "/send"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer secret", NOTE.id)
    assert body == {
        "id": NOTE.id,
        "to": "+15550100199",
        "text": "You have an appointment: Tuesday, November 24 at 3:00 PM (Chicago time). "
        f"Tell us with one tap whether you can come: {LINK}",
    }


@pytest.mark.asyncio
async def test_a_text_is_in_their_own_language_and_zone() -> None:
    note = TextNote("i", NOTE.number, "Europe/Madrid", "es", THREE, LINK)
    async with serving() as server:
        await TextGateway(server.address, "secret").send(note)
    assert server.posted[0][2]["text"].startswith("Tiene una cita: martes, 24 de noviembre, 22:00 (hora de Madrid).")


@pytest.mark.asyncio
@pytest.mark.parametrize(("status", "again"), [(503, True), (429, True), (408, True), (400, False), (401, False)])
async def test_what_the_gateway_refuses_is_tried_again_only_where_that_helps(status: int, again: bool) -> None:
    async with serving(status) as server:
        with pytest.raises(NotSent) as caught:
            await TextGateway(server.address, "secret").send(NOTE)
    assert caught.value.again is again
    assert NOTE.number not in str(caught.value)


@pytest.mark.asyncio
async def test_no_redirect_leads_anywhere_and_a_gateway_that_is_away_is_tried_again() -> None:
    async with serving(302) as server:
        with pytest.raises(NotSent):
            await TextGateway(server.address, "secret").send(NOTE)
    assert [path for path, _, _ in server.posted] == ["/send"]
    with pytest.raises(NotSent) as caught:
        await TextGateway(server.address, "secret").send(NOTE)
    assert caught.value.again


@pytest.mark.parametrize(
    "address", ["http://texts.example.org/send", "https://me:pw@texts.example.org", "ftp://x", "texts", "https://"]
)
def test_only_https_or_this_machine_is_a_gateway(address: str) -> None:
    with pytest.raises(SettingsRefused, match="cannot be understood"):
        from_environment({"DYAD_TEXT_GATEWAY": address, "DYAD_TEXT_TOKEN": "x"})


@pytest.mark.parametrize("address", ["https://texts.example.org/send", "http://127.0.0.1:9/send"])
def test_a_gateway_goes_with_its_secret(address: str) -> None:
    assert from_environment({"DYAD_TEXT_GATEWAY": address, "DYAD_TEXT_TOKEN": "x"})["text_gateway"] == address
    with pytest.raises(SettingsRefused, match="go together"):
        from_environment({"DYAD_TEXT_GATEWAY": address})
    with pytest.raises(SettingsRefused, match="go together"):
        from_environment({"DYAD_REPLIES_PORT": "2525"})
