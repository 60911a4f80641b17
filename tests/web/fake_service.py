"""A service for looking at pages: it serves web/dist, answers REST with what it was given, and shows given views."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import socketio
from aiohttp import web
from pydantic import TypeAdapter

from server.domain.session.views import PartnerView, TherapistView
from server.http.middleware import add_headers
from server.http.pages import add_pages

DIST = Path(__file__).resolve().parents[2] / "web" / "dist"
NOON = datetime(2026, 3, 2, 21, 11, tzinfo=UTC)  # 3:11 in the afternoon in Chicago
TOKEN = "t" * 43

Json = dict[str, Any]


def view_json(view: PartnerView | TherapistView, speed: float) -> Json:
    role = "partner" if isinstance(view, PartnerView) else "therapist"
    return {"role": role, "speed": speed, **TypeAdapter(type(view)).dump_python(view, mode="json")}


@dataclass
class FakeService:
    """`rest` maps a path, or a method and a path, to (status, body). `commands` are what the page sent,
    `join` and media left out."""

    view: PartnerView | TherapistView | None = None
    rest: dict[str, tuple[int, Json]] = field(default_factory=dict)
    speed: float = 1
    now: datetime = NOON
    refuse: Json | None = None
    closed: Json | None = None  # how every join is refused
    away: bool = False
    url: str = ""
    commands: list[tuple[str, Json]] = field(default_factory=list)
    connected: set[str] = field(default_factory=set)
    rev: int = 1
    sockets: socketio.AsyncServer = field(
        default_factory=lambda: socketio.AsyncServer(async_mode="aiohttp", namespaces=["/session"])
    )

    async def change(self, view: PartnerView | TherapistView, *, skip: int = 0) -> None:
        """Show another view. `skip` loses that many revisions on the way."""
        assert self.view is not None
        before, after = view_json(self.view, self.speed), view_json(view, self.speed)
        self.view, self.rev = view, self.rev + 1 + skip
        await self.emit("changed", {"set": {k: v for k, v in after.items() if before.get(k) != v}})

    async def emit(self, event: str, data: Json) -> None:
        body = {"v": 1, "rev": self.rev, "at": self.now.isoformat(), "data": data}
        await self.sockets.emit(event, body, namespace="/session")

    async def hang_up(self) -> None:
        """Close every connection, as a proxy that restarts would."""
        for sid in list(self.connected):
            await self.sockets.disconnect(sid, namespace="/session")

    def snapshot(self) -> Json:
        assert self.view is not None
        return {**view_json(self.view, self.speed), "now": self.now.isoformat()}

    async def receive(self, event: str, sid: str, data: Json) -> Json:
        if event == "join" and self.closed is not None:
            return {"error": self.closed}
        if event in ("join", "refresh"):
            return {"ok": True, "rev": self.rev, "snapshot": self.snapshot(), "offer": None, "ice_servers": []}
        if event == "restart_media":
            return {"ok": True, "rev": self.rev, "offer": None, "ice_servers": []}
        self.commands.append((event, {key: value for key, value in data.items() if key != "cmd_id"}))
        return {"ok": True, "rev": self.rev} if self.refuse is None else {"error": self.refuse}

    def given(self, name: str) -> list[Json]:
        return [body for event, body in self.commands if event == name]


def link(
    role: str, purpose: str = "session", name: str = "Alex", speed: float = 1, language: str = "en"
) -> tuple[int, Json]:
    person = {"role": role, "name": name, "language": language}
    return 200, {"purpose": purpose, "session": "s-1", "speed": speed, **person}


def problem(code: str, status: int = 410) -> tuple[int, Json]:
    return status, {"type": f"urn:dyad:problem:{code}", "title": code, "status": status, "detail": "No."}


@asynccontextmanager
async def serving(service: FakeService) -> AsyncIterator[FakeService]:
    if not (DIST / "join.html").is_file():
        pytest.fail("the pages are not built: run make setup")

    async def answer(request: web.Request) -> web.Response:
        asked = f"{request.method} {request.path}"
        status, body = service.rest.get(asked) or service.rest.get(
            request.path, (404, {"type": "urn:dyad:problem:http_404", "detail": "No."})
        )
        return web.json_response(body, status=status)

    async def plan(request: web.Request) -> web.WebSocketResponse:
        """A plan that one partner has open alone."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"t": "presence", "here": ["a"], "open": False})
        await socket.send_json({"t": "state", "update": "AAA=", "vector": "AA=="})
        async for _ in socket:
            pass
        return socket

    class Session(socketio.AsyncNamespace):  # type: ignore[misc]
        async def trigger_event(self, event: str, *args: Any) -> Any:
            if event == "connect" and service.away:
                raise socketio.exceptions.ConnectionRefusedError({"type": "unavailable", "message": "In a moment."})
            if event in ("connect", "disconnect"):
                (service.connected.add if event == "connect" else service.connected.discard)(args[0])
                return None
            return await service.receive(event, *args)

    app = web.Application()
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/v1/relapse-plan/live", plan)
    app.router.add_route("*", "/v1/{rest:.*}", answer)
    add_pages(app, DIST)
    service.sockets.register_namespace(Session("/session"))
    service.sockets.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    service.url = f"http://{address[0]}:{address[1]}"
    try:
        yield service
    finally:
        await service.sockets.shutdown()
        await runner.cleanup()
