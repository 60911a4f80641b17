"""The joint relapse prevention plan: what a version says, and when the plan counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.programme import ProgrammeError
from server.domain.relapse import MOST_CHARACTERS, SECTIONS, PlanSignature, PlanVersion, counts


def plan(**written: str) -> PlanVersion:
    return PlanVersion({**dict.fromkeys(SECTIONS, ""), **written})


def test_it_counts_only_once_both_have_signed_this_very_version() -> None:
    assert counts(3, [3, 3])
    for signed in ([3, None], [None, None], [3, 2], [2, 2], [4, 4], []):
        assert not counts(3, signed), signed
    assert not counts(0, [0, 0])


@given(st.integers(0, 9), st.lists(st.none() | st.integers(0, 9), min_size=2, max_size=2))
def test_a_changed_word_always_breaks_what_was_signed(version: int, signed: list[int | None]) -> None:
    if counts(version, signed):
        assert not counts(version + 1, signed)


def test_blank_ends_are_no_words_and_every_other_sign_is() -> None:
    before = plan(triggers="Fridays\nAfter work")
    assert before.says_the_same(plan(triggers="Fridays  \nAfter work\n\n"))
    for words in ("Fridays\nafter work", "Fridays\n\nAfter work", "Fridays After work", " Fridays\nAfter work", ""):
        assert not before.says_the_same(plan(triggers=words)), words
    assert not before.says_the_same(plan(triggers="Fridays\nAfter work", coping="A walk"))


def test_a_plan_of_blanks_is_empty() -> None:
    assert plan().empty
    assert plan(coping=" \n\t").empty
    assert not plan(who_to_call="Jo").empty


@pytest.mark.parametrize(
    "sections",
    [
        {},
        dict.fromkeys(SECTIONS[1:], ""),
        {**dict.fromkeys(SECTIONS, ""), "secrets": ""},
        {**dict.fromkeys(SECTIONS, ""), "coping": "x" * (MOST_CHARACTERS + 1)},
    ],
)
def test_a_plan_has_exactly_its_six_parts_and_none_is_endless(sections: dict[str, str]) -> None:
    with pytest.raises(ProgrammeError):
        PlanVersion(sections)


def test_a_part_may_be_as_long_as_is_said() -> None:
    assert not plan(coping="x" * MOST_CHARACTERS).empty


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Alex\nRobin", "Al\x00ex"])
def test_a_signature_has_a_name_of_one_line(name: str) -> None:
    with pytest.raises(ProgrammeError) as refused:
        PlanSignature(1, name)
    assert refused.value.code == "text_unfit"
