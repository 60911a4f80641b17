"""What each kind of mail is told, checked before a word is written.

A context is a dict that survives JSON: instants are aware datetimes or RFC 3339 strings. A kind takes exactly its
own keys, so a fact that a recipient must not learn (the other partner's name, a reason) has no way in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.adapters.icalendar import MOST_OCCURRENCES, MOST_SEQUENCE, UID
from server.adapters.mail.message import MOST_ID, MOST_NAME, FileMethod, MessageError, address, one_line
from server.domain.schedule.hours import ScheduleError, zone_of

MOST_LINK = 2_000
MOST_TIMES = 40
LANGUAGES = ("en", "es")


class ContextError(MessageError):
    """A context that doesn't fit its kind. The sentence names the key, never its value."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail: the keys it needs and may have besides the common ones, and the calendar file it carries."""

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    method: FileMethod | None = None


def _keys(*names: str) -> frozenset[str]:
    return frozenset(names)


# Everyone's mail has these; the clinic's name and telephone are in every mail, so that there is always a way to ask.
COMMON = _keys("id", "to_name", "to_email", "zone", "clinic_name", "clinic_phone")

KINDS: Mapping[str, Kind] = {
    # to whoever joins the programme or its staff
    "welcome": Kind(_keys("link")),
    "welcome_staff": Kind(_keys("link")),
    "week": Kind(_keys("times", "link", "calendars"), method="PUBLISH"),
    # to partners
    "reminder": Kind(_keys("starts_at", "minutes", "link"), _keys("reply_to")),
    "reply_unclear": Kind(_keys("starts_at", "link")),
    "away_noted": Kind(_keys("starts_at", "link")),
    "nudge": Kind(_keys("starts_at", "link")),
    "late_ok": Kind(_keys("link"), _keys("until")),
    "still_on": Kind(_keys("starts_at", "minutes", "link")),
    "new_times": Kind(_keys("times", "link"), _keys("answer_by")),
    "proposal_closed": Kind(),
    "opened": Kind(_keys("starts_at", "minutes", "link", "answer_by")),
    # to partners and therapists
    "booked": Kind(_keys("starts_at", "minutes", "link", "calendar"), method="REQUEST"),
    "moved": Kind(_keys("starts_at", "minutes", "link", "calendar"), method="REQUEST"),
    "cancelled": Kind(_keys("starts_at", "minutes", "calendar"), method="CANCEL"),
    # to the scheduler and the treatment team; who it is about is behind the link, after signing in
    "substitute_wanted": Kind(_keys("starts_at", "minutes", "link")),
    # to who may hold the session in the therapist's place
    "stand_in": Kind(_keys("starts_at", "minutes", "link")),
    "review": Kind(_keys("link"), _keys("starts_at")),
    "outreach": Kind(_keys("link"), _keys("starts_at")),
}
CALENDAR = _keys("uid", "sequence", "stamp", "organizer_email")
CALENDARS = _keys("items", "stamp", "organizer_email")
ITEM = _keys("uid", "sequence", "starts_at", "minutes")
SERIES = _keys("zone", "first", "count", "moved", "dropped")
MOVED = _keys("number", "starts_at")
IN_SERIES = _keys("series", "number")  # what the file of a session in a series has besides


def checked(kind: str, context: Mapping[str, object]) -> dict[str, Any]:
    """The context with instants in UTC and optional keys as None; or a `ContextError`. Unknown keys are refused."""
    if kind not in KINDS:
        raise ContextError(f"there is no mail of the kind {kind!r}")
    spec = KINDS[kind]
    needs = COMMON | spec.needs
    _only(kind, context, needs, spec.may | {"language"})
    facts = {key: _CHECKS[key](key, value) for key, value in context.items() if value is not None}
    for key in sorted(needs - facts.keys()):
        raise ContextError(f"{kind}: {key} is missing")
    return {**dict.fromkeys(spec.may), "language": "en", **facts}


