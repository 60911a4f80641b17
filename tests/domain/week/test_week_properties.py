"""Random couples: every promise of a proposal holds, and every reason given is true, by a check of its own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from server.domain.week import ReasonCode, WhyNot, propose, score
from tests.architecture.imports import ROOT
from tests.domain.week.checking import Checked
from tests.domain.week.couples import CASES, Case, random_case

SEEDS = range(40, 40 + CASES)
PRINTED = """
import random
from server.domain.week import propose
from tests.domain.week.couples import random_case
for seed in range(6):
    case = random_case(random.Random(seed))
    print(propose(case.needs, case.calendars, case.groups, case.week, case.rules, case.standing))
"""


@pytest.fixture(scope="module", name="cases")
def _cases() -> list[Case]:
    return [random_case(random.Random(seed)) for seed in SEEDS]


@pytest.mark.timeout(1800)
def test_every_promise_holds_and_every_reason_is_true(cases: list[Case]) -> None:
    reasons, whys = Counter[ReasonCode](), Counter[WhyNot]()
    for case in cases:
        proposal = propose(case.needs, case.calendars, case.groups, case.week, case.rules, case.standing)
        assert list(Checked(case, proposal).faults()) == []
        reasons.update(reason.code for one in proposal.placed for reason in one.reasons)
        whys.update(left.why for left in proposal.unplaced)
    assert set(reasons) == set(ReasonCode), "a reason is never given"
    assert set(whys) == set(WhyNot) - {WhyNot.TOO_DEAR}, "an obstacle is never met"


def test_the_score_is_the_one_that_is_stated(cases: list[Case]) -> None:
    for case in cases[:40]:
        proposal = propose(case.needs, case.calendars, case.groups, case.week, case.rules, case.standing)
        left = [one.need for one in proposal.unplaced]
        assert proposal.score == score(proposal.placed, left, case.calendars, case.rules, case.standing)


def test_the_order_in_which_things_are_given_does_not_matter(cases: list[Case]) -> None:
    for case in cases[:12]:
        turned = replace(
            case,
            needs=case.needs[::-1],
            calendars=dict(reversed(case.calendars.items())),
            groups=case.groups[::-1],
        )
        one, other = (
            propose(it.needs, it.calendars, it.groups, it.week, it.rules, it.standing) for it in (case, turned)
        )
        assert one.placed == other.placed
        assert Counter(one.unplaced) == Counter(other.unplaced)


def test_the_week_is_the_same_in_every_process() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINTED],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(said) == 1
    assert "Proposal(placed=(" in said.pop()
