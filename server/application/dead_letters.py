"""What the outbox has given up: who did not get what, why, and another try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from server.application.planning import people_of
from server.application.ports import CannotRead, Clock, Codec, Directory
from server.application.roles import TEAM
from server.domain.session.effects import CallHook, Effect, LetterOf, Mail, Remind, WeekMail, Welcome

SHOWN = 200


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that is not tried again by itself. `why` holds no personal data."""

    id: str
    queue: str
    kind: str
    body: str
    tries: int
    why: str


@dataclass(frozen=True, slots=True)
class OutboxState:
    """`oldest` is when the open row that waits the longest was, or will be, due."""

    open: int
    oldest: datetime | None
    dead: int


class DeadLetters(Protocol):
    async def dead(self, limit: int = SHOWN) -> list[DeadLetter]:
        """The oldest first."""

    async def replay(self, row: str, now: datetime) -> bool:
        """Due again, with its old id and its old place; False where it is no dead letter."""

    async def discard(self, row: str) -> bool:
        """Out of the list for good; False where it is no dead letter."""

    async def outbox_state(self) -> OutboxState: ...


class Undelivered:
    """The dead letters, told to those who may see whom they were for."""

    def __init__(self, letters: DeadLetters, directory: Directory, codec: Codec, clock: Clock) -> None:
        self._letters, self._directory, self._codec, self._clock = letters, directory, codec, clock

    async def all(self) -> list[dict[str, Any]]:
        return [await self._row(letter) for letter in await self._letters.dead()]

    async def replay(self, id: str) -> bool:
        return await self._letters.replay(id, self._clock.now())

    async def discard(self, id: str) -> bool:
        return await self._letters.discard(id)

    async def _row(self, letter: DeadLetter) -> dict[str, Any]:
        try:
            effect = self._codec.effect(letter.kind, letter.body)
        except CannotRead:
            return _told(letter)
        person = await self._directory.person(await self._person(letter, effect))
        return _told(letter) | {
            "what": effect.kind if isinstance(effect, Mail | LetterOf) else letter.kind,
            "to": "" if person is None else person.name,
            "endpoint": effect.endpoint if isinstance(effect, CallHook) else None,
            "session": effect.session
            if isinstance(effect, CallHook | LetterOf | Remind)
            else letter.queue
            if isinstance(effect, Mail)
            else None,
        }

    async def _person(self, letter: DeadLetter, effect: Effect) -> str:
        match effect:
            case Welcome(person) | WeekMail(person):
                return person
            case Mail(_, to) if to == TEAM:
                return TEAM
            case Mail(_, to):
                return await self._seated(letter.queue, to)
            case LetterOf(session, _, _, to) | Remind(session, to):
                return await self._seated(session, to)
        return ""

    async def _seated(self, session: str, seat: str) -> str:
        appointment = await self._directory.appointment(session)
        return "" if appointment is None else people_of(appointment).get(seat, "")


def _told(letter: DeadLetter) -> dict[str, Any]:
    """What is known of any row, also of one that can't be read."""
    known = {"id": letter.id, "what": letter.kind, "tries": letter.tries, "why": letter.why}
    return known | {"to": "", "endpoint": None, "session": None}
