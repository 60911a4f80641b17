"""How far from the best week a proposal is: OR-Tools says what the best one costs, and a clock how long it took."""

from __future__ import annotations

import os
import random
import statistics
import time

import pytest

from server.domain.week import propose
from tests.domain.week.couples import random_case
from tests.domain.week.oracle import optimum

CASES = int(os.environ.get("DYAD_WEEK_CASES", "40"))
FURTHEST = 0.05


@pytest.mark.timeout(1800)
def test_no_week_costs_five_percent_more_than_the_best_one() -> None:
    gaps, took = [], []
    for seed in range(CASES):
        case = random_case(random.Random(seed))
        begun = time.perf_counter()
        proposal = propose(case.needs, case.calendars, case.groups, case.week, case.rules)
        took.append((time.perf_counter() - begun) * 1000)
        best = optimum(case)
        assert best.floor <= best.cost
        assert proposal.score >= best.floor, f"couple {seed}: cheaper than the best, so one of the two is wrong"
        gaps.append(((proposal.score - best.floor) / max(best.floor, 1), seed))
    far = [f"couple {seed}: {gap:.1%}" for gap, seed in gaps if gap > FURTHEST]
    print(
        f"{CASES} couples: worst gap {max(gaps)[0]:.2%}; {statistics.median(took):.0f} ms, at most {max(took):.0f} ms"
    )
    assert far == []
    assert statistics.median(took) < 100
