"""The same circumstances brought to the real session, command by command, on virtual time."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.adapters.codec import JsonCodec
from server.application.ports import StoredEvent
from server.application.simulation import Circumstances, Happening, What
from server.application.simulation.playing import THERAPIST
from server.domain.attendance import Action, Focus, Kind, Policy
from server.domain.session import commands as c
from server.domain.session.plan import Invitee, Plan
from server.domain.session.state import Session
from server.domain.session.step import next_deadline, step
from server.domain.session.views import Check, Status

CODEC = JsonCodec()
FAILED = Check("failed", "ok", "ok", "ok")


class Live:
    """A session as it would be held: the therapist admits whoever is ready, and ends it when its time is over."""

    def __init__(self, what: Circumstances, policy: Policy) -> None:
        self.what, self.policy = what, policy
        self.session = Session("s")
        self.lines: list[StoredEvent] = []
        self.answers: list[tuple[datetime, str]] = []
        self.cards = 0
        self.seen: str | None = None
        self.now = min([what.starts_at, *(h.at for h in what.happenings)])
        partners = {
            key: Invitee(key, "UTC", m.solo_consent, m.consecutive_misses, m.consecutive_solo)
            for key, m in what.members.items()
        }
        plan = Plan(
            what.kind,
            what.focus,
            what.starts_at,
            what.minutes,
            Invitee("host", "UTC"),
            partners,
            attendance=what.attendance,
            approval=what.approval,
            keep_apart=what.keep_apart,
        )
        self._do(c.PlanSession(plan))

    def run(self) -> Session:
        waiting = sorted(self.what.happenings, key=lambda h: h.at)
        ends_at = self.what.starts_at + timedelta(minutes=self.what.minutes)
        for _ in range(2_000):
            while waiting and waiting[0].at <= self.now:
                self._happen(waiting.pop(0))
            self._answer()
            self._do(c.DeadlineReached())
            if self.session.over:
                return self.session
            if self.now >= ends_at and self.session.status in (Status.UNDER_WAY, Status.SOLO):
                self._do(c.EndSession())
                continue
            upcoming = [at for at, _ in self.answers] + [h.at for h in waiting[:1]]
            due = next_deadline(self.session, self.policy)
            upcoming += [due] if due is not None else []
            self.now = min(
                [at for at in (*upcoming, ends_at) if at > self.now], default=self.now + timedelta(minutes=1)
            )
        raise AssertionError("this session never ends")

    def _happen(self, h: Happening) -> None:
        seat = self.session.seats[h.who]
        match h.what:
            case What.ARRIVES:
                self._do(c.Connect(h.who, seat.epoch + 1))
                if h.who != THERAPIST:
                    self._do(c.Arrive(h.who))
            case What.TRIES:
                self._do(c.ReportCheck(h.who, FAILED))
            case What.DROPS:
                self._do(c.Drop(h.who, seat.epoch, h.at))
            case What.LEAVES:
                self._do(c.Leave(h.who))
            case What.RUNS_LATE if h.until is not None:
                self._do(c.RunLate(h.who, h.until))
            case What.DECLARES if h.reason is not None:
                self._do(c.DeclareAbsence(h.who, h.reason))
            case What.RECONSIDERS:
                self._do(c.WithdrawAbsence(h.who))

    def _do(self, command: c.Command) -> None:
        outcome = step(self.session, self.policy, command, self.now)
        for seq, event in enumerate(outcome.events, start=self.session.seq + 1):
            self.lines.append(StoredEvent(seq, self.now, *CODEC.encode(event), None))
        self.session = outcome.session
        card, question, stance = self.session.card, self.session.question, self.session.stance
        if card is not None and card.id != self.seen and card.answer is None:
            self.seen = card.id
            how = self.what.answers[self.cards] if self.cards < len(self.what.answers) else None
            self.cards += 1
            self.answers = [] if how is None else [(self.now + how.after, card.id)]
        if question is not None and not question.agreed:
            self._do(c.AnswerMerge(question.who, question.id, True))
        elif stance is not None and self._lets_in(stance.action) and not isinstance(command, c.AdmitAll):
            self._do(c.AdmitAll())

    def _lets_in(self, action: Action) -> bool:
        return action is Action.START or (self.what.kind is Kind.GROUP and action is Action.CONTINUE)

    def _answer(self) -> None:
        due = [id for at, id in self.answers if at <= self.now]
        self.answers = [(at, id) for at, id in self.answers if at > self.now]
        card = self.session.card
        if card is None or card.id not in due:
            return
        how = self.what.answers[self.cards - 1]
        assert how is not None
        ordered = [card.recommended, *(option for option in card.options if option is not card.recommended)]
        option = ordered[min(int(how.leaning * len(ordered)), len(ordered) - 1)]
        self._do(c.AnswerCard(card.id, option, Focus.OPEN if option is Action.PROCEED else None))
