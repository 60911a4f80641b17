"""What a page may do is said with it: nothing from elsewhere, and no script made of text."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from server.http.middleware import add_headers
from server.http.pages import PAGES

pytestmark = pytest.mark.asyncio


async def empty(request: web.Request) -> web.Response:
    return web.Response()


async def test_no_page_takes_anything_from_elsewhere_or_runs_text() -> None:
    app = web.Application()
    app.on_response_prepare.append(add_headers)
    workers = ("/assets/segmenter-x.js", "/assets/recogniser-x.js")
    paths = (*PAGES, "/assets/x.js", "/v1/sessions", *workers)
    for path in paths:
        app.router.add_get(path, empty)
    async with TestServer(app) as server, ClientSession(str(server.make_url("/"))) as http:
        told = {}
        for path in paths:
            async with http.get(path) as answer:
                told[path] = answer.headers["Content-Security-Policy"]
    # A worker that compiles WebAssembly may do that, fetch from here, and nothing else.
    for worker in workers:
        assert told.pop(worker) == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    for policy in told.values():
        assert "default-src 'self'" in policy
        assert "unsafe-eval" not in policy  # nor WebAssembly
        assert "unsafe-inline" not in policy
        assert "http" not in policy
