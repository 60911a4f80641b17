"""Chat, hands and shared screens: for those in one room, in memory, and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from server.domain.session import commands as c
from signaling.gateway.hub import Hub
from signaling.gateway.seats import Seat
from signaling.protocol import messages as m
from tests.gateway.support import hub_of, seated

pytestmark = pytest.mark.asyncio


class Room:
    """The seeded couple and their therapist; what each was sent of the room, and their commands."""

    def __init__(self, hub: Hub, seats: dict[str, Seat], told: list[tuple[str, str, Any]]) -> None:
        self.hub, self.seats, self._told, self._ids = hub, seats, told, 0

    async def does(self, who: str, message: type[m.InRoom], **fields: Any) -> Mapping[str, Any]:
        self._ids += 1
        given = message.model_validate({"cmd_id": f"c{self._ids}", **fields})
        return await self.hub.company.take(self.seats[who], self.hub.seats.of_session("s1"), given)

    async def writes(self, who: str, text: str, to: str | None = None) -> Mapping[str, Any]:
        return await self.does(who, m.Say, text=text, to=to)

    def read_by(self, who: str) -> list[str]:
        return [data["text"] for sid, event, data in self._told if (sid, event) == (f"sid-{who}", "chat_said")]

    def seen_by(self, who: str) -> dict[str, Any]:
        return next(data for sid, event, data in reversed(self._told) if (sid, event) == (f"sid-{who}", "room_changed"))

    def heard_nothing(self, who: str) -> bool:
        return not any(sid == f"sid-{who}" and event in ("room_changed", "chat_said") for sid, event, _ in self._told)


async def room_of(*admitted: str) -> tuple[Room, Any]:
    told: list[tuple[str, str, Any]] = []
    hub, dispatcher = hub_of([], told)
    seats = await seated(hub, dispatcher, "therapist", "a", "b")
    for key in admitted:
        await dispatcher.submit("s1", c.Admit(key))
    return Room(hub, seats, told), dispatcher


def code(ack: Mapping[str, Any]) -> str:
    return str(ack["error"]["type"])


async def lines(room: Room, who: str, after: int = 0) -> list[str]:
    return [line["text"] for line in (await room.does(who, m.ReadChat, after=after))["lines"]]


async def test_who_waits_neither_writes_nor_learns_that_anything_is_written() -> None:
    room, dispatcher = await room_of("a")
    await room.writes("therapist", "Good evening")
    await room.does("a", m.RaiseHand, up=True)
    assert room.heard_nothing("b")
    assert code(await room.writes("b", "Is anybody there?")) == "not_in_room"
    assert code(await room.does("b", m.ReadChat)) == "not_in_room"
    await dispatcher.submit("s1", c.Admit("b"))
    assert room.seen_by("b")["hands"] == []
    assert await lines(room, "b") == []


async def test_a_private_line_reaches_the_therapist_alone_and_its_answer_the_one_who_asked() -> None:
    room, _ = await room_of("a", "b")
    await room.writes("a", "I don’t feel well with this", to="therapist")
    await room.writes("therapist", "Thank you. We can pause.", to="a")
    assert room.read_by("therapist") == ["I don’t feel well with this"]
    assert room.read_by("a") == ["Thank you. We can pause."]
    assert room.read_by("b") == []
    assert await lines(room, "b") == []
    assert code(await room.writes("a", "only us", to="b")) == "not_allowed"


async def test_numbers_of_lines_tell_nothing_of_private_ones() -> None:
    room, _ = await room_of("a", "b")
    first = (await room.writes("therapist", "one"))["n"]
    for _ in range(3):
        await room.writes("a", "in private", to="therapist")
    await room.writes("therapist", "two")
    own = [line["n"] for line in (await room.does("b", m.ReadChat))["lines"]]
    assert own == sorted(own)
    assert own[0] == first
    assert await lines(room, "b", own[0]) == ["two"]


async def test_who_was_away_for_a_moment_reads_what_was_written_meanwhile() -> None:
    room, _ = await room_of("a", "b")
    room.hub.seats.unplug("sid-b", 0.0)
    await room.writes("a", "Are you there?")
    assert room.read_by("b") == []
    assert await lines(room, "b") == ["Are you there?"]


async def test_what_is_written_aside_stays_between_the_two() -> None:
    room, dispatcher = await room_of("a", "b")
    await room.does("b", m.RaiseHand, up=True)
    await dispatcher.submit("s1", c.TakeAside("a"))
    assert not room.seen_by("b")["here"]
    await room.writes("therapist", "Just us two")
    await room.does("a", m.RaiseHand, up=True)
    assert code(await room.does("b", m.ReadChat)) == "not_in_room"
    await dispatcher.submit("s1", c.EndAside())
    assert await lines(room, "a") == ["Just us two"]
    assert await lines(room, "b") == []
    assert room.seen_by("therapist")["hands"] == []


async def test_who_is_sent_back_reads_nothing_and_again_what_was_theirs_once_back() -> None:
    room, dispatcher = await room_of("a", "b")
    await room.writes("a", "before")
    await dispatcher.submit("s1", c.SendBack("b"))
    await room.writes("a", "between")
    assert code(await room.does("b", m.ReadChat)) == "not_in_room"
    await dispatcher.submit("s1", c.Admit("b"))
    assert await lines(room, "b") == ["before"]


async def test_after_removal_and_after_the_end_nothing_is_read() -> None:
    room, dispatcher = await room_of("a", "b")
    await dispatcher.submit("s1", c.Remove("b"))
    await room.writes("a", "without b")
    assert code(await room.does("b", m.ReadChat)) == "not_in_room"
    assert room.read_by("b") == []
    await dispatcher.submit("s1", c.EndSession())
    assert code(await room.does("a", m.ReadChat)) == "not_in_room"


async def test_a_line_that_nobody_would_read_is_refused() -> None:
    room, _ = await room_of()
    assert code(await room.writes("therapist", "Hello?")) == "nobody_here"


async def test_a_repeated_command_says_it_once_and_a_flood_is_stopped() -> None:
    room, _ = await room_of("a")
    for _ in range(2):
        ack = await room.hub.company.take(
            room.seats["a"], room.hub.seats.of_session("s1"), m.Say(cmd_id="same", text="once")
        )
        assert ack["ok"]
    assert room.read_by("therapist") == ["once"]
    answers = [await room.writes("a", f"line {n}") for n in range(20)]
    assert [code(ack) for ack in answers if "error" in ack] == ["too_many_messages"] * 13


async def test_only_the_last_lines_are_kept() -> None:
    room, _ = await room_of("a")
    for n in range(250):
        room.hub.company._buckets.clear()
        await room.writes("a", f"line {n}")
    assert await lines(room, "therapist") == [f"line {n}" for n in range(50, 250)]


async def test_boxes_reach_their_readers_and_are_no_text() -> None:
    room, _ = await room_of("a", "b")
    box = "c2VhbGVkIGJ5IHRoZSBwYWdl"
    await room.does("a", m.Say, boxes={"therapist": box, "nobody": box})
    read = (await room.does("therapist", m.ReadChat))["lines"]
    assert [(line["text"], line["box"]) for line in read] == [(None, box)]
    assert await lines(room, "b") == []
    assert await lines(room, "a") == []  # its page has it


@pytest.mark.parametrize(
    "fields", [{}, {"text": " "}, {"text": "x" * 1001}, {"text": "x", "boxes": {"a": "c2VhbGVkIGJ5IHRoZQ=="}}]
)
async def test_what_is_no_line_is_malformed(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        m.Say.model_validate({"cmd_id": "c", **fields})


async def test_a_hand_is_seen_by_the_therapist_and_lowered_by_either_or_by_leaving() -> None:
    room, dispatcher = await room_of("a", "b")
    await room.does("a", m.RaiseHand, up=True)
    assert room.seen_by("therapist")["hands"] == ["a"] == room.seen_by("a")["hands"]
    assert room.seen_by("b")["hands"] == []
    await room.does("therapist", m.LowerHand, participant="a")
    assert room.seen_by("a")["hands"] == [] == room.seen_by("therapist")["hands"]
    await room.does("a", m.RaiseHand, up=True)
    await room.does("a", m.RaiseHand, up=False)
    assert room.seen_by("therapist")["hands"] == []
    await room.does("a", m.RaiseHand, up=True)
    await dispatcher.submit("s1", c.SendBack("a"))
    assert room.seen_by("therapist")["hands"] == []
    seen = room.seen_by("a")
    assert not any(seen.values())


async def test_one_screen_at_a_time_and_a_partners_by_leave() -> None:
    room, dispatcher = await room_of("a", "b")
    assert code(await room.does("a", m.ShareScreen, on=True)) == "sharing_not_allowed"
    await room.does("therapist", m.AllowSharing, on=True)
    assert (await room.does("a", m.ShareScreen, on=True))["ok"]
    assert code(await room.does("b", m.ShareScreen, on=True)) == "already_sharing"
    assert room.seen_by("b")["sharing"] == "a"
    await room.does("therapist", m.StopSharing)
    assert room.seen_by("a")["sharing"] is None
    await room.does("a", m.ShareScreen, on=True)
    await room.does("therapist", m.AllowSharing, on=False)
    assert room.seen_by("b")["sharing"] is None
    await room.does("therapist", m.ShareScreen, on=True)
    assert room.seen_by("a")["sharing"] == "therapist"
    await room.does("therapist", m.ShareScreen, on=False)
    await room.does("therapist", m.AllowSharing, on=True)
    await room.does("b", m.ShareScreen, on=True)
    await dispatcher.submit("s1", c.Remove("b"))
    assert room.seen_by("a")["sharing"] is None


async def test_a_page_that_comes_back_says_again_what_only_it_knows() -> None:
    room, dispatcher = await room_of("a", "b")
    await room.does("b", m.ShowState, away=True, sound_only=True)
    await room.does("b", m.RaiseHand, up=True)
    await room.does("therapist", m.AllowSharing, on=True)
    await room.does("b", m.ShareScreen, on=True)
    assert (room.seen_by("a")["away"], room.seen_by("a")["sound_only"]) == (["b"], ["b"])
    session = (await dispatcher.submit("s1", c.Connect("b", 2))).session
    await room.hub.seat(Seat("s1", "b", 2, "sid-b2"), session)
    assert (room.seen_by("a")["away"], room.seen_by("a")["sound_only"]) == ([], [])
    assert room.seen_by("therapist")["hands"] == ["b"]
    assert room.seen_by("b2")["hands"] == ["b"]
    assert room.seen_by("b2")["sharing"] == "b"  # its page ends that if it was opened anew


async def test_nothing_is_kept_once_nobody_is_connected() -> None:
    room, _ = await room_of("a")
    await room.writes("a", "soon forgotten")
    room.hub.company.keep_only([])
    assert room.hub.company._sessions == {} == room.hub.company._buckets


async def test_a_poor_connection_is_told_to_the_therapist_and_to_nobody_else() -> None:
    room, _ = await room_of("a", "b")
    await room.does("b", m.ShowState, away=False, sound_only=False)
    before = room.seen_by("a")
    await room.does("b", m.ShowState, away=False, sound_only=False, struggling=True)
    assert room.seen_by("therapist")["struggling"] == ["b"]
    assert room.seen_by("a") == before
    assert before["struggling"] == room.seen_by("b")["struggling"] == []
    await room.does("b", m.ShowState, away=False, sound_only=False)
    assert room.seen_by("therapist")["struggling"] == []
