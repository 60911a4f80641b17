"""The aiohttp application: API, pages, probes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from aiohttp import web

from server.http.middleware import add_headers, problems
from server.http.pages import add_pages

MAX_BODY = 16 * 1024  # bytes


def build_app(
    routes: Iterable[web.RouteDef],
    pages: Path,
    version: str,
    ready: Callable[[], Awaitable[Mapping[str, object]]],
) -> web.Application:
    """The application without its sockets; `routes` are those under /v1, `pages` is the folder of the built pages.

    `ready` has a "status": "ok", "degraded" (all works, some of it slower) or why nobody should be sent here.
    """
    app = web.Application(middlewares=[problems], client_max_size=MAX_BODY)
    app.on_response_prepare.append(add_headers)
    app.add_routes(routes)

    async def livez(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(request: web.Request) -> web.Response:
        told = await ready()
        return web.json_response(told, status=200 if told["status"] in ("ok", "degraded") else 503)

    async def show_version(request: web.Request) -> web.Response:
        return web.json_response({"version": version})

    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/version", show_version)
    add_pages(app, pages)
    return app
