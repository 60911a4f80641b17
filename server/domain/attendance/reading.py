"""Facts from JSON: every key required, nothing unknown, nothing guessed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from server.domain.attendance import model as m

E = TypeVar("E", bound=StrEnum)
MAX_PARTNERS = 12
MAX_ITEMS = 200


class FactsRefused(ValueError):
    """Facts that can't be decided on. `path` names the bad value, such as `partners.b.state`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'facts'}: {message}")
        self.path = path or "facts"
        self.message = message


class _Reader:
    """An object of the input and where it stands."""

    def __init__(self, value: object, path: str, keys: frozenset[str], optional: frozenset[str] = frozenset()) -> None:
        if not isinstance(value, dict):
            raise FactsRefused(path, "must be an object")
        self.value, self.path = value, path
        unknown = sorted(str(key) for key in value if key not in keys and key not in optional)
        if unknown:
            raise FactsRefused(self.at(unknown[0]), "unknown key")
        missing = sorted(keys - value.keys())
        if missing:
            raise FactsRefused(self.at(missing[0]), "missing")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def choice(self, key: str, kind: type[E]) -> E:
        return _choice(self.value[key], self.at(key), kind)

    def maybe(self, key: str, read: Callable[[str], Any]) -> Any:
        return None if self.value[key] is None else read(key)

    def instant(self, key: str) -> datetime:
        return _instant(self.value[key], self.at(key))

    def flag(self, key: str, missing: bool | None = None) -> bool:
        if missing is not None and key not in self.value:
            return missing
        if not isinstance(self.value[key], bool):
            raise FactsRefused(self.at(key), "must be true or false")
        return bool(self.value[key])

    def count(self, key: str, least: int = 0) -> int:
        value = self.value[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 100_000:
            raise FactsRefused(self.at(key), f"must be a whole number from {least} to 100000")
        return value

    def number(self, key: str) -> float:
        value = self.value[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise FactsRefused(self.at(key), "must be a number of at least 0")
        return value

    def items(self, key: str) -> list[Any]:
        value = self.value[key]
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise FactsRefused(self.at(key), f"must be a list of at most {MAX_ITEMS}")
        return value


def _choice(value: object, path: str, kind: type[E]) -> E:
    try:
        if isinstance(value, str):
            return kind(value)
    except ValueError:
        pass
    raise FactsRefused(path, f"must be one of {', '.join(kind)}")


def _instant(value: object, path: str) -> datetime:
    if not isinstance(value, str) or len(value) > 40 or "T" not in value:
        raise FactsRefused(path, "must be an RFC 3339 instant")
    try:
        at = datetime.fromisoformat(value)
        if at.utcoffset() is None:
            raise FactsRefused(path, "must say its offset from UTC")
        at.timestamp()
    except (ValueError, OverflowError) as error:
        if isinstance(error, FactsRefused):
            raise
        raise FactsRefused(path, "must be an RFC 3339 instant") from error
    if not 1970 <= at.year <= 9000:
        raise FactsRefused(path, "must lie between the years 1970 and 9000")
    return at


_TOP = frozenset(
    "now session therapist partners solo_approval co_present_minutes keep_apart outages asked".split()  # noqa: SIM905
)
_SESSION = frozenset("kind focus attendance starts_at minutes started_at solo_started_at".split())  # noqa: SIM905
_PARTNER = frozenset(
    "state since reason declared_at late_until solo_consent consecutive_misses consecutive_solo".split()  # noqa: SIM905
)
_ASKED = frozenset("clause at answer_by options default answer answered_at".split())  # noqa: SIM905


def parse_facts(value: object) -> m.Facts:
    """The facts in a JSON value. Raises `FactsRefused`."""
    top = _Reader(value, "", _TOP, frozenset({"interpreter_missing"}))
    session = _session(top.value["session"])
    therapist = _Reader(top.value["therapist"], "therapist", frozenset({"state", "since"}))
    return m.Facts(
        now=top.instant("now"),
        session=session,
        therapist=m.TherapistFacts(
            therapist.choice("state", m.TherapistState), therapist.maybe("since", therapist.instant)
        ),
        partners=_partners(top.value["partners"], session.kind),
        solo_approval=top.choice("solo_approval", m.SoloApproval),
        co_present_minutes=top.number("co_present_minutes"),
        keep_apart=top.flag("keep_apart"),
        interpreter_missing=top.flag("interpreter_missing", missing=False),
        outages=tuple(_outage(item, f"outages.{n}") for n, item in enumerate(top.items("outages"))),
        asked=top.maybe("asked", lambda key: _asked(top.value[key])),
    )


def _session(value: object) -> m.SessionFacts:
    s = _Reader(value, "session", _SESSION)
    return m.SessionFacts(
        kind=s.choice("kind", m.Kind),
        focus=tuple(_choice(item, f"session.focus.{n}", m.Focus) for n, item in enumerate(s.items("focus"))),
        attendance=s.maybe("attendance", lambda key: s.choice(key, m.AttendanceClass)),
        starts_at=s.instant("starts_at"),
        minutes=s.count("minutes", 1),
        started_at=s.maybe("started_at", s.instant),
        solo_started_at=s.maybe("solo_started_at", s.instant),
    )


def _partners(value: object, kind: m.Kind) -> Mapping[str, m.PartnerFacts]:
    if not isinstance(value, dict):
        raise FactsRefused("partners", "must be an object")
    wanted = {m.Kind.INDIVIDUAL: 1, m.Kind.COUPLES: 2, m.Kind.INTAKE: 2}.get(kind)
    if wanted is not None and len(value) != wanted:
        raise FactsRefused("partners", f"this kind of session has exactly {wanted}")
    if len(value) > MAX_PARTNERS:
        raise FactsRefused("partners", f"at most {MAX_PARTNERS}")
    return {str(key): _partner(item, f"partners.{key}") for key, item in value.items()}


def _partner(value: object, path: str) -> m.PartnerFacts:
    p = _Reader(value, path, _PARTNER)
    return m.PartnerFacts(
        state=p.choice("state", m.PartnerState),
        since=p.maybe("since", p.instant),
        reason=p.maybe("reason", lambda key: p.choice(key, m.Reason)),
        declared_at=p.maybe("declared_at", p.instant),
        late_until=p.maybe("late_until", p.instant),
        solo_consent=p.flag("solo_consent"),
        consecutive_misses=p.count("consecutive_misses"),
        consecutive_solo=p.count("consecutive_solo"),
    )


def _outage(value: object, path: str) -> m.Outage:
    o = _Reader(value, path, frozenset({"from", "to"}))
    outage = m.Outage(o.instant("from"), o.maybe("to", o.instant))
    if outage.until is not None and outage.until < outage.since:
        raise FactsRefused(o.at("to"), "must not be before its beginning")
    return outage


def _asked(value: object) -> m.Asked:
    a = _Reader(value, "asked", _ASKED)
    clause = a.value["clause"]
    if not isinstance(clause, str) or not 1 <= len(clause) <= 8:
        raise FactsRefused("asked.clause", "must name a clause")
    options = tuple(_choice(o, f"asked.options.{n}", m.Action) for n, o in enumerate(a.items("options")))
    answer = a.maybe("answer", lambda key: a.choice(key, m.Action))
    if answer is not None and answer not in options:
        raise FactsRefused("asked.answer", "is not among the options")
    default = a.choice("default", m.Action)
    if default not in options:
        raise FactsRefused("asked.default", "is not among the options")
    return m.Asked(
        clause, a.instant("at"), a.instant("answer_by"), options, default, answer, a.maybe("answered_at", a.instant)
    )
