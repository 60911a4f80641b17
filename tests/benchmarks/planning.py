"""How long a couple's week and a search for new times take, and how far a week is from the best one there is."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median

from server.domain.week import propose
from tests.benchmarks.report import Row, say
from tests.domain.schedule.test_schedule_search import crowd, slots_of_a_crowd
from tests.domain.week.couples import Case, random_case
from tests.domain.week.oracle import optimum

COUPLES = 500
FLOOR = 1  # of what a week costs, where the best one costs nothing


def measure(rounds: int) -> list[Row]:
    gaps, took = [], []
    for seed in range(COUPLES):
        case = random_case(random.Random(seed))
        milliseconds, gap = _week(case, rounds)
        took.append(milliseconds)
        gaps.append(gap)
        if seed % 50 == 49:
            say(f"weeks {seed + 1} of {COUPLES}: {median(took):.0f} ms, {max(took):.0f} at most, {max(gaps):.2f} % off")
    people = crowd()
    slots = _milliseconds(lambda: slots_of_a_crowd(people), rounds)
    say(f"slot search: {slots:.0f} ms")
    return [
        Row("a couple's week proposed, median couple", median(took), "ms", "week_propose_ms", "≤ 100"),
        Row("a couple's week proposed, slowest couple", max(took), "ms", "week_propose_worst_ms", "≤ 100"),
        Row("proposal against the best week, worst couple", max(gaps), "% more", "week_gap_percent", "≤ 5"),
        Row("slots for 5 people, 90 days, 2,000 spans each", slots, "ms", "slot_search_ms", "≤ 50"),
    ]


def _week(case: Case, rounds: int) -> tuple[float, float]:
    """Milliseconds, and by how many percent it is dearer than the best week that is proven to be possible."""
    proposal = propose(case.needs, case.calendars, case.groups, case.week, case.rules)
    took = _milliseconds(lambda: propose(case.needs, case.calendars, case.groups, case.week, case.rules), rounds)
    best = optimum(case)
    return took, 100 * (proposal.score - best.floor) / max(best.floor, FLOOR)


def _milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median of so many rounds, in time of this process: what else runs on the machine doesn't count."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1000 * median(took)
