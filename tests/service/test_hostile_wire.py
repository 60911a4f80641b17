"""Bad input over the wire: a clear refusal with a stable code, nothing changed, and the others notice nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from server.bots import Bot
from signaling.gateway.guard import GuardedServer
from tests.service.raw import Raw, raw
from tests.service.support import House, eventually, house

pytestmark = pytest.mark.asyncio

JOIN = {"cmd_id": "j1", "v": 1, "media": False}


@asynccontextmanager
async def mallory(home: House) -> AsyncIterator[tuple[Raw, Bot]]:
    """Robin's link in hostile hands, joined, beside a therapist who must notice nothing."""
    therapist = await home.enters("therapist")
    async with raw(home.links.base_url, home.token(home.links.partner_b)) as client:
        assert (await client.ask("join", JOIN))["ok"]
        await client.ask("arrive", {"cmd_id": "a1"})
        await therapist.until(lambda view: view["partners"][1]["state"] == "present")
        yield client, therapist


def code(reply: Any) -> str:
    assert set(reply) == {"error"}, reply
    assert reply["error"]["message"]
    return str(reply["error"]["type"])


async def test_connect_and_disconnect_cannot_be_forged() -> None:
    async with house() as home, mallory(home) as (client, therapist):
        before = therapist.view
        for name in ("connect", "disconnect", "connect_error", "_private", "error"):
            assert code(await client.ask(name, {"cmd_id": "x"})) == "malformed"
            assert code(await client.ask(name)) == "malformed"
        assert (await client.ask("refresh", {"cmd_id": "r"}))["ok"]
        assert therapist.view == before


async def test_the_guard_stands_where_the_library_dispatches() -> None:
    """An upgrade of python-socketio that no longer calls it fails here."""
    import inspect

    import socketio

    source = inspect.getsource(socketio.AsyncServer._handle_eio_message)
    assert "self._handle_event(" in source
    assert GuardedServer._handle_event is not socketio.AsyncServer._handle_event


@pytest.mark.parametrize(
    ("event", "data", "wanted"),
    [
        ("join", {"cmd_id": "x"}, "malformed"),
        ("join", {"cmd_id": "x", "v": 2}, "malformed"),
        ("arrive", {}, "malformed"),
        ("arrive", None, "malformed"),
        ("arrive", [], "malformed"),
        ("arrive", "words", "malformed"),
        ("arrive", {"cmd_id": ""}, "malformed"),
        ("arrive", {"cmd_id": "x" * 65}, "malformed"),
        ("arrive", {"cmd_id": "no spaces"}, "malformed"),
        ("arrive", {"cmd_id": "x", "more": 1}, "malformed"),
        ("run_late", {"cmd_id": "x", "minutes": 0}, "malformed"),
        ("run_late", {"cmd_id": "x", "minutes": 1e9}, "malformed"),
        ("run_late", {"cmd_id": "x", "minutes": True}, "malformed"),
        ("run_late", {"cmd_id": "x", "minutes": "5"}, "malformed"),
        ("declare_absence", {"cmd_id": "x", "reason": "<script>"}, "malformed"),
        ("answer_media", {"cmd_id": "x", "sdp": "s" * 70_000}, "malformed"),
        ("answer_media", {"cmd_id": "x", "sdp": "v=0"}, "no_offer"),
        ("answer_merge", {"cmd_id": "x", "question": "q1", "yes": True}, "question_gone"),
        ("admit", {"cmd_id": "x", "participant": "b"}, "not_allowed"),
        ("remove", {"cmd_id": "x", "participant": "a"}, "not_allowed"),
        ("answer_card", {"cmd_id": "x", "card": "c1", "option": "proceed"}, "not_allowed"),
        ("end_session", {"cmd_id": "x"}, "not_allowed"),
        ("make_me_admin", {"cmd_id": "x"}, "unknown_event"),
        ("toString", {"cmd_id": "x"}, "unknown_event"),
    ],
)
async def test_a_message_that_is_not_right_is_refused(shared_home: House, event: str, data: Any, wanted: str) -> None:
    async with mallory(shared_home) as (client, therapist):
        before = therapist.view
        assert code(await client.ask(event, data)) == wanted
        assert (await client.ask("refresh", {"cmd_id": "r"}))["ok"]
        assert therapist.view == before


async def test_before_joining_there_is_nothing_to_do() -> None:
    async with house() as home, raw(home.links.base_url, home.token(home.links.partner_a)) as client:
        assert code(await client.ask("arrive", {"cmd_id": "x"})) == "not_joined"
        assert code(await client.ask("refresh", {"cmd_id": "x"})) == "not_joined"


async def test_a_replayed_command_acts_once() -> None:
    async with house() as home, mallory(home) as (client, therapist):
        for _ in range(3):
            assert (await client.ask("ask_for_time", {"cmd_id": "same"}))["ok"]
        log = await home.built.store.load(home.links.session)
        assert [line.kind for line in log].count("TimeAsked") == 1
        assert (await client.ask("leave", {"cmd_id": "bye"}))["ok"]
        await therapist.until(lambda view: view["partners"][1]["state"] == "left")


