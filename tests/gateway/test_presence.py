"""Presence is evidence: what socket and media tell together, on a clock that the test moves."""

from __future__ import annotations

import pytest

from server.application.dispatcher import Dispatcher
from server.application.ports import RecordUnavailable
from server.domain.session import commands as c
from server.domain.session.views import Link
from signaling.gateway.hub import Hub
from signaling.gateway.seats import Seat
from tests.gateway.support import hub_of, seated

pytestmark = pytest.mark.asyncio
NOW = 1000.0  # monotonic s


async def test_a_page_with_socket_and_media_is_there() -> None:
    hub, dispatcher, alex = await _in_the_room(media_at=NOW - 1)
    assert await _link(hub, dispatcher, alex, NOW) is Link.OK


async def test_media_silent_for_a_moment_is_shown_as_reconnecting_and_ends_nothing() -> None:
    hub, dispatcher, alex = await _in_the_room(media_at=NOW - 6)
    assert await _link(hub, dispatcher, alex, NOW) is Link.RECONNECTING
    assert await _link(hub, dispatcher, alex, NOW + 600) is Link.RECONNECTING
    alex.media_at = NOW + 600
    assert await _link(hub, dispatcher, alex, NOW + 600) is Link.OK


async def test_a_lost_socket_does_not_end_presence_while_media_flows() -> None:
    hub, dispatcher, alex = await _in_the_room(media_at=NOW + 59)
    hub.seats.unplug("sid-a", NOW)
    assert await _link(hub, dispatcher, alex, NOW + 60) is Link.OK


async def test_everything_silent_is_reconnecting_and_then_dropped() -> None:
    hub, dispatcher, alex = await _in_the_room(media_at=NOW)
    hub.seats.unplug("sid-a", NOW)
    assert await _link(hub, dispatcher, alex, NOW + 1) is Link.OK
    assert await _link(hub, dispatcher, alex, NOW + 2) is Link.RECONNECTING
    assert await _link(hub, dispatcher, alex, NOW + 14) is Link.RECONNECTING
    assert await _link(hub, dispatcher, alex, NOW + 16) is Link.LOST
    assert hub.seats.of_session("s1") == []


async def test_without_media_the_socket_alone_speaks() -> None:
    hub, dispatcher, alex = await _in_the_room(media_at=None)
    assert await _link(hub, dispatcher, alex, NOW + 600) is Link.OK
    hub.seats.unplug("sid-a", NOW + 600)
    assert await _link(hub, dispatcher, alex, NOW + 604) is Link.RECONNECTING


async def _in_the_room(media_at: float | None) -> tuple[Hub, Dispatcher, Seat]:
    hub, dispatcher = hub_of([])
    seats = await seated(hub, dispatcher, "a")
    await dispatcher.submit("s1", c.Admit("a"))
    seats["a"].media_at = media_at
    return hub, dispatcher, seats["a"]


async def _link(hub: Hub, dispatcher: Dispatcher, seat: Seat, now: float) -> Link:
    """What the others would be told after a look at `now`."""
    await hub.look(seat, now)
    return (await dispatcher.session("s1")).seats[seat.key].link


async def test_who_is_dropped_while_the_record_is_away_is_dropped_once_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, dispatcher, alex = await _in_the_room(media_at=NOW)
    hub.seats.unplug("sid-a", NOW)

    async def away(*_: object) -> None:
        raise RecordUnavailable("the record is away")

    with monkeypatch.context() as outage:
        outage.setattr(dispatcher, "submit", away)
        with pytest.raises(RecordUnavailable):
            await hub.look(alex, NOW + 16)
    assert await _link(hub, dispatcher, alex, NOW + 17) is Link.LOST
    assert hub.seats.of_session("s1") == []
