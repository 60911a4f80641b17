"""Where two policies decide differently: for each way in which they do, the most ordinary facts that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import z3

from server.adapters.proof.policy import Rules
from server.adapters.proof.proving import ProofFailed, example, possible, solver_of
from server.adapters.proof.symbols import Symbols
from server.domain.attendance import Decision, Facts, Policy, decide
from server.domain.attendance.rows import Row

MOST = 200  # ways to differ that are told


@dataclass(frozen=True, slots=True)
class Difference:
    """The same facts under both policies; `decide()` has said both."""

    facts: Facts
    before: Decision
    after: Decision


def differences(old: Policy, new: Policy) -> Iterator[Difference]:
    """One difference for each pair of rulings; questions asked already and their answers are left out.

    When a wait ends, when a card is due and what outcomes cost are parameters: they are compared as such.
    """
    symbols = Symbols(new)
    # The same names, so the same symbols, each seen under its own parameters.
    before, after = Rules(old, Symbols(old), "old "), Rules(new, symbols, "new ")
    solver = solver_of(symbols, before, after)
    solver.add(z3.Not(symbols.asked))
    codes: dict[object, int] = {}
    first, second = _code(before, codes), _code(after, codes)
    solver.add(first != second)
    for _ in range(MOST):
        if not possible(solver, z3.BoolVal(True)):
            return
        model = solver.model()
        pair = z3.And(_fired(before, model), _fired(after, model))
        facts, decision = example(solver, symbols, new, pair, after)
        found = Difference(facts, decide(facts, old), decision)
        if _said(found.before) == _said(found.after):
            raise ProofFailed(
                f"{found.before.clause} and {found.after.clause} were to differ, and decide() says the same"
            )
        yield found
        solver.add(z3.Not(pair))


def _code(rules: Rules, codes: dict[object, int]) -> Any:
    """What the ruling row says, as a number that is the same in both policies."""
    numbered = [
        (fires, codes.setdefault(_ruling(row), len(codes))) for row, fires in zip(rules.rows, rules.fires, strict=True)
    ]
    return z3.Sum([z3.If(fires, number, 0) for fires, number in numbered])


def _ruling(row: Row) -> object:
    return (row.action, row.options, row.recommended, row.default)


def _fired(rules: Rules, model: Any) -> Any:
    """The row that rules in this model, and all others of its clause that say the same."""
    ruling = next(row for row, fires in zip(rules.rows, rules.fires, strict=True) if bool(model.eval(fires)))
    alike = [
        fires
        for row, fires in zip(rules.rows, rules.fires, strict=True)
        if row.clause == ruling.clause and _ruling(row) == _ruling(ruling)
    ]
    return z3.Or(alike)


def _said(decision: Decision) -> object:
    card = decision.card
    return (decision.action, None if card is None else (card.options, card.recommended, card.default))
