"""What is said about coming together is kind, and true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.programme.encouragement import Encouragement, Kindness, kindness

TOGETHER, NOT = True, False


@pytest.mark.parametrize(
    ("so_far", "said"),
    [
        ([], Kindness(Encouragement.BEGINNING)),
        ([NOT, NOT], Kindness(Encouragement.BEGINNING)),
        ([TOGETHER], Kindness(Encouragement.FIRST, 1)),
        ([NOT, TOGETHER], Kindness(Encouragement.BACK, 1)),
        ([TOGETHER, NOT, TOGETHER], Kindness(Encouragement.BACK, 2)),
        ([TOGETHER, TOGETHER], Kindness(Encouragement.IN_A_ROW, 2)),
        ([NOT, TOGETHER, TOGETHER, TOGETHER], Kindness(Encouragement.IN_A_ROW, 3)),
        ([TOGETHER, TOGETHER, NOT], Kindness(Encouragement.SO_FAR, 2)),
    ],
)
def test_the_sentence(so_far: list[bool], said: Kindness) -> None:
    assert kindness(so_far) == said


@given(st.lists(st.booleans(), max_size=60))
def test_it_counts_what_was_held_and_never_what_was_missed(so_far: list[bool]) -> None:
    said = kindness(so_far)
    if said.code is Encouragement.IN_A_ROW:
        assert all(so_far[-said.number :])
        assert said.number >= 2
    else:
        assert said.number == (0 if said.code is Encouragement.BEGINNING else sum(so_far))
