"""What the mails say: right time for each reader, nothing that they must not learn, the same in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from server.adapters.mail import KINDS, ContextError, Message, MessageError, render
from server.adapters.mail.context import COMMON, LANGUAGES
from server.adapters.mail.words import words

THREE = datetime(2026, 11, 24, 21, tzinfo=UTC)
COMMONLY: dict[str, Any] = {
    "id": "mail-1",
    "to_name": "Robin",
    "to_email": "robin@example.org",
    "zone": "America/Chicago",
    "clinic_name": "Lakeside",
    "clinic_phone": "+1 312 555 0100",
}
FACTS: dict[str, Any] = {
    "starts_at": THREE,
    "minutes": 50,
    "link": "https://dyad.example/s/abc?x=1&y=2",
    "until": "2026-11-24T21:20:00Z",
    "times": [THREE, THREE + timedelta(days=1), THREE + timedelta(days=3, hours=-5)],
    "answer_by": THREE - timedelta(hours=3),
    "reply_to": "reply+abc234@lakeside.example",
    "calendars": {
        "items": [
            {"uid": "3f9c@dyad", "sequence": 0, "starts_at": THREE, "minutes": 50},
            {"uid": "7aa1@dyad", "sequence": 2, "starts_at": THREE + timedelta(days=1), "minutes": 120},
        ],
        "stamp": "2026-11-23T15:15:00-06:00",
        "organizer_email": "care@lakeside.example",
    },
    "calendar": {
        "uid": "3f9c@dyad",
        "sequence": 4,
        "stamp": "2026-11-23T15:15:00-06:00",
        "organizer_email": "care@lakeside.example",
    },
}


def context(kind: str, **changes: object) -> dict[str, Any]:
    keys = KINDS[kind].needs | KINDS[kind].may
    return {**COMMONLY, **{key: FACTS[key] for key in keys}, **changes}


def everything(message: Message) -> str:
    return "\n".join((message.subject, message.text, message.html, (message.ics or b"").decode().replace("\r\n ", "")))


ALL = [(kind, language) for kind in KINDS for language in LANGUAGES]


# --- the time is right --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Chicago", "Tuesday, November 24 at 3:00 PM (Chicago time)"),
        ("America/New_York", "Tuesday, November 24 at 4:00 PM (New York time)"),
        ("Europe/Berlin", "Tuesday, November 24 at 10:00 PM (Berlin time)"),
        ("Asia/Tokyo", "Wednesday, November 25 at 6:00 AM (Tokyo time)"),
        ("America/Argentina/Buenos_Aires", "Tuesday, November 24 at 6:00 PM (Buenos Aires time)"),
        ("UTC", "Tuesday, November 24 at 9:00 PM (UTC time)"),
        ("Etc/GMT+5", "Tuesday, November 24 at 4:00 PM (UTC−05:00 time)"),
    ],
)
def test_each_mail_says_the_readers_own_time(zone: str, said: str) -> None:
    said = said.replace("(UTC time)", "(UTC)").replace("(UTC−05:00 time)", "(UTC−05:00)")
    message = render("booked", context("booked", zone=zone))
    assert said in message.text
    assert said in message.html
    parsed: Any = Calendar.from_ical(message.ics or b"")
    [event] = parsed.walk("VEVENT")
    assert event.DTSTART.astimezone(UTC) == THREE


@pytest.mark.parametrize(
    ("instant", "clock"),
    [
        ("2026-11-01T05:30:00Z", "1:30 AM EDT"),
        ("2026-11-01T06:30:00Z", "1:30 AM EST"),
        ("2026-11-01T07:30:00Z", "2:30 AM"),
        ("2026-03-08T06:59:00Z", "1:59 AM"),
        ("2026-03-08T07:00:00Z", "3:00 AM"),
        ("2026-07-01T04:05:00Z", "12:05 AM"),
        ("2026-07-01T16:05:00Z", "12:05 PM"),
    ],
)
def test_the_clock_changes_are_said_plainly(instant: str, clock: str) -> None:
    said = words("en").say(datetime.fromisoformat(instant), "America/New_York")
    assert f" at {clock} (New York time)" in said


def test_spanish_says_it_its_own_way() -> None:
    message = render("booked", context("booked", language="es"))
    assert "martes, 24 de noviembre, 15:00 (hora de Chicago)" in message.text
    assert '<html lang="es" dir="ltr">' in message.html
    assert b"SUMMARY:Cita\r\n" in (message.ics or b"")


def test_the_three_times_keep_their_order_and_numbers() -> None:
    text = render("new_times", context("new_times")).text
    assert re.findall(r"^  (\d)\. (\w+),", text, re.M) == [("1", "Tuesday"), ("2", "Wednesday"), ("3", "Friday")]


# --- the calendar file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "method", "status"),
    [("booked", "REQUEST", "CONFIRMED"), ("moved", "REQUEST", "CONFIRMED"), ("cancelled", "CANCEL", "CANCELLED")],
)
def test_booking_and_cancelling_carry_their_calendar_file(kind: str, method: str, status: str) -> None:
    message = render(kind, context(kind))
    calendar: Any = Calendar.from_ical(message.ics or b"")
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], message.ics_method) == (method, status, method)
    assert (event["UID"], event["SEQUENCE"]) == ("3f9c@dyad", 4)
    assert FACTS["link"] not in (message.ics or b"").decode().replace("\r\n ", "")
    assert f"{event['DTSTAMP'].dt:%Y-%m-%d %H:%M}" == "2026-11-23 21:15"


def test_no_other_kind_carries_one() -> None:
    assert {kind for kind in KINDS if render(kind, context(kind)).ics} == {"booked", "moved", "cancelled", "week"}


# --- the words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_kind_and_no_other(language: str) -> None:
    letters = words(language).letters
    assert letters.keys() == KINDS.keys()
    for kind, letter in letters.items():
        assert bool(letter.button) == ("link" in KINDS[kind].needs), kind
    assert words(language).phrases.keys() == words("en").phrases.keys()
    assert (len(words(language).weekdays), len(words(language).months)) == (7, 12)


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_a_mail_is_neutral_and_its_subject_holds_no_value(kind: str, language: str) -> None:
    message = render(kind, context(kind, language=language))
    assert "{" not in message.subject
    said = (message.subject + message.text).lower()
    blame = (
        "no-show",
        "missed",
        "absent",
        "failed",
        "didn't",
        "sorry",
        "partner",
        "pareja",
        "ausente",
        "faltó",
        "culpa",
    )
    programme = ("couple", "recovery", "therap", "substance", "addiction", "treatment", "terapia", "adicci", "dyad ")
    for word in (*blame, *programme):
        assert word not in said, word
    for value in ("Robin", "Lakeside", "312", "November", "noviembre", "Chicago"):
        assert value not in message.subject


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_text_and_html_say_the_same(kind: str, language: str) -> None:
    message = render(kind, context(kind, language=language))
    page = Page()
    page.feed(message.html)
    page.close()
    assert page.open == [], "every element is closed"
    words_of_text = message.text.replace(FACTS["link"], "").replace("-- \n", "")
    words_of_text = re.sub(r"^  \d\. ", "", words_of_text, flags=re.M)
    words_of_text = words_of_text.replace(":\n\n", "\n\n", 1) if "link" in KINDS[kind].needs else words_of_text
    missing = [word for word in words_of_text.split() if word.rstrip(":") not in page.said]
    assert missing == []
    assert page.links == ([FACTS["link"]] if "link" in KINDS[kind].needs else [])
    assert page.lang == language
    assert message.text.count("\n\n\n") == 0


class Page(HTMLParser):
    """What a reader of the HTML meets: words, links, language; and that it is well formed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""
        self.links: list[str | None] = []
        self.lang: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag not in {"script", "img", "iframe", "form"}, "nothing that runs or is fetched"
        assert not any(name.startswith("on") or name == "src" for name in given)
        self.lang = given.get("lang", self.lang)
        if tag == "a":
            self.links.append(given["href"])
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.said += data


