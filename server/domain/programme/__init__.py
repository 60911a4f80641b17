"""The programme around the sessions: its targets and phases, its couples and what is agreed with them.

Pure data with its rules. What breaks a rule raises `ProgrammeError` with a stable code and a plain sentence.
"""

from server.domain.programme.agreement import DEFAULT_AGREEMENT, Agreement, Intake, Signature
from server.domain.programme.availability import Availability, Elsewhere, ImportedCalendar, Subscriptions
from server.domain.programme.contact import Contact
from server.domain.programme.couple import Client, Couple, Need, Progress, Staff, Stage, Standing
from server.domain.programme.faults import ProgrammeError
from server.domain.programme.notes import Note
from server.domain.programme.programme import DEFAULT_PROGRAMME, GroupTime, Lengths, Phase, Programme, Targets

__all__ = [
    "DEFAULT_AGREEMENT",
    "DEFAULT_PROGRAMME",
    "Agreement",
    "Availability",
    "Client",
    "Contact",
    "Couple",
    "Elsewhere",
    "GroupTime",
    "ImportedCalendar",
    "Intake",
    "Lengths",
    "Need",
    "Note",
    "Phase",
    "Programme",
    "ProgrammeError",
    "Progress",
    "Signature",
    "Staff",
    "Stage",
    "Standing",
    "Subscriptions",
    "Targets",
]
