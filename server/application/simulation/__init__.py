"""What a policy would do: sessions, recorded or made up, played under it; no clock, no network."""

from server.application.simulation.circumstances import Circumstances, Happening, Member, What
from server.application.simulation.comparing import Totals, compare
from server.application.simulation.playing import Course, play
from server.application.simulation.recorded import circumstances_of
from server.application.simulation.synthetic import synthetic_year

__all__ = [
    "Circumstances",
    "Course",
    "Happening",
    "Member",
    "Totals",
    "What",
    "circumstances_of",
    "compare",
    "play",
    "synthetic_year",
]
