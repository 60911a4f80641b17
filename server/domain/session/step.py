"""`step()`: the session's state machine, total over every phase and command.

A cell of `TABLE` is a handler or the refusal that stands in its place; nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from server.domain.attendance import Policy
from server.domain.session import aside, correcting, hosting, people, reviewing, safety, sharing, times
from server.domain.session import commands as c
from server.domain.session import refusals as no
from server.domain.session.effects import Effect
from server.domain.session.events import Event
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal
from server.domain.session.reminding import nudge_due, substitute_due
from server.domain.session.settle import missing_due, settle
from server.domain.session.state import Session
from server.domain.session.views import Status


class Phase(IntEnum):  # found in a table at every command: a number is hashed the quickest
    NEW = 0
    PLANNED = 1
    UNDER_WAY = 2
    SOLO = 3
    OVER = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to. With a refusal the session is unchanged and there are no events."""

    session: Session
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    refusal: Refusal | None = None


Handler = Callable[[Log, Any], Refusal | None]
Cell = Handler | Refusal


def _look_again(log: Log, command: c.DeadlineReached) -> Refusal | None:
    times.expire(log)
    return None


def _everywhere(handler: Handler) -> tuple[Cell, ...]:
    return (no.NOT_PLANNED, handler, handler, handler, handler)


def _while_live(handler: Handler) -> tuple[Cell, ...]:
    return (no.NOT_PLANNED, handler, handler, handler, no.OVER)


def _before_start(handler: Handler) -> tuple[Cell, ...]:
    return (no.NOT_PLANNED, handler, no.UNDER_WAY, no.UNDER_WAY, no.OVER)


def _when_over(handler: Handler) -> tuple[Cell, ...]:
    return (no.NOT_PLANNED, no.NOT_OVER, no.NOT_OVER, no.NOT_OVER, handler)


ROWS: dict[type, tuple[Cell, ...]] = {
    c.PlanSession: (people.plan_session, *(no.ALREADY_PLANNED,) * 4),
    c.Connect: _everywhere(people.connect),
    c.ReportLink: _everywhere(people.report_link),
    c.Drop: _everywhere(people.drop),
    c.SetDevices: _everywhere(people.set_devices),
    c.ReportCheck: _while_live(people.report_check),
    c.Arrive: _while_live(people.arrive),
    c.Leave: _while_live(people.leave),
    c.TellWhereabouts: _while_live(people.tell_whereabouts),
    c.LeaveQuickly: _while_live(safety.leave_quickly),
    c.AskForHelp: _while_live(safety.ask_for_help),
    c.HearHelp: _while_live(safety.hear_help),
    c.AskSafety: _while_live(safety.ask_safety),
    c.AnswerSafety: _while_live(safety.answer_safety),
    c.SettleSafety: _while_live(safety.settle_safety),
    c.AskForTime: _while_live(people.ask_for_time),
    c.RunLate: _before_start(people.run_late),
    c.DeclareAbsence: _before_start(people.declare_absence),
    c.WithdrawAbsence: _before_start(people.withdraw_absence),
    c.ConfirmComing: _before_start(people.confirm_coming),
    c.ShareDevice: _while_live(sharing.share_device),
    c.ConfirmSharedDevice: _while_live(sharing.confirm_shared_device),
    c.AttestSharedDevice: _while_live(sharing.attest_shared_device),
    c.AttestInOffice: _while_live(sharing.attest_in_office),
    c.AttestPresence: _while_live(hosting.attest_presence),
    c.TakeOver: _while_live(hosting.take_over),
    c.Admit: _while_live(hosting.admit),
    c.AdmitAll: _while_live(hosting.admit_all),
    c.SendBack: _while_live(hosting.send_back),
    c.Remove: _while_live(hosting.remove),
    c.TakeAside: (no.NOT_PLANNED, no.NOT_UNDER_WAY, aside.take_aside, no.SOLO_UNDER_WAY, no.OVER),
    c.EndAside: (no.NOT_PLANNED, no.NOBODY_ASIDE, aside.end_aside, no.NOBODY_ASIDE, no.OVER),
    c.Extend: (no.NOT_PLANNED, no.NOT_UNDER_WAY, aside.extend, aside.extend, no.OVER),
    c.AnswerCard: _while_live(hosting.answer_card),
    c.AnswerMerge: (no.NOT_PLANNED, no.QUESTION_GONE, no.QUESTION_GONE, people.answer_merge, no.OVER),
    c.ApproveSolo: _while_live(hosting.approve_solo),
    c.CarryApproval: _before_start(hosting.carry_approval),
    c.SetTerms: _before_start(hosting.set_terms),
    c.SetConsent: _while_live(people.set_consent),
    c.InviteToGroup: _before_start(people.invite_to_group),
    c.SetStreaks: _before_start(correcting.set_streaks),
    c.CorrectOutcome: _when_over(correcting.correct_outcome),
    c.AssessReview: _everywhere(reviewing.assess_review),
    c.EndSession: (no.NOT_PLANNED, no.NOT_UNDER_WAY, hosting.end_session, hosting.end_session, no.OVER),
    c.Cancel: _before_start(hosting.cancel),
    c.ChangeTime: _before_start(times.change_time),
    c.RecordOutage: _while_live(people.record_outage),
    c.DeadlineReached: _everywhere(_look_again),
    c.ProposeTimes: _everywhere(times.propose_times),
    c.ReportNoTimes: _everywhere(times.report_no_times),
    c.AnswerTimes: _everywhere(times.answer_times),
    c.ReportBooked: _everywhere(times.report_booked),
    c.ReportTimeTaken: _everywhere(times.report_time_taken),
}

