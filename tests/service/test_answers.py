"""The link of a reminder over the wire: three answers, redeemed by POST only, said as often as one likes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from server.demo import PARTNERS
from server.domain.attendance import PartnerState
from server.domain.session.commands import Cancel, Remove
from server.domain.session.events import ComingConfirmed, LateDeclared
from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


class Answering:
    """Alex, by the link of a reminder to the demo's session."""

    def __init__(self, home: House, token: str) -> None:
        self.home, self.token = home, token

    async def asks(self, body: Any = None, path: str = "") -> tuple[int, dict[str, Any]]:
        return await self.home.rest("GET" if body is None else "POST", f"/v1/answer{path}", self.token, body)

    async def says(self, **body: Any) -> dict[str, Any]:
        status, page = await self.asks(body)
        assert status == 200, page
        return page

    async def count(self, kind: type) -> int:
        return sum(line.kind == kind.__name__ for line in await self.home.built.store.load(self.home.links.session))


@asynccontextmanager
async def answering() -> AsyncIterator[Answering]:
    async with house() as home:
        session = home.links.session
        token = await home.built.links.mint(PARTNERS["a"], session, "a", "answer", timedelta(hours=1))
        yield Answering(home, token)


async def test_looking_changes_nothing_and_each_answer_counts_once_however_often_it_is_given() -> None:
    async with answering() as alex:
        seen = (await alex.home.built.dispatcher.session(alex.home.links.session)).seq
        for _ in range(3):  # as a mail scanner would, even if it had the token
            status, page = await alex.asks()
            assert (status, page["said"], page["state"]) == (200, None, "open")
            async with (
                aiohttp.ClientSession(alex.home.links.base_url) as http,
                http.get(f"/answer?{alex.token}") as answer,
            ):
                assert answer.status == 200
        assert (await alex.home.built.dispatcher.session(alex.home.links.session)).seq == seen
        for _ in range(3):
            assert (await alex.says(said="yes"))["said"] == "yes"
        for _ in range(3):
            assert (await alex.says(said="late", minutes=10))["said"] == "late"
        assert (await alex.count(ComingConfirmed), await alex.count(LateDeclared)) == (1, 1)
        therapist = await alex.home.enters("therapist")
        assert therapist.view["partners"][0]["confirmed_at"] is not None
        assert therapist.view["partners"][0]["late_until"] is not None
        assert therapist.view["partners"][1]["confirmed_at"] is None


async def test_can_t_come_takes_a_reason_and_can_be_taken_back() -> None:
    async with answering() as alex:
        await (await alex.home.enters("therapist")).ask("approve_solo", approval="granted")
        assert (await alex.says(said="cant", reason="illness"))["said"] == "cant"
        seat = (await alex.home.built.dispatcher.session(alex.home.links.session)).seats["a"]
        assert (seat.state, seat.reason) == (PartnerState.DECLARED_ABSENT, "illness")
        assert (await alex.says(said="yes"))["said"] == "yes"
        seat = (await alex.home.built.dispatcher.session(alex.home.links.session)).seats["a"]
        assert seat.state is PartnerState.EXPECTED


async def test_an_answer_to_what_is_over_changes_nothing_and_is_no_error() -> None:
    async with answering() as alex:
        await alex.home.built.dispatcher.submit(alex.home.links.session, Cancel())
        seen = (await alex.home.built.dispatcher.session(alex.home.links.session)).seq
        page = await alex.says(said="cant", reason="emergency")
        assert (page["state"], page["said"], page["open"]) == ("over", None, False)
        assert (await alex.home.built.dispatcher.session(alex.home.links.session)).seq == seen
        assert (await alex.asks({}, "/join"))[0] == 422


async def test_the_link_is_for_one_person_and_one_session_and_is_taken_back_with_their_place() -> None:
    async with answering() as alex:
        text = json.dumps((await alex.asks())[1])
        assert not [name for name in ("Alex", "Robin", "Rivera", "Harbour") if name in text]
        for path in ("/v1/portal", "/v1/proposal", "/v1/sessions"):
            assert (await alex.home.rest("GET", path, alex.token))[0] == 403
        other = alex.home.token(alex.home.links.partner_b)
        assert (await alex.home.rest("POST", "/v1/answer", other, {"said": "yes"}))[0] == 403
        await alex.home.enters("a")
        await alex.home.enters("therapist")
        await alex.home.built.dispatcher.submit(alex.home.links.session, Remove("a"))

        async def gone() -> bool:
            return (await alex.asks())[0] == 410

        await eventually(gone, "the link is taken back")


async def test_once_the_waiting_room_is_open_the_same_link_leads_in() -> None:
    async with answering() as alex:
        assert (await alex.asks())[1]["open"] is True
        status, door = await alex.asks({}, "/join")
        assert status == 200
        grant = await alex.home.built.links.resolve(door["token"], "session")
        assert (grant.session, grant.participant) == (alex.home.links.session, "a")


async def test_what_is_no_answer_is_refused_and_too_many_are() -> None:
    async with answering() as alex:
        bodies: list[dict[str, Any]] = [
            {},
            {"said": "no"},
            {"said": "cant"},
            {"said": "cant", "reason": "lazy"},
            {"said": "late"},
            {"said": "late", "minutes": 500},
            {"said": "yes", "minutes": 5},
            {"said": "yes", "who": "b"},
        ]
        for body in bodies:
            assert (await alex.asks(body))[0] == 400, body
        statuses = [(await alex.asks({"said": "yes"}))[0] for _ in range(30)]
        assert statuses[0] == 200
        assert statuses[-1] == 429
