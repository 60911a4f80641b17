"""A recorded session as circumstances: what people did, without what the policy made of it.

Who had not come when the meeting was settled is taken not to have come at all: the record cannot know better.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.application.ports import Codec, StoredEvent
from server.application.simulation.circumstances import Answer, Circumstances, Happening, Member, What
from server.domain.attendance import Kind, Outage, PartnerState
from server.domain.session import events as e
from server.domain.session.evolve import evolve
from server.domain.session.plan import Plan
from server.domain.session.state import THERAPIST, Session


def circumstances_of(session: str, lines: Sequence[StoredEvent], codec: Codec) -> Circumstances | None:
    """None for a session that was cancelled by the programme, or is still to be held."""
    reader = _Reader(session)
    for line in lines:
        reader.read(codec.event(line.kind, line.body), line.at)
    return reader.result()


class _Reader:
    def __init__(self, session: str) -> None:
        self.session = Session(session)
        self.plan: Plan | None = None
        self.happenings: list[Happening] = []
        self.answers: list[Answer | None] = []
        self.outages: list[Outage] = []
        self.raised_at: datetime | None = None

    def read(self, event: e.Event, at: datetime) -> None:
        before = self.session
        self.session = evolve(before, event, at)
        self._cards(event, at)
        match event:
            case e.Planned(plan):
                self.plan = plan
            case e.OutageRecorded(since, until):
                self.outages = [other for other in self.outages if other.since != since] + [Outage(since, until)]
            case e.AbsenceDeclared(who, reason):
                self.happenings.append(Happening(at, who, What.DECLARES, reason=reason))
            case e.AbsenceWithdrawn(who):
                self.happenings.append(Happening(at, who, What.RECONSIDERS))
            case e.LateDeclared(who, until):
                self.happenings.append(Happening(at, who, What.RUNS_LATE, until=until))
            case e.ComingConfirmed(who) if self.plan is not None and before.seats[who].late_until is not None:
                self.happenings.append(Happening(at, who, What.RUNS_LATE, until=self.plan.starts_at))
            case e.Left(who):
                self.happenings.append(Happening(at, who, What.LEAVES))
            case e.Connected(who) | e.Arrived(who) | e.Dropped(who) | e.Checked(who):
                self._presence(before, who, at)

    def _presence(self, before: Session, who: str, at: datetime) -> None:
        was, now = before.seats[who], self.session.seats[who]
        if who == THERAPIST:
            if was.connected != now.connected:
                self.happenings.append(Happening(at, who, What.ARRIVES if now.connected else What.DROPS))
        elif was.state is not now.state:
            what = {
                PartnerState.PRESENT: What.ARRIVES,
                PartnerState.ATTEMPTED: What.TRIES,
                PartnerState.DROPPED: What.DROPS,
            }.get(now.state)
            if what is not None:
                self.happenings.append(Happening(now.since or at, who, what))

    def _cards(self, event: e.Event, at: datetime) -> None:
        match event:
            case e.CardRaised():
                self.answers.append(None)
                self.raised_at = at
            case e.CardAnswered(_, option, "therapist") if self.raised_at is not None:
                self.answers[-1] = Answer(at - self.raised_at, option)

    def result(self) -> Circumstances | None:
        plan, session = self.plan, self.session
        if plan is None or not session.over or session.closing == "cancelled":
            return None
        members = {
            key: Member(p.solo_consent, p.consecutive_misses, p.consecutive_solo) for key, p in plan.partners.items()
        }
        return Circumstances(
            session.id,
            Kind(plan.kind),
            plan.focus,
            plan.starts_at,
            plan.minutes,
            members,
            tuple(self.happenings),
            tuple(self.answers),
            plan.attendance,
            session.approval,
            plan.keep_apart,
            tuple(self.outages),
        )
