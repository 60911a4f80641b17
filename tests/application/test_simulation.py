"""What `simulate` says of a session is what the session would really come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from server.application.simulation import Circumstances, circumstances_of, compare, play, synthetic_year
from server.domain.attendance import DEFAULT_POLICY, Kind, Outcome
from server.domain.session.state import Session
from server.domain.session.views import Status
from tests.application.live import CODEC, Live

SESSIONS = 1_500


def result_of(session: Session, what: Circumstances) -> str:
    """In the simulation's words."""
    if Outcome.PROVIDER_CANCELLED in session.outcomes.values():
        return "host_cancelled"
    if session.status is not Status.ENDED:
        return "rescheduled"
    if what.kind not in (Kind.COUPLES, Kind.INTAKE):
        return "held"
    return "solo" if session.attending is not None or len(session.partners) == 1 else "joint"


def test_the_simulation_comes_to_what_the_session_comes_to() -> None:
    differing, results = [], Counter[str]()
    for number, what in enumerate(synthetic_year(SESSIONS, seed=3)):
        course, session = play(what, DEFAULT_POLICY), Live(what, DEFAULT_POLICY).run()
        results[course.result] += 1
        if (course.result, course.outcomes) != (result_of(session, what), dict(session.outcomes)):
            differing.append((number, course.result, result_of(session, what), course.outcomes, session.outcomes))
    assert differing == []
    assert min(results[name] for name in ("joint", "solo", "held", "rescheduled", "host_cancelled")) >= 5


def test_a_recorded_session_replays_as_it_was() -> None:
    """Under the policy that it was held by, the record of a session leads to the same end."""
    replayed = 0
    for what in synthetic_year(400, seed=4):
        live = Live(what, DEFAULT_POLICY)
        session = live.run()
        recorded = circumstances_of("s", live.lines, CODEC)
        assert recorded is not None
        course = play(recorded, DEFAULT_POLICY)
        assert (course.result, course.outcomes) == (result_of(session, what), dict(session.outcomes))
        replayed += 1
    assert replayed == 400


def test_a_session_that_is_not_over_is_not_replayed() -> None:
    live = Live(next(synthetic_year(1, seed=4)), DEFAULT_POLICY)
    assert circumstances_of("s", live.lines, CODEC) is None


def test_the_same_seed_gives_the_same_year() -> None:
    def year(seed: int) -> list[object]:
        return [
            totals.as_json() for totals in list(compare(synthetic_year(400, seed), DEFAULT_POLICY, DEFAULT_POLICY))[-1]
        ]

    assert year(5) == year(5)
    assert year(5) != year(6)
    before, after = year(5)
    assert before == after


def test_waiting_longer_gives_up_fewer_and_waits_more() -> None:
    patient = replace(
        DEFAULT_POLICY, card_after=timedelta(minutes=20), no_show_after=timedelta(minutes=30), name="patient@1"
    )
    *_, (before, after) = compare(synthetic_year(2_000, 9), DEFAULT_POLICY, patient)
    assert after.rescheduled < before.rescheduled
    assert after.minutes_waited > before.minutes_waited
    assert after.sessions == before.sessions == 2_000
