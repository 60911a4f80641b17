"""What a session's log says, read a second time from its stored JSON. It shares no code with the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Body = dict[str, Any]
READERS: dict[str, Callable[[Told, Body, datetime], None]] = {}  # by kind of line; filled by `lines`
HOST = "therapist"
INTERPRETER = "interpreter"
SUBSTITUTE = "substitute"
NOTHING = timedelta(0)
UNPLANNED = datetime.min.replace(tzinfo=UTC)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(slots=True)
class Chair:
    """One person's place."""

    place: str = "outside"
    state: str = "expected"
    linked: bool = False
    lost: bool = False
    epoch: int = 0
    came: bool = False
    since: datetime | None = None
    late_until: datetime | None = None
    nudges: int = 0
    turned_away: bool = False
    past_nudging: datetime | None = None  # since when no nudge is due any more


@dataclass(slots=True)
class Question:
    id: str
    clause: str
    options: list[str]
    default: str
    raised_at: datetime
    answer_by: datetime
    answer: str | None = None
    by: str = ""
    asked_to_join: bool = False


@dataclass(slots=True)
class Told:
    """The state of one session. `fault` is what no log may say."""

    id: str
    length: int = 0
    at: datetime | None = None
    plan: Body = field(default_factory=dict)
    starts_at: datetime = UNPLANNED
    minutes: int = 0
    chairs: dict[str, Chair] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    approval: str = "none"
    status: str = "planned"
    started: bool = False
    alone: str | None = None
    card: Question | None = None
    cards: dict[str, Question] = field(default_factory=dict)
    merge: Body | None = None
    outages: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    stance: Body = field(default_factory=dict)
    outcomes: Body = field(default_factory=dict)
    times: str | None = None
    round: int = 0
    proposed: list[datetime] = field(default_factory=list)
    expires_at: datetime | None = None
    agreed: int | None = None
    answered: dict[str, list[int]] = field(default_factory=dict)
    booked: str | None = None
    closed_at: datetime | None = None
    sought: bool = False
    last_answer: str = ""
    not_proposed: datetime | None = None
    over_since: datetime | None = None
    commands: dict[str, int] = field(default_factory=dict)
    fault: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.status in ("ended", "rescheduled", "cancelled")

    @property
    def partners(self) -> list[str]:
        return [key for key in self.consents if key in self.chairs]

    @property
    def interpreter_missing(self) -> bool:
        """One is needed, and is not here."""
        here = INTERPRETER in self.chairs and self.chairs[INTERPRETER].state == "present"
        return bool(self.plan.get("needs_interpreter")) and not here

    @property
    def paused(self) -> bool:
        return any(until is None for _, until in self.outages.values())

    def down(self, begin: datetime, end: datetime) -> timedelta:
        """How much of [begin, end) Dyad could not see."""
        total, reached = NOTHING, begin
        for since, until in sorted((since, until or end) for since, until in self.outages.values()):
            since, until = max(since, reached), min(until, end)
            if until > since:
                total, reached = total + (until - since), until
        return total

    def elapsed(self, now: datetime) -> timedelta:
        if now < self.starts_at:
            return now - self.starts_at
        return now - self.starts_at - self.down(self.starts_at, now)

    def read(self, kind: str, body: Body, at: datetime) -> None:
        self.length += 1
        if self.at is not None and at < self.at:
            self.fault.append("the log's time ran back")
        self.at = at
        reader = READERS.get(kind)
        if reader is not None:
            reader(self, body, at)
        for chair in self.chairs.values():
            if chair.state == "expected" and self.status == "planned":
                chair.past_nudging = None
            else:
                chair.past_nudging = chair.past_nudging or at
        self.over_since = (self.over_since or at) if self.over else None
        self.not_proposed = None if self.times == "proposed" else self.not_proposed or at

    def untrue_since(self, what: str, to: str) -> datetime | None:
        """Since when a letter of this sort to this person would say what is no longer so; None: it is so."""
        if what == "Mail nudge":
            return self.chairs[to].past_nudging
        return self.not_proposed if what == "Mail new_times" else None
