"""What a programme, a couple, an agreement and a note may be, and what each refuses by which code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.programme import (
    DEFAULT_AGREEMENT,
    DEFAULT_PROGRAMME,
    Agreement,
    Client,
    Contact,
    Couple,
    GroupTime,
    Intake,
    Lengths,
    Note,
    Phase,
    Programme,
    ProgrammeError,
    Signature,
    Staff,
    Targets,
)

MONDAY = date(2026, 3, 2)
PARTNERS = {"a": "alex", "b": "robin"}
CONTACT = Contact("Alex", "alex@example.org", "America/Chicago", "US-IL", "en", 8, 21)
TALKED = Intake("They listen.", "Nights.", ("Sleep",), "Both come.", complete=True)
SHORT = Phase("Short", 4, Targets(joint=2, individual=1, group=4))


def with_hours(joint: int, minutes: int) -> Programme:
    """A programme of joint sessions alone, so many a week and so long."""
    phase = Phase("Together", 12, Targets(joint, 0, 0))
    return replace(DEFAULT_PROGRAMME, phases=(phase,), lengths=Lengths(joint=minutes))


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("week_unfit", lambda: with_hours(10, 53)),  # 8 h 50
        ("week_unfit", lambda: with_hours(10, 120)),  # 20 h
        ("weeks_unfit", lambda: replace(DEFAULT_PROGRAMME, phases=(replace(SHORT, weeks=7),))),
        ("weeks_unfit", lambda: replace(DEFAULT_PROGRAMME, phases=(replace(SHORT, weeks=16), replace(SHORT, weeks=1)))),
        ("phase_unfit", lambda: replace(SHORT, weeks=0)),
        ("targets_unfit", lambda: Targets(-1, 0, 0)),
        ("targets_unfit", lambda: Targets(0, 15, 0)),
        ("length_unfit", lambda: Lengths(joint=14)),
        ("length_unfit", lambda: Lengths(group=241)),
        ("groups_missing", lambda: replace(DEFAULT_PROGRAMME, groups=DEFAULT_PROGRAMME.groups[:3])),
        ("group_unfit", lambda: GroupTime("Evening", 7, time(18))),
        ("zone_unknown", lambda: replace(DEFAULT_PROGRAMME, zone="Mars/Base")),
        ("hours_unfit", lambda: replace(DEFAULT_PROGRAMME, earliest=time(21), latest=time(7))),
        ("hours_unfit", lambda: replace(DEFAULT_PROGRAMME, notice_hours=169)),
        ("text_unfit", lambda: replace(DEFAULT_PROGRAMME, clinic_name=" ")),
        ("couple_unfit", lambda: Couple("rivera", {"a": "alex", "b": "alex"}, "programme", MONDAY)),
        ("couple_unfit", lambda: Couple("rivera", {"a": "alex"}, "programme", MONDAY)),
        ("date_unfit", lambda: Couple("rivera", PARTNERS, "programme", date(2026, 3, 3))),
        ("too_many", lambda: Couple("rivera", PARTNERS, "programme", MONDAY, goals=("x",) * 13)),
        ("text_unfit", lambda: Couple("rivera", PARTNERS, "programme", MONDAY, coping=("a\nb",))),
        ("language_unknown", lambda: Client("Alex", "US-IL", "xx")),
        ("hours_unfit", lambda: Client("Alex", "US-IL", safe_from=21, safe_until=21)),
        ("too_many", lambda: Staff("Rivera", ("US-NY",) * 61)),
        ("email_unfit", lambda: replace(CONTACT, email="alex")),
        ("email_unfit", lambda: replace(CONTACT, email="alex@example.org, robin@example.org")),
        ("email_unfit", lambda: replace(CONTACT, email="alex@example.org\nBcc: x@example.org")),
        ("zone_unknown", lambda: replace(CONTACT, zone="../localtime")),
        ("language_unknown", lambda: replace(CONTACT, language="")),
        ("hours_unfit", lambda: replace(CONTACT, safe_until=25)),
        ("text_unfit", lambda: replace(CONTACT, place="")),
        ("language_missing", lambda: Agreement({"en": ("We come.",)})),
        ("text_unfit", lambda: Agreement({"en": (), "es": ("Venimos.",)})),
        ("text_unfit", lambda: Agreement({"en": ("We come.",) * 21, "es": ("Venimos.",)})),
        ("text_unfit", lambda: Signature(1, "")),
        ("text_unfit", lambda: Note(MONDAY, " \n ")),
        ("text_unfit", lambda: Note(MONDAY, "x" * 4001)),
        ("text_unfit", lambda: Note(MONDAY, "a\x00b")),
        ("text_unfit", lambda: Intake(challenges="x" * 4001)),
        *(
            ("intake_incomplete", lambda part=part: replace(TALKED, **{part: type(getattr(TALKED, part))()}))
            for part in ("relationship", "challenges", "goals", "expectations")
        ),
    ],
)
def test_what_can_t_be_is_refused_with_a_stable_code(code: str, make: Callable[[], object]) -> None:
    with pytest.raises(ProgrammeError) as refused:
        make()
    assert refused.value.code == code


def test_nine_hours_are_enough_and_one_minute_less_than_twenty_still_is_a_week() -> None:
    assert with_hours(9, 60).phases[0].targets.minutes(Lengths(joint=60)) == 9 * 60
    with_hours(11, 109)  # 19 h 59


@given(st.integers(-30, 200))
def test_every_week_has_the_phase_that_it_lies_in(week: int) -> None:
    ends = [4, 9, 12]
    first = next((n for n, end in enumerate(ends) if week <= end), 2)
    assert DEFAULT_PROGRAMME.phase_at(week) == DEFAULT_PROGRAMME.phases[first]


@given(st.integers(-700, 700))
def test_weeks_are_counted_from_the_first_monday_on(days: int) -> None:
    couple = Couple("rivera", PARTNERS, "programme", MONDAY)
    day = date.fromordinal(MONDAY.toordinal() + days)
    first = MONDAY.toordinal() + 7 * (couple.week_of(day) - 1)
    assert first <= day.toordinal() < first + 7


def test_a_licence_is_asked_for_only_where_some_are_given() -> None:
    assert Staff("Rivera", ("US-NY",)).licensed("us-ny")
    assert not Staff("Rivera", ("US-NY",)).licensed("US-NJ")
    assert Staff("Rivera").licensed("anywhere")


def test_the_agreement_that_dyad_comes_with_says_the_same_in_both_languages() -> None:
    assert len(DEFAULT_AGREEMENT.paragraphs["en"]) == len(DEFAULT_AGREEMENT.paragraphs["es"])
