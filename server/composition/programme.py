"""The clinic's programme: its people and their records, calendars, weeks, and what is agreed in them."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.application.accepting import Accepting
from server.application.availabilities import Availabilities
from server.application.calendars import Calendars
from server.application.care import Care
from server.application.changing import Changing
from server.application.chart import Reader
from server.application.clinic import Clinic
from server.application.groups import Groups
from server.application.past_weeks import PastWeeks
from server.application.records import Records
from server.application.repeating import Repeating
from server.application.rescheduling import Rescheduling
from server.application.roles import TEAM
from server.application.waitlist import Waitlist
from server.application.weeks import Weeks
from server.composition.core import Core, new_id
from server.domain.programme import Programme

CurrentProgramme = Callable[[], Awaitable[Programme | None]]


@dataclass(frozen=True, slots=True)
class ProgrammeParts:
    records: Records
    availabilities: Availabilities
    clinic: Clinic
    care: Care
    current: CurrentProgramme
    waitlist: Waitlist
    weeks: Weeks
    accepting: Accepting
    changing: Changing
    repeating: Repeating
    rescheduling: Rescheduling


def programme_parts(core: Core) -> ProgrammeParts:
    store, clock, dispatcher = core.store, core.clock, core.dispatcher
    records = Records(store, core.codec, clock)
    clinic = Clinic(records, store, store, clock, new_id)
    current = _current(clinic)
    calendars = Calendars(records, store, store)
    groups, past = Groups(store, store, clock), PastWeeks(dispatcher, store, clock)
    weeks = Weeks(records, clinic, calendars, store, groups, dispatcher, past, clock)
    accepting = Accepting(weeks, records, clinic, store, store, store, dispatcher, clock, _series_id)
    return ProgrammeParts(
        records=records,
        availabilities=Availabilities(records),
        clinic=clinic,
        care=Care(records, clinic, store, clock),
        current=current,
        waitlist=Waitlist(records, store, store, calendars, dispatcher, store, clock, current),
        weeks=weeks,
        accepting=accepting,
        changing=Changing(clinic, store, store, dispatcher, accepting, clock),
        repeating=Repeating(weeks, records, store, accepting, clock, _series_id),
        rescheduling=Rescheduling(dispatcher, store, store, calendars, clock, current),
    )


def _series_id() -> str:
    return secrets.token_hex(8)


def _current(clinic: Clinic) -> CurrentProgramme:
    async def current() -> Programme | None:
        kept = await clinic.programme(Reader(TEAM, TEAM))
        return None if kept is None else kept.value

    return current
