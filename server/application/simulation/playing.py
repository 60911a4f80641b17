"""Plays one session under a policy: people do what they do, the policy decides, and time jumps to what is next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server.application.simulation.circumstances import Answer, Circumstances, Happening, What
from server.domain.attendance import (
    Action,
    Asked,
    Card,
    Decision,
    Facts,
    Kind,
    Outcome,
    PartnerFacts,
    PartnerState,
    Policy,
    SessionFacts,
    TherapistFacts,
    TherapistState,
    decide,
    elapsed,
    group_outcomes_for,
    outcomes_for,
    settled_before,
)

THERAPIST = "therapist"
OVER = (Action.RESCHEDULE, Action.END)
MAX_TURNS = 400  # of one session: more would be a policy that runs in circles


@dataclass(slots=True)
class Course:
    """How a session went. `waited` is the time in which somebody was here and it had not begun for them."""

    result: str = "open"  # "joint" | "solo" | "held" | "rescheduled" | "host_cancelled"
    cards: int = 0
    defaults: int = 0
    waited: timedelta = timedelta(0)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    clauses: list[str] = field(default_factory=list)


def play(c: Circumstances, policy: Policy) -> Course:
    """The course of the session. Ends at the latest when its time is over."""
    return _Play(c, policy).run()


class _Play:
    def __init__(self, c: Circumstances, policy: Policy) -> None:
        self.c, self.policy = c, policy
        self.kind = c.kind
        self.partners = {
            key: PartnerFacts(PartnerState.EXPECTED, None, None, None, None, *_terms(c, key)) for key in c.members
        }
        self.therapist = TherapistFacts(TherapistState.EXPECTED)
        self.started_at: datetime | None = None
        self.solo_at: datetime | None = None
        self.alone: str | None = None
        self.together = timedelta(0)
        self.attended: dict[str, timedelta] = {}
        self.asked: Asked | None = None
        self.answer: tuple[datetime, Action] | None = None  # when it will come, and which
        self.course = Course()
        self.ends_at = c.starts_at + timedelta(minutes=c.minutes)

    def run(self) -> Course:
        happenings = sorted(self.c.happenings, key=lambda h: h.at)
        now = min([self.c.starts_at, *(h.at for h in happenings)])
        for _ in range(MAX_TURNS):
            while happenings and happenings[0].at <= now:
                self._happen(happenings.pop(0))
            self._answer(now)
            wake = self._decide(now)
            if self.course.result != "open":
                return self.course
            upcoming = [at for at in (wake, happenings[0].at if happenings else None, self._answer_at()) if at]
            then = min([at for at in upcoming if at > now], default=self.ends_at)
            if self._under_way and then >= self.ends_at:
                self._pass(now, self.ends_at)
                return self._close(self.ends_at)
            self._pass(now, then)
            now = then
        return self._close(now)

    # -- time ------------------------------------------------------------------------------

    @property
    def _under_way(self) -> bool:
        return self.started_at is not None or self.solo_at is not None

    def _pass(self, now: datetime, then: datetime) -> None:
        here = [key for key, p in self.partners.items() if p.state is PartnerState.PRESENT]
        host = self.therapist.state is TherapistState.PRESENT
        if host and self._under_way:
            for key in here:
                self.attended[key] = self.attended.get(key, timedelta(0)) + (then - now)
        group = self.kind is Kind.GROUP and bool(here)
        if host and self._under_way and (group or self.alone in here or len(here) == len(self.partners)):
            self.together += then - now
        elif here and not self._under_way:
            self.course.waited += max(then - max(now, self.c.starts_at), timedelta(0))

    def _answer_at(self) -> datetime | None:
        return None if self.answer is None else self.answer[0]

    # -- people ----------------------------------------------------------------------------

    def _happen(self, h: Happening) -> None:
        if h.who == THERAPIST:
            state = TherapistState.PRESENT if h.what is What.ARRIVES else TherapistState.DROPPED
            self.therapist = TherapistFacts(state, h.at)
        elif h.who in self.partners:
            self.partners[h.who] = _after(self.partners[h.who], h)

    def _answer(self, now: datetime) -> None:
        if self.asked is None or self.answer is None or now < self.answer[0]:
            return
        self.asked = replace(self.asked, answer=self.answer[1], answered_at=now)
        self.answer = None

    # -- the policy ------------------------------------------------------------------------

    def _facts(self, now: datetime) -> Facts:
        c = self.c
        return Facts(
            now,
            SessionFacts(self.kind, c.focus, c.attendance, c.starts_at, c.minutes, self.started_at, self.solo_at),
            self.therapist,
            self.partners,
            c.approval,
            self.together.total_seconds() / 60,
            c.keep_apart,
            c.outages,
            self.asked,
        )

    def _decide(self, now: datetime) -> datetime | None:
        """Decide until it stands; when to look again."""
        for _ in range(4):
            facts = self._facts(now)
            decision = decide(facts, self.policy)
            self.course.clauses.append(decision.clause)
            if decision.action is Action.ASK and self.asked is not None and self.asked.answer is not None:
                self.asked = None
                continue
            if not self._take(decision, facts):
                break
        if decision.action is Action.HOLD:
            return min((o.until for o in self.c.outages if o.until is not None and o.until > now), default=None)
        return self.asked.answer_by if decision.action is Action.ASK and self.asked else decision.wait_until

    def _take(self, decision: Decision, facts: Facts) -> bool:
        """Whether the decision changed something, so that it must be decided again."""
        action, now = decision.action, facts.now
        if action is Action.ASK:
            assert decision.card is not None
            self._ask(decision.clause, decision.card, now)
            return False
        self._note_default(action, now)
        if action in OVER:
            self._settle(decision, facts)
            return False
        if action is Action.PROCEED:
            return self._proceed(decision, facts)
        if action in (Action.START, Action.MERGE):
            return self._start(action, now)
        if action is not Action.KEEP_SOLO and not (action is Action.WAIT and self._waiting_as_answered):
            self.asked = self.answer = None
        return False

    @property
    def _waiting_as_answered(self) -> bool:
        return self.asked is not None and self.asked.answer is Action.WAIT

    def _ask(self, clause: str, card: Card, now: datetime) -> None:
        asked = self.asked
        if asked is not None and (asked.clause, asked.options, asked.default) == (clause, card.options, card.default):
            return
        answers, number = self.c.answers, self.course.cards
        how = answers[number] if number < len(answers) else None
        self.course.cards += 1
        self.asked = Asked(clause, now, card.answer_by, card.options, card.default)
        self.answer = None if how is None else (now + how.after, _choice(card, how))

    def _note_default(self, action: Action, now: datetime) -> None:
        asked = self.asked
        if asked is not None and asked.answer is None and now >= asked.answer_by and action is asked.default:
            self.course.defaults += 1

    def _start(self, action: Action, now: datetime) -> bool:
        if self.c.kind is Kind.GROUP and not any(p.state is PartnerState.PRESENT for p in self.partners.values()):
            return False  # nobody to begin with yet
        if action is Action.START and not all(
            p.state is PartnerState.PRESENT or self.c.kind is Kind.GROUP for p in self.partners.values()
        ):
            return False
        self.started_at = self.started_at or now
        self.asked = self.answer = None
        if action is Action.MERGE:
            self.solo_at = self.alone = None
        return True

    def _proceed(self, decision: Decision, facts: Facts) -> bool:
        if len(decision.attending) != 1 and facts.session.started_at is None:
            return False
        here = [key for key, p in self.partners.items() if p.state is PartnerState.PRESENT]
        self.alone = here[0] if len(here) == 1 else decision.attending[0]
        self.course.outcomes.update(self._earned(decision.outcomes, facts))
        self.asked = self.answer = None
        if here and facts.therapist.state is TherapistState.PRESENT:
            self.solo_at = facts.now
        else:  # said ahead: the meeting becomes an individual one
            self.kind = Kind.INDIVIDUAL
            self.partners = {self.alone: self.partners[self.alone]}
        return True

    # -- the end ---------------------------------------------------------------------------

    def _settle(self, decision: Decision, facts: Facts) -> None:
        earned = self._earned(decision.outcomes, facts)
        self.course.outcomes |= self._ended(earned, facts) if decision.action is Action.END else earned
        if Outcome.PROVIDER_CANCELLED in decision.outcomes.values():
            self.course.result = "host_cancelled"
        elif decision.action is Action.END:
            self.course.result = self._held()
        else:
            self.course.result = "rescheduled"

    def _held(self) -> str:
        if self.c.kind not in (Kind.COUPLES, Kind.INTAKE):
            return "held"
        return "solo" if self.alone is not None else "joint"

    def _close(self, now: datetime) -> Course:
        """The session's time is over, and the therapist ends it."""
        if self._under_way:
            facts = self._facts(now)
            self.course.outcomes |= self._ended(self._outcomes(facts), facts)
            self.course.result = self._held()
        else:
            self.course.result = "rescheduled"
        return self.course

    def _outcomes(self, facts: Facts) -> dict[str, Outcome]:
        if self.kind is not Kind.GROUP:
            return outcomes_for(facts, Action.END, self.policy)
        minutes = {key: attended / timedelta(minutes=1) for key, attended in self.attended.items()}
        return group_outcomes_for(facts, minutes, self.policy)

    def _ended(self, outcomes: dict[str, Outcome], facts: Facts) -> dict[str, Outcome]:
        stands = settled_before(facts, self.alone, self.course.outcomes)
        return {key: outcome for key, outcome in outcomes.items() if key not in stands}

    def _earned(self, outcomes: object, facts: Facts) -> dict[str, Outcome]:
        """As in the live session: nobody is a no-show early unless the therapist decided."""
        assert isinstance(outcomes, dict)
        by_therapist = self.asked is not None and self.asked.answer is not None
        if by_therapist or elapsed(facts) >= self.policy.no_show_after:
            return dict(outcomes)
        return {key: outcome for key, outcome in outcomes.items() if outcome is not Outcome.NO_SHOW}


