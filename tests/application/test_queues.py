"""Letters of one session: each addressee has a queue, so nobody's mailbox is another's delay."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from server.adapters.mail import Message
from server.application.ports import NotSent
from server.domain.session import commands as c
from tests.application.clinic import House, house, wall

pytestmark = pytest.mark.asyncio

START = wall("2026-10-22T10:00")
NEXT, LATER = START + timedelta(hours=4), START + timedelta(hours=5)


async def _with_alex_s_mailbox_full(monkeypatch: pytest.MonkeyPatch) -> tuple[House, list[str]]:
    """In the middle of a day; emptying the list lets mail through to Alex again."""
    home = await house(wall("2026-10-20T09:00"))
    full, send = ["alex@example.org"], home.kept.send

    async def refuse(message: Message) -> None:
        if message.to_email in full:
            raise NotSent("the mailbox is full", again=True)
        await send(message)

    monkeypatch.setattr(home.kept, "send", refuse)
    await home.books("s", START)
    return home, full


async def test_a_full_mailbox_keeps_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    home, full = await _with_alex_s_mailbox_full(monkeypatch)
    await home.says("s", c.Cancel())
    await home.deliver()
    assert [mail.ics_method for mail in home.mails("robin")] == ["CANCEL"]
    assert home.mails("alex") == []
    kept = await home.store.appointment("s")
    assert kept is not None
    assert kept.status == "cancelled"  # the time is free, whoever knows of it
    full.clear()
    await home.until(home.clock.now() + timedelta(hours=1))
    assert [mail.ics_method for mail in home.mails("alex")] == ["CANCEL"]


async def test_what_one_person_is_told_comes_in_the_order_in_which_it_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    home, full = await _with_alex_s_mailbox_full(monkeypatch)
    for at in (NEXT, LATER):
        await home.store.move("s", at, home.clock.now())
        await home.says("s", c.ChangeTime(at))
    await home.deliver()
    waiting = [row for row in await home.store.take(home.clock.now() + timedelta(days=1), 10) if "/a" in row.session]
    assert len(waiting) == 1  # the second is not tried before the first is through
    full.clear()
    await home.until(home.clock.now() + timedelta(hours=3))
    first, second = (mail.id for mail in home.mails("alex"))
    assert json.loads(waiting[0].body)["letter"] in first
    assert first != second
