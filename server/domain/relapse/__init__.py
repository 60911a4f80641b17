"""The joint relapse prevention plan: its sections, and when it counts (A13). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.domain.programme.faults import ProgrammeError, line

SECTIONS = ("triggers", "stressors", "coping", "boundaries", "warning_signs", "who_to_call")
MOST_CHARACTERS = 4000  # of a section


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """What the plan said at one time. Its number is its revision in the chart.

    `state` is the shared document behind the text, as base64: what browsers that were away are merged with.
    """

    sections: Mapping[str, str]
    state: str = ""

    def __post_init__(self) -> None:
        if set(self.sections) != set(SECTIONS):
            raise ProgrammeError("sections_unfit", "A plan has exactly its six parts.")
        if any(len(text) > MOST_CHARACTERS for text in self.sections.values()):
            raise ProgrammeError("text_unfit", f"A part of the plan has up to {MOST_CHARACTERS} characters.")

    @property
    def empty(self) -> bool:
        return not any(text.strip() for text in self.sections.values())

    def says_the_same(self, other: PlanVersion) -> bool:
        """Whether the words are the same; blank ends of lines are no words."""
        return all(_words(self.sections[name]) == _words(other.sections[name]) for name in SECTIONS)


@dataclass(frozen=True, slots=True)
class PlanSignature:
    """One partner's yes to that version of the plan."""

    version: int
    name: str

    def __post_init__(self) -> None:
        line("Your name", self.name, 80)


def counts(version: int, signed: Iterable[int | None]) -> bool:
    """Whether the plan counts: each partner has signed this very version, and there is one."""
    versions = list(signed)
    return version > 0 and bool(versions) and all(one == version for one in versions)


def _words(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]
