"""The proof finds what is wrong with a policy, and what it says of the facts is what `decide()` says."""

from __future__ import annotations

import random
from typing import Any

import pytest
import z3

from server.adapters.policyfile import read_policy
from server.adapters.proof.policy import Rules
from server.adapters.proof.proving import prove, solver_of
from server.adapters.proof.symbols import Choice, Partner, Symbols
from server.domain.attendance import (
    CLAUSES,
    DEFAULT_POLICY,
    Action,
    AttendanceClass,
    Focus,
    Kind,
    PartnerState,
    Reason,
    SoloApproval,
    decide,
)
from tests.domain.attendance.random_facts import facts_of, random_facts
from tests.support.policies import with_clause

SECONDS = 60  # the longest that a proof of the default policy may take

# Each is one clause that a well-meaning person might write: what it breaks, where it stands, when, and what it does.
BROKEN = {
    "solo-agreed": ("J6", "consents: false", "then: proceed"),
    "solo-with-one": ("I6", "kind: individual", "then: proceed"),
    "here-is-seen": ("M1", "misses_at_least: 3", "then: end"),
    "kept-apart": ("J1", "keep_apart: true\n      present: 2", "then: start"),
    "host-missing": ("J6", "declared: true", "then: start"),
    "trouble-waits": ("J4", "state: attempted", "then: reschedule"),
    "grace-waits": ("M2", "state: dropped", "then: end"),
    "not-early": ("J5", "elapsed_at_least: 5 min", "then: reschedule"),
    "waits-end": ("J6", "elapsed_at_least: 20 min", "then: wait\n    until: 18 min"),
    "late-arrival": ("S1", "kind: couples", "then: continue"),
    "start-complete": ("J5", "present: 1", "then: start"),
    "left-is-asked": ("M3", "state: left", "then: end"),
    "interpreter": (
        "J13",
        "interpreter_missing: true\n      approval: granted\n      consents: true\n      kind: couples",
        "then: proceed",
    ),
    "once": ("M1", "present: 2", "then: start"),
}


def test_the_default_policy_is_proven() -> None:
    findings = prove(DEFAULT_POLICY)
    assert [finding.name for finding in findings if not finding.holds] == []
    assert {f"reachable-{clause}" for clause in CLAUSES} < {finding.name for finding in findings}
    assert sum(finding.seconds for finding in findings) < SECONDS


@pytest.mark.parametrize("claim", BROKEN)
def test_a_broken_policy_is_rejected_with_facts_that_decide_confirms(claim: str) -> None:
    policy = read_policy(with_clause(*BROKEN[claim]))
    broken = {finding.name: finding for finding in prove(policy) if not finding.holds}
    assert claim in broken, f"only {sorted(broken)} were found"
    finding = broken[claim]
    assert finding.facts is not None
    assert decide(finding.facts, policy) == finding.decision
    assert finding.decision is not None
    assert finding.decision.clause == "X1"
    assert decide(finding.facts, DEFAULT_POLICY).action is not finding.decision.action or claim == "late-arrival"


def test_a_clause_that_can_never_decide_is_found() -> None:
    policy = read_policy(with_clause("J12", "class: optional", "then: reschedule"))
    assert [f.name for f in prove(policy) if not f.holds] == ["reachable-X1"]
    all_of_it = read_policy(with_clause("J10", "kind: couples", "then: reschedule"))
    silenced = {f.name for f in prove(all_of_it) if not f.holds}
    assert {"reachable-J10", "reachable-J11", "reachable-J12"} <= silenced


def test_the_symbols_say_what_decide_says() -> None:
    """A hundred random facts, put into the symbols as they are: the proof's clause and action are `decide()`'s."""
    dice, tried = random.Random(11), 0
    symbols = Symbols(DEFAULT_POLICY)
    rules = Rules(DEFAULT_POLICY, symbols)
    solver = solver_of(symbols, rules)
    while tried < 100:
        plain = random_facts(dice)
        if not provable(plain):
            continue
        solver.push()
        solver.add(as_symbols(symbols, plain))
        if solver.check() == z3.sat:
            model, decision = solver.model(), decide(facts_of(plain))
            clauses = {row.clause for row, fires in zip(rules.rows, rules.fires, strict=True) if model.eval(fires)}
            actions = [action for action in Action if model.eval(rules.says(action), model_completion=True)]
            assert (clauses, actions) == ({decision.clause}, [decision.action]), plain
            tried += 1
        solver.pop()


def provable(plain: dict[str, Any]) -> bool:
    """Facts within what the symbols speak of: no past outages, everything dated, a group of two."""
    people = list(plain["partners"].values())
    dated = all(p["since"] is not None for p in (*people, plain["therapist"]))
    return not plain["outages"] and dated and len(people) <= 2 and (len(people) == 2) == (_kind(plain) != "individual")


def _kind(plain: dict[str, Any]) -> str:
    return str(plain["session"]["kind"])


def as_symbols(s: Symbols, plain: dict[str, Any]) -> list[Any]:
    asked, session = plain["asked"], plain["session"]
    said = [
        s.now == plain["now"],
        s.kind.is_(Kind(session["kind"])),
        _choice(s.override, AttendanceClass, session["attendance"]),
        s.approval.is_(SoloApproval(plain["solo_approval"])),
        s.uninterpreted == plain["interpreter_missing"],
        s.host_away == (plain["therapist"]["state"] != "present"),
        s.host_since == (plain["therapist"]["since"] or 0),
        s.started == (session["started_at"] is not None),
        s.solo == (session["solo_started_at"] is not None),
        s.keep_apart == plain["keep_apart"],
        s.outage == False,  # noqa: E712
        s.together == int(plain["co_present_minutes"]),
        s.asked == (asked is not None),
        s.answered == (asked is not None and asked["answer"] is not None),
        *[s.focus[focus] == (focus in session["focus"]) for focus in Focus],
    ]
    if asked is not None:
        said.append(s.answer_by == asked["answer_by"])
        if asked["answer"] is not None:
            said += [s.answer.is_(Action(asked["answer"])), s.answered_at == asked["answered_at"]]
    for p, key in ((s.a, "a"), (s.b, "b")):
        if key in plain["partners"]:
            said += _partner(p, plain["partners"][key])
    return said


def _choice(choice: Choice, kind: type[AttendanceClass], value: str | None) -> Any:
    return choice.is_none if value is None else choice.is_(kind(value))


def _partner(p: Partner, plain: dict[str, Any]) -> list[Any]:
    return [
        p.state.is_(PartnerState(plain["state"])),
        p.since == (plain["since"] or 0),
        p.reason.is_none if plain["reason"] is None else p.reason.is_(Reason(plain["reason"])),
        p.late == (plain["late_until"] is not None and plain["state"] == "expected"),
        p.late_until == (plain["late_until"] or 0),
        p.consent == plain["solo_consent"],
        p.misses == plain["consecutive_misses"],
        p.streak == plain["consecutive_solo"],
    ]
