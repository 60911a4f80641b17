"""The attendance policy: `decide(facts, policy)`, pure and total (server/POLICY.md)."""

from server.domain.attendance.case import JOINT_WORK, attendance_class
from server.domain.attendance.decide import decide
from server.domain.attendance.model import (
    DEFAULT_POLICY,
    Action,
    Asked,
    AttendanceClass,
    Card,
    Condition,
    Decision,
    Facts,
    Focus,
    FollowUp,
    Kind,
    Notice,
    Outage,
    Outcome,
    OwnClause,
    PartnerFacts,
    PartnerState,
    Policy,
    Reason,
    SessionFacts,
    SoloApproval,
    TherapistFacts,
    TherapistState,
)
from server.domain.attendance.outcomes import follow_ups_for, group_outcomes_for, outcomes_for, settled_before
from server.domain.attendance.own import fingerprint
from server.domain.attendance.reading import FactsRefused, parse_facts
from server.domain.attendance.tables import CLAUSES
from server.domain.attendance.times import elapsed, reached, starts_at_plus
from server.domain.attendance.writing import decision_json, facts_json

__all__ = [
    "CLAUSES",
    "DEFAULT_POLICY",
    "JOINT_WORK",
    "Action",
    "Asked",
    "AttendanceClass",
    "Card",
    "Condition",
    "Decision",
    "Facts",
    "FactsRefused",
    "Focus",
    "FollowUp",
    "Kind",
    "Notice",
    "Outage",
    "Outcome",
    "OwnClause",
    "PartnerFacts",
    "PartnerState",
    "Policy",
    "Reason",
    "SessionFacts",
    "SoloApproval",
    "TherapistFacts",
    "TherapistState",
    "attendance_class",
    "decide",
    "decision_json",
    "elapsed",
    "facts_json",
    "fingerprint",
    "follow_ups_for",
    "group_outcomes_for",
    "outcomes_for",
    "parse_facts",
    "reached",
    "settled_before",
    "starts_at_plus",
]
