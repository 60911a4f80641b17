"""Redis flushed, away for ten minutes, and back empty: every session goes as it would have gone."""

from __future__ import annotations

import pytest

from server.application import membership
from tests.simulation.ring2.without_redis import AT_ONCE, differences

SEEDS = 100


@pytest.mark.timeout(300)
def test_no_decision_differs_from_the_undisturbed_run() -> None:
    found = [differences(seed) for seed in range(SEEDS)]
    assert [fault for faults in found for fault in faults if fault != AT_ONCE] == []
    assert sum(bool(faults) for faults in found) <= SEEDS // 30


def test_nodes_that_believe_an_empty_directory_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "MISSING", -1.0)
    monkeypatch.setattr(membership, "SETTLING", 0.0)
    assert any(fault != AT_ONCE for seed in range(SEEDS) for fault in differences(seed))
