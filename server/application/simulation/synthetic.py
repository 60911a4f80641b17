"""A made-up year of sessions, the same for the same seed: ordinary weeks, with everything that goes wrong in them.

The shares are assumptions, not measurements of any clinic; what counts is that both policies meet the same year.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from server.application.simulation.circumstances import Answer, Circumstances, Happening, Member, What
from server.application.simulation.playing import THERAPIST
from server.domain.attendance import AttendanceClass, Focus, Kind, Reason, SoloApproval

FIRST = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
SESSIONS_OF_A_COUPLE = 40  # ten weeks of four
CARDS = 4
KINDS = [Kind.COUPLES] * 13 + [Kind.INDIVIDUAL] * 5 + [Kind.GROUP] * 2
REASONS = [*Reason, Reason.ILLNESS, Reason.SCHEDULING_CONFLICT]
APPROVALS = [SoloApproval.NONE] * 6 + [SoloApproval.STANDING] * 2 + [SoloApproval.GRANTED, SoloApproval.DENIED]
CLASSES = [None] * 8 + [AttendanceClass.OPTIONAL, AttendanceClass.REQUIRED]


def synthetic_year(sessions: int, seed: int) -> Iterator[Circumstances]:
    """So many sessions, couple by couple, each couple's in order of time."""
    for number in range(sessions):
        couple, nth = divmod(number, SESSIONS_OF_A_COUPLE)
        yield _session(f"couple-{couple}", nth, random.Random(f"{seed}/{couple}"), random.Random(f"{seed}/{number}"))


def _session(couple: str, nth: int, temper: random.Random, dice: random.Random) -> Circumstances:
    """`temper` is the couple's own, the same at each of its sessions; `dice` is the session's."""
    kind = Kind.INTAKE if nth == 0 else dice.choice(KINDS)
    starts_at = FIRST + timedelta(days=2 * nth, hours=temper.randrange(5))
    consents = {"a": temper.random() < 0.9, "b": temper.random() < 0.85}
    unreliable = {"a": temper.uniform(0.02, 0.12), "b": temper.uniform(0.03, 0.3)}
    approval, attendance = temper.choice(APPROVALS), dice.choice(CLASSES)
    keep_apart = temper.random() < 0.01
    keys = {Kind.INDIVIDUAL: "a", Kind.GROUP: "abcd"[: dice.randint(2, 4)]}.get(kind, "ab")
    happenings = list(_host(starts_at, dice))
    for key in keys:
        happenings += _partner(key, starts_at, unreliable.get(key, 0.1), dice)
    return Circumstances(
        couple,
        kind,
        tuple(dice.sample(list(Focus), 1)),
        starts_at,
        50,
        {key: Member(consents.get(key, True)) for key in keys},
        tuple(sorted(happenings, key=lambda h: (h.at, h.who))),
        tuple(_answer(dice) for _ in range(CARDS)),
        attendance if kind is Kind.COUPLES else None,
        approval,
        keep_apart and kind is Kind.COUPLES,
    )


def _answer(dice: random.Random) -> Answer | None:
    if dice.random() < 0.2:
        return None
    leaning = 0.0 if dice.random() < 0.7 else dice.random()
    return Answer(timedelta(seconds=5 + dice.expovariate(1 / 40)), leaning=leaning)


def _host(starts_at: datetime, dice: random.Random) -> Iterator[Happening]:
    if dice.random() < 0.01:
        return
    late = dice.uniform(0, 12) if dice.random() < 0.04 else -dice.uniform(0.5, 5)
    yield Happening(starts_at + timedelta(minutes=late), THERAPIST, What.ARRIVES)


def _partner(key: str, starts_at: datetime, unreliable: float, dice: random.Random) -> Iterator[Happening]:
    """`unreliable` is how likely something keeps this partner from coming on time."""
    if dice.random() >= unreliable:
        yield Happening(starts_at + timedelta(minutes=dice.gauss(-2, 1.5)), key, What.ARRIVES)
        yield from _inside(key, starts_at, dice)
        return
    fate = dice.choice(["late", "late", "late", "very late", "never", "never", "declares", "declares", "fails"])
    if fate == "declares":
        ahead = timedelta(hours=dice.choice([0.2, 1, 3, 8, 26, 50]))
        yield Happening(starts_at - ahead, key, What.DECLARES, reason=dice.choice(REASONS))
    elif fate == "fails":
        tried = starts_at + timedelta(minutes=dice.uniform(-3, 4))
        yield Happening(tried, key, What.TRIES)
        if dice.random() < 0.6:
            yield Happening(tried + timedelta(minutes=dice.uniform(1, 20)), key, What.ARRIVES)
    elif fate != "never":
        comes = starts_at + timedelta(minutes=dice.uniform(1, 14) if fate == "late" else dice.uniform(14, 35))
        if dice.random() < 0.3:
            yield Happening(starts_at, key, What.RUNS_LATE, until=comes)
        yield Happening(comes, key, What.ARRIVES)


def _inside(key: str, starts_at: datetime, dice: random.Random) -> Iterator[Happening]:
    """What may befall somebody in the room."""
    chance, at = dice.random(), starts_at + timedelta(minutes=dice.uniform(3, 45))
    if chance < 0.03:
        yield Happening(at, key, What.DROPS)
        if dice.random() < 0.8:
            yield Happening(at + timedelta(seconds=dice.expovariate(1 / 60)), key, What.ARRIVES)
    elif chance < 0.04:
        yield Happening(at, key, What.LEAVES)
