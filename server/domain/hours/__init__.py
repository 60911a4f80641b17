"""Hours: what of a session counts for whom, a week's forecast, and what a claim could rest on. Pure."""

from server.domain.hours.claims import Claim, claims_of
from server.domain.hours.forecast import Forecast, forecast
from server.domain.hours.ledger import Taken, WeekHours, hours_of, ledger
from server.domain.hours.measured import Measured, Work, measured
from server.domain.hours.period import Period, midnight, monday_of

__all__ = [
    "Claim",
    "Forecast",
    "Measured",
    "Period",
    "Taken",
    "WeekHours",
    "Work",
    "claims_of",
    "forecast",
    "hours_of",
    "ledger",
    "measured",
    "midnight",
    "monday_of",
]
