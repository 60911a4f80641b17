"""The rule of the choice: one slot for all or none, and when a proposal is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.schedule import Choice, ScheduleError, Slot, agree, choice

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SLOTS = [Slot(NOON + timedelta(days=day), NOON + timedelta(days=day, minutes=50)) for day in range(3)]
BOTH = ("a", "b")


def yes(*indexes: int) -> frozenset[int]:
    return frozenset(indexes)


def test_the_first_slot_that_all_accept() -> None:
    assert agree(SLOTS, {"a": yes(0, 1, 2), "b": yes(2, 1)}) == 1
    assert agree(SLOTS, {"a": yes(0), "b": yes(1)}) is None
    assert agree(SLOTS, {"a": yes(0), "b": yes()}) is None


def test_silence_is_not_a_yes() -> None:
    assert agree(SLOTS, {}) is None
    assert choice(SLOTS, BOTH, {"a": yes(0)}) == Choice(agreed=None, open=True)
    assert choice(SLOTS, BOTH, {}) == Choice(agreed=None, open=True)


def test_nobody_else_can_answer() -> None:
    assert choice(SLOTS, BOTH, {"a": yes(0), "stranger": yes(0)}) == Choice(agreed=None, open=True)


def test_a_slot_that_was_not_proposed_is_refused() -> None:
    for index in (3, -1):
        with pytest.raises(ScheduleError, match="not proposed"):
            agree(SLOTS, {"a": yes(index)})


def test_over_as_soon_as_nothing_can_suit_all() -> None:
    assert choice(SLOTS, BOTH, {"a": yes()}) == Choice(agreed=None, open=False)
    assert choice(SLOTS, BOTH, {"a": yes(0), "b": yes(1)}) == Choice(agreed=None, open=False)
    assert choice(SLOTS, ("a", "b", "c"), {"a": yes(0), "b": yes(1)}) == Choice(agreed=None, open=False)


def test_a_lost_slot_gives_way_to_the_next() -> None:
    answers = {"a": yes(0, 2), "b": yes(0, 2)}
    assert choice(SLOTS, BOTH, answers) == Choice(agreed=0, open=False)
    assert choice(SLOTS, BOTH, answers, lost=yes(0)) == Choice(agreed=2, open=False)
    assert choice(SLOTS, BOTH, answers, lost=yes(0, 2)) == Choice(agreed=None, open=False)
    assert choice(SLOTS, BOTH, {}, lost=yes(0, 1, 2)) == Choice(agreed=None, open=False)


accepted = st.frozensets(st.integers(0, 2))


@given(st.dictionaries(st.sampled_from("abc"), accepted), accepted)
def test_agreed_means_every_invited_person_said_so(answers: dict[str, frozenset[int]], lost: frozenset[int]) -> None:
    result = choice(SLOTS, "abc", answers, lost)
    suiting = [index for index in range(3) if index not in lost and all(index in answers.get(p, ()) for p in "abc")]
    assert result.agreed == (suiting[0] if suiting else None)
    hopeful = [index for index in range(3) if index not in lost and all(index in answer for answer in answers.values())]
    assert result.open == (bool(hopeful) and len(answers) < 3)
