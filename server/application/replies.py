"""Replies to reminders: the first words count where they are clear, and else somebody is asked again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.application.answers import Answers
from server.application.links import LinkDesk, LinkRefused
from server.application.ports import Clock, Codec, LinkGrant, Outbox, OutboxDraft
from server.domain.reminders import Said, read_reply
from server.domain.session.effects import LetterOf

MOST, WITHIN = 10, timedelta(hours=1)  # replies of one link
MOST_LINKS = 10_000  # remembered


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that came back. `automatic`: no person wrote it. `name` is the same whenever the same mail comes again."""

    token: str = field(repr=False)
    text: str = field(repr=False)
    name: str
    automatic: bool


class Replies:
    def __init__(self, desk: LinkDesk, answers: Answers, outbox: Outbox, codec: Codec, clock: Clock) -> None:
        """`desk` knows the tokens of mail addresses."""
        self._desk, self._answers, self._outbox, self._codec, self._clock = desk, answers, outbox, codec, clock
        self._taken: dict[str, list[datetime]] = {}

    async def take(self, reply: Reply) -> None:
        """Whoever sends it learns nothing: what there is to say goes to the person's own address. Repeatable."""
        try:
            grant = await self._desk.resolve(reply.token, "reply")
        except LinkRefused:
            return
        if reply.automatic or not grant.session or self._too_many(grant):
            return
        answer = read_reply(reply.text)
        if answer is None:
            await self._write(grant, "reply_unclear")
            return
        name = hashlib.sha256(f"{grant.token_hash} {reply.name}".encode()).hexdigest()[:32]
        refusal = await self._answers.say(grant, answer, f"reply-{name}")
        if refusal is None and answer.said is Said.CANT:
            await self._write(grant, "away_noted")

    async def _write(self, grant: LinkGrant, kind: str) -> None:
        """At most one letter of a kind an hour for one link: two machines never write to each other for long."""
        now = self._clock.now()
        id = f"{kind}-{grant.token_hash[:32]}-{now:%Y%m%d%H}"
        letter = LetterOf(grant.session or "", id, kind, grant.participant)
        await self._outbox.post(id, OutboxDraft(id, *self._codec.encode(letter), now))

    def _too_many(self, grant: LinkGrant) -> bool:
        now = self._clock.now()
        if len(self._taken) > MOST_LINKS:
            self._taken.clear()
        recent = [at for at in self._taken.get(grant.token_hash, []) if now - at < WITHIN]
        self._taken[grant.token_hash] = [*recent, now][-MOST:]
        return len(recent) >= MOST
