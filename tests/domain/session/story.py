"""A couple's session told minute by minute: each line is what somebody does, and time is written, never waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from server.domain.attendance import DEFAULT_POLICY, Action, Focus, Kind, Reason, SoloApproval
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.effects import Effect
from server.domain.session.plan import Invitee, Plan
from server.domain.session.refusals import Refusal
from server.domain.session.state import THERAPIST, Session
from server.domain.session.step import next_deadline, step
from server.domain.session.view import view_of
from server.domain.session.views import CardView, Check, PartnerView, Status, TherapistView

E = TypeVar("E")
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

COUPLE = Plan(
    kind=Kind.COUPLES,
    focus=(Focus.COMMUNICATION,),
    starts_at=START,
    minutes=50,
    therapist=Invitee("Dr. Rivera", "America/New_York"),
    partners={
        "a": Invitee("Alex", "America/Chicago", solo_consent=True),
        "b": Invitee("Robin", "America/Denver", solo_consent=True),
    },
    clinic_name="Harbour Clinic",
    clinic_phone="+1 555 010 0100",
)


def planned(**changes: object) -> Plan:
    return replace(COUPLE, **changes)  # type: ignore[arg-type]


class Story:
    """Applies commands at minutes from the planned start, firing every deadline on the way as the service would."""

    def __init__(self, plan: Plan = COUPLE) -> None:
        self.session = Session("s1")
        self.events: list[e.Event] = []
        self.effects: list[Effect] = []
        self.now = START - timedelta(minutes=30)
        self.refusal: Refusal | None = None
        self._do(c.PlanSession(plan))

    def at(self, minutes: float) -> Story:
        """Let time pass until `minutes` after the planned start; deadlines fire at their own instant."""
        until = START + timedelta(minutes=minutes)
        while (due := next_deadline(self.session, DEFAULT_POLICY)) is not None and due <= until:
            before = self.now
            self.now = max(self.now, due)
            self._do(c.DeadlineReached())
            again = next_deadline(self.session, DEFAULT_POLICY)
            assert again is None or again > self.now or self.now > before, "a deadline in the past fires for ever"
        self.now = until
        return self

    def does(self, command: c.Command) -> Story:
        self._do(command)
        assert self.refusal is None, self.refusal
        return self

    def tries(self, command: c.Command) -> str | None:
        """The code of the refusal, or None."""
        self._do(command)
        return self.refusal.code if self.refusal else None

    def _do(self, command: c.Command) -> None:
        outcome = step(self.session, DEFAULT_POLICY, command, self.now)
        self.session, self.refusal = outcome.session, outcome.refusal
        self.events += outcome.events
        self.effects += outcome.effects

    # -- people ----------------------------------------------------------------------------

    def opens(self, who: str) -> Story:
        return self.does(c.Connect(who, self.session.seats[who].epoch + 1))

    def arrives(self, who: str) -> Story:
        return self.opens(who).does(c.Arrive(who))

    def hosts(self) -> Story:
        return self.opens(THERAPIST)

    def fails_the_check(self, who: str) -> Story:
        return self.opens(who).does(c.ReportCheck(who, Check("failed", "ok", "ok", "ok")))

    def drops(self, who: str) -> Story:
        return self.does(c.Drop(who, self.session.seats[who].epoch, self.now))

    def leaves(self, who: str) -> Story:
        return self.does(c.Leave(who))

    def declares(self, who: str, reason: Reason = Reason.ILLNESS) -> Story:
        return self.does(c.DeclareAbsence(who, reason))

    def admits(self, *people: str) -> Story:
        for who in people:
            self.does(c.Admit(who))
        return self

    def approves(self, approval: SoloApproval = SoloApproval.GRANTED) -> Story:
        return self.does(c.ApproveSolo(approval))

    def taps(self, option: Action, focus: Focus | None = None) -> Story:
        assert self.session.card is not None
        return self.does(c.AnswerCard(self.session.card.id, option, focus))

    def says(self, who: str, yes: bool) -> Story:
        assert self.session.question is not None
        return self.does(c.AnswerMerge(who, self.session.question.id, yes))

    # -- what can be seen ------------------------------------------------------------------

    def sees(self, who: str) -> PartnerView:
        view = view_of(self.session, who, self.now, DEFAULT_POLICY)
        assert isinstance(view, PartnerView)
        return view

    def status(self) -> Status:
        return self.session.status

    def console(self) -> TherapistView:
        view = view_of(self.session, THERAPIST, self.now, DEFAULT_POLICY)
        assert isinstance(view, TherapistView)
        return view

    def card(self) -> CardView:
        card = self.console().card
        assert card is not None
        return card

    def happened(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def clauses(self) -> list[str]:
        return [event.clause for event in self.events if isinstance(event, e.Decided)]


def on_time(plan: Plan = COUPLE) -> Story:
    """All three are there at the start, and everyone is admitted."""
    return Story(plan).at(-3).arrives("a").arrives("b").at(-1).hosts().at(0).admits("a", "b")


def one_missing(plan: Plan = COUPLE) -> Story:
    """The therapist and A are there; B is not. Time stands at the start."""
    return Story(plan).at(-3).arrives("a").at(-1).hosts().at(0)
