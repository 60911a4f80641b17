"""Proves a policy: it always decides, every clause can decide, and every claim holds; or shows how not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import z3

from server.adapters.proof.claims import CLAIMS
from server.adapters.proof.decoding import facts_of
from server.adapters.proof.lawful import lawful
from server.adapters.proof.policy import Rules
from server.adapters.proof.symbols import Partner, Symbols
from server.domain.attendance import Action, Decision, Facts, Focus, Kind, PartnerState, Policy, SoloApproval, decide

TIMEOUT = 20_000  # ms for one question to the solver


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing proven or not. `facts` and `decision` are the counterexample, which `decide()` has confirmed."""

    name: str
    says: str
    holds: bool
    seconds: float
    facts: Facts | None = None
    decision: Decision | None = None


class ProofFailed(Exception):
    """The solver gave no answer, or `decide()` did not confirm it; nothing is proven."""


def prove(policy: Policy, tell: Callable[[Finding], None] = lambda finding: None) -> list[Finding]:
    """Every finding, in order; `tell` hears of each as it is made. Raises `ProofFailed`."""
    findings = []
    for finding in _findings(policy):
        tell(finding)
        findings.append(finding)
    return findings


def solver_of(symbols: Symbols, *rules: Rules) -> Any:
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT)
    solver.add(lawful(symbols))
    for each in rules:
        solver.add(each.meaning)
    return solver


def _findings(policy: Policy) -> Iterator[Finding]:
    symbols = Symbols(policy)
    rules = Rules(policy, symbols)
    solver = solver_of(symbols, rules)
    yield _never(solver, symbols, policy, "total", "Whatever the facts, one clause decides.", rules.nothing_rules)
    for clause in dict.fromkeys(row.clause for row in rules.rows):
        began = time.perf_counter()
        reachable = possible(solver, rules.cites(clause))
        yield Finding(
            f"reachable-{clause}", f"Some facts make {clause} decide.", reachable, time.perf_counter() - began
        )
    for claim in CLAIMS:
        yield _never(solver, symbols, policy, claim.name, claim.says, claim.broken(rules), rules)


def _never(
    solver: Any, symbols: Symbols, policy: Policy, name: str, says: str, broken: Any, rules: Rules | None = None
) -> Finding:
    began = time.perf_counter()
    if not possible(solver, broken):
        return Finding(name, says, True, time.perf_counter() - began)
    facts, decision = example(solver, symbols, policy, broken, rules)
    return Finding(name, says, False, time.perf_counter() - began, facts, decision)


def possible(solver: Any, what: Any) -> bool:
    """Whether facts exist for which it holds. Raises `ProofFailed` where the solver can't say."""
    answer = solver.check(what)
    if answer == z3.unknown:
        raise ProofFailed(f"the solver gave up: {solver.reason_unknown()}")
    return bool(answer == z3.sat)


def example(solver: Any, symbols: Symbols, policy: Policy, what: Any, rules: Rules | None) -> tuple[Facts, Decision]:
    """The most ordinary facts for which it holds, and what `decide()` says of them."""
    chosen = [what]
    for wish in _ordinary(symbols):
        if possible(solver, z3.And(*chosen, wish)):
            chosen.append(wish)
    possible(solver, z3.And(*chosen))
    model = solver.model()
    facts = facts_of(symbols, model)
    decision = decide(facts, policy)
    if rules is not None:
        clause = next(row.clause for row, fires in zip(rules.rows, rules.fires, strict=True) if bool(model.eval(fires)))
        action = next(a for a in Action if bool(model.eval(rules.says(a), model_completion=True)))
        if (clause, action) != (decision.clause, decision.action):
            raise ProofFailed(f"the proof said {clause} {action}, decide() says {decision.clause} {decision.action}")
    return facts, decision


def _ordinary(s: Symbols) -> Iterator[Any]:
    """What an ordinary session looks like, the most telling first: a couple, the therapist there, one missing."""
    yield from (
        z3.Not(flag) for flag in (s.outage, s.asked, s.keep_apart, s.uninterpreted, s.host_away, s.solo, s.started)
    )
    yield s.kind.is_(Kind.COUPLES)
    yield from (z3.Not(flag) for focus, flag in s.focus.items() if focus is not Focus.COMMUNICATION)
    yield s.focus[Focus.COMMUNICATION]
    yield s.override.is_none
    yield s.approval.is_(SoloApproval.NONE)
    yield s.a.state.is_(PartnerState.PRESENT)
    yield s.b.state.is_(PartnerState.EXPECTED)
    yield s.b.state.is_(PartnerState.PRESENT)
    for p in (s.a, s.b):
        yield from _ordinary_partner(s, p)
    yield s.together == 0
    yield from (s.now == minute * 60 for minute in (11, 16, 5, 1, 30))
    yield z3.And(s.now >= 0, s.now <= 3600)
    yield z3.And(s.now < 0, s.now == -3600)
    yield s.now % 60 == 0
    for since in (s.host_since, s.a.since, s.b.since):
        yield since == 0
        yield since == s.now - 60
        yield since % 60 == 0
    yield s.answer_by == s.now
    yield s.answered_at == s.now


def _ordinary_partner(s: Symbols, p: Partner) -> Iterator[Any]:
    yield p.consent
    yield p.misses == 0
    yield p.streak == 0
    yield z3.Not(p.late)
    yield p.reason.number <= 0
    yield p.notice == 3600
    yield p.late_until == s.now + 300
