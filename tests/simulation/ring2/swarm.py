"""What a seed is made of: a random part of the faults, and how hard times are drawn towards the edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

STARTS = (
    datetime(2026, 1, 14, 15, 0, tzinfo=UTC),
    datetime(2026, 6, 17, 17, 0, tzinfo=UTC),
    datetime(2026, 3, 6, 19, 0, tzinfo=UTC),  # the clocks of America change on the 8th of March
    datetime(2026, 3, 27, 16, 0, tzinfo=UTC),  # those of Europe on the 29th
    datetime(2026, 10, 23, 15, 0, tzinfo=UTC),  # and back on the 25th of October
    datetime(2026, 10, 30, 18, 0, tzinfo=UTC),  # and on the 1st of November
    datetime(2026, 3, 8, 6, 50, tzinfo=UTC),  # the hour itself: 01:50 in New York becomes 03:00 ten minutes on
    datetime(2026, 11, 1, 5, 50, tzinfo=UTC),  # 01:50 comes twice
)


@dataclass(frozen=True, slots=True)
class Swarm:
    nodes: int
    speed: float
    start: datetime
    delay: float  # s of real time, about, to and from the store
    slow_reads: float
    edges: float  # how often a person acts at an edge of time rather than anywhere
    crashes: int
    exact_crashes: float  # chance that a commit is the last thing its node did
    pauses: int
    outages: int  # of the store
    lost_answers: float
    homes: bool  # nodes know of one another, and each session lives on one of them
    hints: str  # "all", "lossy", "none"
    flushes: int  # of Redis, or it is away for a while
    walls: int  # steps of ±1 h
    skew: bool  # 5 minutes between nodes
    lost_letters: float
    doubled_letters: float
    bad_posts: bool
    pages: bool
    times: bool  # new times are sought, answered, booked
    rivals: bool  # two couples want the same therapist's time
    measured: bool  # in step with the wall: nodes measure the database's clock
    blind: bool  # the media worker dies for a while
    stand_in: bool = False  # a substitute is planned, and asked where the therapist is late
    interpreted: bool = False  # an interpreter is needed, and may be late, lost, or never come


def swarm_of(rng: Random) -> Swarm:
    def some(chance: float, most: int) -> int:
        return rng.randint(1, most) if rng.random() < chance else 0

    measured = rng.random() < 0.01
    rivals = rng.random() < 0.06 and not measured
    pages = rng.random() < 0.04
    homes = rng.random() < 0.25 and not pages
    return Swarm(
        nodes=rng.choices((1, 2, 3), (2, 6, 2))[0],
        speed=1.0 if measured else rng.choice((60.0, 120.0, 240.0, 240.0)),
        start=rng.choice(STARTS),
        delay=rng.choice((0.0002, 0.002, 0.02)),
        slow_reads=rng.choice((0.0, 0.1, 0.6)),
        edges=rng.choice((0.1, 0.5, 0.9)),
        crashes=some(0.9 if measured else 0.35, 2),
        exact_crashes=0.0 if measured else rng.choice((0.0, 0.0, 0.0, 0.03)),
        pauses=some(0.3, 2),
        outages=some(0.25, 2),
        lost_answers=rng.choice((0.0, 0.0, 0.03, 0.15)),
        homes=homes,
        flushes=some(0.4, 2) if homes else 0,
        hints=rng.choice(("all", "lossy", "none")),
        walls=some(1.0 if measured else 0.3, 2),
        skew=rng.random() < 0.4,
        lost_letters=rng.choice((0.0, 0.0, 0.2, 0.5)),
        doubled_letters=rng.choice((0.0, 0.1)),
        bad_posts=rng.random() < 0.1,
        pages=pages,
        times=rivals or (rng.random() < 0.3 and not measured),
        rivals=rivals,
        measured=measured,
        blind=rng.random() < 0.12,
    )