def _only(where: str, context: Mapping[str, object], needs: frozenset[str], may: frozenset[str]) -> None:
    missing, unknown = needs - context.keys(), context.keys() - needs - may
    if missing:
        raise ContextError(f"{where}: {', '.join(sorted(missing))} missing")
    if unknown:
        raise ContextError(f"{where}: {', '.join(sorted(map(str, unknown)))} unknown")


def _line(most: int) -> Callable[[str, object], str]:
    def check(key: str, value: object) -> str:
        if not isinstance(value, str):
            raise ContextError(f"{key} is not text")
        return one_line(key, value, most)

    return check


def _email(key: str, value: object) -> str:
    return address(key, value if isinstance(value, str) else "")


def _link(key: str, value: object) -> str:
    line = _line(MOST_LINK)(key, value)
    # http is for a demo on one's own machine; any other scheme could run something.
    if not line.startswith(("https://", "http://")) or any(sign in line for sign in " \"'<>\\"):
        raise ContextError(f"{key} is not a web address")
    return line


def _zone(key: str, value: object) -> str:
    try:
        return zone_of(_line(MOST_NAME)(key, value)).key
    except ScheduleError:
        raise ContextError(f"{key} is not a time zone of the IANA database") from None


def _uid(key: str, value: object) -> str:
    if not isinstance(value, str) or not UID.fullmatch(value):
        raise ContextError(f"{key} is not 1 to 255 letters, digits and . _ @ -")
    return value


def _language(key: str, value: object) -> str:
    if value not in LANGUAGES:
        raise ContextError(f"{key} is not one of {', '.join(LANGUAGES)}")
    return str(value)


def _instant(key: str, value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        instant = None
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise ContextError(f"{key} is not an instant with a zone")
    if not 2000 <= instant.year <= 2200:
        raise ContextError(f"{key} is not in the years 2000 to 2200")
    return instant.astimezone(UTC)


def _times(key: str, value: object) -> tuple[datetime, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_TIMES:
        raise ContextError(f"{key} is not a list of 1 to {MOST_TIMES} instants")
    return tuple(_instant(key, item) for item in value)


def _whole(low: int, high: int) -> Callable[[str, object], int]:
    def check(key: str, value: object) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ContextError(f"{key} is not a whole number from {low} to {high}")
        return value

    return check


def _object(names: frozenset[str], may: frozenset[str] = frozenset()) -> Callable[[str, object], dict[str, Any]]:
    def check(key: str, value: object) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ContextError(f"{key} is not an object")
        _only(key, value, names, may)
        return {name: _CHECKS[name](f"{key}.{name}", item) for name, item in value.items()}

    return check


def _items(key: str, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_TIMES:
        raise ContextError(f"{key} is not a list of 1 to {MOST_TIMES} appointments")
    return [_object(ITEM, IN_SERIES)(key, item) for item in value]


def _some(check: Callable[[str, object], Any]) -> Callable[[str, object], list[Any]]:
    def all_of(key: str, value: object) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) > MOST_OCCURRENCES:
            raise ContextError(f"{key} is not a list of up to {MOST_OCCURRENCES}")
        return [check(key, item) for item in value]

    return all_of


_CHECKS: Mapping[str, Callable[[str, object], Any]] = {
    "id": _line(MOST_ID),
    "to_name": _line(MOST_NAME),
    "to_email": _email,
    "zone": _zone,
    "language": _language,
    "clinic_name": _line(MOST_NAME),
    "clinic_phone": _line(MOST_NAME),
    "starts_at": _instant,
    "minutes": _whole(1, 24 * 60),
    "link": _link,
    "reply_to": _email,
    "until": _instant,
    "times": _times,
    "answer_by": _instant,
    "calendar": _object(CALENDAR, IN_SERIES),
    "series": _object(SERIES),
    "first": _instant,
    "count": _whole(1, MOST_OCCURRENCES),
    "number": _whole(0, MOST_OCCURRENCES),
    "moved": _some(_object(MOVED)),
    "dropped": _some(_whole(0, MOST_OCCURRENCES)),
    "calendars": _object(CALENDARS),
    "items": _items,
    "uid": _uid,
    "sequence": _whole(0, MOST_SEQUENCE),
    "stamp": _instant,
    "organizer_email": _email,
}