def test_what_may_be_left_out_leaves_no_gap() -> None:
    for kind, spec in KINDS.items():
        bare = {key: value for key, value in context(kind).items() if key not in spec.may}
        message = render(kind, bare)
        assert not re.search(r"None(?! of the times)", everything(message))
        assert "<p></p>" not in message.html
        assert message == render(kind, {**bare, **dict.fromkeys(spec.may)})


# --- the canary: one partner's mail holds nothing of the other -----------------------------------------------------

ALEX = {"to_name": "Zephyrine", "to_email": "zephyrine@one.example", "zone": "Pacific/Auckland", "id": "mail-z"}
SAM = {"to_name": "Quillon", "to_email": "quillon@two.example", "zone": "Africa/Casablanca", "id": "mail-q"}


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_no_mail_holds_anything_of_another_person(kind: str, language: str) -> None:
    for reader, other in ((ALEX, SAM), (SAM, ALEX)):
        mail = everything(render(kind, context(kind, **reader, language=language)))
        assert reader["to_name"] in mail
        for value in (*other.values(), "Auckland" if other is ALEX else "Casablanca"):
            assert value not in mail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["partner_name", "reason", "absent", "because", "therapist"])
def test_a_fact_that_has_no_place_in_a_mail_is_refused(kind: str, key: str) -> None:
    with pytest.raises(ContextError, match=f"{key} unknown") as refusal:
        render(kind, context(kind, **{key: "Quillon"}))
    assert "Quillon" not in str(refusal.value)


