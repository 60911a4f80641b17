"""Rulings: what a clause says, before the card and the outcomes are worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.attendance.model import (
    Action,
    AttendanceClass,
    Facts,
    Focus,
    FollowUp,
    Kind,
    PartnerState,
    Policy,
    Reason,
    SessionFacts,
    SoloApproval,
)
from server.domain.attendance.outcomes import JOINT
from server.domain.attendance.times import ZERO, elapsed

JOINT_WORK = frozenset(
    {
        Focus.RELATIONSHIP_ISSUES,
        Focus.CONFLICT_RESOLUTION,
        Focus.RELAPSE_PREVENTION_PLAN,
        Focus.TRUST_ACCOUNTABILITY,
    }
)
SOLO_REASONS = frozenset({Reason.SCHEDULING_CONFLICT, Reason.INDIVIDUAL_WORK, Reason.SPACE, Reason.RECOVERY_STAGE})


@dataclass(slots=True)  # not frozen: it is made for every decision, and freezing doubles what that costs
class Ruling:
    """One clause's word. `why` is the sentence; `options`, `recommended` and `default` belong to `ask`."""

    action: Action
    clause: str
    why: str
    wait_until: datetime | None = None
    options: tuple[Action, ...] = ()
    recommended: Action | None = None
    default: Action | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    host_missing: bool = False
    tell: bool = True


def attendance_class(session: SessionFacts) -> AttendanceClass:
    """The class in force: the therapist's override, else `required` for an intake and any joint-work focus."""
    if session.attendance is not None:
        return session.attendance
    if session.kind is Kind.INTAKE or not JOINT_WORK.isdisjoint(session.focus):
        return AttendanceClass.REQUIRED
    return AttendanceClass.ENCOURAGED


class Case:
    """The facts with what every clause asks of them, worked out once."""

    __slots__ = ("absent", "attending", "elapsed", "facts", "now", "partners", "policy", "present", "states")

    def __init__(self, facts: Facts, policy: Policy) -> None:
        self.facts, self.policy, self.now = facts, policy, facts.now
        self.elapsed = elapsed(facts)
        self.partners = facts.partners
        begun = facts.now >= facts.session.starts_at
        self.states: list[PartnerState] = []
        self.present: list[str] = []
        absent: list[str] = []
        attending: list[str] = []
        for key, partner in facts.partners.items():
            state = partner.state
            self.states.append(state)
            if state is PartnerState.PRESENT:
                self.present.append(key)
                attending.append(key)
            elif begun or state is PartnerState.DECLARED_ABSENT:
                absent.append(key)
            else:
                attending.append(key)
        self.absent, self.attending = tuple(absent), tuple(attending)

    def any(self, state: PartnerState) -> bool:
        return state in self.states

    @property
    def declared(self) -> bool:
        return self.any(PartnerState.DECLARED_ABSENT)

    @property
    def solo_reason(self) -> bool:
        return any(p.state is PartnerState.DECLARED_ABSENT and p.reason in SOLO_REASONS for p in self.partners.values())

    @property
    def solo_possible(self) -> bool:
        """J6 turned round: a couple, both consents, and no refusal by the therapist."""
        facts = self.facts
        return (
            facts.session.kind is Kind.COUPLES
            and all(p.solo_consent for p in self.partners.values())
            and facts.solo_approval is not SoloApproval.DENIED
        )

    @property
    def joint(self) -> bool:
        return self.facts.session.kind in JOINT

    @property
    def before_start(self) -> bool:
        return self.elapsed < ZERO

    @property
    def minutes(self) -> int:
        return int(self.elapsed.total_seconds() // 60)
