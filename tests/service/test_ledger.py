"""Misses count from session to session, and a correction counts back (D5), in a running service."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from server.application.planning import plan_of
from server.domain.attendance import Outcome, SoloApproval
from server.domain.session.commands import ApproveSolo, CorrectOutcome, PlanSession
from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


async def misses(home: House, session: str, key: str) -> int:
    planned = (await home.built.dispatcher.session(session)).plan
    assert planned is not None
    return planned.partners[key].consecutive_misses


async def test_a_miss_counts_in_the_next_session_and_a_correction_takes_it_back() -> None:
    async with house(speed=240) as home:
        built, first = home.built, home.links.session
        await home.enters("therapist")
        await home.enters("a")
        appointment = await built.store.appointment(first)
        assert appointment is not None
        later = replace(appointment, id="next", uid="next@dyad", starts_at=appointment.starts_at + timedelta(days=7))
        await built.store.add_appointment(later)
        await built.dispatcher.submit("next", PlanSession(await plan_of(later, built.store)))

        async def counted(wanted: int) -> bool:
            return await misses(home, "next", "b") == wanted

        await eventually(lambda: counted(1), "the miss in the next session", 40)
        assert await misses(home, "next", "a") == 0
        assert (await built.dispatcher.session(first)).outcomes == {"b": Outcome.NO_SHOW}

        reply = await built.dispatcher.submit(first, CorrectOutcome("b", Outcome.TECHNICAL, "Our line was down."))
        assert reply.refusal is None
        await eventually(lambda: counted(0), "the correction in the next session", 20)
        token = home.token(home.links.team)
        _, story = await home.rest("GET", f"/v1/sessions/{first}/explain", token)
        corrected = [step for step in story["steps"] if step["what"] == "outcome corrected"]
        assert [step["detail"]["reason"] for step in corrected] == ["Our line was down."]
        assert "no_show" in json.dumps(story["steps"])


async def test_a_standing_approval_holds_in_the_couple_s_next_session_until_it_is_taken_back() -> None:
    async with house() as home:
        built, first = home.built, home.links.session
        appointment = await built.store.appointment(first)
        assert appointment is not None
        later = replace(appointment, id="next", uid="next@dyad", starts_at=appointment.starts_at + timedelta(days=7))
        await built.store.add_appointment(later)
        await built.dispatcher.submit("next", PlanSession(await plan_of(later, built.store)))
        for given, there in ((SoloApproval.STANDING, SoloApproval.STANDING), (SoloApproval.NONE, SoloApproval.NONE)):
            await built.dispatcher.submit(first, ApproveSolo(given, "As agreed in the intake."))

            async def carried(wanted: SoloApproval = there) -> bool:
                return (await built.dispatcher.session("next")).approval is wanted

            await eventually(carried, f"{there} in the next session", 20)
