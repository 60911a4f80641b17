"""The chart: versions that nobody can overwrite, and walls that every store keeps by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import product

import pytest

from server.application.chart import Entry, Outdated, Reader, Wall, Walled
from tests.contracts.samples import NOW, Store, outcomes

pytestmark = pytest.mark.asyncio

ALEX, ROBIN, KIM = Reader("alex", "client"), Reader("robin", "client"), Reader("kim", "client")
RIVERA, MARSH = Reader("rivera", "therapist"), Reader("marsh", "therapist")
TEAM, SASHA = Reader("team", "team"), Reader("sasha", "administrator")
READERS = (ALEX, ROBIN, KIM, RIVERA, MARSH, TEAM, SASHA)


def record(wall: Wall, owner: str, revision: int = 1, body: str = "{}", kind: str = "note") -> Entry:
    return Entry(kind, f"{wall}-{owner}", revision, owner, wall, NOW, "somebody", body)


async def enrolled(store: Store) -> None:
    await store.enrol("c1", {"alex": "client", "robin": "client", "rivera": "therapist"})
    await store.enrol("c2", {"kim": "client", "lee": "client", "marsh": "therapist"})


# Who may see a record, by its wall and owner; the treatment team sees all.
SEEN_BY = {
    (Wall.EVERYONE, ""): {"alex", "robin", "kim", "rivera", "marsh", "sasha"},
    (Wall.STAFF, ""): {"rivera", "marsh", "sasha"},
    (Wall.OFFICE, "c1"): {"alex", "robin", "rivera", "sasha"},
    (Wall.OFFICE, "alex"): {"alex", "rivera", "sasha"},
    (Wall.COUPLE, "c1"): {"alex", "robin", "rivera"},
    (Wall.CLIENT, "alex"): {"alex", "rivera"},
    (Wall.CLIENT, "robin"): {"robin", "rivera"},
    (Wall.CARE, "c1"): {"rivera"},
    (Wall.CARE, "alex"): {"rivera"},
}


async def test_each_wall_lets_through_exactly_those_it_is_for(store: Store) -> None:
    await enrolled(store)
    for wall, owner in SEEN_BY:
        await store.file(TEAM, record(wall, owner))
    for reader, (wall, owner) in product(READERS, SEEN_BY):
        seen = reader is TEAM or reader.person in SEEN_BY[wall, owner]
        assert (await store.read(reader, "note", f"{wall}-{owner}") is not None) is seen, (reader, wall, owner)
        listed = [entry.id for entry in await store.records(reader, "note")]
        assert (f"{wall}-{owner}" in listed) is seen
        assert bool(await store.history(reader, "note", f"{wall}-{owner}")) is seen


async def test_a_couples_file_and_each_partners_own_never_hold_one_anothers_notes(store: Store) -> None:
    await enrolled(store)
    for owner in ("c1", "alex", "robin"):
        await store.file(RIVERA, record(Wall.CARE, owner, body=f'{{"of": "{owner}"}}'))
    for owner in ("c1", "alex", "robin"):
        assert [one.owner for one in await store.records(RIVERA, "note", owner)] == [owner]
        for reader in (ALEX, ROBIN, KIM, MARSH, SASHA):
            assert await store.records(reader, "note", owner) == []
            assert await store.history(reader, "note", f"care-{owner}") == []
            with pytest.raises((Walled, Outdated)):
                await store.file(reader, record(Wall.CARE, owner, revision=2))


async def test_nobody_writes_behind_a_wall_they_cannot_see_through(store: Store) -> None:
    await enrolled(store)
    for reader, (wall, owner) in product(READERS, SEEN_BY):
        try:
            await store.file(reader, replace(record(wall, owner), id=f"{reader.person}-{wall}-{owner}"))
        except Walled:
            assert await store.history(TEAM, "note", f"{reader.person}-{wall}-{owner}") == []
        else:
            assert reader is TEAM or reader.person in SEEN_BY[wall, owner]


async def test_a_client_changes_neither_the_programme_nor_the_couples_plan(store: Store) -> None:
    await enrolled(store)
    for wall, owner in ((Wall.EVERYONE, ""), (Wall.OFFICE, "c1")):
        with pytest.raises(Walled):
            await store.file(ALEX, record(wall, owner))
    await store.file(ALEX, record(Wall.OFFICE, "alex"))


async def test_a_record_never_moves_to_another_wall_or_owner(store: Store) -> None:
    await enrolled(store)
    first = record(Wall.CLIENT, "alex")
    await store.file(ALEX, first)
    for moved in (replace(first, revision=2, wall=Wall.COUPLE, owner="c1"), replace(first, revision=2, owner="robin")):
        with pytest.raises(Walled):
            await store.file(RIVERA, moved)
    assert await store.history(ROBIN, "note", first.id) == []


async def test_what_was_written_before_stays_and_the_latest_counts(store: Store) -> None:
    await enrolled(store)
    first = record(Wall.COUPLE, "c1", body='{"words": "first ü"}')
    second = replace(first, revision=2, by="robin", body='{"words": "second"}')
    await store.file(ALEX, first)
    await store.file(ROBIN, second)
    assert await store.read(RIVERA, "note", first.id) == second
    assert await store.records(RIVERA, "note", "c1") == [second]
    assert await store.history(ALEX, "note", first.id) == [first, second]


async def test_of_two_who_write_the_next_version_at_once_one_has_to_look_again(store: Store) -> None:
    await enrolled(store)
    first = record(Wall.COUPLE, "c1")
    await store.file(ALEX, first)
    both = [replace(first, revision=2, by=who) for who in ("alex", "robin")]
    results = await outcomes([store.file(ALEX, both[0]), store.file(ROBIN, both[1])])
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Outdated"]
    for revision in (1, 2, 4):
        with pytest.raises(Outdated):
            await store.file(ALEX, replace(first, revision=revision))


async def test_who_leaves_a_couple_sees_nothing_of_it_any_more(store: Store) -> None:
    await enrolled(store)
    await store.file(RIVERA, record(Wall.COUPLE, "c1"))
    await store.enrol("c1", {"alex": "client", "robin": "client", "marsh": "therapist"})
    assert await store.read(RIVERA, "note", "couple-c1") is None
    assert await store.read(MARSH, "note", "couple-c1") is not None
    assert await store.enrolled("c1") == {"alex": "client", "robin": "client", "marsh": "therapist"}
    assert await store.couples_of("marsh") == ["c1", "c2"]


async def test_twenty_who_write_at_once_lose_nothing(store: Store) -> None:
    await enrolled(store)

    async def write(n: int) -> None:
        while True:
            latest = await store.read(ALEX, "note", "couple-c1")
            try:
                entry = record(Wall.COUPLE, "c1", 1 if latest is None else latest.revision + 1, f'{{"n": {n}}}')
                return await store.file(ALEX, entry)
            except Outdated:
                continue

    await asyncio.gather(*(write(n) for n in range(20)))
    history = await store.history(ALEX, "note", "couple-c1")
    assert [entry.revision for entry in history] == list(range(1, 21))
    assert len({entry.body for entry in history}) == 20
