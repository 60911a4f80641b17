"""The `/session` namespace: parse, authenticate, throttle, ask the dispatcher, acknowledge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import socketio
from pydantic import ValidationError

from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk, LinkRefused
from server.application.membership import Membership
from server.application.ports import Clock, LinkGrant, MediaRefused, RecordUnavailable
from server.application.reads import ReadLog
from server.domain.session.commands import Connect
from server.domain.session.plan import role_of
from server.domain.session.refusals import Refusal
from server.domain.session.state import HOSTS, seat_of
from signaling.gateway.hub import Beginning, Hub
from signaling.gateway.seats import Seat
from signaling.gateway.sockets import NAMESPACE
from signaling.gateway.throttle import Bucket
from signaling.gateway.translate import allowed, command_of
from signaling.protocol import messages as m
from signaling.protocol.answers import Done, Joined, Offered, Refreshed, Refused, Taken, refused

RATE, BURST = 20.0, 40.0  # messages a second from one connection
LOOK_AGAIN = 5.0  # s between two looks at whether a link still stands
MAX_REFUSED = 200  # throttled messages until the connection is closed

Ack = Mapping[str, Any]


@dataclass(slots=True)
class Caller:
    grant: LinkGrant
    bucket: Bucket
    refused: int = 0


class SessionNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    def __init__(self, dispatcher: Dispatcher, links: LinkDesk, hub: Hub, clock: Clock, homes: Membership) -> None:
        super().__init__(NAMESPACE)
        self._dispatcher, self._links, self._hub, self._clock = dispatcher, links, hub, clock
        self._homes = homes
        self.reads: ReadLog | None = None  # where it is written down who opens the console
        self._callers: dict[str, Caller] = {}

    async def trigger_event(self, event: str, *args: Any) -> Any:
        if event == "connect":
            return await self._connect(*args)
        if event == "disconnect":
            return await self._disconnect(*args)
        return await self._receive(event, *args)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            grant = await self._links.resolve(token, "session")
        except LinkRefused as no:
            raise _connection_refused(no.code, no.message) from no
        except RecordUnavailable as no:
            message = "Dyad can't look up your link right now. Please try again in a moment."
            raise _connection_refused("unavailable", message) from no
        if self.reads is not None and grant.participant in HOSTS:
            await self.reads.note(grant.person, grant.participant, "console", grant.session or "")
        self._callers[sid] = Caller(grant, Bucket(RATE, BURST, time.monotonic()))

    async def watch(self) -> None:
        """Runs until cancelled: whoever is connected by a link that was taken back is told so and closed."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            for sid, caller in list(self._callers.items()):
                try:
                    await self._links.again(caller.grant)
                except LinkRefused as no:
                    await self._hub.close_seat(sid, no.code, no.message)
                except RecordUnavailable:
                    break  # looked at again next time

    async def _disconnect(self, sid: str, *reason: Any) -> None:
        self._callers.pop(sid, None)
        self._hub.seats.unplug(sid, time.monotonic())

    async def _receive(self, event: str, sid: str, data: Any = None) -> Ack:
        caller = self._callers.get(sid)
        if caller is None:
            return refused("not_connected", "This connection is closed.")
        if not caller.bucket.take(time.monotonic()):
            caller.refused += 1
            if caller.refused > MAX_REFUSED:
                await self.server.hang_up(sid, NAMESPACE)
            return refused("too_many_messages", "Too many messages. Please wait a moment.")
        model = m.CLIENT_EVENTS.get(event)
        if model is None:
            return refused("unknown_event", "That is not something this service can do.")
        try:
            message = model.model_validate(data)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "data"
            return refused("malformed", f"The message is malformed at {where[:60]}.")
        return await self._answer(sid, caller, message)

    async def _answer(self, sid: str, caller: Caller, message: m.Message) -> Ack:
        seat = self._hub.seats.of_sid(sid)
        if not allowed(message, role_of(caller.grant.participant)):
            return refused("not_allowed", "That is not yours to do.")
        try:
            if isinstance(message, m.Join):
                return await self._join(sid, caller, message)
            if seat is None:
                return refused("not_joined", "Join the session first.")
            if isinstance(message, m.Refresh):
                return await self._snapshot(seat)
            if isinstance(message, m.RestartMedia):
                begun = await self._hub.offer(seat)
                servers = self._hub.ice_servers(seat)
                return Offered(ok=True, rev=seat.rev, offer=begun.offer, yours=begun.yours, ice_servers=servers)
            if isinstance(message, m.AnnounceKey):
                await self._hub.announce(seat, message.key)
                return Done(ok=True, rev=seat.rev)
            if isinstance(message, m.SendKeys):
                await self._hub.send_keys(seat, message.boxes)
                return Done(ok=True, rev=seat.rev)
            if isinstance(message, m.InRoom):
                return await self._hub.in_room(seat, message)
            if isinstance(message, m.AnswerMedia):
                await self._hub.answer(seat, message.sdp)
                return Done(ok=True, rev=seat.rev)
            if isinstance(message, m.OfferMedia):
                return Taken(ok=True, rev=seat.rev, answer=await self._hub.take_offer(seat, message.sdp))
            return await self._command(seat, message)
        except MediaRefused as no:
            return refused(no.code, str(no))
        except RecordUnavailable:
            return refused("unavailable", "Dyad can't write that down right now. Please try again in a moment.")

    async def _join(self, sid: str, caller: Caller, message: m.Join) -> Ack:
        grant = caller.grant
        try:  # a link may have been taken back since the connection was made
            await self._links.again(grant)
        except LinkRefused as no:
            return refused(no.code, no.message)
        assert grant.session is not None
        address = self._homes.elsewhere(grant.session)
        if address is not None:
            return refused("elsewhere", "Your session is held by another of our servers.", address)
        session = await self._dispatcher.session(grant.session)
        key = seat_of(grant.participant)
        if key not in session.seats:
            return refused("session_unknown", "There is no such session.")
        seat = self._hub.seats.of_sid(sid)
        if seat is None:
            epoch = session.seats[key].epoch + 1
            reply = await self._dispatcher.submit(grant.session, Connect(grant.participant, epoch))
            if reply.refusal is not None:
                return refused(reply.refusal.code, reply.refusal.message)
            seat = Seat(grant.session, key, epoch, sid, token_hash=grant.token_hash)
            await self._hub.seat(seat, reply.session)
        begun = await self._hub.offer(seat) if message.media else Beginning()
        servers = self._hub.ice_servers(seat) if message.media else []
        nodes = self._homes.addresses(grant.session)
        return Joined(
            **await self._snapshot(seat),
            offer=begun.offer,
            yours=begun.yours,
            ice_servers=servers,
            node=self._homes.me,
            nodes=nodes,
        )

    async def _snapshot(self, seat: Seat) -> Refreshed:
        session = await self._dispatcher.session(seat.session)
        snapshot = self._hub.snapshot(seat, session)
        return Refreshed(ok=True, rev=seat.rev, snapshot=snapshot)

    async def _command(self, seat: Seat, message: m.Message) -> Ack:
        command = command_of(message, seat.key, self._clock.now())
        reply = await self._dispatcher.submit(seat.session, command, f"{seat.key}:{message.cmd_id}")
        if reply.refusal is not None:
            return _refusal(reply.refusal)
        if isinstance(message, m.Leave):
            await self._hub.gone(seat)
        return Done(ok=True, rev=seat.rev)


def _connection_refused(code: str, message: str) -> Exception:
    """Reaches the client as `connect_error` with this `data`."""
    error: Exception = socketio.exceptions.ConnectionRefusedError(message, {"type": code, "message": message})
    return error


def _refusal(refusal: Refusal) -> Refused:
    return refused(refusal.code, refusal.message)
