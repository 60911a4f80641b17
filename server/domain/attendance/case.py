"""The facts with what the clauses ask of them, worked out once."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.attendance.model import (
    AttendanceClass,
    Facts,
    Focus,
    Kind,
    PartnerState,
    Policy,
    Reason,
    SessionFacts,
    SoloApproval,
    TherapistState,
)
from server.domain.attendance.outcomes import JOINT
from server.domain.attendance.times import ZERO, elapsed, grace_end, late_end, outage_open, starts_at_plus

JOINT_WORK = frozenset(
    {
        Focus.RELATIONSHIP_ISSUES,
        Focus.CONFLICT_RESOLUTION,
        Focus.RELAPSE_PREVENTION_PLAN,
        Focus.TRUST_ACCOUNTABILITY,
    }
)
SOLO_REASONS = frozenset({Reason.SCHEDULING_CONFLICT, Reason.INDIVIDUAL_WORK, Reason.SPACE, Reason.RECOVERY_STAGE})

# By name in the module: Python 3.11 takes five times as long to find a member in its enum, and every decision asks.
_PRESENT, _DECLARED = PartnerState.PRESENT, PartnerState.DECLARED_ABSENT
_DROPPED, _LEFT = PartnerState.DROPPED, PartnerState.LEFT
_HOST_PRESENT = TherapistState.PRESENT
_REQUIRED = AttendanceClass.REQUIRED
_INTAKE, _COUPLES = Kind.INTAKE, Kind.COUPLES
_DENIED, _GRANTED = SoloApproval.DENIED, SoloApproval.GRANTED


def attendance_class(session: SessionFacts) -> AttendanceClass:
    """The class in force: the therapist's override, else `required` for an intake and any joint-work focus."""
    if session.attendance is not None:
        return session.attendance
    if session.kind is _INTAKE or not JOINT_WORK.isdisjoint(session.focus):
        return _REQUIRED
    return AttendanceClass.ENCOURAGED


