"""Who holds a session (K22) and who comes to help (K23), over the wire."""

from __future__ import annotations

import pytest

from server.bots import Bot, BotRefused
from server.domain.session.state import THERAPIST
from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


async def hosting(home: House, link: str, method: str = "GET") -> tuple[int, dict[str, object]]:
    return await home.rest(method, "/v1/hosting", home.token(link), {} if method == "POST" else None)


async def test_a_substitute_sees_who_holds_the_session_and_takes_it_over() -> None:
    async with house() as home:
        status, told = await hosting(home, home.links.substitute)
        assert (status, told["host"], told["host_here"], told["hosting"]) == (200, "Dr. Rivera", False, False)
        alex = await home.enters("a")
        assert (await home.rest("POST", "/v1/hosting", home.token(home.links.substitute), {}))[0] == 200
        marsh = await home.enters("substitute")
        await eventually(lambda: named(alex, "Dr. Marsh"), "the new name on the partner's page")
        await marsh.ask("admit", participant="a")
        late = await hosting(home, home.links.therapist, "POST")
        assert (late[0], late[1]["type"]) == (409, "urn:dyad:problem:host_here")


async def named(person: Bot, name: str) -> bool:
    return bool(person.view["host"]["name"] == name)


async def test_only_one_of_two_hosts_has_the_seat() -> None:
    async with house() as home:
        await home.enters("therapist")
        status, told = await hosting(home, home.links.substitute, "POST")
        assert (status, told["type"]) == (409, "urn:dyad:problem:host_here")
        with pytest.raises(BotRefused, match="Somebody else"):
            await home.enters("substitute")


async def test_a_substitute_sees_this_session_and_no_other() -> None:
    async with house() as home:
        token = home.token(home.links.substitute)
        _, listed = await home.rest("GET", "/v1/sessions", token)
        assert [row["id"] for row in listed["sessions"]] == [home.links.session]
        assert (await home.rest("GET", f"/v1/sessions/{home.links.session}/explain", token))[0] == 200
        assert (await home.rest("GET", "/v1/sessions/another/explain", token))[0] == 404


@pytest.mark.parametrize("who", ["a", "interpreter"])
async def test_who_is_no_host_takes_over_nothing(who: str) -> None:
    async with house(company=("interpreter",)) as home:
        for method in ("GET", "POST"):
            assert (await hosting(home, home.link(who), method))[0] == 403
        assert (await home.built.dispatcher.session(home.links.session)).host == THERAPIST
    async with house() as home:
        assert (await home.rest("POST", "/v1/hosting", home.token(home.links.substitute), {"x": 1}))[0] == 400


async def test_an_interpreter_may_arrive_and_leave_and_nothing_that_is_the_partners_or_the_therapist_s() -> None:
    async with house(company=("interpreter", "support")) as home:
        noor = await home.enters("interpreter")
        others: dict[str, dict[str, object]] = {
            "ask_for_time": {},
            "run_late": {"minutes": 5},
            "share_device": {},
            "admit_all": {},
            "attest_presence": {"participant": "a", "here": False},
        }
        for event, body in others.items():
            with pytest.raises(BotRefused, match="not yours"):
                await noor.ask(event, **body)
        assert noor.view["you"]["role"] == "interpreter"
        await noor.ask("leave")


async def test_the_substitute_gets_a_letter_with_a_link_of_their_own() -> None:
    async with house(speed=120) as home:
        await home.enters("a")

        async def asked() -> bool:
            return any(m["to"] == "Dr. Marsh" and "/console#" in m["links"][0] for m in await home.mails())

        await eventually(asked, "a letter to the substitute", 30)
