"""What makes a short week up: enough of what is on offer, and nothing that isn't needed."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from server.domain.hours import Offer, made_up_with

ANN, BOB = "ann", "bob"


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def offer(length: int, *people: str) -> Offer:
    return Offer(frozenset(people), minutes(length))


def test_one_session_for_two_serves_both() -> None:
    found = made_up_with([offer(50, ANN), offer(50, BOB), offer(50, ANN, BOB)], {ANN: minutes(40), BOB: minutes(30)})
    assert found.chosen == (2,)
    assert not any(found.left.values())


def test_of_two_that_do_the_same_the_earlier_one_is_chosen() -> None:
    assert made_up_with([offer(50, ANN), offer(50, ANN)], {ANN: minutes(10)}).chosen == (0,)


def test_what_became_needless_is_left_out_again() -> None:
    found = made_up_with([offer(60, ANN, BOB), offer(90, ANN), offer(90, BOB)], {ANN: minutes(90), BOB: minutes(90)})
    assert found.chosen == (1, 2)


def test_nothing_is_chosen_for_a_week_that_is_not_short_or_where_nothing_is_offered() -> None:
    assert made_up_with([offer(50, ANN)], {}).chosen == ()
    alone = made_up_with([], {ANN: minutes(10)})
    assert (alone.chosen, alone.left) == ((), {ANN: minutes(10)})


OFFERS = st.lists(
    st.builds(offer, st.sampled_from((50, 60, 90, 120)), st.sampled_from((ANN, BOB)))
    | st.builds(lambda length: offer(length, ANN, BOB), st.sampled_from((50, 60))),
    max_size=7,
)


@given(OFFERS, st.integers(0, 300), st.integers(0, 300))
def test_all_that_can_be_made_up_is_and_each_session_is_needed_for_it(offers: list[Offer], ann: int, bob: int) -> None:
    short = {person: minutes(missing) for person, missing in ((ANN, ann), (BOB, bob)) if missing}

    def left(chosen: tuple[int, ...]) -> dict[str, timedelta]:
        given = {
            person: sum((offers[n].length for n in chosen if person in offers[n].people), minutes(0))
            for person in short
        }
        return {person: max(short[person] - given[person], minutes(0)) for person in short}

    found = made_up_with(offers, short)
    assert found.left == left(found.chosen) == left(tuple(range(len(offers))))
    for fewer in combinations(found.chosen, len(found.chosen) - 1) if found.chosen else ():
        assert left(fewer) != found.left
