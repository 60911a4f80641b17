"""How many attendance decisions one core makes in a second."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from statistics import median

from server.domain.attendance import Facts, decide, parse_facts
from tests.benchmarks.report import Row, say
from tests.domain.attendance.cases import CASES

PASSES = 400
REPEATED = 4  # in one look at the clock, which costs something too


def cheapest_rate(facts: Sequence[Facts], passes: int, enough: float = math.inf) -> float:
    """Decisions a second, all cases alike, each at the least that it was seen to cost; ends at `enough`.

    On a shared machine whole passes measure its other guests; the least of each case is what the code costs.
    """
    least = [math.inf] * len(facts)
    rate = 0.0
    for _ in range(passes):
        for index, one in enumerate(facts):
            began = time.perf_counter()
            for _ in range(REPEATED):
                decide(one)
            least[index] = min(least[index], (time.perf_counter() - began) / REPEATED)
        if (rate := len(facts) / sum(least)) >= enough:
            break
    return rate


def measure(rounds: int) -> list[Row]:
    facts = [parse_facts(case["facts"]) for case in CASES]
    rates = list[float]()
    for number in range(rounds):
        rates.append(cheapest_rate(facts, PASSES))
        say(f"deciding {number + 1} of {rounds}: {rates[-1]:,.0f}/s")
    return [Row("attendance decisions on one core, median", median(rates), "per s", "decides_per_s", "≥ 50,000")]
