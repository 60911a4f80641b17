"""Which node a session lives on: every node finds the same one by itself, and few sessions move when nodes change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def home_of(session: str, nodes: Iterable[str]) -> str | None:
    """The node with the highest weight for this session (rendezvous hashing); None where there is no node."""
    return max(nodes, key=lambda node: (_weight(session, node), node), default=None)


def _weight(session: str, node: str) -> bytes:
    return hashlib.blake2b(f"{node}\0{session}".encode(), digest_size=8).digest()