@pytest.mark.parametrize(
    "frame",
    [
        "42/session,",
        "42/session,1[",
        "42/session,[]",
        '42/session,["arrive",{"cmd_id":"x"},1,2,3]',
        '42/session,{"no":"list"}',
        "42/session,99999999999999999999999999[1]",
        '42/other,["arrive",{}]',
        "45/session,1-",
        '451-/session,["arrive",{"_placeholder":true,"num":0}]',
        '4599999999-/session,["arrive"]',
        "46/session,",
        "9",
        "",
        "4",
        "\x00",
        "42" + "[" * 5_000,
        b"\x00\xff" * 100,
        "x" * 250_000,
        '42/session,1["answer_media",{"cmd_id":"x","sdp":"' + "v" * 1_000_000 + '"}]',
    ],
    ids=lambda frame: str(frame[:28]),
)
async def test_a_broken_frame_harms_its_sender_at_most(frame: str | bytes) -> None:
    async with house() as home, mallory(home) as (client, therapist):
        await client.send(frame)
        alex = await home.enters("a")
        assert alex.view["place"] in ("outside", "waiting")
        await therapist.until(lambda view: view["partners"][0]["state"] == "present")
        assert therapist.closed is None
        assert therapist.view["partners"][1]["state"] == "present"


async def test_a_flood_is_refused_and_then_cut() -> None:
    async with house() as home, mallory(home) as (client, therapist):
        replies = await asyncio.gather(*(client.ask("refresh", {"cmd_id": f"f{n}"}) for n in range(400)))
        refused = [reply for reply in replies if reply != "closed" and "error" in reply]
        assert {code(reply) for reply in refused} == {"too_many_messages"}
        assert len(refused) > 150
        await eventually(client.is_closed, "hung up")
        assert therapist.closed is None


async def test_an_answer_with_ten_thousand_candidates() -> None:
    async with house() as home:
        therapist = await home.enters("therapist")
        before = therapist.view
        async with raw(home.links.base_url, home.token(home.links.partner_b)) as client:
            joined = await client.ask("join", {**JOIN, "media": True})
            assert joined["offer"].startswith("v=0")
            many = "v=0\r\n" + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 1_300
            assert code(await client.ask("answer_media", {"cmd_id": "c1", "sdp": many})) == "sdp_invalid"
            all_of_them = "v=0\r\n" + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 10_000
            assert await client.ask("answer_media", {"cmd_id": "c2", "sdp": all_of_them}) == "closed"
        assert [row["state"] for row in therapist.view["partners"]] == [row["state"] for row in before["partners"]]


@pytest.mark.parametrize(
    "auth",
    [None, {}, [], "token", {"token": None}, {"token": 7}, {"token": ""}, {"token": "x" * 43}, {"token": "x" * 9_000}],
)
async def test_a_link_that_is_none_is_refused(shared_home: House, auth: Any) -> None:
    async with raw(shared_home.links.base_url) as client:
        await client.hello(auth)
        assert client.refused is not None
        assert client.refused["data"]["type"] == "link_unknown"


async def test_links_revoked_expired_and_of_another_purpose() -> None:
    async with house() as home:
        links, id = home.built.links, home.links.session
        expired = await links.mint("p-alex", id, "a", "session", timedelta(seconds=0))
        await links.revoke(id, "b")
        tokens = {
            expired: (410, "link_expired"),
            home.token(home.links.partner_b): (410, "link_revoked"),
            "A" * 43: (404, "link_unknown"),
        }
        for token, (status, wanted) in tokens.items():
            async with raw(home.links.base_url) as client:
                await client.hello({"token": token})
                assert client.refused is not None
                assert client.refused["data"]["type"] == wanted
            got, body = await home.rest("POST", "/v1/links/redeem", "", {"token": token})
            assert (got, body["type"].rpartition(":")[2]) == (status, wanted)
        async with raw(home.links.base_url) as client:
            await client.hello({"token": home.token(home.links.team)})
            assert client.refused is not None


async def test_a_mail_scanner_s_visit_burns_nothing() -> None:
    async with house() as home:
        for link in (home.links.partner_a, home.links.therapist):
            async with aiohttp.ClientSession() as http:
                for method in ("GET", "HEAD"):
                    async with http.request(method, link.partition("#")[0]) as answer:
                        assert answer.status in (200, 404)  # 404 where the pages are not built
        alex = await home.enters("a")
        assert alex.view["you"]["name"] == "Alex"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 10_000, 400),
        (b"\xff\xfe", 400),
        (b'{"token": 1}', 404),
        (b'{"token": "x", "more": 1}', 400),
        (b'{"token": "' + b"x" * 20_000 + b'"}', 413),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_request_that_is_not_right_is_refused(shared_home: House, body: bytes, status: int) -> None:
    async with aiohttp.ClientSession(shared_home.links.base_url) as http:
        headers = {"Content-Type": "application/json"}
        async with http.post("/v1/links/redeem", data=body, headers=headers) as answer:
            assert answer.status == status
            problem = json.loads(await answer.text())
            assert problem["type"].startswith("urn:dyad:problem:")


async def test_guessing_links_is_slowed_down() -> None:
    async with house() as home, aiohttp.ClientSession(home.links.base_url) as http:
        statuses = []
        for _ in range(40):
            async with http.post("/v1/links/redeem", json={"token": "B" * 43}) as answer:
                statuses.append(answer.status)
        assert statuses[0] == 404
        assert statuses[-1] == 429


async def test_a_partner_cannot_read_the_list_the_reasons_or_the_mail() -> None:
    async with house() as home:
        token = home.token(home.links.partner_a)
        for path in ("/v1/sessions", f"/v1/sessions/{home.links.session}/explain", "/v1/demo/messages", "/v1/proposal"):
            status, body = await home.rest("GET", path, token)
            assert status == 403, (path, body)
        status, _ = await home.rest("GET", "/v1/sessions/other/explain", home.token(home.links.therapist))
        assert status == 404


async def test_a_revoked_link_ends_the_connection_that_it_opened() -> None:
    async with house() as home:
        alex = await home.enters("a")
        await home.built.links.revoke(home.links.session, "a")

        async def told() -> bool:
            return alex.closed == "link_revoked"

        await eventually(told, "the connection closed")
