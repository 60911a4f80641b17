"""Who waits for an earlier time, or for one at all, and what is offered to them when a slot becomes free."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

MOST_REFUSED = 50


class Standing(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Offer:
    """A freed time, held for one session's people until `expires_at`. Each answers for themselves."""

    starts_at: datetime
    expires_at: datetime
    answers: Mapping[str, bool] = field(default_factory=dict)

    def standing(self, people: Collection[str]) -> Standing:
        """One no settles it; it is agreed once everybody said yes. Nobody's silence is one."""
        given = [self.answers.get(person) for person in people]
        if False in given:
            return Standing.DECLINED
        return Standing.AGREED if given and None not in given else Standing.OPEN


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that waits, since when, and who of it asked; nobody, and it waits no more.

    `refused` are the times that were offered and not taken: none is offered twice.
    """

    since: datetime
    by: tuple[str, ...]
    offer: Offer | None = None
    refused: tuple[datetime, ...] = ()

    def asked_by(self, person: str) -> Waiting:
        return self if person in self.by else replace(self, by=(*self.by, person))

    def no_more_by(self, person: str) -> Waiting:
        return replace(self, by=tuple(one for one in self.by if one != person))

    def offered(self, starts_at: datetime, expires_at: datetime) -> Waiting:
        return replace(self, offer=Offer(starts_at, expires_at))

    def answered(self, person: str, yes: bool) -> Waiting:
        assert self.offer is not None
        return replace(self, offer=replace(self.offer, answers={**self.offer.answers, person: yes}))

    def not_taken(self) -> Waiting:
        assert self.offer is not None
        return replace(self, offer=None, refused=(*self.refused, self.offer.starts_at)[-MOST_REFUSED:])

    def placed(self) -> Waiting:
        return replace(self, by=(), offer=None)
