"""Fetching a calendar by its address: a real server over TLS, and everything that must never be reached."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from server.adapters.guarded import Address, is_public, pinned_session
from server.adapters.webcal import fetch
from server.application.imports import CalendarRefused
from server.certificate import self_signed

FILE = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
NAME = "calendar.example"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    """A server on this machine that goes by `localhost`, which is what its certificate says."""

    port: int
    trust: ssl.SSLContext
    asked: list[web.Request] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    names: dict[str, Sequence[str]] = field(default_factory=lambda: {"localhost": ["127.0.0.1"]})

    def url(self, path: str = "/calendar.ics", scheme: str = "https") -> str:
        return f"{scheme}://localhost:{self.port}{path}"

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        return self.names[host]

    async def fetch(self, url: str, *, allowed: Callable[[Address], bool] | None = None, seconds: float = 10) -> bytes:
        """With the guard open for this machine, and for nothing else that it would refuse."""
        guard = allowed or (lambda address: str(address) == "127.0.0.1" or is_public(address))
        return await fetch(url, resolve=self.resolve, allowed=guard, trust=self.trust, seconds=seconds)


@asynccontextmanager
async def site(folder: Path, **handlers: Handler) -> AsyncIterator[Site]:
    certificate, key = self_signed(folder, ["127.0.0.1"])
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    here = Site(0, ssl.create_default_context(cafile=str(certificate)))

    async def answer(request: web.Request) -> web.StreamResponse:
        here.asked.append(request)
        return await handlers[request.match_info["name"]](request)

    app = web.Application()
    app.router.add_get("/{name}.ics", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        listening = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ours)
        await listening.start()
        here.port = runner.addresses[0][1]
        yield here
    finally:
        await runner.cleanup()


async def calendar(request: web.Request) -> web.Response:
    return web.Response(body=FILE, content_type="text/calendar")


def to(location: str) -> Handler:
    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location.replace("PORT", str(request.url.port))})

    return redirect


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def refusal(work: Awaitable[bytes]) -> str:
    with pytest.raises(CalendarRefused) as caught:
        await work
    for secret in ("localhost", "127.0.0.1", "calendar.ics", "token"):
        assert secret not in f"{caught.value!s} {caught.value!r}"
    assert caught.value.__cause__ is None
    return caught.value.code


@pytest.mark.parametrize("scheme", ["https", "webcal", "WEBCAL"])
def test_a_calendar_is_fetched_over_tls(tmp_path: Path, scheme: str) -> None:
    async def scenario() -> None:
        async with site(tmp_path, calendar=calendar) as here:
            assert await here.fetch(here.url("/calendar.ics?token=a%2Fb&c=%26", scheme)) == FILE
            [request] = here.asked
            assert request.raw_path == "/calendar.ics?token=a%2Fb&c=%26"
            assert request.headers["Host"] == f"localhost:{here.port}"
            assert "Cookie" not in request.headers
            assert "Authorization" not in request.headers

    run(scenario())


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path, calendar=calendar) as here:
            here.trust = ssl.create_default_context()
            assert await refusal(here.fetch(here.url())) == "calendar_unreachable"
            assert here.asked == []

    run(scenario())


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/a.ics",
        "ftp://calendar.example/a.ics",
        "file:///etc/passwd",
        "https:///a.ics",
        "calendar.example/a.ics",
        "https://robin:secret@calendar.example/a.ics",
        "webcal://robin@calendar.example/a.ics",
        "https://calendar.example:99999/a.ics",
        "https://calendar.example\\@127.0.0.1/a.ics",
        "https://calendar.example /a.ics",
        "https://calendar.example:x/a.ics",
        "https://calendar.example:0/a.ics",
        "https://[::1/a.ics",
        "https://calendar.example/" + "a" * 2_000,
        "",
    ],
)
def test_only_plain_https_addresses_are_asked(url: str) -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    async def scenario() -> None:
        assert await refusal(fetch(url, resolve=never)) == "address_refused"

    run(scenario())


# Of this machine, of its network, of nobody; some in the clothes of another kind of address.
# fmt: off
PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "ff0e::1", "2001::1", "2001:db8::1", "3fff::1",
    "100::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::1", "5f00::1", "2606:4700::1%eth0",
]
PUBLIC = [
    "8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    "2002:808:808::1",
]
# fmt: on


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))

    async def resolve(host: str, port: int) -> Sequence[str]:
        # One of several is enough: whoever connects may take any.
        return ["8.8.8.8", address]

    async def scenario() -> None:
        assert await refusal(fetch(f"https://{NAME}/a.ics", resolve=resolve)) == "address_refused"
        literal = f"[{address.replace('%', '%25')}]" if ":" in address else address
        assert await refusal(fetch(f"https://{literal}/a.ics", resolve=resolve)) == "address_refused"

    run(scenario())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.1.", "１２７.0.0.1", "[::1]"]
)
def test_this_machine_is_refused_by_whatever_name(host: str) -> None:
    async def scenario() -> None:
        assert await refusal(fetch(f"https://{host}:1/a.ics")) in ("address_refused", "calendar_unreachable")

    run(scenario())


def test_the_connection_goes_to_the_address_that_was_checked(tmp_path: Path) -> None:
    """A name that answers with this machine the second time is never asked a second time."""

    async def scenario() -> None:
        async with site(tmp_path, calendar=calendar) as here:
            checked: list[str] = []

            def allowed(address: Address) -> bool:
                checked.append(str(address))
                return True

            here.names["localhost"] = ["127.0.0.1"]
            assert await here.fetch(here.url(), allowed=allowed) == FILE
            assert here.looked_up == ["localhost"]
            assert checked == ["127.0.0.1"]

    run(scenario())


def test_a_socket_to_another_address_is_never_opened() -> None:
    async def scenario() -> None:
        async with pinned_session([ip_address("8.8.8.8")], None, {}) as session:
            with pytest.raises(OSError, match=r".+"):
                await session.get("https://127.0.0.1:1/")

    run(scenario())


def test_proxies_of_the_environment_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def scenario() -> None:
        async with site(tmp_path, calendar=calendar) as here:
            assert await here.fetch(here.url()) == FILE

    run(scenario())


def test_three_redirects_are_followed_and_a_fourth_is_not(tmp_path: Path) -> None:
    steps = {f"r{n}": to(f"/r{n - 1}.ics" if n > 1 else "webcal://localhost:PORT/calendar.ics") for n in range(1, 5)}

    async def scenario() -> None:
        async with site(tmp_path, calendar=calendar, **steps) as here:
            assert await here.fetch(here.url("/r3.ics")) == FILE
            assert here.looked_up == ["localhost"] * 4, "each hop is checked anew"
            assert await refusal(here.fetch(here.url("/r4.ics"))) == "calendar_unreachable"

    run(scenario())


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("https://127.0.0.2:PORT/calendar.ics", "address_refused"),
        ("https://inside.example:PORT/calendar.ics", "address_refused"),
        ("https://[::ffff:169.254.169.254]/latest", "address_refused"),
        ("http://localhost:PORT/calendar.ics", "address_refused"),
        ("https://robin:secret@localhost:PORT/calendar.ics", "address_refused"),
        ("file:///etc/passwd", "address_refused"),
        ("", "calendar_unreachable"),
        ("/" + "a" * 3_000, "calendar_unreachable"),
    ],
)
def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path, location: str, code: str) -> None:
    async def scenario() -> None:
        async with site(tmp_path, calendar=calendar, away=to(location)) as here:
            here.names["inside.example"] = ["10.0.0.7"]
            assert await refusal(here.fetch(here.url("/away.ics"))) == code
            assert len(here.asked) == 1

    run(scenario())


async def drip(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(600):
        await answer.write(b"X")
        await asyncio.sleep(0.05)
    return answer


async def flood(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(1_000):
        await answer.write(b"X" * 100_000)
    return answer


def test_a_slow_drip_is_cut_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with site(tmp_path, drip=drip) as here:
            began = asyncio.get_running_loop().time()
            assert await refusal(here.fetch(here.url("/drip.ics"), seconds=0.5)) == "calendar_unreachable"
            assert asyncio.get_running_loop().time() - began < 3

    run(scenario())


def test_more_than_two_megabytes_are_not_taken(tmp_path: Path) -> None:
    async def exactly(request: web.Request) -> web.Response:
        return web.Response(body=b"X" * 2_000_000)

    async def scenario() -> None:
        async with site(tmp_path, flood=flood, exactly=exactly) as here:
            assert await refusal(here.fetch(here.url("/flood.ics"))) == "calendar_too_large"
            assert len(await here.fetch(here.url("/exactly.ics"))) == 2_000_000

    run(scenario())


def test_what_is_packed_is_not_unpacked(tmp_path: Path) -> None:
    async def packed(request: web.Request) -> web.Response:
        assert request.headers["Accept-Encoding"] == "identity"
        return web.Response(body=gzip.compress(b"X" * 10_000_000), headers={"Content-Encoding": "gzip"})

    async def scenario() -> None:
        async with site(tmp_path, packed=packed) as here:
            assert await refusal(here.fetch(here.url("/packed.ics"))) == "calendar_unreachable"

    run(scenario())


@pytest.mark.parametrize("status", [204, 304, 401, 404, 500])
def test_any_other_answer_is_no_calendar(tmp_path: Path, status: int) -> None:
    async def other(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async def scenario() -> None:
        async with site(tmp_path, other=other) as here:
            assert await refusal(here.fetch(here.url("/other.ics"))) == "calendar_unreachable"

    run(scenario())


def test_a_name_nobody_knows_and_a_port_nobody_listens_on_are_unreachable(tmp_path: Path) -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    async def empty(host: str, port: int) -> Sequence[str]:
        return []

    async def hangs(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async def scenario() -> None:
        for resolve in (unknown, empty, hangs):
            answer = fetch(f"https://{NAME}/a.ics", resolve=resolve, seconds=0.2)
            assert await refusal(answer) == "calendar_unreachable"
        async with site(tmp_path) as here:
            gone = here.url()
        assert await refusal(here.fetch(gone)) == "calendar_unreachable"

    run(scenario())
