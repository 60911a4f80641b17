"""When people can meet: weekly hours in, the best common times out, and the rule of their choice.

Pure: every instant is an argument. Instants are aware `datetime`s; results are in UTC.
"""

from server.domain.schedule.choice import Choice, agree, choice
from server.domain.schedule.hours import Busy, Calendar, ScheduleError, Slot, WeeklyHours, Window
from server.domain.schedule.places import Stay, Stays, unlicensed
from server.domain.schedule.rules import Rules
from server.domain.schedule.search import find_slots
from server.domain.schedule.wishes import Part, Wish, wished

__all__ = [
    "Busy",
    "Calendar",
    "Choice",
    "Part",
    "Rules",
    "ScheduleError",
    "Slot",
    "Stay",
    "Stays",
    "WeeklyHours",
    "Window",
    "Wish",
    "agree",
    "choice",
    "find_slots",
    "unlicensed",
    "wished",
]
