"""From a validated client message to the session's command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from server.domain.attendance import Action, AttendanceClass, Focus, Outcome, Reason, SoloApproval
from server.domain.session import commands as c
from server.domain.session.views import Check
from signaling.protocol import messages as m

_FROM: dict[type, Callable[[Any, str, datetime], c.Command]] = {
    m.ReportCheck: lambda x, who, now: c.ReportCheck(who, Check(x.camera, x.microphone, x.speaker, x.connection)),
    m.Arrive: lambda x, who, now: c.Arrive(who),
    m.SetDevices: lambda x, who, now: c.SetDevices(who, x.microphone, x.camera),
    m.RunLate: lambda x, who, now: c.RunLate(who, now + timedelta(minutes=x.minutes)),
    m.DeclareAbsence: lambda x, who, now: c.DeclareAbsence(who, Reason(x.reason)),
    m.WithdrawAbsence: lambda x, who, now: c.WithdrawAbsence(who),
    m.AskForTime: lambda x, who, now: c.AskForTime(who),
    m.AskForHelp: lambda x, who, now: c.AskForHelp(who),
    m.AnswerSafety: lambda x, who, now: c.AnswerSafety(who, x.safe),
    m.HearHelp: lambda x, who, now: c.HearHelp(x.participant),
    m.AskSafety: lambda x, who, now: c.AskSafety(x.participant),
    m.SettleSafety: lambda x, who, now: c.SettleSafety(x.participant),
    m.TakeAside: lambda x, who, now: c.TakeAside(x.participant),
    m.EndAside: lambda x, who, now: c.EndAside(),
    m.Extend: lambda x, who, now: c.Extend(x.minutes),
    m.AnswerMerge: lambda x, who, now: c.AnswerMerge(who, x.question, x.yes),
    m.Leave: lambda x, who, now: c.Leave(who),
    m.ShareDevice: lambda x, who, now: c.ShareDevice(who),
    m.ConfirmSharedDevice: lambda x, who, now: c.ConfirmSharedDevice(who),
    m.AttestSharedDevice: lambda x, who, now: c.AttestSharedDevice(x.participant, x.yes),
    m.AttestInOffice: lambda x, who, now: c.AttestInOffice(x.participant, x.here),
    m.AttestPresence: lambda x, who, now: c.AttestPresence(x.participant, x.here),
    m.Admit: lambda x, who, now: c.Admit(x.participant),
    m.AdmitAll: lambda x, who, now: c.AdmitAll(),
    m.SendBack: lambda x, who, now: c.SendBack(x.participant),
    m.Remove: lambda x, who, now: c.Remove(x.participant),
    m.AnswerCard: lambda x, who, now: c.AnswerCard(x.card, Action(x.option), Focus(x.focus) if x.focus else None),
    m.ApproveSolo: lambda x, who, now: c.ApproveSolo(SoloApproval(x.approval), x.reason),
    m.SetTerms: lambda x, who, now: c.SetTerms(
        tuple(Focus(f) for f in x.focus), AttendanceClass(x.attendance) if x.attendance else None
    ),
    m.CorrectOutcome: lambda x, who, now: c.CorrectOutcome(
        x.participant, Outcome(x.outcome) if x.outcome else None, x.reason
    ),
    m.CancelSession: lambda x, who, now: c.Cancel(),
    m.EndSession: lambda x, who, now: c.EndSession(),
}

THERAPIST_ONLY = frozenset(
    {
        m.TakeAside,
        m.EndAside,
        m.Extend,
        m.HearHelp,
        m.AskSafety,
        m.SettleSafety,
        m.AttestInOffice,
        m.AttestPresence,
        m.AttestSharedDevice,
        m.Admit,
        m.AdmitAll,
        m.SendBack,
        m.Remove,
        m.AnswerCard,
        m.ApproveSolo,
        m.SetTerms,
        m.CorrectOutcome,
        m.CancelSession,
        m.EndSession,
        m.LowerHand,
        m.AllowSharing,
        m.StopSharing,
    }
)
PARTNER_ONLY = frozenset(
    {
        m.AskForHelp,
        m.AnswerSafety,
        m.ShareDevice,
        m.ConfirmSharedDevice,
        m.RunLate,
        m.DeclareAbsence,
        m.WithdrawAbsence,
        m.AskForTime,
        m.AnswerMerge,
    }
)
BARRED = {"therapist": PARTNER_ONLY | {m.Arrive}, "partner": THERAPIST_ONLY}


def command_of(message: m.Message, who: str, now: datetime) -> c.Command:
    """The command `who` asks for. Raises `KeyError` for messages that the gateway answers itself."""
    return _FROM[type(message)](message, who, now)


def allowed(message: m.Message, role: str) -> bool:
    """Whether this role may send this message at all (who sees whom is decided by the session)."""
    return type(message) not in BARRED.get(role, THERAPIST_ONLY | PARTNER_ONLY)
