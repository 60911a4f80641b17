"""The relay for networks that let no UDP through: who may use it, and for what, asked of a real coturn."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import TurnTransport, create_turn_endpoint

from server.config import SettingsRefused, from_environment
from signaling.gateway.relay import LASTS, Relay
from tests.media.support import until
from tests.support.coturn import SECRET, Coturn, coturn_running

PEER = "127.0.0.1"
NEVER = ("10.0.0.1", "172.16.4.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "127.0.0.53", "8.8.8.8")


class Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append(data)


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn_running(tmp_path_factory.mktemp("coturn"), PEER) as server:
        yield server


def given(relay: Relay, now: float) -> tuple[str, str]:
    (server,) = relay.servers("s/a", now)
    return server["username"], server["credential"]


@asynccontextmanager
async def relayed(coturn: Coturn, who: tuple[str, str], transport: str = "tcp") -> AsyncIterator[tuple[Any, Ear]]:
    port, context = coturn.port, None
    if transport == "tls":
        port, context = coturn.tls_port, ssl.create_default_context(cafile=str(coturn.certificate))
    endpoint: tuple[TurnTransport, Ear] = await create_turn_endpoint(
        Ear, ("127.0.0.1", port), *who, ssl=context, transport="udp" if transport == "udp" else "tcp"
    )
    try:
        yield endpoint
    finally:
        endpoint[0].close()
        await asyncio.sleep(0)


RELAY = Relay(("turn:127.0.0.1:3478?transport=tcp",), SECRET)


@pytest.mark.asyncio
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
async def test_what_dyad_hands_out_opens_the_relay_to_dyad_s_media(coturn: Coturn, transport: str) -> None:
    loop = asyncio.get_running_loop()
    media, ear = await loop.create_datagram_endpoint(Ear, local_addr=(PEER, 0))
    async with relayed(coturn, given(RELAY, time.time()), transport) as (door, _):
        door.sendto(b"hello", media.get_extra_info("sockname"))
        await until(lambda: ear.heard == [b"hello"], "the datagram on the other side")
    media.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "who",
    [
        given(RELAY, time.time() - LASTS - 60),
        given(Relay(RELAY.urls, "another secret"), time.time()),
        (f"{int(time.time()) + LASTS}:someone", given(RELAY, time.time())[1]),
    ],
    ids=["expired", "of another secret", "of another name"],
)
async def test_other_credentials_open_nothing(coturn: Coturn, who: tuple[str, str]) -> None:
    with pytest.raises(TransactionFailed) as refused:
        async with relayed(coturn, who):
            pass
    assert refused.value.response.attributes["ERROR-CODE"][0] == 401


@pytest.mark.asyncio
@pytest.mark.parametrize("address", NEVER)
async def test_private_metadata_and_foreign_addresses_are_not_relayed_to(coturn: Coturn, address: str) -> None:
    async with relayed(coturn, given(RELAY, time.time())) as (door, _):
        inner: Any = door._TurnTransport__inner_protocol
        with pytest.raises(TransactionFailed) as refused:
            await inner.channel_bind(0x4000, (address, 80))
        assert refused.value.response.attributes["ERROR-CODE"][0] == 403


def test_credentials_name_nobody_and_are_each_person_s_own() -> None:
    one, other = (RELAY.servers(peer, 1_000.0)[0] for peer in ("session-of-alex/a", "session-of-alex/b"))
    assert one["username"].startswith(f"{1000 + LASTS}:")
    assert one["username"] != other["username"]
    assert "alex" not in str(one)
    assert SECRET not in repr(RELAY)


def test_without_a_relay_there_is_nothing_to_hand_out() -> None:
    assert Relay().servers("s/a", 0.0) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"DYAD_TURN": "turn:relay.example.org:3478?transport=tcp"},
        {"DYAD_TURN_SECRET": "x"},
        {"DYAD_TURN": "https://relay.example.org", "DYAD_TURN_SECRET": "x"},
        {"DYAD_TURN": "turns:relay.example.org:5349?transport=udp", "DYAD_TURN_SECRET": "x"},
        {"DYAD_ANNOUNCE": "192.0.2.10, media.example.org"},
    ],
)
def test_half_a_relay_or_a_name_for_an_address_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsRefused):
        from_environment(environment)


def test_a_relay_s_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    urls = "turn:relay.example.org:3478?transport=udp, turns:relay.example.org:5349?transport=tcp"
    found = from_environment({"DYAD_TURN": urls, "DYAD_TURN_SECRET_FILE": str(tmp_path / "secret")})
    assert found["turn_secret"] == SECRET
    assert len(found["turn"]) == 2
