"""Every cell of the state table, and the walks over all of them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import get_args

import pytest

from server.adapters.codec import JsonCodec
from server.domain.attendance import DEFAULT_POLICY, Action, Focus, Outcome, Reason, SoloApproval
from server.domain.session import commands as c
from server.domain.session.evolve import evolve
from server.domain.session.plan import Invitee
from server.domain.session.refusals import Refusal
from server.domain.session.review import Hinders, Measure
from server.domain.session.state import Session
from server.domain.session.step import TABLE, Phase, phase_of, step
from server.domain.session.views import Check, Link
from tests.domain.session.story import COUPLE, START, Story, on_time, one_missing
from tests.simulation.walk import walk

LATER = START + timedelta(days=2)
KEPT = {12034: "whose chair was empty before they sat in the office was taken for gone, and the other seen alone"}
SAMPLES: tuple[c.Command, ...] = (
    c.PlanSession(COUPLE),
    c.Connect("a", 99),
    c.Arrive("a"),
    c.ReportLink("a", 1, Link.RECONNECTING),
    c.Drop("a", 1, START),
    c.Leave("a"),
    c.ReportCheck("a", Check("ok", "failed", "ok", "ok")),
    c.SetDevices("a", False, True),
    c.RunLate("b", START + timedelta(minutes=5)),
    c.DeclareAbsence("b", Reason.OTHER),
    c.WithdrawAbsence("b"),
    c.ConfirmComing("b"),
    c.TellWhereabouts("a"),
    c.LeaveQuickly("a"),
    c.AskForHelp("a"),
    c.HearHelp("a"),
    c.AskSafety("a"),
    c.AnswerSafety("a", False),
    c.SettleSafety("a"),
    c.TakeAside("a"),
    c.EndAside(),
    c.Extend(5),
    c.AskForTime("a"),
    c.Admit("a"),
    c.AdmitAll(),
    c.SendBack("a"),
    c.Remove("a"),
    c.AnswerCard("c1", Action.PROCEED),
    c.AnswerMerge("a", "q1", True),
    c.ApproveSolo(SoloApproval.GRANTED),
    c.ShareDevice("a"),
    c.ConfirmSharedDevice("b"),
    c.AttestSharedDevice("b", True),
    c.AttestInOffice("b", True),
    c.AttestPresence("a", False),
    c.TakeOver("substitute"),
    c.SetConsent("a", False),
    c.InviteToGroup("c", Invitee("Kim", "UTC")),
    c.SetStreaks("a", 1, 0),
    c.CorrectOutcome("b", Outcome.EXCUSED, "The bus stood still."),
    c.CarryApproval(True),
    c.SetTerms((Focus.OPEN,), None),
    c.AssessReview("p-lake", Hinders.WATCH, (Measure.OUTREACH,), "", 0),
    c.EndSession(),
    c.Cancel(),
    c.ChangeTime(LATER),
    c.RecordOutage(START, START + timedelta(minutes=1)),
    c.DeadlineReached(),
    c.ProposeTimes((LATER,), LATER),
    c.ReportNoTimes(),
    c.AnswerTimes("a", frozenset({0})),
    c.ReportBooked("x", LATER),
    c.ReportTimeTaken(),
)


def _in_phase(phase: Phase) -> Session:
    match phase:
        case Phase.NEW:
            return Session("s1")
        case Phase.PLANNED:
            return one_missing().session
        case Phase.UNDER_WAY:
            return on_time().session
        case Phase.SOLO:
            return one_missing().at(11).taps(Action.PROCEED).session
    return one_missing().at(15).session


def test_the_table_has_a_cell_for_every_phase_and_command() -> None:
    assert set(TABLE) == {(phase, command) for phase in Phase for command in get_args(c.Command)}
    assert {type(sample) for sample in SAMPLES} == set(get_args(c.Command))


@pytest.mark.parametrize("phase", list(Phase), ids=lambda phase: phase.name)
@pytest.mark.parametrize("command", SAMPLES, ids=lambda command: type(command).__name__)
def test_cell(phase: Phase, command: c.Command) -> None:
    session = _in_phase(phase)
    assert phase_of(session) is phase
    outcome = step(session, DEFAULT_POLICY, command, START + timedelta(minutes=30))
    cell = TABLE[phase, type(command)]
    if isinstance(cell, Refusal):
        assert outcome.refusal == cell
    if outcome.refusal is not None:
        assert outcome.session is session
        assert not outcome.events
        assert outcome.refusal.code.replace("_", "").isalpha()
    again = step(session, DEFAULT_POLICY, command, START + timedelta(minutes=30))
    assert again == outcome


@pytest.mark.parametrize(
    "command",
    [sample for sample in SAMPLES if hasattr(sample, "who")],
    ids=lambda command: type(command).__name__,
)
def test_a_stranger_s_name_is_refused(command: c.Command) -> None:
    fields = {name: getattr(command, name) for name in command.__slots__}
    session = _in_phase(Phase.PLANNED)
    outcome = step(session, DEFAULT_POLICY, type(command)(**{**fields, "who": "stranger"}), START)
    assert outcome.refusal is not None


def test_the_log_s_time_never_runs_back() -> None:
    story = on_time().at(10)
    earlier = step(story.session, DEFAULT_POLICY, c.Leave("a"), START)
    assert earlier.session.at is not None
    assert story.session.at is not None
    assert earlier.session.at >= story.session.at


def test_every_event_survives_the_record() -> None:
    codec = JsonCodec()
    story: Story = one_missing().at(11).taps(Action.PROCEED).at(20).arrives("b").taps(Action.MERGE).says("a", True)
    copied = Session("s1")
    at = START
    for event in story.events:
        kind, body = codec.encode(event)
        read = codec.event(kind, body)
        assert read == event
        copied = evolve(copied, read, at)
    for effect in story.effects:
        assert codec.effect(*codec.encode(effect)) == effect


def test_random_sessions_keep_every_invariant() -> None:
    rare: Counter[str] = Counter()
    faults = [fault for seed in (*range(400), *KEPT) for fault in walk(seed, rare)[1]]
    assert faults == []
    wanted: tuple[str, ...] = (
        "became solo",
        "became under_way",
        "merged",
        "card S1",
        "card M3",
        "card J13",
        "times booked",
    )
    wanted += (
        "shared a device",
        "sat in the office",
        "left an empty chair",
        "changed its host",
        "saw again",
        "was not safe",
        "spoken with alone",
        "assessed",
    )
    assert [name for name in wanted if not rare[name]] == []
