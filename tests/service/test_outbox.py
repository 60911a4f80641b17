"""The outbox in a running service: webhooks told in order, what did not go out shown, and tried again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from server.application.hooks import Endpoint
from server.application.pauses import WEBHOOK, pause_after
from server.application.ports import NotSent, OutboxRow
from server.composition import post
from server.domain.session.commands import Cancel, PlanSession
from tests.adapters.test_webhooks import SECRET, Site, site
from tests.service.support import House, eventually, house
from tests.service.test_command_line import dyad

pytestmark = pytest.mark.timeout(120)


class Ehr:
    """Somebody's own system: answers as it is told to, and keeps what it took."""

    def __init__(self) -> None:
        self.status = 204
        self.asked: list[str] = []
        self.taken: list[tuple[str, str]] = []
        self.site: Site

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        said = Webhook(SECRET).verify(body, dict(request.headers))
        self.asked.append(said["id"])
        if self.status < 300:
            self.taken.append((said["type"], said["data"]["session"]))
        return web.Response(status=self.status)


@asynccontextmanager
async def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, quiet: bool = True
) -> AsyncIterator[tuple[House, Ehr]]:
    """A clinic whose policy clocks run fast, and a system of its own that asked to be told."""
    ehr = Ehr()
    async with site(tmp_path, ehr.answer) as ehr.site:

        async def resolve(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        monkeypatch.setattr(post, "StandardWebhooks", lambda: ehr.site.sender(resolve=resolve))
        async with house(speed=60) as home:
            if quiet:  # the demo's own session is over, and told of
                await home.built.dispatcher.submit(home.links.session, Cancel())

            async def nothing_waits() -> bool:
                return (await home.built.store.outbox_state()).open == 0

            await eventually(nothing_waits, "an empty outbox")
            await home.built.store.put_endpoint(ehr.site.endpoint)
            yield home, ehr


async def happens(home: House, *names: str) -> None:
    """Sessions are planned and cancelled: two messages each."""
    plan = (await home.built.dispatcher.session(home.links.session)).plan
    assert plan is not None
    for name in names:
        await home.built.dispatcher.submit(
            name, PlanSession(replace(plan, starts_at=plan.starts_at + timedelta(days=2)))
        )
        await home.built.dispatcher.submit(name, Cancel())


def both(*names: str) -> list[tuple[str, str]]:
    return [(what, name) for name in names for what in ("session.planned", "session.concluded")]


def taken(ehr: Ehr, count: int) -> Callable[[], Any]:
    async def enough() -> bool:
        return len(ehr.taken) >= count

    return enough


@pytest.mark.asyncio
async def test_an_endpoint_is_told_each_thing_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with told(tmp_path, monkeypatch) as (home, ehr):
        await happens(home, "x1", "x2")
        await eventually(taken(ehr, 4), "four messages")
        assert sorted(ehr.taken) == sorted(both("x1", "x2"))
        assert len(set(ehr.asked)) == len(ehr.asked) == 4


@pytest.mark.asyncio
async def test_one_that_fails_is_asked_again_with_the_same_id_and_nothing_overtakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with told(tmp_path, monkeypatch) as (home, ehr):
        ehr.status = 503
        await happens(home, "x1")

        async def twice() -> bool:
            return len(ehr.asked) >= 2

        await eventually(twice, "a second try")
        assert len(set(ehr.asked)) == 1, "later messages wait for the first"
        first = ehr.asked[0]
        ehr.status = 204
        ehr.asked.clear()
        # The third try is five minutes of policy time away, which are five seconds here.
        await eventually(taken(ehr, 2), "both, once it is well again", 30)
        assert ehr.taken == both("x1")
        assert ehr.asked[0] == first


@pytest.mark.asyncio
async def test_gone_turns_it_off_and_what_was_given_up_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with told(tmp_path, monkeypatch) as (home, ehr):
        ehr.status = 410
        await happens(home, "x1")
        team = home.token(home.links.team)

        async def listed() -> list[dict[str, Any]]:
            _, body = await home.rest("GET", "/v1/undelivered", team)
            rows: list[dict[str, Any]] = body["messages"]
            return rows

        first = (await eventually(listed, "a message given up"))[0]
        assert (first["what"], first["endpoint"], first["session"]) == ("CallHook", "e", "x1")
        assert first["why"] == "the endpoint answered 410 Gone and is off now"
        [endpoint] = await home.built.store.endpoints()
        assert endpoint.disabled == "answered 410 Gone"
        await home.built.store.put_endpoint(replace(endpoint, disabled=None))
        ehr.status = 204
        assert (await home.rest("POST", f"/v1/undelivered/{first['id']}/replay", team))[0] == 200
        assert (await home.rest("POST", f"/v1/undelivered/{first['id']}/replay", team))[0] == 404
        await eventually(taken(ehr, 1), "it, tried again")
        assert (ehr.taken[0], ehr.asked.count(first["id"])) == (both("x1")[0], 2)
        assert first["id"] not in [row["id"] for row in await listed()]
        assert (await home.rest("GET", "/v1/undelivered", home.token(home.links.therapist)))[0] == 403


@pytest.mark.asyncio
async def test_an_endpoint_that_hangs_holds_up_no_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with told(tmp_path, monkeypatch, quiet=False) as (home, _):

        async def hang(endpoint: Endpoint, message: object) -> None:
            await home.built.clock.sleep_until(home.built.clock.now() + timedelta(days=1))
            raise NotSent("late", again=True)

        monkeypatch.setattr(home.built.delivery._hooks._sender, "send", hang)
        await happens(home, "x1", "x2", "x3")
        await home.built.dispatcher.submit(home.links.session, Cancel())

        async def mailed() -> bool:
            return any("cancel" in mail["subject"].lower() for mail in await home.mails())

        await eventually(mailed, "the mail that says it is off")


@pytest.mark.parametrize("tries", range(len(WEBHOOK)))
def test_pauses_grow_over_three_days_and_differ_from_row_to_row_but_not_from_node_to_node(tries: int) -> None:
    rows = [OutboxRow(f"s-{n}-0", "s", "CallHook", "{}", tries) for n in range(50)]
    pauses = [pause_after(row) for row in rows]
    assert pauses == [pause_after(row) for row in rows]
    assert len(set(pauses)) == 50
    assert all(pause is not None and abs(pause / WEBHOOK[tries] - 1) <= 0.1 for pause in pauses)
    assert timedelta(days=3) <= sum(WEBHOOK, timedelta()) <= timedelta(days=3.5)
    assert list(WEBHOOK) == sorted(WEBHOOK)


def test_the_last_try_is_the_last() -> None:
    assert pause_after(OutboxRow("s-1-0", "s", "CallHook", "{}", len(WEBHOOK))) is None
    assert pause_after(OutboxRow("s-1-0", "s", "Mail", "{}", 11)) is None


def test_an_administrator_keeps_endpoints_at_the_command_line(tmp_path: Path) -> None:
    _, file, _ = dyad("session", "plan", "--example")
    plan = tmp_path / "couple.json"
    plan.write_text(file)
    where = {"DYAD_DATA": str(tmp_path / "data"), "DYAD_BASE_URL": "http://127.0.0.1:1"}
    assert dyad("session", "plan", str(plan), **where)[0] == 0
    code, _, err = dyad("webhook", "add", "https://127.0.0.1/hook", **where)
    assert (code, "public https address" in err) == (2, True)
    code, out, _ = dyad("webhook", "add", "https://93.184.215.14/hook", "--json", **where)
    added = json.loads(out)
    assert code == 0
    assert added["secret"].startswith("whsec_")
    _, out, _ = dyad("webhook", "list", "--json", **where)
    assert [(row["id"], row["disabled"]) for row in json.loads(out)] == [(added["id"], None)]
    assert added["secret"] not in out
    assert dyad("webhook", "remove", added["id"], **where)[0] == 0
    assert dyad("webhook", "remove", added["id"], **where)[0] == 1
    assert json.loads(dyad("outbox", "list", "--json", **where)[1]) == []
    assert dyad("outbox", "replay", "nothing", **where)[0] == 1
    assert dyad("outbox", "discard", "nothing", **where)[0] == 1
