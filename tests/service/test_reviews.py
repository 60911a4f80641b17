"""The treatment team's queue in a running service: asked for by misses, seen with its evidence, assessed by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

WORD = {"hinders": "watch", "measures": ["outreach"], "note": "We call on Tuesday.", "seen": 0}


async def queue(home: House) -> list[dict[str, Any]]:
    status, body = await home.rest("GET", "/v1/reviews", home.token(home.links.team))
    assert status == 200
    items: list[dict[str, Any]] = body["items"]
    return items


async def assess(home: House, session: str, **word: Any) -> tuple[int, dict[str, Any]]:
    return await home.rest("POST", f"/v1/reviews/{session}", home.token(home.links.team), {**WORD, **word})


async def test_two_misses_stand_in_the_queue_with_what_led_there() -> None:
    async with house(history=True) as home:
        (item,) = await queue(home)
        assert item["names"] == ["Alex", "Robin"]
        assert item["reasons"] == [{"name": "Robin", "what": "misses", "count": 2}]
        assert (item["focus"], item["week"], item["reviews"]) == (["coping_skills"], 6, [])
        assert [knot["marks"] for knot in item["knots"]] == [
            ["together", "together"],
            ["together", "together"],
            ["none", "excused"],
            ["together", "together"],
            ["came", "away"],
            ["came", "away"],
            ["to_come", "to_come"],
        ]
        assert [knot["reviewed"] for knot in item["knots"]].index(True) == 5


async def test_an_assessment_is_kept_with_who_and_when_and_an_earlier_one_stays() -> None:
    async with house(history=True) as home:
        id = (await queue(home))[0]["session"]
        status, item = await assess(home, id)
        assert status == 200
        assert [review["by"] for review in item["reviews"]] == ["Treatment team"]
        status, told = await assess(home, id)
        assert (status, told["type"]) == (409, "urn:dyad:problem:review_changed")
        await assess(home, id, hinders="no", measures=["nothing"], note="", seen=1)
        (item,) = await queue(home)
        assert [review["hinders"] for review in item["reviews"]] == ["watch", "no"]


async def test_the_queue_is_the_team_s_alone() -> None:
    async with house(history=True) as home:
        id = (await queue(home))[0]["session"]
        for who in ("therapist", "substitute", "a"):
            token = home.token(home.link(who))
            assert (await home.rest("GET", "/v1/reviews", token))[0] == 403
            assert (await home.rest("POST", f"/v1/reviews/{id}", token, WORD))[0] == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"hinders": "perhaps"},
        {"measures": "outreach"},
        {"measures": ["punish"]},
        {"seen": True},
        {"note": "x" * 2000},
        {"more": 1},
    ],
)
async def test_what_is_not_an_assessment_changes_nothing(wrong: dict[str, Any]) -> None:
    async with house(history=True) as home:
        id = (await queue(home))[0]["session"]
        assert (await assess(home, id, **wrong))[0] == 400
        assert (await assess(home, "another"))[0] == 404
        assert (await queue(home))[0]["reviews"] == []


async def test_a_couple_s_past_counts_in_its_next_session() -> None:
    async with house(history=True) as home:

        async def told() -> bool:
            plan = (await home.built.dispatcher.session(home.links.session)).plan
            assert plan is not None
            return [plan.partners[key].consecutive_misses for key in "ab"] == [0, 2]

        await eventually(told, "the misses of the weeks before")
        assert await home.mails() == []  # what is long over is written to nobody