TABLE: dict[tuple[Phase, type], Cell] = {
    (phase, command): row[phase.value] for command, row in ROWS.items() for phase in Phase
}


_NEW = Phase.NEW
_PHASES = {
    Status.PLANNED: Phase.PLANNED,
    Status.UNDER_WAY: Phase.UNDER_WAY,
    Status.SOLO: Phase.SOLO,
    Status.ENDED: Phase.OVER,
    Status.RESCHEDULED: Phase.OVER,
    Status.CANCELLED: Phase.OVER,
}


def phase_of(session: Session) -> Phase:
    return _NEW if session.plan is None else _PHASES[session.status]


def step(session: Session, policy: Policy, command: c.Command, now: datetime) -> Outcome:
    """Apply `command` at `now`. Total: always returns; a refusal changes nothing.

    `now` earlier than the session's last event counts as that instant: the log's time never runs back.
    """
    cell = TABLE[phase_of(session), type(command)]
    if isinstance(cell, Refusal):
        return Outcome(session, refusal=cell)
    log = Log(session, policy, now if session.at is None else max(now, session.at))
    refusal = cell(log, command)
    if refusal is not None:
        return Outcome(session, refusal=refusal)
    people.give_up_outages(log)
    settle(log)
    return Outcome(log.session, tuple(log.events), tuple(log.effects))


def next_deadline(session: Session, policy: Policy) -> datetime | None:
    """The next instant at which the session must be looked at again, whoever does or doesn't do anything."""
    candidates: list[datetime | None] = []
    if session.rescheduling is not None:
        candidates.append(session.rescheduling.expires_at)
    if session.paused_since is not None and not session.over:
        candidates.append(session.paused_since + people.OUTAGE_LEASE)
    elif session.plan is not None and not session.over:
        if session.stance is not None:
            candidates.append(session.stance.wait_until)
        if session.card is not None and session.card.answer is None:
            candidates.append(session.card.answer_by)
        if session.question is not None and not session.question.agreed:
            candidates.append(session.question.answer_by)
        candidates += [due(session, policy) for due in (nudge_due, substitute_due, missing_due)]
    return min((at for at in candidates if at is not None), default=None)
