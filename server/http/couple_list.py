"""A list of couples over REST: the template, a look at what it would add, and the adding."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.couple_list import MOST_BYTES, TEMPLATE, CoupleList
from server.application.links import LinkDesk
from server.http.bearer import bytes_body
from server.http.clinic import reader_of
from server.http.parsing import plain
from server.http.problems import Problem

LARGE = Problem(413, "list_too_large", f"A list has up to {MOST_BYTES // 1024} KB.")


@dataclass(frozen=True, slots=True)
class CoupleListApi:
    """Under `/v1/clinic/couple-list`. The file is the body, as text/csv."""

    couples: CoupleList
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/clinic/couple-list/template", self.template),
            web.post("/v1/clinic/couple-list/look", self.look),
            web.post("/v1/clinic/couple-list", self.bring),
        ]

    async def template(self, request: web.Request) -> web.Response:
        await reader_of(request, self.links, "clinic")
        return web.Response(text=TEMPLATE, content_type="text/csv", charset="utf-8")

    async def look(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self.links, "clinic")
        return web.json_response(plain(await self.couples.look(reader, await _file(request))))

    async def bring(self, request: web.Request) -> web.Response:
        """`?seen=` is that of the look; `&lines=all` adds nobody unless every line is good, `&lines=good` those."""
        reader = await reader_of(request, self.links, "clinic")
        seen, lines = request.query.get("seen", ""), request.query.get("lines", "")
        if not seen.isdecimal() or len(seen) > 9 or lines not in ("all", "good"):
            raise Problem(400, "malformed", "Say which look you saw, and whether to add all lines or the good ones.")
        result = await self.couples.bring(reader, await _file(request), int(seen), whole=lines == "all")
        return web.json_response(plain(result), status=201 if result.added else 200)


async def _file(request: web.Request) -> bytes:
    if request.content_type != "text/csv":
        raise Problem(415, "not_a_list", "Send a CSV file, as text/csv.")
    return await bytes_body(request, MOST_BYTES, LARGE)
