"""Hours: what of a session counts for whom, a week's forecast, and what a claim could rest on. Pure."""

from server.domain.hours.claims import Claim, claims_of
from server.domain.hours.coming import still_to_come
from server.domain.hours.forecast import LEAST, Forecast, forecast
from server.domain.hours.ledger import Taken, WeekHours, hours_of, ledger
from server.domain.hours.making_up import MakingUp, Offer, made_up_with
from server.domain.hours.measured import Measured, measured
from server.domain.hours.period import Period, midnight, monday_of

__all__ = [
    "LEAST",
    "Claim",
    "Forecast",
    "MakingUp",
    "Measured",
    "Offer",
    "Period",
    "Taken",
    "WeekHours",
    "claims_of",
    "forecast",
    "hours_of",
    "ledger",
    "made_up_with",
    "measured",
    "midnight",
    "monday_of",
    "still_to_come",
]
