"""The whole of `decide()`'s choice in symbols: which row rules, and what then is done."""

from __future__ import annotations

from typing import Any

import z3

from server.adapters.proof.symbols import Symbols, seconds
from server.domain.attendance import Action, Policy
from server.domain.attendance.own import families
from server.domain.attendance.rows import Row


def truth(value: Any) -> Any:
    return z3.BoolVal(value) if isinstance(value, bool) else value


class Rules:
    """The rows of a policy over one set of symbols. `fires[n]` holds where row n rules."""

    def __init__(self, policy: Policy, symbols: Symbols, prefix: str = "") -> None:
        self.policy, self.symbols = policy, symbols
        self.rows: list[Row] = []
        self.fires: list[Any] = []
        self.meaning: list[Any] = []
        earlier: list[Any] = []
        view: Any = symbols
        for family in families(policy.own):
            guard = truth(family.guard(view))
            for row in family.rows:
                name = f"{prefix}{len(self.rows)}.{row.clause}"
                holds, fires = z3.Bool(f"holds {name}"), z3.Bool(f"rules {name}")
                self.meaning.append(holds == z3.And(guard, truth(row.when(view))))
                self.meaning.append(fires == z3.And(holds, z3.Not(z3.Or(earlier))))
                earlier.append(holds)
                self.rows.append(row)
                self.fires.append(fires)
        self.nothing_rules = z3.Not(z3.Or(earlier))

    def cites(self, clause: str) -> Any:
        return z3.Or([fires for row, fires in zip(self.rows, self.fires, strict=True) if row.clause == clause])

    def says(self, *actions: Action) -> Any:
        """What comes of it is one of these actions, the card and its answer included (A2)."""
        pairs = zip(self.rows, self.fires, strict=True)
        return z3.Or([z3.And(fires, self._does(row, action)) for row, fires in pairs for action in actions])

    def _does(self, row: Row, action: Action) -> Any:
        if row.action is not Action.ASK:
            return z3.BoolVal(row.action is action)
        s = self.symbols
        offered = s.answer.is_(*row.options)
        waited = z3.And(s.answer.is_(Action.WAIT), s.now >= s.answered_at + seconds(self.policy.wait_extension))
        taken = z3.And(s.answered, offered, z3.Not(waited))
        late = z3.And(s.asked, z3.Not(s.answered), s.now >= s.answer_by)
        if action is Action.ASK:
            return z3.Not(z3.Or(taken, late))
        return z3.Or(z3.And(taken, s.answer.is_(action)), z3.And(late, z3.BoolVal(row.default is action)))
