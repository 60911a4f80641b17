"""The care team's notes over REST: the couple's file, and each partner's own, by different addresses."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.chart import Reader
from server.application.files import Files
from server.application.links import LinkDesk
from server.domain.programme import Note
from server.http.bearer import json_body
from server.http.clinic import reader_of
from server.http.parsing import keys, plain, revision, value_of


@dataclass(frozen=True, slots=True)
class FilesApi:
    """Under `/v1/clinic/couples/{id}/files/{file}`, where `file` is "couple", "a" or "b"."""

    files: Files
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        file = "/v1/clinic/couples/{id}/files/{file}"
        return [
            web.get(file, self.notes),
            web.post(file, self.write),
            web.put(file + "/{note}", self.correct),
            web.get(file + "/{note}", self.versions),
        ]

    async def notes(self, request: web.Request) -> web.Response:
        return await self._notes(request, await self._reader(request))

    async def write(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        (note,) = keys(await json_body(request), "note")
        await self.files.write(reader, *_file(request), value_of(Note, note))
        return await self._notes(request, reader)

    async def correct(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        note, seen = keys(await json_body(request), "note", "seen")
        id = request.match_info["note"]
        await self.files.correct(reader, *_file(request), id, value_of(Note, note), revision(seen))
        return await self._notes(request, reader)

    async def versions(self, request: web.Request) -> web.Response:
        found = await self.files.versions(await self._reader(request), *_file(request), request.match_info["note"])
        return web.json_response({"versions": plain(found)})

    async def _notes(self, request: web.Request, reader: Reader) -> web.Response:
        return web.json_response({"notes": plain(await self.files.notes(reader, *_file(request)))})

    async def _reader(self, request: web.Request) -> Reader:
        return await reader_of(request, self.links, "clinic")


def _file(request: web.Request) -> tuple[str, str]:
    return request.match_info["id"], request.match_info["file"]
