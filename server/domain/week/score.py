"""What a proposed week costs. The search minimises this number, and this is the one place that says what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, time
from itertools import combinations

from server.domain.attendance.model import Kind
from server.domain.schedule import Calendar, WeeklyHours, Window
from server.domain.schedule.hours import zone_of
from server.domain.schedule.spans import Span, common, open_spans
from server.domain.week.booked import Booked
from server.domain.week.model import Need, Placement, Rules

Day = tuple[str, int]  # a person and a date of their zone, as its ordinal

SAME_DAY = 30
RIGHT_AFTER = 15
OFF_HALF_HOUR = 5
OUTSIDE_MIDDLE = 4
JOINT_CLOSE = 20
RIGHT_AFTER_SECONDS = 60 * 60
HALF_HOUR = 30 * 60


def score(
    placed: Sequence[Placement],
    unplaced: Iterable[Need],
    calendars: Mapping[str, Calendar],
    rules: Rules,
    standing: Iterable[Booked] = (),
) -> int:
    """The cost of a week, the lower the better; whole numbers only.

    - A need that is not placed costs its weight.
    - Of one partner's sessions on a day the second costs 30, the third 60, the fourth 90, and so on: three on one day
      cost more than two days with two each. A day is one of the partner's own zone. The sessions that are `standing`
      count too, and what they cost by themselves does not.
    - A joint session that begins less than an hour after the end of an individual one costs 15 for each partner who
      is in both, if both begin on one day of that partner's zone.
    - A start that is not on a full or half hour of the first person's wall costs 5.
    - Time outside the preferred part of the day costs 4 for each person and started hour of a session.
    - Each two joint sessions less than two days apart cost 20. The days are those of each one's host.
    """
    total = sum(need.weight for need in unplaced)
    if not placed:
        return total
    spans = [span_of(one) for one in placed]
    walls = Walls(calendars, (min(low for low, _ in spans), max(high for _, high in spans)), rules)
    total += sum(walls.cost(one.need.people, span_of(one)) for one in placed)
    days = Counter((person, walls.day(person, span_of(one)[0])) for one in placed for person in one.need.partners)
    before = on_days(standing, walls, calendars)
    total += sum(SAME_DAY * nth for day, more in days.items() for nth in range(before[day], before[day] + more))
    joint = [one for one in placed if one.need.joint]
    hosted = [walls.day(one.need.people[0], span_of(one)[0]) for one in joint]
    total += JOINT_CLOSE * sum(abs(one - other) < 2 for one, other in combinations(hosted, 2))
    individual = [one for one in placed if one.need.kind is Kind.INDIVIDUAL]
    return total + RIGHT_AFTER * sum(_right_after(one, other, walls) for one in individual for other in joint)


class Walls:
    """What everybody's wall shows in one span of time: the day, the hour, and the preferred part of the day."""

    def __init__(self, calendars: Mapping[str, Calendar], span: Span, rules: Rules) -> None:
        names = {person: calendar.hours.zone for person, calendar in calendars.items()}
        self._zones = {person: zone_of(name) for person, name in names.items()}
        middles = {name: open_spans(daily(name, *rules.middle), *span) for name in names.values()}
        self._middle = {person: middles[name] for person, name in names.items()}
        # The same starts come again with every kind of session that somebody is in.
        self._days: dict[tuple[str, int], int] = {}
        self._outside: dict[tuple[str, Span], int] = {}

    def day(self, person: str, instant: int) -> int:
        """The date there, as its ordinal."""
        known = self._days.get((person, instant))
        if known is None:
            known = datetime.fromtimestamp(instant, self._zones[person]).toordinal()
            self._days[person, instant] = known
        return known

    def cost(self, people: Sequence[str], span: Span) -> int:
        """What a session of these people costs at that time, whatever else is in the week."""
        outside = sum(self._hours_outside(person, span) for person in people)
        return OUTSIDE_MIDDLE * outside + OFF_HALF_HOUR * self._off_half_hour(people[0], span[0])

    def in_the_middle(self, people: Sequence[str], span: Span) -> bool:
        return all(self._hours_outside(person, span) == 0 for person in people)

    def _off_half_hour(self, person: str, instant: int) -> bool:
        wall = datetime.fromtimestamp(instant, self._zones[person])
        return (wall.minute % 30, wall.second) != (0, 0)

    def _hours_outside(self, person: str, span: Span) -> int:
        known = self._outside.get((person, span))
        if known is None:
            inside = sum(high - low for low, high in common([span], self._middle[person]))
            known = self._outside[person, span] = -(-(span[1] - span[0] - inside) // 3600)
        return known


def on_days(standing: Iterable[Booked], walls: Walls, people: Collection[str]) -> Counter[Day]:
    """How many of these sessions each of the people, as a partner, has on a day."""
    return Counter(
        (person, walls.day(person, int(one.starts_at.timestamp())))
        for one in standing
        for person in one.partners
        if person in people
    )


def span_of(placement: Placement) -> Span:
    return int(placement.slot.start.timestamp()), int(placement.slot.end.timestamp())


def daily(zone: str, first: time, last: time) -> WeeklyHours:
    """The same hours every day."""
    return WeeklyHours(zone, tuple(Window(day, first, last) for day in range(7)))


def _right_after(one: Placement, joint: Placement, walls: Walls) -> int:
    """For how many partners the joint session follows the individual one too closely."""
    (begin, end), (following, _) = span_of(one), span_of(joint)
    if not 0 <= following - end < RIGHT_AFTER_SECONDS:
        return 0
    both = set(one.need.partners) & set(joint.need.partners)
    return sum(walls.day(person, begin) == walls.day(person, following) for person in both)
