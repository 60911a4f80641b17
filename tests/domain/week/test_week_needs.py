"""Which sessions a week wants, story by story."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from server.domain.attendance import Focus, Kind
from server.domain.week import (
    Balance,
    Drift,
    Missed,
    Need,
    PartnerNeed,
    PartnerState,
    Progress,
    Targets,
    WeekError,
    Why,
    balance,
    drift,
    needs_of,
)

PHASE = Targets(joint=2, individual=1, group=3, hours=(6, 9))  # 100 + 50 + 270 minutes: 7 hours
ANN, BOB = PartnerState("ann"), PartnerState("bob")
SPACE = frozenset({PartnerNeed.SPACE})


def wanted(targets: Targets, *partners: PartnerState, missed: tuple[Missed, ...] = ()) -> tuple[Need, ...]:
    return needs_of(targets, partners or (ANN, BOB), missed, host="host")


def counted(needs: tuple[Need, ...], person: str) -> tuple[int, int, int]:
    """Joint, individual and group sessions of one partner."""
    kinds = Counter(need.kind for need in needs if person in need.partners)
    return kinds[Kind.COUPLES] + kinds[Kind.INTAKE], kinds[Kind.INDIVIDUAL], kinds[Kind.GROUP]


def whys(needs: tuple[Need, ...], person: str, kind: Kind = Kind.INDIVIDUAL) -> list[Why]:
    return [need.why for need in needs if need.kind is kind and person in need.partners]


def test_a_plain_week_is_the_phase_of_both() -> None:
    needs = wanted(PHASE)
    assert counted(needs, "ann") == counted(needs, "bob") == (2, 1, 3)
    assert needs[0] == Need(Kind.COUPLES, 50, ("host", "ann", "bob"), Why.TARGET, 1000)
    assert [need.weight for need in needs] == sorted((need.weight for need in needs), reverse=True)
    assert balance(needs, PHASE, (ANN, BOB)) == (Balance("ann", 100, 50, 270, 0, 0), Balance("bob", 100, 50, 270, 0, 0))


def test_individual_sessions_are_the_partners_own_therapists() -> None:
    needs = wanted(PHASE, replace(ANN, therapist="therapist"), BOB)
    assert {need.people for need in needs if need.kind is Kind.INDIVIDUAL} == {("therapist", "ann"), ("host", "bob")}
    assert {need.host for need in needs if need.kind is Kind.GROUP} == {None}


def test_space_turns_joint_into_individual_but_one_stays() -> None:
    needs = wanted(PHASE, replace(ANN, needs=SPACE), BOB)
    assert counted(needs, "ann")[:2] == counted(needs, "bob")[:2] == (1, 2)
    assert whys(needs, "ann") == whys(needs, "bob") == [Why.TARGET, Why.SPACE]


def test_no_joint_session_stays_when_both_need_space() -> None:
    needs = wanted(PHASE, replace(ANN, needs=SPACE), replace(BOB, needs=SPACE))
    assert counted(needs, "ann")[:2] == counted(needs, "bob")[:2] == (0, 3)


def test_the_session_that_stays_is_the_missed_one() -> None:
    needs = wanted(PHASE, replace(ANN, needs=SPACE), BOB, missed=(Missed(Kind.COUPLES, ("ann", "bob")),))
    assert whys(needs, "ann", Kind.COUPLES) == [Why.MADE_UP]
    assert counted(needs, "ann")[1] == 3


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (replace(ANN, progress=Progress.STRUGGLING), Why.STRUGGLING),
        (replace(ANN, needs=frozenset({PartnerNeed.EXTRA_INDIVIDUAL})), Why.EXTRA_INDIVIDUAL),
        (replace(ANN, progress=Progress.STRUGGLING, needs=frozenset({PartnerNeed.EXTRA_INDIVIDUAL})), Why.STRUGGLING),
    ],
)
def test_one_individual_session_more(state: PartnerState, why: Why) -> None:
    needs = wanted(PHASE, state, BOB)
    assert whys(needs, "ann") == [Why.TARGET, why]
    assert whys(needs, "bob") == [Why.TARGET]


def test_the_extra_session_is_taken_from_the_groups_where_hours_would_exceed_the_most() -> None:
    tight = replace(PHASE, hours=(5, 7))
    needs = wanted(tight, replace(ANN, progress=Progress.STRUGGLING), BOB)
    assert counted(needs, "ann") == (2, 2, 2)
    assert counted(needs, "bob") == (2, 1, 3)


def test_a_different_stage_has_a_focus_of_its_own() -> None:
    stage = frozenset({PartnerNeed.DIFFERENT_STAGE})
    needs = wanted(PHASE, replace(ANN, progress=Progress.STRUGGLING, needs=stage), replace(BOB, needs=stage))
    focus = {(need.people[1], need.why): need.focus for need in needs if need.kind is Kind.INDIVIDUAL}
    assert focus == {
        ("ann", Why.DIFFERENT_STAGE): Focus.SUBSTANCE_USE_PATTERNS,
        ("ann", Why.STRUGGLING): None,
        ("bob", Why.DIFFERENT_STAGE): Focus.COPING_SKILLS,
    }


def test_drift_brings_a_joint_session_back() -> None:
    drifting = replace(ANN, recent_solo=201, recent_joint=100)
    assert drift((drifting, BOB)) == (Drift("ann", 201, 100),)
    needs = wanted(PHASE, drifting, BOB)
    assert counted(needs, "ann")[:2] == (3, 0)
    assert counted(needs, "bob")[:2] == (3, 1)
    assert whys(needs, "ann", Kind.COUPLES) == [Why.TARGET, Why.TARGET, Why.DRIFT]


def test_both_drifting_give_one_session_each_for_one_joint_session() -> None:
    both = tuple(replace(one, recent_solo=100) for one in (ANN, BOB))
    needs = wanted(PHASE, *both)
    assert counted(needs, "ann")[:2] == counted(needs, "bob")[:2] == (3, 0)


def test_twice_as_much_alone_is_no_drift_yet() -> None:
    assert drift((replace(ANN, recent_solo=200, recent_joint=100), BOB)) == ()
    assert drift((replace(ANN, recent_solo=200, recent_joint=100), BOB), ratio=1) == (Drift("ann", 200, 100),)


def test_drift_gives_way_to_space_and_never_takes_an_extra_session() -> None:
    drifting = replace(ANN, recent_solo=300, recent_joint=100)
    assert counted(wanted(PHASE, drifting, replace(BOB, needs=SPACE)), "ann")[:2] == (1, 2)
    only_extra = wanted(replace(PHASE, individual=0), replace(drifting, progress=Progress.STRUGGLING), BOB)
    assert counted(only_extra, "ann")[:2] == (2, 1)


def test_a_missed_joint_session_is_wanted_first_of_all() -> None:
    missed = (
        Missed(Kind.GROUP, ("bob",)),
        Missed(Kind.INDIVIDUAL, ("ann",)),
        Missed(Kind.INTAKE, ("ann", "bob")),
    )
    needs = wanted(replace(PHASE, hours=(6, 12)), missed=missed)
    assert needs[0] == Need(Kind.INTAKE, 50, ("host", "ann", "bob"), Why.MADE_UP, 1200)
    assert counted(needs, "ann") == (3, 2, 3)
    assert counted(needs, "bob") == (3, 1, 4)
    assert whys(needs, "ann") == [*whys(needs, "bob", Kind.GROUP)[:1], Why.TARGET] == [Why.MADE_UP, Why.TARGET]


def test_groups_reach_the_least_hours() -> None:
    needs = wanted(replace(PHASE, hours=(8, 12)))
    assert whys(needs, "ann", Kind.GROUP) == [Why.TARGET] * 3 + [Why.HOURS]


def test_what_groups_cannot_mend_is_said() -> None:
    short = replace(PHASE, hours=(8, 8))  # one group more is 510 minutes, over the most
    assert [one.short for one in balance(wanted(short), short, (ANN, BOB))] == [60, 60]
    over = replace(PHASE, hours=(1, 2))
    needs = wanted(over)
    assert counted(needs, "ann") == (2, 1, 0)
    assert balance(needs, over, (ANN, BOB))[0] == Balance("ann", 100, 50, 0, short=0, over=30)


def test_what_cannot_be_is_refused() -> None:
    for partners in ((ANN,), (ANN, ANN), (ANN, BOB, PartnerState("cat"))):
        with pytest.raises(WeekError, match="a couple is two partners"):
            needs_of(PHASE, partners, host="host")
    with pytest.raises(WeekError, match="missed by cat"):
        wanted(PHASE, missed=(Missed(Kind.GROUP, ("cat",)),))
    with pytest.raises(WeekError, match="no less than no session"):
        replace(PHASE, joint=-1)
    with pytest.raises(WeekError, match="no range"):
        replace(PHASE, hours=(9, 6))