def _terms(c: Circumstances, key: str) -> tuple[bool, int, int]:
    member = c.members[key]
    return member.solo_consent, member.consecutive_misses, member.consecutive_solo


def _choice(card: Card, how: Answer) -> Action:
    if how.option is not None and how.option in card.options:
        return how.option
    ordered = [card.recommended, *(option for option in card.options if option is not card.recommended)]
    return ordered[min(int(how.leaning * len(ordered)), len(ordered) - 1)]


def _after(p: PartnerFacts, h: Happening) -> PartnerFacts:
    match h.what:
        case What.ARRIVES:
            return replace(p, state=PartnerState.PRESENT, since=h.at, reason=None, declared_at=None, late_until=None)
        case What.TRIES if p.state is PartnerState.EXPECTED:
            return replace(p, state=PartnerState.ATTEMPTED, since=h.at)
        case What.DROPS if p.state is PartnerState.PRESENT:
            return replace(p, state=PartnerState.DROPPED, since=h.at)
        case What.LEAVES if p.state in (PartnerState.PRESENT, PartnerState.DROPPED):
            return replace(p, state=PartnerState.LEFT, since=h.at)
        case What.RUNS_LATE if p.state in (PartnerState.EXPECTED, PartnerState.DECLARED_ABSENT):
            return replace(p, state=PartnerState.EXPECTED, reason=None, declared_at=None, late_until=h.until)
        case What.DECLARES if p.state is not PartnerState.PRESENT:
            declared = PartnerState.DECLARED_ABSENT
            return replace(p, state=declared, since=h.at, reason=h.reason, declared_at=h.at, late_until=None)
        case What.RECONSIDERS if p.state is PartnerState.DECLARED_ABSENT:
            return replace(p, state=PartnerState.EXPECTED, since=None, reason=None, declared_at=None)
    return p
