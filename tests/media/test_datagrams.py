"""Many datagrams in one call, or one by one where the system knows no better: the same arrives."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from signaling.media.forwarder import datagrams
from signaling.media.forwarder.datagrams import BATCH, Datagrams, Name

FAMILIES = {"IPv4": (socket.AF_INET, "127.0.0.1"), "IPv6": (socket.AF_INET6, "::1")}


@pytest.fixture(params=[True, False], ids=["batched", "singly"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(datagrams, "batched", lambda: False)


@pytest.fixture(params=sorted(FAMILIES))
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Datagrams, Datagrams]]:
    family, ip = FAMILIES[request.param]
    with socket.socket(family, socket.SOCK_DGRAM) as one, socket.socket(family, socket.SOCK_DGRAM) as other:
        for sock in (one, other):
            sock.setblocking(False)
            sock.bind((ip, 0))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        yield Datagrams(one), Datagrams(other)


def name_of(ends: Datagrams) -> Name:
    return Name(datagrams._key(ends._socket.family, ends._socket.getsockname()))


def everything(ends: Datagrams) -> list[tuple[bytes, bytes]]:
    found = []
    while got := ends.read():
        found += [(ends.inbox.views[n][: ends.size(n)], ends.sender(n)) for n in range(got)]
    return found


@pytest.mark.usefixtures("way")
def test_more_than_a_batch_arrives_whole_in_order_and_with_its_sender(both: tuple[Datagrams, Datagrams]) -> None:
    here, there = both
    sent = [bytes([n]) * (1 + 11 * n % 1400) for n in range(2 * BATCH + 5)]
    for data in sent:
        here.put(data, name_of(there))
    here.flush()
    assert everything(there) == [(data, name_of(here).key) for data in sent]
    assert name_of(here).address == here._socket.getsockname()[:2]


@pytest.mark.usefixtures("way")
def test_one_who_cannot_be_reached_costs_nobody_else_a_datagram(both: tuple[Datagrams, Datagrams]) -> None:
    here, there = both
    nowhere = Name(bytes(here._name_size))
    for n in range(9):
        here.put(bytes([n]), nowhere if n % 3 == 0 else name_of(there))
    here.flush()
    assert [data[0] for data, _ in everything(there)] == [n for n in range(9) if n % 3]


@pytest.mark.usefixtures("way")
def test_nothing_to_read_is_nothing(both: tuple[Datagrams, Datagrams]) -> None:
    here, there = both
    here.flush()
    assert there.read() == 0
