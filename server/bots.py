"""A person who is not there: joins by link with a real media connection, and does what a scenario says."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import socketio

from signaling.media.synthetic import SyntheticPeer

NAMESPACE = "/session"
AWAY = 60.0  # policy s that a dropped bot stays away: shorter than the grace for reconnecting
HOPS = 4  # from node to node until one takes us in
MOVES, AGAIN = 60, 0.3  # tries to be taken in again, and s between them
SCENARIOS = {
    "on-time": "comes at once and stays",
    "late:SECONDS": "arrives so long after the start",
    "never": "does not come",
    "drop:SECONDS": "loses the connection so long after arriving, and comes back a minute later",
    "leave:SECONDS": "leaves on purpose so long after arriving",
    "device-fails": "the camera does not work; tries, and does not get in",
    "shared-device": "comes at once, and says that the other partner is at the same device",
}

Tell = Callable[..., None]


class BotRefused(Exception):
    """The service did not let the bot in; the message is the service's."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`seconds` are policy seconds."""

    name: str
    seconds: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Scenario:
        """Raises `ValueError` with what is possible."""
        name, _, seconds = text.partition(":")
        known = {pattern.partition(":")[0]: ":" in pattern for pattern in SCENARIOS}
        if name not in known or known[name] != bool(seconds):
            raise ValueError(f"There is no scenario {text!r}. Known: {', '.join(SCENARIOS)}.")
        try:
            return cls(name, float(seconds or 0))
        except ValueError as no:
            raise ValueError(f"{seconds!r} is not a number of seconds.") from no


def _accepted(reply: dict[str, Any]) -> dict[str, Any]:
    """Raises `BotRefused`."""
    if "error" in reply:
        raise BotRefused(f"{reply['error']['type']}: {reply['error']['message']}")
    return reply


