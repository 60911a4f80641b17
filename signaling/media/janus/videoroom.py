"""Janus' videoroom plugin, as far as Dyad uses it, over one connection: what was made through it ends with it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from signaling.media.forwarder import sdp as offers
from signaling.media.forwarder.rooms import MAX_BITRATE, MAX_PEERS
from signaling.media.janus import sdp
from signaling.media.janus.person import Person
from signaling.media.janus.wire import JanusFailed, JanusRefused, Message, Wire

PLUGIN = "janus.plugin.videoroom"


class Videoroom:
    """A Janus at `url`, asked what it sees at `admin_url` (both ws: or wss:), and one room there. Use `async with`.

    Every call raises `JanusFailed` where Janus refuses or does not answer.
    """

    def __init__(
        self, url: str, secret: str, admin_url: str, admin_secret: str, on_event: Callable[[Message], None]
    ) -> None:
        self._wire = Wire(url, "janus-protocol", on_event, apisecret=secret)
        self._admin = Wire(admin_url, "janus-admin-protocol", admin_secret=admin_secret)
        self._room, self._pin = secrets.randbits(48), secrets.token_hex(16)
        self._control = self._dummy = self._session = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for wire in (self._wire, self._admin):
                await stack.enter_async_context(wire)
            await self._set_up()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _set_up(self) -> None:
        info = await self._wire.ask("info")
        if not (info.get("ice-lite") and info.get("ice-keepalive-conncheck")):
            raise JanusRefused("it has to be set up with ice_lite = true and ice_keepalive_conncheck = true")
        await self._admin.ask("get_status")
        self._session = int((await self._wire.ask("create"))["data"]["id"])
        self._wire.common["session_id"] = self._admin.common["session_id"] = self._session
        self._control = await self.attach()
        room: Message = {
            "request": "create", "room": self._room, "pin": self._pin, "secret": secrets.token_hex(16),
            "is_private": True, "publishers": MAX_PEERS, "bitrate": MAX_BITRATE,
            "audiocodec": "opus", "videocodec": "vp8", "opus_fec": True, "opus_dtx": True,
            "transport_wide_cc_ext": False, "videoorient_ext": False, "playoutdelay_ext": False,
            "dummy_publisher": True, "dummy_streams": [{"codec": "opus"}, {"codec": "vp8"}],
        }  # fmt: skip
        await self._message(self._control, room)
        listed = await self._message(self._control, {"request": "listparticipants", "room": self._room})
        self._dummy = next(one["id"] for one in _data(listed)["participants"] if one.get("dummy"))

    async def closed(self) -> None:
        """Returns when the connection has ended."""
        await self._wire.closed()

    def drop(self) -> None:
        """End the connection, and with it everybody's media."""
        self._wire.drop()

    async def stay(self) -> None:
        """A sign of life: without one, Janus ends everything after a minute."""
        await self._wire.ask("keepalive")

    # -- one person ------------------------------------------------------------------------

    async def attach(self) -> int:
        return int((await self._wire.ask("attach", plugin=PLUGIN))["data"]["id"])

    async def detach(self, handle: int) -> None:
        with contextlib.suppress(JanusFailed):  # gone already, or gone with the connection
            await self._wire.ask("detach", handle_id=handle)

    async def offer(self, person: Person) -> str:
        """Dyad's one offer for a person whose handles are attached. Raises `SdpRefused` where Janus' are no use."""
        joining: Message = {"request": "joinandconfigure", "ptype": "publisher", "id": person.feed}
        joined = await self._join(person.sends, joining, {"type": "offer", "sdp": sdp.sending(sdp.NOBODY)})
        own = sdp.ground(joined["jsep"]["sdp"])
        if not person.slots:
            return offers.offer(own, [])
        empty = [{"feed": self._dummy, "mid": str(kind)} for _ in person.slots for kind in (0, 1)]
        joining = {"request": "join", "ptype": "subscriber", "autoupdate": False, "streams": empty}
        offered = await self._join(person.receives, joining)
        theirs = offered["jsep"]["sdp"]
        return offers.offer(own, sdp.slot_lines(theirs), sdp.ground(theirs))

    async def answer(self, person: Person, sending: str) -> None:
        """Tell Janus what a person sends, and that they receive."""
        # To "configure" with an answer makes Janus 1.1 crash; a request that changes nothing takes it as well.
        nothing: Message = {"request": "exists", "room": self._room}
        await self._message(person.sends, nothing, {"type": "answer", "sdp": sending})
        await self._wire.ask("trickle", handle_id=person.sends, candidate={"completed": True})
        if person.slots:
            await self._start(person)

    async def _start(self, person: Person) -> None:
        await self._message(person.receives, {"request": "start"}, {"type": "answer", "sdp": person.receiving})

    async def switch(self, person: Person, feeds: Mapping[int, int | None]) -> None:
        """On return each slot shows that feed, or nothing, and a keyframe is asked for. Pictures to who takes some."""
        streams = [
            {
                "feed": (feed if kind == 0 or person.pictures else None) or self._dummy,
                "mid": str(kind),
                "sub_mid": str(2 * slot + kind),
            }
            for slot, feed in feeds.items()
            for kind in (0, 1)
        ]
        answer = await self._message(person.receives, {"request": "switch", "streams": streams})
        if "jsep" in answer:
            # A slot whose feed has gone is offered anew, to us alone: for the browser it is the same as ever.
            await self._start(person)
        elif _data(answer).get("switched") != "ok":
            raise JanusRefused("a slot was not switched")

    async def counts(self, handle: int) -> Message:
        """What Janus has counted of a connection, by the m-line's mid."""
        info = (await self._admin.ask("handle_info", handle_id=handle))["info"]
        media: Message = info.get("webrtc", {}).get("media", {})
        return media

    async def _join(self, handle: int, body: Message, jsep: Message | None = None) -> Message:
        answer = await self._message(handle, {**body, "room": self._room, "pin": self._pin}, jsep)
        if "jsep" not in answer:
            raise JanusRefused("no description of a connection")
        return answer

    async def _message(self, handle: int, body: Message, jsep: Message | None = None) -> Message:
        described: dict[str, Any] = {} if jsep is None else {"jsep": jsep}
        answer = await self._wire.ask("message", handle_id=handle, body=body, **described)
        if "error" in _data(answer):
            raise JanusRefused(str(_data(answer)["error"]))
        return answer


def _data(answer: Message) -> Message:
    data: Message = answer.get("plugindata", {}).get("data", {})
    return data
