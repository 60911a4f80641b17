"""A partner tells where they are: the therapist reads it, and not a byte of it reaches anybody else or stays."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from server.config import RECORD
from server.domain.session.commands import EndSession, TakeOver
from tests.service.raw import raw
from tests.service.support import House, eventually, house

pytestmark = pytest.mark.asyncio

WHERE = {"place": "Zaunweg 12, Ulm", "contact": "Hedwig Zaun", "phone": "+49 731 5550199"}
SECRETS = ("Zaun", "Ulm", "Hedwig", "5550199")


async def test_only_who_holds_the_session_reads_it_and_the_other_partner_gets_no_byte_of_it(tmp_path: Path) -> None:
    async with house(data=tmp_path) as home:
        alex, robin, host = (home.token(home.link(who)) for who in ("a", "b", "therapist"))
        therapist = await home.enters("therapist")
        async with raw(home.links.base_url, robin) as other:
            await other.ask("join", {"cmd_id": "j", "v": 1, "media": False})
            await other.ask("arrive", {"cmd_id": "a"})
            await home.enters("a")
            for who in ("a", "b"):
                await therapist.ask("admit", participant=who)
            await asyncio.sleep(0.3)
            before = len(other.frames)
            assert (await home.rest("PUT", "/v1/whereabouts", alex, WHERE))[0] == 200
            row = (await therapist.until(lambda view: view["partners"][0]["told_where_at"]))["partners"][0]
            assert row["told_where_at"]
            await asyncio.sleep(0.5)
            assert other.frames[before:] == [], "not even the moment is to be seen"
            told = [
                f"{await home.rest('GET', path, robin)}" for path in ("/v1/whereabouts", "/v1/sessions", "/v1/proposal")
            ]
            assert not any(secret in text for secret in SECRETS for text in [*other.frames, *told])
        assert (await home.rest("GET", "/v1/whereabouts", robin))[0] == 403
        assert (await home.rest("GET", "/v1/whereabouts", alex))[0] == 403, "a phone may be in other hands"
        assert await home.rest("GET", "/v1/whereabouts", host) == (200, {"partners": {"a": WHERE}})
        assert not any(secret in f"{therapist.view}" for secret in SECRETS)
        await _nothing_of_it_in_the_log(tmp_path)


async def _nothing_of_it_in_the_log(data: Path) -> None:
    with closing(sqlite3.connect(data / RECORD)) as record:
        for table in ("events", "outbox", "reads", "chart"):
            lines = record.execute(f"SELECT * FROM {table}").fetchall()
            assert not any(secret in f"{line}" for secret in SECRETS for line in lines), table


async def test_it_is_deleted_twelve_hours_after_the_session_and_not_readable_a_moment_longer(tmp_path: Path) -> None:
    async with house(data=tmp_path) as home:
        alex, host = home.token(home.link("a")), home.token(home.link("therapist"))
        await home.rest("PUT", "/v1/whereabouts", alex, WHERE)
        told = (await home.built.store.whereabouts(home.links.session))[0]
        assert told.until == home.starts_at + timedelta(minutes=50, hours=12)
        assert await home.built.store.forget_whereabouts(told.until) == 1
        assert await home.rest("GET", "/v1/whereabouts", host) == (200, {"partners": {}})


@pytest.mark.parametrize(
    "body",
    [
        {"place": ""},
        {"place": "x" * 201},
        {"place": "Ulm\nStuttgart"},
        {"place": "Ulm", "contact": "Zoë"},
        {"place": "Ulm", "phone": "1"},
        {"place": "Ulm", "contact": "Zoë", "phone": "1\n2"},
        {"place": 7},
        {"place": "Ulm", "zone": "UTC"},
        {},
        [],
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(body: object) -> None:
    async with house() as home:
        status, problem = await home.rest("PUT", "/v1/whereabouts", home.token(home.link("a")), body)
        assert status in (400, 422)
        assert "Stuttgart" not in f"{problem}"
        assert await home.built.store.whereabouts(home.links.session) == []


async def test_staff_and_helpers_tell_nothing_and_a_substitute_reads_only_what_they_hold() -> None:
    async with house(company=("interpreter",)) as home:
        for who in ("therapist", "interpreter"):
            assert (await home.rest("PUT", "/v1/whereabouts", home.token(home.link(who)), WHERE))[0] == 409
        await home.rest("PUT", "/v1/whereabouts", home.token(home.link("a")), WHERE)
        marsh = home.token(home.link("substitute"))
        assert (await home.rest("GET", "/v1/whereabouts", marsh))[0] == 403
        await home.built.dispatcher.submit(home.links.session, TakeOver("substitute"))
        assert (await home.rest("GET", "/v1/whereabouts", marsh))[1] == {"partners": {"a": WHERE}}
        assert (await home.rest("GET", "/v1/whereabouts", home.token(home.link("therapist"))))[0] == 403


async def test_nothing_is_told_of_a_session_that_is_over() -> None:
    async with house() as home:
        await _over(home)
        status, problem = await home.rest("PUT", "/v1/whereabouts", home.token(home.link("a")), WHERE)
        assert (status, problem["type"]) == (409, "urn:dyad:problem:session_over")
        assert await home.built.store.whereabouts(home.links.session) == []


async def _over(home: House) -> None:
    therapist, alex, robin = [await home.enters(who) for who in ("therapist", "a", "b")]
    assert alex.view
    assert robin.view
    await therapist.ask("admit_all")

    async def ended() -> bool:
        reply = await home.built.dispatcher.submit(home.links.session, EndSession())
        return reply.session.over

    await eventually(ended, "it is over")
