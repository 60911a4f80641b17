"""From a file's text to a `Policy`: every fault is named with its place; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import yaml

from server.adapters.policyfile.nodes import Desk, PolicyRefused, Problem, Unreadable
from server.domain.attendance import CLAUSES, DEFAULT_POLICY, Action, Condition, FollowUp, OwnClause, Policy
from server.domain.attendance.own import ACTIONS, ANSWERS, BEFORE, WORDS, Takes

MAX_BYTES = 64 * 1024
EXAMPLE = Path(__file__).with_name("example.yaml")
NAME, ID = re.compile(r"^[a-z][a-z0-9-]{0,31}$"), re.compile(r"^[A-Z][A-Z0-9]{0,7}$")
TOP = ("name", "version", "parameters", "clauses")
CLAUSE = ("id", "before", "when", "then", "because")
MORE = {Action.WAIT: ("until",), Action.ASK: ("options", "recommended", "default")}
# Each of these must not be longer than the next.
ORDERED = (
    ("first_nudge", "second_nudge"),
    ("second_nudge", "no_show_after"),
    ("card_after", "no_show_after"),
    ("therapist_notice", "therapist_no_show"),
    ("review_after_misses", "reengage_after_misses"),
)
T = TypeVar("T")
Entries = dict[str, tuple[yaml.Node, yaml.Node]]


def read_policy(text: str) -> Policy:
    """The policy in a YAML text. Raises `PolicyRefused` with every problem found."""
    desk = Desk()
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise PolicyRefused([Problem(1, 1, f"the file is longer than {MAX_BYTES // 1024} KiB")])
    root = desk.parse(text)
    policy = _Reader(desk).policy(root)
    if desk.problems:
        raise PolicyRefused(sorted(set(desk.problems)))
    return policy


class _Reader:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def policy(self, root: yaml.Node) -> Policy:
        top = self._try(lambda: self.desk.table(root, "a policy"), Entries())
        self._known(top, TOP)
        self._needed(root, top, ("name", "version"))
        name = self._of(top, "name", self._name, "unnamed")
        version = self._of(top, "version", lambda node: self.desk.count(node, 1, 999_999), 0)
        parameters = self._of(top, "parameters", self._parameters, dict[str, Any]())
        own = self._of(top, "clauses", self._clauses, tuple[OwnClause, ...]())
        return Policy(name=f"{name}@{version}", own=own, **parameters)

    def _try(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except Unreadable:
            return instead

    def _of(self, table: Entries, name: str, read: Callable[[yaml.Node], T], instead: T) -> T:
        return self._try(lambda: read(table[name][1]), instead) if name in table else instead

    def _known(self, table: Entries, names: tuple[str, ...]) -> None:
        for name, (key, _) in table.items():
            if name not in names:
                self.desk.note(key, f"`{name}` is not known here; known: {', '.join(names)}")

    def _needed(self, node: yaml.Node, table: Entries, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in table:
                self.desk.note(node, f"`{name}` is missing")

    def _name(self, node: yaml.Node) -> str:
        name = self.desk.text(node, 32)
        if not NAME.match(name) or name == "default":
            raise self.desk.note(node, "a name is wanted: small letters, digits and dashes, and not `default`")
        return name

    # -- parameters ------------------------------------------------------------------------

    def _parameters(self, node: yaml.Node) -> dict[str, Any]:
        table = self.desk.table(node, "`parameters`")
        known = tuple(name for name in DEFAULT_POLICY.__slots__ if name not in ("name", "own"))
        self._known(table, known)
        read = {name: self._of(table, name, self._reader(name), None) for name in table if name in known}
        found = {name: value for name, value in read.items() if value is not None}
        for shorter, longer in ORDERED:
            values = [found.get(name, getattr(DEFAULT_POLICY, name)) for name in (shorter, longer)]
            if values[0] > values[1]:
                key, _ = table.get(shorter) or table[longer]
                self.desk.note(key, f"`{shorter}` must not be more than `{longer}`")
        return found

    def _reader(self, name: str) -> Callable[[yaml.Node], Any]:
        if isinstance(getattr(DEFAULT_POLICY, name), timedelta):
            return self.desk.duration
        return lambda node: self.desk.count(node, 1, 600 if name == "credit_minutes" else 100)

    # -- own clauses -----------------------------------------------------------------------

    def _clauses(self, node: yaml.Node) -> tuple[OwnClause, ...]:
        found: list[OwnClause] = []
        for item in self.desk.items(node, "`clauses`"):
            clause = self._try(lambda item=item: self._clause(item), None)  # type: ignore[misc]
            if clause is not None and clause.id in [other.id for other in found]:
                self.desk.note(item, f"there are two clauses {clause.id}")
            elif clause is not None:
                found.append(clause)
        return tuple(found)

    def _clause(self, node: yaml.Node) -> OwnClause:
        table = self.desk.table(node, "a clause")
        self._needed(node, table, CLAUSE)
        if any(name not in table for name in CLAUSE):
            raise Unreadable
        action = self.desk.choice(table["then"][1], Action, ACTIONS)
        more = MORE.get(action, ())
        self._known(table, (*CLAUSE, *more, "follow_ups"))
        self._needed(node, table, more)
        options = self._of(table, "options", lambda n: self.desk.choices(n, Action, ANSWERS), tuple[Action, ...]())
        return OwnClause(
            id=self._id(table["id"][1]),
            before=self._before(table["before"][1]),
            when=self._when(table["when"][1]),
            action=action,
            because=self.desk.text(table["because"][1]),
            until=self._of(table, "until", self.desk.duration, None),
            options=options,
            recommended=self._of(table, "recommended", lambda n: self.desk.choice(n, Action, options), None),
            default=self._of(table, "default", lambda n: self.desk.choice(n, Action, options), None),
            follow_ups=self._of(table, "follow_ups", lambda n: self.desk.choices(n, FollowUp), tuple[FollowUp, ...]()),
        )

    def _id(self, node: yaml.Node) -> str:
        id = self.desk.text(node, 8)
        if not ID.match(id):
            raise self.desk.note(node, "a clause is named by a capital letter, then capital letters and digits")
        if id in CLAUSES:
            raise self.desk.note(node, f"{id} is a clause of every policy; choose another name")
        return id

    def _before(self, node: yaml.Node) -> str:
        before = self.desk.text(node, 8)
        if before not in BEFORE:
            raise self.desk.note(node, f"`before` names the clause it comes before: one of {', '.join(BEFORE)}")
        return before

    def _when(self, node: yaml.Node) -> tuple[Condition, ...]:
        table = self.desk.table(node, "`when`")
        self._known(table, tuple(WORDS))
        found = [
            condition
            for name, (_, value) in table.items()
            if name in WORDS
            and (condition := self._try(lambda n=name, v=value: self._condition(n, v), None)) is not None  # type: ignore[misc]
        ]
        if not table:
            raise self.desk.note(node, "`when` says at least one thing")
        return tuple(found)

    def _condition(self, name: str, node: yaml.Node) -> Condition:
        word = WORDS[name]
        match word.takes:
            case Takes.CHOICES:
                assert word.choices is not None
                return Condition(name, self.desk.choices(node, word.choices))
            case Takes.FLAG:
                return Condition(name, self.desk.flag(node))
            case Takes.COUNT:
                return Condition(name, self.desk.count(node, 0, 100))
        return Condition(name, self.desk.duration(node))
