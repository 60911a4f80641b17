"""From a kind and a context to a mail: text and HTML from the same words, and the calendar file where one belongs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from server.adapters.icalendar import CalendarEntry, SeriesEntry, feed, invitation, series_invitation
from server.adapters.mail.context import KINDS, checked
from server.adapters.mail.message import FileMethod, Message
from server.adapters.mail.words import TEMPLATES, Words, words


def render(kind: str, context: Mapping[str, object]) -> Message:
    """The mail of that kind; `context.py` says what each kind is told. Raises `ContextError`.

    The same arguments give the same mail. Times are in the recipient's zone, words in their language.
    """
    facts = checked(kind, context)
    language = words(facts["language"])
    letter = language.letters[kind]
    said = _said(facts, language)
    parts = {
        "language": facts["language"],
        "direction": language.direction,
        "subject": letter.subject,
        "hello": _fill(language.phrases["hello"], said),
        "before": _paragraphs(letter.before, said),
        "times": said["times"],
        "link": facts.get("link"),
        "button": letter.button,
        "after": _paragraphs(letter.after, said),
        "ask": _fill(language.phrases["ask"], said),
        "clinic": facts["clinic_name"],
    }
    method = KINDS[kind].method
    return Message(
        id=facts["id"],
        to_name=facts["to_name"],
        to_email=facts["to_email"],
        subject=letter.subject,
        text=_layouts().get_template("mail.txt.j2").render(parts),
        html=_layouts().get_template("mail.html.j2").render(parts),
        ics=_calendar_file(facts, language, method) if method else None,
        ics_method=method,
        reply_to=facts.get("reply_to"),
    )


def _said(facts: Mapping[str, Any], language: Words) -> dict[str, Any]:
    """The facts as the words use them: instants said in the recipient's zone."""

    def say(key: str) -> str | None:
        return language.say(facts[key], facts["zone"]) if facts.get(key) else None

    return {
        "name": facts["to_name"],
        "when": say("starts_at"),
        "until": say("until"),
        "answer_by": say("answer_by"),
        "minutes": facts.get("minutes"),
        "reply": bool(facts.get("reply_to")),
        "times": [language.say(instant, facts["zone"]) for instant in facts.get("times", ())],
        "phone": facts["clinic_phone"],
    }


def _calendar_file(facts: Mapping[str, Any], language: Words, method: FileMethod) -> bytes:
    """Made of the very facts that the mail says, so that the two can't differ."""
    if method == "PUBLISH":
        several = facts["calendars"]
        entries = [_one_or_all(facts, language, {**several, **item}) for item in several["items"]]
        return feed(entries, name=language.phrases["calendar_name"], stamp=several["stamp"])
    calendar = {**facts["calendar"], "starts_at": facts["starts_at"], "minutes": facts["minutes"]}
    entry = _one_or_all(facts, language, calendar)
    if isinstance(entry, CalendarEntry):
        return invitation(entry, method, stamp=calendar["stamp"])
    only = calendar["number"] if method == "CANCEL" else None
    return series_invitation(entry, method, stamp=calendar["stamp"], only=only)


def _one_or_all(facts: Mapping[str, Any], language: Words, calendar: Mapping[str, Any]) -> CalendarEntry | SeriesEntry:
    """The entry of the appointment, or of the whole series that it is of."""
    series = calendar.get("series")
    if series is None:
        return _entry(facts, language, calendar)
    first = _entry({**facts, "zone": series["zone"]}, language, {**calendar, "starts_at": series["first"]})
    moved = {one["number"]: one["starts_at"] for one in series["moved"]}
    return SeriesEntry(first, series["count"], moved, frozenset(series["dropped"]))


def _entry(facts: Mapping[str, Any], language: Words, calendar: Mapping[str, Any]) -> CalendarEntry:
    return CalendarEntry(
        uid=calendar["uid"],
        sequence=calendar["sequence"],
        starts_at=calendar["starts_at"],
        minutes=calendar["minutes"],
        zone=facts["zone"],
        organizer_name=facts["clinic_name"],
        organizer_email=calendar["organizer_email"],
        attendee_email=facts["to_email"],
        summary=language.phrases["calendar_summary"],
        description=language.phrases["calendar_description"],
        location=language.phrases["calendar_location"],
    )


def _paragraphs(sources: tuple[str, ...], said: Mapping[str, Any]) -> list[str]:
    return [paragraph for source in sources if (paragraph := _fill(source, said))]


def _fill(source: str, said: Mapping[str, Any]) -> str:
    return _sentence(source).render(said).strip()


@cache
def _sentence(source: str) -> Template:
    # Sentences are plain text; whatever they hold is escaped when a layout puts them into HTML.
    return Environment(autoescape=False, undefined=StrictUndefined).from_string(source)


@cache
def _layouts() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
