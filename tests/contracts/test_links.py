"""Links: found by the hash of their token, used once, revoked for good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.samples import NOW, Store, after, grant, outcomes

pytestmark = pytest.mark.asyncio


async def test_a_link_is_found_by_its_hash_alone(store: Store) -> None:
    assert await store.find("h1") is None
    await store.add(grant("h1"))
    team = replace(grant("h2"), session=None, participant="team", purpose="team")
    await store.add(team)
    assert await store.find("h1") == grant("h1")
    assert await store.find("h2") == team
    assert await store.find("H1") is None


async def test_of_100_who_use_a_link_at_once_one_has_used_it(store: Store) -> None:
    await store.add(grant("h1"))
    results = await outcomes([store.use("h1", after(n / 100)) for n in range(100)])
    assert results.count(True) == 1
    assert results.count(False) == 99
    found = await store.find("h1")
    assert found is not None
    assert found.used_at == after(results.index(True) / 100)


async def test_a_dead_or_unknown_link_is_not_used(store: Store) -> None:
    await store.add(grant("revoked"))
    await store.revoke("s1", None, NOW)
    await store.add(grant("expired"))
    assert await store.use("revoked", NOW) is False
    assert await store.use("expired", after(60)) is False
    assert await store.use("unknown", NOW) is False
    found = await store.find("expired")
    assert found is not None
    assert found.used_at is None


async def test_no_repeat_makes_a_link_fresh(store: Store) -> None:
    await store.add(grant("h1"))
    assert await store.use("h1", NOW)
    await store.add(replace(grant("h1"), person="p9", expires_at=after(999)))
    assert await store.find("h1") == replace(grant("h1"), used_at=NOW)
    assert await store.use("h1", NOW) is False


async def test_revoking_a_session_counts_the_links_that_were_live(store: Store) -> None:
    await store.add(grant("a", participant="a"))
    await store.add(grant("b", participant="b"))
    await store.add(grant("used", participant="b"))
    await store.add(replace(grant("expired", participant="b"), expires_at=after(1)))
    await store.add(grant("elsewhere", session="s2"))
    await store.use("used", NOW)
    assert await store.revoke("s1", None, after(1)) == 2
    assert await store.revoke("s1", None, after(2)) == 0
    for hash in ["a", "b", "used", "expired"]:
        found = await store.find(hash)
        assert found is not None
        assert found.revoked_at == after(1)
    assert await store.find("elsewhere") == grant("elsewhere", session="s2")


async def test_revoking_a_participant_leaves_the_others_in(store: Store) -> None:
    await store.add(grant("a", participant="a"))
    await store.add(grant("b", participant="b"))
    assert await store.revoke("s1", "a", NOW) == 1
    assert await store.find("b") == grant("b", participant="b")
    assert await store.revoke("s1", None, NOW) == 1
    assert await store.revoke("unknown", None, NOW) == 0


async def test_somebody_s_own_links_are_found_and_withdrawn_without_those_of_others(store: Store) -> None:
    own = replace(grant("own", session=None), purpose="feed")
    await store.add(own)
    await store.add(replace(own, token_hash="newer", created_at=after(1)))
    await store.add(replace(own, token_hash="expired", expires_at=after(1)))
    await store.add(replace(own, token_hash="session", session="s1"))
    await store.add(replace(own, token_hash="page", purpose="portal"))
    await store.add(replace(own, token_hash="other", person="p2"))
    assert [one.token_hash for one in await store.standing("p1", "feed", after(2))] == ["newer", "own"]
    assert await store.withdraw("p1", "feed", after(2)) == 2
    assert await store.standing("p1", "feed", after(2)) == []
    assert await store.withdraw("p1", "feed", after(3)) == 0
    found = await store.find("own")
    assert found is not None
    assert found.revoked_at == after(2)
    for name in ("session", "page", "other"):
        kept = await store.find(name)
        assert kept is not None
        assert kept.revoked_at is None
