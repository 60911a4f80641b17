"""Every store keeps where partners are for one session, the last word of each, and forgets it in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.application.whereabouts import Told
from server.domain.whereabouts import Whereabouts
from tests.contracts.samples import NOW, Store

pytestmark = pytest.mark.asyncio
ALEX = Told("s1", "a", NOW + timedelta(hours=12), Whereabouts("12 Elm St, Ulm ♥", "Zoë", "+49 731 1"))
ROBIN = Told("s1", "b", NOW + timedelta(hours=13), Whereabouts("In the car"))


async def test_the_last_word_of_each_is_kept_for_its_session_alone(store: Store) -> None:
    await store.keep_whereabouts(ROBIN)
    await store.keep_whereabouts(ALEX)
    await store.keep_whereabouts(replace(ALEX, session="s2"))
    assert await store.whereabouts("s1") == [ALEX, ROBIN]
    moved = replace(ALEX, where=Whereabouts("At work"))
    await store.keep_whereabouts(moved)
    assert await store.whereabouts("s1") == [moved, ROBIN]


async def test_it_is_gone_when_its_time_has_come(store: Store) -> None:
    await store.keep_whereabouts(ALEX)
    await store.keep_whereabouts(ROBIN)
    assert await store.forget_whereabouts(ALEX.until - timedelta(microseconds=1)) == 0
    assert await store.forget_whereabouts(ALEX.until) == 1
    assert await store.whereabouts("s1") == [ROBIN]
