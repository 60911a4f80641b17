"""Calling a webhook endpoint: a real server over TLS, and everything that must never be reached."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from server.adapters.guarded import is_public
from server.adapters.webhooks import StandardWebhooks
from server.application.hooks import Endpoint, EndpointGone, EndpointUnfit, HookMessage
from server.application.ports import NotSent
from server.certificate import self_signed
from tests.adapters.test_webcal import PRIVATE

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MESSAGE = HookMessage("demo-1-7-0-e", "session.concluded", "demo-1", AT)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    """Somebody's server, which goes by `localhost`, as its certificate says."""

    trust: ssl.SSLContext
    port: int = 0
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    looked_up: int = 0

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("e", f"https://localhost:{self.port}/hook?key=k", SECRET, AT)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """This machine once, and then another: whoever asks twice is led astray."""
        self.looked_up += 1
        return ["127.0.0.1"] if self.looked_up == 1 else ["10.0.0.1"]

    def sender(self, **more: Any) -> StandardWebhooks:
        """With the guard open for this machine, and for nothing else that it would refuse."""
        allowed = lambda address: str(address) == "127.0.0.1" or is_public(address)  # noqa: E731
        return StandardWebhooks(**{"resolve": self.resolve, "allowed": allowed, "trust": self.trust, **more})


@asynccontextmanager
async def site(folder: Path, handler: Handler | None = None) -> AsyncIterator[Site]:
    certificate, key = self_signed(folder, ["127.0.0.1"])
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    here = Site(ssl.create_default_context(cafile=str(certificate)))

    async def hook(request: web.Request) -> web.StreamResponse:
        here.heard.append((dict(request.headers), await request.text()))
        return await handler(request) if handler is not None else web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ours).start()
        here.port = runner.addresses[0][1]
        yield here
    finally:
        await runner.cleanup()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def refused(work: Awaitable[None]) -> NotSent:
    with pytest.raises(NotSent) as caught:
        await work
    assert not any(secret in f"{caught.value!r}" for secret in ("localhost", "127.0.0.1", "key=k", SECRET))
    assert caught.value.__cause__ is None
    return caught.value


def answers(status: int, **headers: str) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    return answer


def test_it_is_signed_so_that_anybody_s_library_believes_it_and_holds_nothing_of_a_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path) as here:
            await here.sender().send(here.endpoint, MESSAGE)
            [(headers, body)] = here.heard
            said = Webhook(SECRET).verify(body, headers)
            assert said == {
                "type": "session.concluded",
                "id": "demo-1-7-0-e",
                "timestamp": "2026-01-05T09:00:00Z",
                "data": {"session": "demo-1"},
            }
            assert headers["webhook-id"] == said["id"]
            with pytest.raises(WebhookVerificationError):
                Webhook(SECRET).verify(body.replace("demo-1", "demo-2"), headers)
            assert not {"Cookie", "Authorization"} & set(headers)

    run(scenario())


def test_the_connection_goes_to_the_address_that_was_looked_at(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path) as here:
            await here.sender().send(here.endpoint, MESSAGE)
            assert here.looked_up == 1
            told = await refused(here.sender().send(here.endpoint, MESSAGE))
            assert (str(told), told.again) == ("not a public address", True)
            assert len(here.heard) == 1

    run(scenario())


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_neither_added_nor_called(address: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8", address]

    async def scenario() -> None:
        sender = StandardWebhooks(resolve=resolve)
        endpoint = Endpoint("e", "https://ehr.example/hook", SECRET, AT)
        assert str(await refused(sender.send(endpoint, MESSAGE))) == "not a public address"
        literal = f"[{address.replace('%', '%25')}]" if ":" in address else address
        for url in (endpoint.url, f"https://{literal}/hook"):
            with pytest.raises(EndpointUnfit):
                await sender.check(url)

    run(scenario())


@pytest.mark.parametrize("url", ["http://ehr.example/hook", "https://a:b@ehr.example/", "file:///etc/passwd", "", "x"])
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    async def scenario() -> None:
        with pytest.raises(EndpointUnfit):
            await StandardWebhooks(resolve=never).check(url)

    run(scenario())


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_is_not_followed(tmp_path: Path, status: int) -> None:
    async def scenario() -> None:
        async with site(tmp_path, answers(status, Location="/hook")) as here:
            told = await refused(here.sender().send(here.endpoint, MESSAGE))
            assert (str(told), told.again, len(here.heard)) == (f"answered {status}", True, 1)

    run(scenario())


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_any_no_is_tried_again(tmp_path: Path, status: int) -> None:
    async def scenario() -> None:
        async with site(tmp_path, answers(status)) as here:
            assert (await refused(here.sender().send(here.endpoint, MESSAGE))).again

    run(scenario())


def test_gone_is_gone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path, answers(410)) as here:
            with pytest.raises(EndpointGone):
                await here.sender().send(here.endpoint, MESSAGE)

    run(scenario())


async def hangs(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def floods(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b"X" * 100_000)


def test_who_hangs_is_left_and_who_floods_is_not_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path, hangs) as here:
            assert str(await refused(here.sender(seconds=0.3).send(here.endpoint, MESSAGE))) == "no answer in time"
        async with site(tmp_path, floods) as here:
            await asyncio.wait_for(here.sender().send(here.endpoint, MESSAGE), 10)

    run(scenario())


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path) as here:
            sender = here.sender(trust=ssl.create_default_context())
            assert "no connection" in str(await refused(sender.send(here.endpoint, MESSAGE)))
            assert here.heard == []

    run(scenario())


def test_the_body_is_one_line_of_json(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path) as here:
            await here.sender().send(here.endpoint, MESSAGE)
            [(headers, body)] = here.heard
            assert headers["Content-Type"] == "application/json"
            assert json.dumps(json.loads(body), separators=(",", ":")) == body

    run(scenario())
