"""`decide()` against a second reading of the policy that shares no code with it: not one difference."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter

import pytest

from server.domain.attendance import decide
from tests.domain.attendance.naive import naive
from tests.domain.attendance.random_facts import facts_of, plain_decision, random_facts

FACTS = 1_000_000
WORKERS = 2
CLAUSES = {
    *("A1", "A3", "A4", "G1", "G2", "G3", "I1", "I2", "I3", "I4", "I5", "I6", "M1", "M2", "M3", "S1", "S2"),
    *(f"J{n}" for n in range(1, 14)),
}


def compare(seed: int, count: int) -> tuple[Counter[tuple[str, str]], list[object]]:
    """How often each clause and action was decided, and the first few facts on which the two readings differ."""
    dice, seen, differing = random.Random(seed), Counter[tuple[str, str]](), list[object]()
    for _ in range(count):
        plain = random_facts(dice)
        wanted, said = naive(plain), plain_decision(decide(facts_of(plain)))
        seen[wanted["clause"], wanted["action"]] += 1
        if wanted != said and len(differing) < 3:
            differing.append((plain, wanted, said))
    return seen, differing


@pytest.mark.timeout(600)
def test_two_readings_of_the_policy_agree_on_a_million_facts() -> None:
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        results = pool.starmap(compare, [(seed, FACTS // WORKERS) for seed in range(WORKERS)])
    assert [difference for _, differing in results for difference in differing] == []
    seen = sum((seen for seen, _ in results), Counter[tuple[str, str]]())
    assert sum(seen.values()) == FACTS
    assert {clause for clause, _ in seen} == CLAUSES
    rare = {step: times for step, times in seen.items() if times < 20}
    assert rare == {}, "these were hardly tried"
