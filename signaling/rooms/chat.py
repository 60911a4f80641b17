"""What is written in a room: one inbox a person, in memory, holding what they were there for and nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

KEPT = 200  # lines of one inbox; the oldest give way


@dataclass(frozen=True, slots=True)
class Line:
    """`n` rises within one inbox and tells nothing of others. Either `text`, or `box` that only its page opens."""

    n: int
    sender: str
    to: str | None  # None: everybody in the room
    text: str | None
    box: str | None


class Inbox:
    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._last = 0
        self._said: deque[tuple[str, int]] = deque(maxlen=KEPT)  # command ids of what this person said

    def next(self, at: int) -> int:
        """The number of the next line, which comes `at` that time (ms), whether or not it is kept."""
        self._last = max(self._last + 1, at)
        return self._last

    def keep(self, line: Line) -> None:
        self._lines.append(line)

    def after(self, n: int) -> list[Line]:
        return [line for line in self._lines if line.n > n]

    def note_said(self, command: str, n: int) -> None:
        self._said.append((command, n))

    def said(self, command: str) -> int | None:
        """The number that this command's line has in its sender's inbox, where it was said already."""
        return next((n for done, n in self._said if done == command), None)


def may_write_to(sender: str, to: str | None, host: str) -> bool:
    """To everybody, or to the host alone; the host to any one. Two others never by themselves."""
    return to is None or (to != sender and host in (sender, to))


def reached(sender: str, to: str | None, here: Iterable[str]) -> list[str]:
    """Who of those in the sender's room gets the line."""
    return [key for key in here if key != sender and to in (None, key)]
