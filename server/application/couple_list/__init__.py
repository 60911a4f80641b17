"""A clinic that starts with a list: couples from a CSV file, looked at first, then added."""

from server.application.couple_list.importing import CoupleList, Look, Result, Row, State
from server.application.couple_list.reading import MOST_BYTES, TEMPLATE
from server.application.couple_list.rows import Fault

__all__ = ["MOST_BYTES", "TEMPLATE", "CoupleList", "Fault", "Look", "Result", "Row", "State"]
