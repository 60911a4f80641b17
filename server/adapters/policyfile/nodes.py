"""YAML as nodes that know where they stand, read strictly: text is text, and every fault has a line and a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

import yaml

E = TypeVar("E", bound=StrEnum)
UNITS = {"s": 1, "min": 60, "h": 3600, "days": 86400}
DURATION = re.compile(r"^(\d{1,6}) ?(s|min|h|days)$")
LONGEST = timedelta(days=7)
MAX_ITEMS = 60
DEEPEST = 8  # levels; a policy has five
MAX_EVENTS = 10_000  # of the parser; sixty clauses of every word take half of it


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong, and where: `line` and `column` count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class PolicyRefused(ValueError):
    """The file is no policy; `problems` are in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Unreadable(Exception):
    """A value that could not be read; the problem is noted already."""


class Desk:
    """Collects the problems of one file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, node: yaml.Node, message: str) -> Unreadable:
        mark = node.start_mark
        self.problems.append(Problem(mark.line + 1, mark.column + 1, message))
        return Unreadable(message)

    def parse(self, text: str) -> yaml.Node:
        """The document's root. Raises `PolicyRefused` where it is not YAML."""
        try:
            self._look_through(text)
            root = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            raise self._at(mark, f"not YAML: {fault.problem or fault.context}") from fault
        except yaml.YAMLError as fault:
            raise PolicyRefused([Problem(1, 1, "not YAML: a character that is not allowed")]) from fault
        if root is None:
            raise PolicyRefused([Problem(1, 1, "the file is empty")])
        return root

    def _look_through(self, text: str) -> None:
        """Refuse what a policy never needs before it is read whole: each level costs the scanner the square of it."""
        deep = 0
        for n, event in enumerate(yaml.parse(text, yaml.SafeLoader)):
            if n >= MAX_EVENTS:
                raise self._at(event.start_mark, "there is more in the file than a policy needs")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
                raise self._at(event.start_mark, "anchors and aliases are not used here")
            deep += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if deep > DEEPEST:
                raise self._at(event.start_mark, "nested too deeply")

    def _at(self, mark: Any, message: str) -> PolicyRefused:
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        return PolicyRefused([Problem(line, column, message)])

    # -- shapes ----------------------------------------------------------------------------

    def table(self, node: yaml.Node, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """A mapping as name → (key node, value node); a key that comes twice is a problem."""
        if not isinstance(node, yaml.MappingNode):
            raise self.note(node, f"{what} is a list of `name: value` lines")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value[:MAX_ITEMS]:
            name = self.text(key)
            if name in found:
                self.note(key, f"`{name}` stands here twice")
            found[name] = (key, value)
        if len(node.value) > MAX_ITEMS:
            self.note(node, f"at most {MAX_ITEMS} lines here")
        return found

    def items(self, node: yaml.Node, what: str) -> Iterator[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.note(node, f"{what} is a list")
        if len(node.value) > MAX_ITEMS:
            raise self.note(node, f"at most {MAX_ITEMS} here")
        return iter(node.value)

    # -- values ----------------------------------------------------------------------------

    def text(self, node: yaml.Node, longest: int = 200) -> str:
        if not isinstance(node, yaml.ScalarNode) or not 1 <= len(node.value.strip()) <= longest:
            raise self.note(node, f"a text of at most {longest} characters is wanted here")
        return str(node.value).strip()

    def choice(self, node: yaml.Node, kind: type[E], among: tuple[E, ...] | None = None) -> E:
        wanted = among or tuple(kind)
        text = self.text(node)
        for each in wanted:
            if each == text:
                return each
        raise self.note(node, f"`{text}` is not known here; one of {', '.join(wanted)}")

    def choices(self, node: yaml.Node, kind: type[E], among: tuple[E, ...] | None = None) -> tuple[E, ...]:
        """A list, or one alone."""
        if isinstance(node, yaml.ScalarNode):
            return (self.choice(node, kind, among),)
        chosen = tuple(self.choice(item, kind, among) for item in self.items(node, "this"))
        if not chosen or len(set(chosen)) < len(chosen):
            raise self.note(node, "at least one is wanted, and each once")
        return chosen

    def duration(self, node: yaml.Node) -> timedelta:
        match = DURATION.match(self.text(node))
        if match is None:
            raise self.note(node, "a duration is wanted, such as 90 s, 15 min or 24 h")
        length = timedelta(seconds=int(match[1]) * UNITS[match[2]])
        if not timedelta(0) < length <= LONGEST:
            raise self.note(node, "a duration is longer than nothing and at most 7 days")
        return length

    def count(self, node: yaml.Node, least: int, most: int) -> int:
        text = self.text(node)
        if not text.isascii() or not text.isdigit() or len(text) > 6 or not least <= int(text) <= most:
            raise self.note(node, f"a whole number from {least} to {most} is wanted")
        return int(text)

    def flag(self, node: yaml.Node) -> bool:
        text = self.text(node)
        if text not in ("true", "false"):
            raise self.note(node, "true or false is wanted")
        return text == "true"
