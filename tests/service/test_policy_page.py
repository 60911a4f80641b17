"""The administrator's policy page, as the service answers it: a change is tried, proven, and then counts."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import datetime
from typing import Any

import pytest

from server.adapters.workshop import MOST_WAITING, ProcessWorkshop
from server.application.policies import PolicyBook
from server.application.policy_desk import TooLong
from server.domain.attendance import Policy
from tests.service.support import House, eventually, house
from tests.support.policies import DANGEROUS

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

OURS = "name: ours\nversion: 1\nparameters:\n  card_after: 8 min\n"


async def ask(home: House, what: str, who: str = "administrator", **body: Any) -> tuple[int, dict[str, Any]]:
    links = {"administrator": home.links.administrator, "team": home.links.team, "a": home.links.partner_a}
    link = links.get(who, home.links.therapist)
    return await home.rest("POST" if body else "GET", f"/v1/policy{what}", home.token(link), body or None)


async def test_what_is_in_force_is_told_with_every_number() -> None:
    async with house() as home:
        status, told = await ask(home, "")
        assert (status, told["policy"], told["text"], told["versions"]) == (200, "default@1", "", [])
        assert told["parameters"]["card_after"] == "10 min"
        assert told["parameters"] == told["defaults"]


async def test_a_fault_is_told_with_its_place() -> None:
    async with house() as home:
        _, told = await ask(home, "/check", text=OURS.replace("8 min", "99 min"))
        assert [(fault["line"], fault["column"]) for fault in told["faults"]] == [(4, 3)]
        assert (await ask(home, "/prove", text="name: ["))[0] == 422
        _, fine = await ask(home, "/check", text=OURS)
        assert (fine["faults"], fine["parameters"]["card_after"]) == ([], "8 min")


async def test_a_change_is_tried_proven_and_then_decides() -> None:
    async with house() as home:
        _, proof = await ask(home, "/prove", text=OURS)
        assert proof["proven"]
        _, told = await ask(home, "/differences", text=OURS)
        assert told["parameters"] == {"card_after": ["10 min", "8 min"]}
        assert {(d["before"]["action"], d["after"]["action"]) for d in told["differences"]} >= {("wait", "ask")}
        _, year = await ask(home, "/year", text=OURS)
        assert year["before"]["sessions"] == year["after"]["sessions"] > 1000
        status, force = await ask(home, "/adopt", text=OURS, seen="default@1")
        assert (status, force["policy"], force["text"]) == (200, "ours@1", OURS)

        async def decided() -> bool:
            session = await home.built.dispatcher.session(home.links.session)
            return home.built.dispatcher.policy_of(session).name == "ours@1"

        await eventually(decided, "the new policy for the session to come")


async def test_what_is_not_proven_does_not_count_and_says_why() -> None:
    async with house() as home:
        _, proof = await ask(home, "/prove", text=DANGEROUS)
        assert not proof["proven"]
        broken = {one["claim"]: one for one in proof["broken"]}["solo-agreed"]
        assert broken["says"].startswith("Nobody is seen alone")
        assert broken["decision"]["action"] == "proceed"
        status, told = await ask(home, "/adopt", text=DANGEROUS, seen="default@1")
        assert (status, told["type"]) == (409, "urn:dyad:problem:not_proven")
        assert (await ask(home, ""))[1]["policy"] == "default@1"


async def test_two_administrators_do_not_write_over_one_another() -> None:
    async with house() as home:
        await ask(home, "/adopt", text=OURS, seen="default@1")
        status, told = await ask(home, "/adopt", text=OURS.replace("version: 1", "version: 2"), seen="default@1")
        assert (status, told["type"]) == (409, "urn:dyad:problem:policy_changed")
        status, told = await ask(home, "/adopt", text=OURS, seen="ours@1")
        assert (status, told["type"]) == (409, "urn:dyad:problem:same_policy")
        await ask(home, "/adopt", text=OURS.replace("ours", "other"), seen="ours@1")
        status, told = await ask(home, "/adopt", text=OURS.replace("8 min", "9 min"), seen="other@1")
        assert (status, told["type"]) == (409, "urn:dyad:problem:version_taken")


async def test_of_two_who_adopt_at_once_the_second_is_told_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    adopts = PolicyBook.adopt

    async def slowly(book: PolicyBook, text: str, now: datetime) -> Policy:
        await asyncio.sleep(4.0)  # a slow disk, for longer than the other's proof takes
        return await adopts(book, text, now)

    monkeypatch.setattr(PolicyBook, "adopt", slowly)
    async with house() as home:
        texts = (OURS, OURS.replace("ours", "other"))
        answers = await asyncio.gather(*(ask(home, "/adopt", text=text, seen="default@1") for text in texts))
        assert sorted(status for status, _ in answers) == [200, 409]
        (refused,) = (told for status, told in answers if status == 409)
        assert refused["type"] == "urn:dyad:problem:policy_changed"


@pytest.mark.parametrize("who", ["team", "a", "therapist"])
async def test_the_policy_is_the_administrator_s_alone(who: str) -> None:
    async with house() as home:
        assert (await ask(home, "", who))[0] == 403
        for what in ("/check", "/prove", "/differences", "/year"):
            assert (await ask(home, what, who, text=OURS))[0] == 403
        assert (await ask(home, "/adopt", who, text=OURS, seen="default@1"))[0] == 403


@pytest.mark.parametrize("body", [{"text": ""}, {"text": 1}, {"text": OURS, "more": 1}, {"other": OURS}])
async def test_what_is_no_policy_is_refused(body: dict[str, Any]) -> None:
    async with house() as home:
        assert (await ask(home, "/check", **body))[0] == 400
        assert (await ask(home, "/check", text="# " + "x" * 20_000))[0] == 413


async def test_the_service_answers_while_a_policy_is_proven() -> None:
    async with house() as home:
        work = asyncio.create_task(ask(home, "/differences", text=OURS))
        slowest = 0.0
        while not work.done():
            began = time.monotonic()
            await ask(home, "")
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.05)
        assert (await work)[0] == 200
        assert slowest < 1.5


async def test_what_the_administrator_stops_makes_room_at_once() -> None:
    async with house() as home:
        began = time.monotonic()
        assert (await ask(home, "/prove", text=OURS.replace("ours", "other")))[0] == 200
        alone = time.monotonic() - began
        for _ in range(MOST_WAITING + 1):
            work = asyncio.create_task(ask(home, "/year", text=OURS))
            await asyncio.sleep(0.3)
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await asyncio.sleep(1.0)
        began = time.monotonic()
        status, proof = await ask(home, "/prove", text=OURS)
        assert (status, proof.get("proven")) == (200, True)
        assert time.monotonic() - began < 3 * alone + 3.0, "nobody's unwanted year came first"


async def test_what_takes_too_long_is_killed_and_said() -> None:
    with pytest.raises(TooLong, match="too long"):
        await ProcessWorkshop(within=0.2).prove(OURS)