class Case:
    """A `View` of real facts. Not frozen: one is made for every decision, and freezing doubles what that costs."""

    __slots__ = (
        "absent",
        "attending",
        "declared",
        "elapsed",
        "everyone_absent",
        "everyone_here",
        "facts",
        "here",
        "host_away",
        "joint",
        "late_said",
        "now",
        "outage",
        "partners",
        "policy",
        "present",
        "required",
        "solo",
        "solo_possible",
        "started",
        "states",
        "under_way",
    )

    def __init__(self, facts: Facts, policy: Policy) -> None:
        self.facts, self.policy, self.now = facts, policy, facts.now
        self.elapsed = elapsed(facts)
        self.outage = outage_open(facts)
        self.started = facts.session.started_at is not None
        self.solo = facts.session.solo_started_at is not None
        self.under_way = self.started or self.solo
        self.joint = facts.session.kind in JOINT
        self.host_away = facts.therapist.state is not _HOST_PRESENT
        self.partners = facts.partners
        begun = facts.now >= facts.session.starts_at
        self.states: list[PartnerState] = []
        self.present: list[str] = []
        absent: list[str] = []
        attending: list[str] = []
        self.late_said = False
        for key, partner in facts.partners.items():
            state = partner.state
            self.states.append(state)
            if partner.late_until is not None:
                self.late_said = True
            if state is _PRESENT:
                self.present.append(key)
                attending.append(key)
            elif begun or state is _DECLARED:
                absent.append(key)
            else:
                attending.append(key)
        self.absent, self.attending = tuple(absent), tuple(attending)
        self.here = len(self.present)
        self.everyone_here = self.here == len(self.states)
        self.everyone_absent = len(absent) == len(self.states)
        self.declared = _DECLARED in self.states
        self.required = attendance_class(facts.session) is _REQUIRED
        couple = facts.session.kind is _COUPLES
        self.solo_possible = couple and facts.solo_approval is not _DENIED and self.both_consent
        """J6 turned round: a couple, both consents, and no refusal by the therapist."""

    # -- the meeting -----------------------------------------------------------------------

    @property
    def before_start(self) -> bool:
        return self.elapsed < ZERO

    @property
    def begun(self) -> bool:
        return self.elapsed >= ZERO

    @property
    def idle(self) -> bool:
        return not self.under_way

    @property
    def host_lost_at(self) -> datetime:
        """Where nobody knows since when, it counts from now: the direction in which nobody is sent away."""
        return self.facts.therapist.since or self.now

    @property
    def host_gone(self) -> timedelta:
        return self.now - self.host_lost_at

    @property
    def co_present_minutes(self) -> float:
        return self.facts.co_present_minutes

    @property
    def credited(self) -> bool:
        return self.facts.co_present_minutes >= self.policy.credit_minutes

    @property
    def keep_apart(self) -> bool:
        return self.facts.keep_apart

    @property
    def interpreter_missing(self) -> bool:
        """Before the start an interpreter who is awaited counts as coming, as a partner does."""
        return self.facts.interpreter_missing and (self.begun or self.under_way)

    @property
    def interpreter_here(self) -> bool:
        return not self.interpreter_missing

    @property
    def not_required(self) -> bool:
        return not self.required

    def kind_is(self, kind: Kind) -> bool:
        return self.facts.session.kind is kind

    def class_is(self, attendance: AttendanceClass) -> bool:
        return attendance_class(self.facts.session) is attendance

    def has_focus(self, focus: Focus) -> bool:
        return focus in self.facts.session.focus

    # -- the partners ----------------------------------------------------------------------

    @property
    def everyone_declared(self) -> bool:
        return all(state is _DECLARED for state in self.states)

    @property
    def undeclared(self) -> bool:
        return not self.declared

    @property
    def attempted(self) -> bool:
        return PartnerState.ATTEMPTED in self.states

    @property
    def left(self) -> bool:
        return _LEFT in self.states

    @property
    def nobody_left(self) -> bool:
        return _LEFT not in self.states

    def somebody_is(self, state: PartnerState) -> bool:
        return state in self.states

    def somebody_declared(self, reason: Reason) -> bool:
        return any(p.state is _DECLARED and p.reason is reason for p in self.partners.values())

    @property
    def solo_reason(self) -> bool:
        return self.declared and any(p.state is _DECLARED and p.reason in SOLO_REASONS for p in self.partners.values())

    @property
    def grace(self) -> datetime | None:
        """The latest end of a reconnect grace that still runs."""
        if _DROPPED not in self.states:
            return None
        ends = [
            end
            for partner in self.partners.values()
            if partner.state is _DROPPED
            and (end := grace_end(partner.since, self.policy)) is not None
            and self.now < end
        ]
        return max(ends, default=None)

    @property
    def in_grace(self) -> bool:
        return self.grace is not None

    @property
    def late(self) -> datetime | None:
        """The latest end of a partner's running late that still runs."""
        if not self.late_said:
            return None
        ends = [
            end
            for partner in self.partners.values()
            if partner.late_until is not None
            and (end := late_end(self.facts, partner, self.policy)) is not None
            and self.now < end
        ]
        return max(ends, default=None)

    @property
    def running_late(self) -> bool:
        return self.late is not None

    def misses_of(self, misses: int) -> bool:
        return any(p.consecutive_misses >= misses for p in self.partners.values())

    # -- being seen alone ------------------------------------------------------------------

    @property
    def both_consent(self) -> bool:
        for partner in self.partners.values():  # noqa: SIM110  all() costs a tenth of a whole decision
            if not partner.solo_consent:
                return False
        return True

    @property
    def solo_impossible(self) -> bool:
        return not self.solo_possible

    def approval_is(self, approval: SoloApproval) -> bool:
        return self.facts.solo_approval is approval

    @property
    def not_granted(self) -> bool:
        return self.facts.solo_approval is not _GRANTED

    @property
    def approved(self) -> bool:
        return self.facts.solo_approval in (_GRANTED, SoloApproval.STANDING)

    def streak_of(self, solo_sessions: int) -> bool:
        return any(self.partners[key].consecutive_solo >= solo_sessions for key in self.attending)

    # -- words and instants ----------------------------------------------------------------

    @property
    def minutes(self) -> int:
        return int(self.elapsed.total_seconds() // 60)

    def at(self, after: timedelta) -> datetime:
        """The instant at which elapsed reaches `after`."""
        return starts_at_plus(self.facts, after)

    def last_of(self, first: datetime, *more: datetime | None) -> datetime:
        return max([first, *(at for at in more if at is not None)])
