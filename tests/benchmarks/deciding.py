"""How many attendance decisions one core makes in a second."""

from __future__ import annotations

import time
from statistics import median

from server.domain.attendance import decide, parse_facts
from tests.benchmarks.report import Row, say
from tests.domain.attendance.test_cases import CASES

PASSES = 200


def measure(rounds: int) -> list[Row]:
    facts = [parse_facts(case["facts"]) for case in CASES]
    rates = list[float]()
    for number in range(rounds):
        began = time.process_time()
        for _ in range(PASSES):
            for one in facts:
                decide(one)
        rates.append(PASSES * len(facts) / (time.process_time() - began))
        say(f"deciding {number + 1} of {rounds}: {rates[-1]:,.0f}/s")
    return [Row("attendance decisions on one core, median", median(rates), "per s", "decides_per_s", "≥ 50,000")]
