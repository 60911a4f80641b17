"""A real coturn of a test's own, bounded as docker-compose.yml has it: it relays to Dyad's media and nowhere else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from server.certificate import self_signed
from tests.support.ports import free_port
from tests.support.programs import program, running

SECRET = "a secret that the relay shares"
EVERYTHING = ("0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")


@dataclass(frozen=True, slots=True)
class Coturn:
    """`certificate` is what its TLS port shows, PEM."""

    port: int
    tls_port: int
    certificate: Path


@contextlib.contextmanager
def coturn_running(folder: Path, peer: str, listen: str = "127.0.0.1") -> Iterator[Coturn]:
    """A relay at `listen` for UDP, TCP and TLS whose clients reach the address `peer` and no other."""
    port, tls = free_port(), free_port()
    certificate, key = self_signed(folder, [listen])
    lines = [
        "use-auth-secret",
        f"static-auth-secret={SECRET}",
        "realm=dyad",
        f"listening-ip={listen}",
        f"listening-port={port}",
        f"tls-listening-port={tls}",
        f"cert={certificate}",
        f"pkey={key}",
        *(f"denied-peer-ip={span}" for span in EVERYTHING),
        f"allowed-peer-ip={peer}",
        "allow-loopback-peers",
        "no-multicast-peers",
        "no-cli",
        "fingerprint",
        "stale-nonce=600",
        "user-quota=12",
        "log-file=stdout",
        f"pidfile={folder / 'turn.pid'}",
        f"userdb={folder / 'turn.db'}",
    ]
    config = folder / "turnserver.conf"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with running([program("turnserver"), "-c", str(config)], port=port, log=folder / "turn.log", host=listen):
        yield Coturn(port, tls, certificate)
