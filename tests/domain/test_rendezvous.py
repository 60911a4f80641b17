"""Where sessions live: the same everywhere, spread evenly, and few move when nodes change."""

from __future__ import annotations

from collections import Counter

from server.domain.rendezvous import home_of

SESSIONS = [f"s{n}" for n in range(3_000)]
NODES = ["n1", "n2", "n3"]


def test_the_order_in_which_nodes_are_known_changes_nothing() -> None:
    assert all(home_of(session, NODES) == home_of(session, reversed(NODES)) for session in SESSIONS)
    assert home_of("s1", []) is None


def test_sessions_are_spread_over_all_nodes() -> None:
    counts = Counter(home_of(session, NODES) for session in SESSIONS)
    assert min(counts.values()) > 900


def test_only_the_sessions_of_a_lost_node_move() -> None:
    for session in SESSIONS:
        before, after = home_of(session, NODES), home_of(session, ["n1", "n3"])
        assert after == before or before == "n2"
