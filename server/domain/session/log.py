"""The pen that writes a step: events in order, each applied as it is written."""

from __future__ import annotations

from datetime import datetime

from server.domain.attendance import Facts, Policy
from server.domain.session.effects import Effect, effects_of
from server.domain.session.events import Event
from server.domain.session.evolve import evolve
from server.domain.session.facts import facts_of
from server.domain.session.state import Session


class Log:
    """Collects what one command brings about. `session` is always the state after the last event."""

    def __init__(self, session: Session, policy: Policy, now: datetime) -> None:
        self.session = session
        self.policy = policy
        self.now = now
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self._facts: Facts | None = None

    def add(self, event: Event) -> None:
        self.session = evolve(self.session, event, self.now)
        self._facts = None
        self.events.append(event)
        self.effects.extend(effects_of(event, self.session))

    def facts(self) -> Facts:
        """What the policy decides on as the session is now. It must be planned."""
        if self._facts is None:
            self._facts = facts_of(self.session, self.now)
        return self._facts

    def fresh_id(self, prefix: str) -> str:
        """An id that no other event of this session has: it names the line it will be written on."""
        return f"{prefix}{self.session.seq + 1}"
