"""The chain: hashes are written with the lines, seals over all logs after them."""

from __future__ import annotations

import asyncio
import json

import pytest

from server.adapters.sql import heads
from server.application import audit
from server.application.ports import Conflict
from server.application.reads import Read
from server.domain.chain import NO_HEAD, Broken, Examined, Head, Line, Seal, examine
from tests.contracts.samples import NOW, Store, entry

pytestmark = pytest.mark.asyncio


async def all_of(store: Store) -> tuple[list[Line], list[Seal]]:
    return await store.lines(("", 0), 1_000), await store.seals(0, 1_000)


async def examined(store: Store, kept: Head | None = None) -> Examined:
    return await audit.examined(store, kept)


async def test_what_is_appended_is_chained_whoever_appends_at_once(store: Store) -> None:
    for expected in (0, 3):
        await asyncio.gather(*(store.append(entry(f"s{n}", expected, count=3, body=f'"{n} ü"')) for n in range(20)))
    found = await examined(store)
    assert (found.events, found.sessions, found.broken) == (120, 20, None)
    lines, _ = await all_of(store)
    assert [(line.session, line.seq) for line in lines] == sorted((line.session, line.seq) for line in lines)
    assert (lines[0].kind, lines[0].body, lines[0].cmd, lines[1].cmd) == ("noted", '"0 ü"', "cmd", None)


async def test_several_appends_of_one_session_in_one_group_follow_one_another(store: Store) -> None:
    await asyncio.gather(*(store.append(entry("s", n)) for n in range(10)), return_exceptions=True)
    found = await examined(store)
    assert found.events >= 1
    assert found.broken is None


async def test_a_refused_append_leaves_no_link(store: Store) -> None:
    await store.append(entry("s"))
    with pytest.raises(Conflict):
        await store.append(entry("s", body='"other"'))
    await store.append(entry("s", 1))
    assert (await examined(store)).broken is None


async def test_seals_say_how_far_each_log_has_come(store: Store) -> None:
    assert await store.head() == NO_HEAD
    await store.append(entry("s2", count=2))
    await store.append(entry("s1"))
    assert sorted(await store.unsealed()) == ["s1", "s2"]
    assert await store.seal(["s2", "s1", "unknown"])
    assert await store.unsealed() == []
    await store.append(entry("s2", 2))
    assert await store.unsealed() == ["s2"]
    assert await store.seal(["s1", "s2"])
    assert await store.seal(["s1", "s2"])
    lines, seals = await all_of(store)
    assert [(seal.n, seal.session, seal.seq) for seal in seals] == [(1, "s2", 2), (2, "s1", 1), (3, "s2", 3)]
    assert {seal.hash for seal in seals} <= {line.hash for line in lines}
    assert await store.head() == Head(3, seals[-1].chain)
    assert (await examined(store, await store.head())).broken is None


async def test_reads_are_a_log_of_their_own_under_the_same_seals(store: Store) -> None:
    await store.append(entry("s1"))
    for person in ("p1", "p2"):
        await store.note_reads([Read(NOW, person, "team", "/v1/sessions", "s1")] * 2)
    assert sorted(await store.unsealed()) == ["", "s1"]
    await store.seal(["", "s1"])
    found = await examined(store)
    assert (found.reads, found.events, found.broken) == (4, 1, None)
    lines, seals = await all_of(store)
    assert [(line.session, line.seq) for line in lines] == [("", 1), ("", 2), ("", 3), ("", 4), ("s1", 1)]
    assert json.loads(lines[2].body) == {"person": "p2", "role": "team", "kind": "/v1/sessions", "owner": "s1"}
    assert examine(lines[:3] + lines[4:], seals).broken == Broken("", 4, "missing")


async def test_a_log_that_lost_its_end_or_all_of_itself_is_missed(store: Store) -> None:
    for name in ("s1", "s2", "s3"):
        await store.append(entry(name, count=3))
    await store.seal(["s1", "s2", "s3"])
    lines, seals = await all_of(store)
    assert examine(lines[:-1], seals).broken == Broken("s3", 3, "missing")
    assert examine([line for line in lines if line.session != "s2"], seals).broken == Broken("s2", 1, "missing")


@pytest.mark.parametrize("most", [1, 3])
async def test_where_logs_stand_may_be_forgotten_at_any_time(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(heads, "MOST", most)
    for expected in range(4):
        await asyncio.gather(*(store.append(entry(f"s{n}", expected)) for n in range(3)))
        await asyncio.gather(*(store.append(entry(f"t{expected}{n}")) for n in range(3)))
    assert (await examined(store)).broken is None
