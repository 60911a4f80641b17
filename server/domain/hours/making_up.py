"""Which of the sessions on offer would bring a short week to its hours (R5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Offer:
    """A session that could be held, for these people."""

    people: frozenset[str]
    length: timedelta


@dataclass(frozen=True, slots=True)
class MakingUp:
    """`chosen` are the places of the offers, in their order; `left` is what each is still short of with them."""

    chosen: tuple[int, ...]
    left: Mapping[str, timedelta]


def made_up_with(offers: Sequence[Offer], short: Mapping[str, timedelta]) -> MakingUp:
    """Few offers that make up as much as all of them could, the earlier ones first, and none that isn't needed."""
    chosen: list[int] = []
    while True:
        left = _left(offers, chosen, short)
        gain = {n: _gain(offer, left) for n, offer in enumerate(offers) if n not in chosen}
        best = max(gain, key=lambda n: (gain[n], -n), default=None)
        if best is None or not gain[best]:
            break
        chosen.append(best)
    for one in sorted(chosen, reverse=True):
        without = [other for other in chosen if other != one]
        if _left(offers, without, short) == left:
            chosen = without
    return MakingUp(tuple(sorted(chosen)), left)


def _left(offers: Sequence[Offer], chosen: Sequence[int], short: Mapping[str, timedelta]) -> dict[str, timedelta]:
    def made_up(person: str) -> timedelta:
        return sum((offers[n].length for n in chosen if person in offers[n].people), timedelta(0))

    return {person: max(missing - made_up(person), timedelta(0)) for person, missing in short.items()}


def _gain(offer: Offer, left: Mapping[str, timedelta]) -> timedelta:
    return sum((min(offer.length, left.get(person, timedelta(0))) for person in offer.people), timedelta(0))
