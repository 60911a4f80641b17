"""Minutes from a record that was really written: connections lost and found again, counted here by the second."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.attendance import DEFAULT_POLICY, Kind, Outcome
from server.domain.hours import Measured, measured
from server.domain.hours.measured import NOT_THERE
from server.domain.session import commands as c
from server.domain.session.plan import Invitee
from server.domain.session.state import THERAPIST, Session
from server.domain.session.step import step
from tests.domain.session.story import START, Story, planned

SECOND = timedelta(seconds=1)
LENGTH = 110  # s after the start: shorter than any grace, so that nothing is decided meanwhile
KINDS = {Kind.COUPLES: "ab", Kind.INDIVIDUAL: "a", Kind.GROUP: "abc"}


@st.composite
def gaps(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """When somebody was last heard of, when that was noticed, and when they were back; in order."""
    ends = sorted(draw(st.sets(st.integers(1, LENGTH - 1), max_size=9)))
    return [(ends[n], ends[n + 1], ends[n + 2]) for n in range(0, len(ends) - 2, 3)]


def held(kind: Kind, lost: dict[str, list[tuple[int, int, int]]]) -> Session:
    partners = {key: Invitee(key.upper(), "UTC", solo_consent=True) for key in KINDS[kind]}
    story = Story(planned(kind=kind, partners=partners)).at(-2).opens(THERAPIST)
    for key in partners:
        story.arrives(key)
    session = story.at(0).does(c.AdmitAll()).session
    told = [(noticed, who, last) for who, spans in lost.items() for last, noticed, _ in spans]
    told += [(back, who, -1) for who, spans in lost.items() for _, _, back in spans]
    for second, who, last in sorted(told):
        epoch = session.seats[who].epoch
        command = c.Connect(who, epoch + 1) if last < 0 else c.Drop(who, epoch, START + last * SECOND)
        session = step(session, DEFAULT_POLICY, command, START + second * SECOND).session
    return step(session, DEFAULT_POLICY, c.EndSession(), START + LENGTH * SECOND).session


@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_the_record_gives_the_minutes_that_were_lived(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(KINDS)))
    lost = {who: data.draw(gaps(), label=who) for who in (THERAPIST, *KINDS[kind])}
    session = held(kind, lost)
    corrected = data.draw(st.dictionaries(st.sampled_from(KINDS[kind]), st.sampled_from([None, *Outcome]), max_size=2))
    for who, outcome in corrected.items():
        outcomes = step(
            session, DEFAULT_POLICY, c.CorrectOutcome(who, outcome, "So it was."), START + timedelta(hours=2)
        )
        session = outcomes.session
        assert session.outcomes.get(who) is outcome

    def there(who: str, second: int) -> bool:
        away = any(last <= second < back for last, _, back in lost[who])
        return not away and session.outcomes.get(who) not in NOT_THERE

    for key in KINDS[kind]:
        counted = dict.fromkeys(("joint", "individual", "group", "without"), 0)
        for second in range(LENGTH):
            if not there(THERAPIST, second):
                continue
            others = [there(other, second) for other in KINDS[kind] if other != key]
            if kind is Kind.GROUP:
                counted["group"] += there(key, second)
            elif others and all(others):
                counted["joint" if there(key, second) else "without"] += 1
            else:
                counted["individual"] += there(key, second)
        wanted = Measured(**{name: number * SECOND for name, number in counted.items()})
        assert measured(session, key, START + timedelta(hours=3)) == wanted