# --- what is refused, and what is only text -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_needed_key_is_needed(kind: str) -> None:
    for key in COMMON | KINDS[kind].needs:
        with pytest.raises(ContextError, match=f"{key}.* missing"):
            render(kind, {name: value for name, value in context(kind).items() if name != key})
        with pytest.raises(ContextError, match=f"{key} is missing"):
            render(kind, context(kind, **{key: None}))


@pytest.mark.parametrize(
    "change",
    [
        {"to_name": "Robin\r\nBcc: x@y.example"},
        {"to_name": "x" * 201},
        {"to_name": 7},
        {"to_email": "robin@example.org\nBcc: x@y.example"},
        {"to_email": "robin@example.org, x@y.example"},
        {"to_email": "Robin <robin@example.org>"},
        {"to_email": ""},
        {"id": "a\r\nb"},
        {"zone": "Mars/Olympus"},
        {"language": "xx"},
        {"language": ["en"]},
        {"clinic_name": "\ud800"},
        {"clinic_name": "Lake\u2028side"},
        {"starts_at": "2026-11-24T21:00:00"},
        {"starts_at": "soon"},
        {"starts_at": 1},
        {"starts_at": "9999-12-31T23:59:00-12:00"},
        {"minutes": 0},
        {"minutes": True},
        {"minutes": "50"},
        {"link": "javascript:alert(1)"},
        {"link": 'https://x.example/"><script>'},
        {"link": "https://x.example/" + "a" * 2000},
        {"calendar": None},
        {"calendar": "x"},
        {"calendar": {**FACTS["calendar"], "uid": "a\r\nb"}},
        {"calendar": {**FACTS["calendar"], "sequence": -1}},
        {"calendar": {**FACTS["calendar"], "attendee": "x@y.example"}},
        {"calendar": {key: value for key, value in FACTS["calendar"].items() if key != "stamp"}},
    ],
)
def test_a_context_that_does_not_fit_is_refused_without_repeating_it(change: dict[str, Any]) -> None:
    with pytest.raises(MessageError) as refusal:
        render("booked", context("booked", **change))
    assert "example" not in str(refusal.value)


@pytest.mark.parametrize("times", [[], [THREE] * 41, "soon", [None], [THREE.replace(tzinfo=None)]])
def test_times_are_one_to_forty_instants(times: object) -> None:
    with pytest.raises(ContextError, match="times"):
        render("new_times", context("new_times", times=times))


def test_a_week_comes_as_one_mail_and_one_file_with_each_appointment_s_own_uid() -> None:
    message = render("week", context("week", zone="America/Los_Angeles"))
    calendar: Any = Calendar.from_ical(message.ics or b"")
    assert (calendar["METHOD"], message.ics_method) == ("PUBLISH", "PUBLISH")
    events = [(str(e["UID"]), int(e["SEQUENCE"]), e.DTSTART.astimezone(UTC)) for e in calendar.walk("VEVENT")]
    assert events == [("3f9c@dyad", 0, THREE), ("7aa1@dyad", 2, THREE + timedelta(days=1))]
    assert "Tuesday, November 24 at 1:00 PM (Los Angeles time)" in message.text


@pytest.mark.parametrize("items", [[], "x", [{"uid": "a@dyad"}], [{**FACTS["calendars"]["items"][0], "who": "x"}]])
def test_items_that_are_no_appointments_are_refused(items: object) -> None:
    with pytest.raises(MessageError, match="calendars"):
        render("week", context("week", calendars={**FACTS["calendars"], "items": items}))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ContextError, match="no mail of the kind"):
        render("newsletter", context("nudge"))


names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)


@given(names.filter(str.strip))
def test_a_name_is_only_ever_text(name: str) -> None:
    message = render("nudge", context("nudge", to_name=name))
    page = Page()
    page.feed(message.html)
    assert page.links == [FACTS["link"]]
    assert f"Hello {name}," in message.text
    assert message.subject == "We're expecting you"


def test_a_template_in_a_name_stays_text_and_markup_is_escaped() -> None:
    message = render("nudge", context("nudge", to_name="{{ 7*7 }}<b onclick=x>"))
    assert "Hello {{ 7*7 }}<b onclick=x>," in message.text
    assert "<b " not in message.html
    assert "{{ 7*7 }}&lt;b onclick=x&gt;" in message.html
