"""The clinic over REST: its programme, its therapists, its couples, for the links of its staff."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.care import Care
from server.application.chart import Reader
from server.application.clinic import Clinic, NewCouple, NewPerson
from server.application.links import LinkDesk
from server.domain.attendance import AttendanceClass, SoloApproval
from server.domain.programme import Agreement, Contact, Intake, Programme, Standing
from server.http.bearer import grant_of, json_body
from server.http.parsing import keys, plain, revision, value_of
from server.http.problems import Problem


async def reader_of(request: web.Request, links: LinkDesk, purpose: str) -> Reader:
    """Whose link this is. Raises as `grant_of`."""
    grant = await grant_of(request, links, purpose)
    return Reader(grant.person, grant.participant)


@dataclass(frozen=True, slots=True)
class ClinicApi:
    """Under `/v1/clinic`. Each change names the revision that was seen, and is refused with 409 when it is not the
    latest."""

    clinic: Clinic
    care: Care
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        couple = "/v1/clinic/couples/{id}"
        return [
            web.get("/v1/clinic", self.overview),
            web.put("/v1/clinic/programme", self.programme),
            web.get("/v1/clinic/agreement", self.agreement),
            web.put("/v1/clinic/agreement", self.new_agreement),
            web.post("/v1/clinic/staff", self.add_staff),
            web.put("/v1/clinic/staff/{id}/licences", self.licences),
            web.post("/v1/clinic/couples", self.add_couple),
            web.get(couple, self.couple),
            web.put(couple + "/plan", self.plan),
            web.put(couple + "/standing/{key}", self.standing),
            web.put(couple + "/contact/{key}", self.contact),
            web.put(couple + "/intake", self.intake),
            web.post("/v1/clinic/people/{id}/invite", self.invite),
        ]

    async def overview(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        return web.json_response({"role": reader.role, **plain(await self.clinic.overview(reader))})

    async def programme(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        programme, seen = keys(await json_body(request), "programme", "seen")
        kept = await self.clinic.set_programme(reader, value_of(Programme, programme), revision(seen))
        return web.json_response({"programme": plain(kept.value), "revision": kept.revision})

    async def agreement(self, request: web.Request) -> web.Response:
        agreement, version = await self.care.agreement(await self._reader(request))
        return web.json_response({**plain(agreement), "version": version})

    async def new_agreement(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        agreement, seen = keys(await json_body(request), "agreement", "seen")
        version = await self.care.set_agreement(reader, value_of(Agreement, agreement), revision(seen))
        return web.json_response({"version": version})

    async def add_staff(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        person, licences = keys(await json_body(request), "person", "licences")
        id = await self.clinic.add_staff(reader, value_of(NewPerson, person), value_of(tuple[str, ...], licences))
        return web.json_response({"id": id}, status=201)

    async def licences(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        licences, seen = keys(await json_body(request), "licences", "seen")
        places = value_of(tuple[str, ...], licences)
        await self.clinic.set_licences(reader, request.match_info["id"], places, revision(seen))
        return web.json_response({})

    async def add_couple(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        id = await self.clinic.add_couple(reader, value_of(NewCouple, await json_body(request)))
        return web.json_response({"id": id}, status=201)

    async def couple(self, request: web.Request) -> web.Response:
        return await self._couple(request, await self._reader(request))

    async def plan(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        body = await json_body(request)
        goals, coping, approval, attendance, seen = keys(body, "goals", "coping", "approval", "attendance", "seen")
        changes = {
            "goals": value_of(tuple[str, ...], goals),
            "coping": value_of(tuple[str, ...], coping),
            "approval": value_of(SoloApproval, approval),
            "attendance": None if attendance is None else value_of(AttendanceClass, attendance),
        }
        await self.clinic.set_couple(reader, request.match_info["id"], changes, revision(seen))
        return await self._couple(request, reader)

    async def standing(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        standing, seen = keys(await json_body(request), "standing", "seen")
        await self.clinic.set_standing(reader, *_partner(request), value_of(Standing, standing), revision(seen))
        return await self._couple(request, reader)

    async def contact(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        contact, seen = keys(await json_body(request), "contact", "seen")
        await self.clinic.set_contact(reader, *_partner(request), value_of(Contact, contact), revision(seen))
        return await self._couple(request, reader)

    async def intake(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        intake, seen = keys(await json_body(request), "intake", "seen")
        await self.care.set_intake(reader, request.match_info["id"], value_of(Intake, intake), revision(seen))
        return await self._couple(request, reader)

    async def invite(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        if await json_body(request):
            raise Problem(400, "malformed", "Send an empty object.")
        await self.clinic.invite(reader, request.match_info["id"])
        return web.json_response({})

    async def _couple(self, request: web.Request, reader: Reader) -> web.Response:
        return web.json_response(plain(await self.care.couple(reader, request.match_info["id"])))

    async def _reader(self, request: web.Request) -> Reader:
        return await reader_of(request, self.links, "clinic")


def _partner(request: web.Request) -> tuple[str, str]:
    """The couple's id and the partner's key. Raises `Problem` 404."""
    key = request.match_info["key"]
    if key not in ("a", "b"):
        raise Problem(404, "unknown", "There is no such partner.")
    return request.match_info["id"], key
