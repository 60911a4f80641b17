"""Every store keeps the versions of the policy, and which one is in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.application.ports import StoredPolicy
from tests.contracts.samples import NOW, Store

pytestmark = pytest.mark.asyncio
FIRST = StoredPolicy("harbour@1", "aa", "name: harbour", NOW)
SECOND = StoredPolicy("harbour@2", "bb", "name: harbour\n# ü", NOW + timedelta(days=1))


async def test_none_is_adopted_at_first(store: Store) -> None:
    assert await store.adopted() == []


async def test_the_last_adopted_is_in_use_and_an_earlier_one_may_be_again(store: Store) -> None:
    assert await store.adopt(SECOND)
    assert await store.adopt(FIRST)
    assert await store.adopted() == [FIRST, SECOND]
    again = replace(FIRST, adopted_at=NOW + timedelta(days=2))
    assert await store.adopt(again)
    assert await store.adopted() == [SECOND, again]


async def test_a_version_never_changes_what_it_says(store: Store) -> None:
    assert await store.adopt(FIRST)
    assert not await store.adopt(replace(FIRST, fingerprint="cc", adopted_at=NOW + timedelta(days=3)))
    assert await store.adopted() == [FIRST]
