"""One random session: people come, go, ask and answer in any order, also in ways that make no sense."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from server.domain.attendance import DEFAULT_POLICY, Action, AttendanceClass, Focus, Kind, Outcome, Reason, SoloApproval
from server.domain.schedule import Part, Wish
from server.domain.session import commands as c
from server.domain.session.plan import Invitee, Plan
from server.domain.session.review import Hinders, Measure
from server.domain.session.state import HOSTS, THERAPIST, Session
from server.domain.session.step import Outcome as StepOutcome
from server.domain.session.step import next_deadline, step
from server.domain.session.views import Check, Link, Place, Status
from tests.simulation.invariants import Step, violations

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
STEPS = 60


def random_plan(rng: Random) -> Plan:
    def invitee(name: str, zone: str) -> Invitee:
        return Invitee(name, zone, rng.random() < 0.8, rng.choice((0, 0, 0, 1, 2)), rng.choice((0, 0, 1, 2)))

    kind = rng.choices((Kind.COUPLES, Kind.INTAKE, Kind.INDIVIDUAL, Kind.GROUP), (8, 1, 1, 1))[0]
    partners = {"a": invitee("Alex", "America/Chicago"), "b": invitee("Robin", "America/Denver")}
    if kind is Kind.INDIVIDUAL:
        del partners["b"]
    if kind is Kind.GROUP:
        partners |= {"c": invitee("Kim", "America/Denver"), "d": invitee("Lee", "America/New_York")}
    return Plan(
        kind=kind,
        focus=(rng.choice(list(Focus)),),
        starts_at=START,
        minutes=rng.choice((30, 50, 90)),
        therapist=Invitee("Dr. Rivera", "America/New_York"),
        partners=partners,
        attendance=rng.choice((None, None, *AttendanceClass)),
        approval=rng.choice(list(SoloApproval)),
        keep_apart=rng.random() < 0.1,
        helpers={key: Invitee(key, "America/Chicago") for key in ("interpreter", "support") if rng.random() < 0.4},
        needs_interpreter=rng.random() < 0.3,
        substitute=Invitee("Dr. Marsh", "America/New_York") if rng.random() < 0.5 else None,
    )


def _check(rng: Random) -> Check:
    return Check(*(rng.choice(("ok", "ok", "failed", "skipped", *more)) for more in ((), ("silent",), (), ("relay",))))


def random_command(rng: Random, session: Session, now: datetime) -> c.Command:
    partners = session.invited or ("a", "b")
    anyone = (*partners, *session.helpers)
    away = [key for key, seat in session.seats.items() if not seat.connected]
    who = rng.choice(away) if away and rng.random() < 0.4 else rng.choice((*anyone, THERAPIST))
    seat = session.seats.get(who)
    epoch = 0 if seat is None else seat.epoch
    partner = rng.choice(anyone)
    card, question, times = session.card, session.question, session.rescheduling
    choices: list[tuple[float, c.Command]] = [
        (8, c.Connect(session.host if who == THERAPIST else who, epoch + rng.choice((0, 1, 1, 1)))),
        (0.5, c.Connect(rng.choice(HOSTS), epoch + 1)),
        (1, c.TakeOver(rng.choice(HOSTS))),
        (1, c.AttestInOffice(partner, rng.random() < 0.7)),
        (1, c.AttestPresence(partner, rng.random() < 0.6)),
        (8, c.Arrive(partner)),
        (1, c.Drop(who, epoch, now - timedelta(seconds=rng.randrange(30)))),
        (1, c.ReportLink(who, epoch - rng.choice((0, 0, 1)), rng.choice(list(Link)))),
        (1, c.Leave(who)),
        (1, c.ReportCheck(partner, _check(rng))),
        (0.5, c.SetDevices(who, rng.random() < 0.5, rng.random() < 0.5)),
        (1, c.RunLate(partner, now + timedelta(minutes=rng.choice((5, 20, 500))))),
        (0.3, c.DeclareAbsence(partner, rng.choice(list(Reason)))),
        (0.5, c.WithdrawAbsence(partner)),
        (0.5, c.ConfirmComing(partner)),
        (0.3, c.TellWhereabouts(partner)),
        (0.1, c.LeaveQuickly(partner)),
        (1, c.TakeAside(partner)),
        (0.5, c.EndAside()),
        (0.2, c.Extend(rng.choice((0, 5, 15, 500)))),
        (0.3, c.AskForHelp(partner)),
        (0.3, c.HearHelp(partner)),
        (0.3, c.AskSafety(partner)),
        (0.3, c.AnswerSafety(partner, rng.random() < 0.8)),
        (1, c.SettleSafety(partner)),
        (0.5, c.AskForTime(partner)),
        (1, c.ShareDevice(partner)),
        (1, c.ConfirmSharedDevice(partner)),
        (1.5, c.AttestSharedDevice(partner, rng.random() < 0.8)),
        (4, c.Admit(rng.choice((*anyone, "nobody")))),
        (2, c.AdmitAll()),
        (0.7, c.SendBack(partner)),
        (0.2, c.Remove(partner)),
        (1, c.ApproveSolo(rng.choice(list(SoloApproval)))),
        (0.3, c.SetTerms((rng.choice(list(Focus)),), rng.choice((None, *AttendanceClass)))),
        (0.3, c.SetConsent(partner, rng.random() < 0.5)),
        (0.5, c.InviteToGroup(rng.choice("abcdl"), Invitee("Kim", "America/Chicago"))),
        (0.3, c.SetStreaks(partner, rng.randrange(4), rng.randrange(4))),
        (0.3, c.CorrectOutcome(partner, rng.choice((None, *Outcome)), rng.choice(("", "It was our fault.")))),
        (0.3, c.CarryApproval(rng.random() < 0.5)),
        (
            0.3,
            c.AssessReview("p-lake", rng.choice(list(Hinders)), (rng.choice(list(Measure)),), "", len(session.reviews)),
        ),
        (0.2, c.EndSession()),
        (0.05, c.Cancel()),
        (0.2, c.RecordOutage(now - timedelta(minutes=rng.choice((0, 1, 5))), now, rng.random() < 0.5)),
        (0.1, c.RecordOutage(now, None, cut=False)),
        (2, c.DeadlineReached()),
        (0.1, c.PlanSession(random_plan(rng))),
        (0.3, c.ReportNoTimes()),
        (0.3, c.ReportTimeTaken()),
    ]
    if session.status is Status.PLANNED and session.seq % 40 == 7:
        choices.append((5, c.ChangeTime(now + timedelta(minutes=rng.choice((-5, 5, 90))))))
    if session.paused_since is not None:
        choices.append((10, c.RecordOutage(session.paused_since, now, cut=False)))
    if card is not None:
        option = rng.choice((*card.options, *card.options, *card.options, *Action))
        focus = rng.choice((None, Focus.OPEN, Focus.COPING_SKILLS, Focus.CONFLICT_RESOLUTION))
        choices.append((5, c.AnswerCard(rng.choice((card.id, card.id, card.id, "c0")), option, focus)))
    if question is not None:
        choices.append((8, c.AnswerMerge(rng.choice(("a", "b")), question.id, rng.random() < 0.7)))
    if times is not None and times.status == "searching":
        starts = tuple(now + timedelta(days=day) for day in (1, 2, 3))
        choices.append((10, c.ProposeTimes(starts, now + timedelta(hours=rng.choice((-1, 48, 48))))))
    if times is not None and times.status == "proposed":
        accept = frozenset(rng.sample((0, 1, 2, 7), rng.choice((0, 1, 2, 3))))
        wishes = frozenset(
            {Wish(rng.randrange(7), rng.choice(list(Part)))} if not accept and rng.random() < 0.5 else ()
        )
        choices += [(10, c.AnswerTimes(partner, accept, wishes)), (5, c.ReportBooked("s1r1", now + timedelta(days=2)))]
    return rng.choices([command for _, command in choices], [weight for weight, _ in choices])[0]


def likely_command(rng: Random, session: Session) -> c.Command | None:
    """What people would do next in a session that goes well."""
    for who in rng.sample(list(session.seats), len(session.seats)):
        seat = session.seats[who]
        if not seat.connected:
            return c.Connect(session.host if who == THERAPIST else who, seat.epoch + 1)
        if who != THERAPIST and not seat.present:
            return c.Arrive(who)
        if seat.place is Place.WAITING:
            return c.Admit(who)
    if session.question is not None:
        return c.AnswerMerge(session.question.who, session.question.id, True)
    return c.AnswerCard(session.card.id, rng.choice(session.card.options)) if session.card else None


def walk(seed: int, rare: Counter[str], trace: list[str] | None = None) -> tuple[int, list[str]]:
    """Steps taken and the violations seen, each with its seed and first step. Every step is told to `trace`."""
    rng = Random(seed)
    policy = DEFAULT_POLICY
    session, now = Session("s1"), START - timedelta(minutes=rng.choice((0, 2, 5)))
    log: list[tuple[object, datetime]] = []
    found: dict[str, str] = {}
    command: c.Command = c.PlanSession(random_plan(rng))
    for number in range(STEPS):
        before = session
        outcome = step(session, policy, command, now)
        session = outcome.session
        log += [(event, max(now, before.at or now)) for event in outcome.events]
        for fault in violations(Step(before, command, now, outcome, policy), log):
            found.setdefault(fault, f"seed {seed} step {number} {type(command).__name__}: {fault}")
        if trace is not None:
            trace.append(_told(number, now, command, outcome))
        _count(rare, before, session)
        due = next_deadline(session, policy)
        if due is not None and rng.random() < 0.12:
            now, command = max(now, due), c.DeadlineReached()
            continue
        now += timedelta(seconds=rng.choice((0, 0, 1, 1, 5, 20, 60)))
        if rng.random() < 0.02:
            now -= timedelta(seconds=rng.randrange(120))  # a clock that was set back
        command = (rng.random() < 0.3 and likely_command(rng, session)) or random_command(rng, session, now)
    return STEPS, list(found.values())


def _told(number: int, now: datetime, command: c.Command, outcome: StepOutcome) -> str:
    came_of_it = outcome.refusal.code if outcome.refusal else ", ".join(map(str, outcome.events)) or "nothing"
    return f"{number} {now:%H:%M:%S} {command}: {came_of_it}"


def _count(rare: Counter[str], before: Session, after: Session) -> None:
    if before.status is not after.status:
        rare[f"became {after.status}"] += 1
    if after.card is not None and after.card is not before.card and after.card.answer is None:
        rare[f"card {after.card.clause}"] += 1
    if any(seat.shares is not None and before.seats[key].shares is None for key, seat in after.seats.items()):
        rare["shared a device"] += 1
    if any(seat.unsettled and not before.seats[key].unsettled for key, seat in after.seats.items()):
        rare["was not safe"] += 1
    if after.aside is not None and before.aside is None:
        rare["spoken with alone"] += 1
    if len(after.reviews) > len(before.reviews):
        rare["assessed"] += 1
    if before.paused_since is not None and after.paused_since is None:
        rare["saw again"] += 1
    if before.plan is not None and before.host != after.host:
        rare["changed its host"] += 1
    if any(seat.shares == THERAPIST and before.seats[key].shares is None for key, seat in after.seats.items()):
        rare["sat in the office"] += 1
    if any(seat.empty and not before.seats[key].empty for key, seat in after.seats.items()):
        rare["left an empty chair"] += 1
    if before.solo_started_at is not None and after.solo_started_at is None and after.status is Status.UNDER_WAY:
        rare["merged"] += 1
    if after.plan is not None and before.plan is not None and len(after.plan.partners) < len(before.plan.partners):
        rare["converted"] += 1
    if after.rescheduling is not None and after.rescheduling != before.rescheduling:
        rare[f"times {after.rescheduling.status}"] += 1


def changed_partner(rng: Random, session: Session, key: str, now: datetime) -> Session:
    """The same session with everything of `key` that is theirs alone set to something else."""
    seat = session.seats[key]
    return session.seat(
        key,
        **{
            "arrived_at": None if seat.arrived_at else now,
            "reason": rng.choice(list(Reason)),
            "late_until": now + timedelta(minutes=9),
            "confirmed_at": None if seat.confirmed_at else now,
            "told_where_at": None if seat.told_where_at else now,
            "left_quickly": not seat.left_quickly,
            "help_at": None if seat.help_at else now,
            "safety_asked": not seat.safety_asked,
            "safe": rng.choice((None, True, False)),
            "unsettled": not seat.unsettled,
            "asked_for_time": not seat.asked_for_time,
            "microphone": not seat.microphone,
            "camera": not seat.camera,
            "check": _check(rng),
            "nudges": seat.nudges + 1,
            "link": rng.choice(list(Link)),
        },
    )
