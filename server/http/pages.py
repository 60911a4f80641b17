"""The built pages. A GET never changes anything, so a mail scanner that follows a link burns nothing."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

PAGES = {
    "/": "index",
    "/join": "join",
    "/console": "console",
    "/times": "times",
    "/team": "team",
    "/policy": "policy",
    "/clinic": "clinic",
    "/portal": "portal",
    "/answer": "answer",
    "/today": "today",
    "/messages": "messages",
}


def add_pages(app: web.Application, root: Path) -> None:
    """Serve the pages of `root` (web/dist) at their addresses, and its assets."""

    def page(name: str):  # type: ignore[no-untyped-def]
        async def handler(request: web.Request) -> web.StreamResponse:
            return web.FileResponse(root / f"{name}.html", headers={"Content-Type": "text/html; charset=utf-8"})

        return handler

    for path, name in PAGES.items():
        app.router.add_get(path, page(name))
    if (root / "assets").is_dir():
        app.router.add_static("/assets", root / "assets")