class Bot:
    """One connection of one person. Requests raise `BotRefused` with the code that the service gave."""

    def __init__(self, link: str, hue: int = 0, *, returning: bool = False) -> None:
        """`returning`: comes back by itself after losing its connection, as a page does."""
        parts = urlsplit(link)
        if not parts.fragment or parts.scheme not in ("http", "https"):
            raise BotRefused("That is not a link of Dyad: it ends in # and a token.")
        self.base, self.token = f"{parts.scheme}://{parts.netloc}", parts.fragment
        self.view: dict[str, Any] = {}
        self.slots: dict[str, str | None] = {}
        self.closed: str | None = None
        self.changed = asyncio.Event()
        self.peer: SyntheticPeer | None = None
        self._hue = hue
        self._numbers = itertools.count()
        self._prefix = f"bot{id(self):x}"
        self._http: aiohttp.ClientSession | None = None
        self._media, self._returning = False, returning
        self._moving: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()
        self.at, self.node = self.base, ""
        self.nodes: list[str] = []
        self.socket: Any = None

    async def redeem(self) -> dict[str, Any]:
        address = f"{self.base}/v1/links/redeem"
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as http,
            http.post(address, json={"token": self.token}) as answer,
        ):
            body: dict[str, Any] = await answer.json(content_type=None)
        if answer.status != 200:
            raise BotRefused(body.get("detail") or body.get("title") or "The link does not work.")
        return body

    async def join(self, *, media: bool = True) -> None:
        """Take the seat, wherever the session lives."""
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False))
        try:
            await self._take_seat(self.base, media)
        except BotRefused:
            await self._http.close()
            self._http = None
            raise

    async def _take_seat(self, address: str, media: bool) -> None:
        """Join at `address` or where we are sent from there; only then is the old connection given up."""
        for _ in range(HOPS):
            socket = await self._connect(address)
            reply = await self._call(socket, "join", v=1, media=media)
            elsewhere = reply.get("error", {}).get("address")
            if elsewhere is None:
                break
            await socket.disconnect()
            address = elsewhere
        if "error" in reply:
            await socket.disconnect()
        joined = _accepted(reply)
        old, self.socket = self.socket, socket
        if old is not None:
            await old.disconnect()
        self.at, self.node, self.nodes = address, joined["node"], joined["nodes"]
        self.view, self._media = joined["snapshot"], media
        self.changed.set()
        await self.ask("announce_key", key=None)  # no encryption end to end here: nobody shall wait for it
        await self._begin(joined)

    async def _connect(self, address: str) -> Any:
        """A connection whose news counts as long as it is ours. `address` may have a path."""
        parts = urlsplit(address)
        socket = socketio.AsyncClient(reconnection=False, http_session=self._http)
        on = {
            "changed": self._on_changed,
            "slots_assigned": self._on_slots,
            "media_offered": self._on_offer,
            "media_redescribed": self._on_redescribed,
            "closed": self._on_closed,
            "moved": self._on_moved,
            "disconnect": self._on_lost,
        }
        for event, handler in on.items():
            socket.on(event, self._while_ours(socket, handler), namespace=NAMESPACE)
        try:
            await socket.connect(
                f"{parts.scheme}://{parts.netloc}",
                namespaces=[NAMESPACE],
                auth={"token": self.token},
                transports=["websocket"],
                socketio_path=f"{parts.path}/socket.io",
            )
        except socketio.exceptions.ConnectionError as no:
            raise BotRefused(f"The service does not answer at {address}, or refused the link ({no}).") from no
        return socket

    def _while_ours(self, socket: Any, handler: Callable[..., Any]) -> Callable[..., Any]:
        async def heard(*message: Any) -> None:
            if socket is self.socket:
                await handler(*message)

        return heard

    async def ask(self, event: str, **fields: Any) -> dict[str, Any]:
        """Send a client event and return its acknowledgement."""
        return _accepted(await self._call(self.socket, event, **fields))

    async def _call(self, socket: Any, event: str, **fields: Any) -> dict[str, Any]:
        message = {"cmd_id": f"{self._prefix}-{next(self._numbers)}", **fields}
        reply: dict[str, Any] = await socket.call(event, message, namespace=NAMESPACE, timeout=20)
        return reply

    async def until(self, true: Callable[[dict[str, Any]], Any], seconds: float = 60.0) -> dict[str, Any]:
        """Wait until the view is so. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while not true(self.view):
                self.changed.clear()
                await self.changed.wait()
        return self.view

    async def drop(self) -> None:
        """Be gone without a word."""
        if self._moving is not None:
            self._moving.cancel()
            await asyncio.gather(self._moving, return_exceptions=True)
        async with self._connecting:
            socket, self.socket = self.socket, None  # from here on no offer is ours
            if self.peer is not None:
                await self.peer.close()
                self.peer = None
        if socket is not None:
            await socket.disconnect()
        if self._http is not None:
            await self._http.close()

    async def _begin(self, told: Mapping[str, Any]) -> None:
        """Make the media connection as the server says, if there is one to make."""
        async with self._connecting:
            if self.socket is None or (told["offer"] is None and not told["yours"]):
                return
            if self.peer is not None:
                await self.peer.close()
            self.peer = SyntheticPeer(self._hue)
            if told["yours"]:
                taken = await self.ask("offer_media", sdp=await self.peer.offer())
                await self.peer.accept(taken["answer"])
            else:
                await self.ask("answer_media", sdp=await self.peer.answer(told["offer"]))

    async def _on_changed(self, message: dict[str, Any]) -> None:
        self.view = {**self.view, **message["data"]["set"]}
        self.changed.set()

    async def _on_slots(self, message: dict[str, Any]) -> None:
        self.slots = message["data"]["slots"]
        self.changed.set()

    async def _on_offer(self, message: dict[str, Any]) -> None:
        await self._begin(message["data"])

    async def _on_redescribed(self, message: dict[str, Any]) -> None:
        async with self._connecting:
            if self.peer is not None and self.socket is not None:
                with contextlib.suppress(BotRefused):  # it may be gone by now
                    await self.ask("answer_media", sdp=await self.peer.again(message["data"]["offer"]))

    async def _on_closed(self, message: dict[str, Any]) -> None:
        self.closed = message["data"]["type"]
        self.changed.set()

    async def _on_moved(self, message: dict[str, Any]) -> None:
        self._go([message["data"]["address"] or self.base])

    async def _on_lost(self, *reason: Any) -> None:
        if self._returning and self.closed is None:
            self._go([*self.nodes[1:], *self.nodes[:1], self.base])

    def _go(self, addresses: list[str]) -> None:
        if self._moving is None or self._moving.done():
            self._moving = asyncio.create_task(self._move(addresses))

    async def _move(self, addresses: list[str]) -> None:
        """Take the seat at another node; for a while nobody may be there."""
        for address in itertools.islice(itertools.cycle(addresses), MOVES):
            with contextlib.suppress(BotRefused, socketio.exceptions.SocketIOError, OSError):
                await self._take_seat(address, self._media)
                return
            await asyncio.sleep(AGAIN)
        self.closed = "no_answer"
        self.changed.set()


@asynccontextmanager
async def bot(link: str, hue: int = 0, *, returning: bool = False) -> AsyncIterator[Bot]:
    someone = Bot(link, hue, returning=returning)
    try:
        yield someone
    finally:
        await someone.drop()


async def run_bot(link: str, scenario: Scenario, tell: Tell, seconds: float | None) -> None:
    """Play the scenario until the session is over, the seat is taken, or `seconds` have passed. Raises `BotRefused`."""
    if scenario.name == "never":
        tell("stays away")
        return
    async with bot(link, hue=sum(link.encode()), returning=True) as someone:
        try:
            async with asyncio.timeout(seconds):
                await _play(someone, scenario, tell)
        except TimeoutError:
            tell("goes", why="the time given is over")


async def _play(someone: Bot, scenario: Scenario, tell: Tell) -> None:
    known = await someone.redeem()
    speed = float(known["speed"])
    if known["role"] == "therapist":
        await _host(someone, tell)
        return
    if scenario.name == "late":
        await someone.join(media=False)
        starts_at = datetime.fromisoformat(someone.view["session"]["starts_at"])
        wait = (starts_at - datetime.fromisoformat(someone.view["now"])).total_seconds() + scenario.seconds
        await someone.drop()
        tell("is late", seconds=max(0.0, wait))
        await asyncio.sleep(max(0.0, wait) / speed)
    await _attend(someone, tell, failing=scenario.name == "device-fails")
    if scenario.name == "shared-device":
        await someone.ask("share_device")
        tell("says that both are here")
    if scenario.name in ("drop", "leave"):
        await asyncio.sleep(scenario.seconds / speed)
    if scenario.name == "leave":
        await someone.ask("leave")
        tell("left on purpose")
        return
    if scenario.name == "drop":
        await someone.drop()
        tell("lost the connection")
        await asyncio.sleep(AWAY / speed)
        await _attend(someone, tell, failing=False)
    await _stay(someone, tell)


async def _attend(someone: Bot, tell: Tell, *, failing: bool) -> None:
    await someone.join()
    camera = "failed" if failing else "ok"
    await someone.ask("report_check", camera=camera, microphone="ok", speaker="ok", connection="ok")
    if failing:
        tell("tried, and the camera failed")
        return
    await someone.ask("arrive")
    tell("arrived", place=someone.view["place"])


async def _stay(someone: Bot, tell: Tell) -> None:
    """Say yes to being joined, and tell every change of place, until it is over."""
    place, asked = someone.view["place"], None
    while someone.closed is None and someone.view["closing"] is None:
        if someone.view["place"] != place:
            place = someone.view["place"]
            tell("is now", place=place)
        question = someone.view["question"]
        if question is not None and question["id"] != asked:
            asked = question["id"]
            await someone.ask("answer_merge", question=asked, yes=True)
            tell("says yes to being joined")
        someone.changed.clear()
        await someone.changed.wait()
    tell("is done", why=someone.closed or someone.view["closing"])


async def _host(someone: Bot, tell: Tell) -> None:
    """Admit whoever waits; leave the cards to the policy."""
    await someone.join()
    tell("hosts the session")
    while someone.closed is None and someone.view["session"]["status"] in ("planned", "under_way", "solo"):
        waiting = [p["key"] for p in someone.view["partners"] if p["place"] == "waiting" and p["state"] == "present"]
        for key in waiting if someone.view["ready"] or someone.view["started_at"] else []:
            await someone.ask("admit", participant=key)
            tell("admitted", who=key)
        someone.changed.clear()
        await someone.changed.wait()
    tell("is done", why=someone.view["session"]["status"])
