"""The clinic around a demo's session: its programme, its therapists, and the couple, so that their pages open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from server.application.chart import Reader, Wall
from server.application.clinic import PROGRAMME
from server.application.ports import Appointment
from server.application.records import Records
from server.application.roles import CLIENT, TEAM, THERAPIST
from server.domain.programme import DEFAULT_PROGRAMME, Client, Couple, Staff

COUPLE = "demo-couple"
NAMES = {"p-alex": "Alex", "p-robin": "Robin"}
STAFF = {"p-rivera": "Dr. Rivera", "p-marsh": "Dr. Marsh"}
PLACES = ("US-NY", "US-IL", "US-CO")
GOALS = ("Evenings without fear", "Talking before it gets loud")
COPING = ("A walk, phones at home", "Call Jo before nine")


async def open_around(records: Records, appointment: Appointment, weeks: int, *, keep_apart: bool, clinic: str) -> None:
    """`weeks` is how many weeks of the programme the couple have behind them; `appointment` is their session now."""
    team = Reader(TEAM, TEAM)
    programme = replace(DEFAULT_PROGRAMME, clinic_name=clinic)
    await records.put(team, programme, PROGRAMME, "", Wall.EVERYONE, 0)
    for person, name in STAFF.items():
        await records.put(team, Staff(name, PLACES), person, "", Wall.STAFF, 0)
    await records.chart.enrol(COUPLE, {**dict.fromkeys(NAMES, CLIENT), "p-rivera": THERAPIST})
    day = appointment.starts_at.astimezone(ZoneInfo(programme.zone)).date()
    monday = day - timedelta(days=day.weekday(), weeks=weeks)
    partners = dict(zip("ab", NAMES, strict=True))
    couple = Couple("p-rivera", partners, PROGRAMME, monday, keep_apart=keep_apart, goals=GOALS, coping=COPING)
    await records.put(team, couple, COUPLE, COUPLE, Wall.OFFICE, 0)
    for (person, name), place in zip(NAMES.items(), ("US-IL", "US-CO"), strict=True):
        await records.put(team, Client(name, place, solo_consent=True), person, person, Wall.OFFICE, 0)
