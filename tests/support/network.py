"""A network of a test's own beside the machine's, on which a program runs while UDP, or everything, doesn't get out."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.programs import program


@dataclass(frozen=True)
class Network:
    """`address` is that of what runs on it; the machine is reached at every address of its own."""

    name: str
    address: str

    def wrapped(self, command: str) -> str:
        return f"{program('ip')} netns exec {self.name} {command}"

    def block(self, *what: str) -> None:
        """Nothing that matches these words of `ip rule` gets out: `"ipproto", "udp"`."""
        _ip("-n", self.name, "rule", "add", *what, "prohibit", "priority", "1")

    def cut(self, port: int) -> None:
        """The line is dead: no UDP, and nothing to that TCP port of the machine."""
        self.block("ipproto", "udp")
        self.block("ipproto", "tcp", "dport", str(port))

    def mend(self) -> None:
        """Everything gets out again."""
        words = [program("ip"), "-n", self.name, "rule", "del", "priority", "1"]
        while subprocess.run(words, capture_output=True, check=False).returncode == 0:
            pass


@contextlib.contextmanager
def network() -> Iterator[Network]:
    """Root's business: others skip."""
    if os.geteuid() != 0:
        pytest.skip("a network of its own needs root")
    name = f"dyad{secrets.token_hex(3)}"
    here, there = f"{name}h", f"{name}n"
    third = secrets.randbelow(250) + 1
    host, guest = f"10.213.{third}.1", f"10.213.{third}.2"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        _ip("addr", "add", f"{host}/30", "dev", here)
        _ip("link", "set", here, "up")
        _ip("-n", name, "addr", "add", f"{guest}/30", "dev", there)
        for device in (there, "lo"):
            _ip("-n", name, "link", "set", device, "up")
        _ip("-n", name, "route", "add", "default", "via", host)
        yield Network(name, guest)
    finally:
        _ip("netns", "del", name)


@contextlib.contextmanager
def udp_blocked(folder: Path, command: str) -> Iterator[str]:
    """The path of a program that runs `command` on a network that lets no UDP through."""
    with network() as elsewhere:
        elsewhere.block("ipproto", "udp")
        wrapper = folder / "on-that-network"
        wrapper.write_text(f'#!/bin/sh\nexec {elsewhere.wrapped(command)} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        yield str(wrapper)


def _ip(*words: str) -> None:
    subprocess.run([program("ip"), *words], check=True, capture_output=True, timeout=10)
