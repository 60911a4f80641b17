"""The treatment team's queue over REST: what is to be looked at, and the team's word on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web

from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk
from server.application.ports import Directory, LinkGrant
from server.application.reviews import Item, ReviewQueue
from server.domain.session.commands import AssessReview
from server.domain.session.review import MAX_NOTE, Hinders, Measure
from server.domain.session.state import THERAPIST
from server.http.bearer import grant_of, json_body
from server.http.problems import Problem
from server.http.staff import host_of

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ReviewsApi:
    """`GET /v1/reviews` and `POST /v1/reviews/{session}`, for the treatment team's links."""

    dispatcher: Dispatcher
    directory: Directory
    links: LinkDesk
    queue: ReviewQueue

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/reviews", self.listed), web.post("/v1/reviews/{session}", self.assess)]

    async def listed(self, request: web.Request) -> web.Response:
        _, host = await self._team(request)
        items = await self.queue.items(host)
        person = await self.directory.person(host)
        names = await self._names(items)
        zone = person.zone if person else "UTC"
        return web.json_response({"zone": zone, "items": [_plain(item, names) for item in items]})

    async def assess(self, request: web.Request) -> web.Response:
        """The whole item as it then stands. Refused with 409 and the refusal's code; then nothing has changed."""
        grant, host = await self._team(request)
        id = request.match_info["session"]
        appointment = await self.directory.appointment(id)
        if appointment is None or appointment.people.get(THERAPIST) != host:
            raise Problem(404, "session_unknown", "There is no such session.")
        reply = await self.dispatcher.submit(id, _command(await json_body(request), grant.person))
        if reply.refusal is not None:
            raise Problem(409, reply.refusal.code, reply.refusal.message)
        item = await self.queue.one(id)
        assert item is not None
        return web.json_response(_plain(item, await self._names([item])))

    async def _team(self, request: web.Request) -> tuple[LinkGrant, str]:
        grant = await grant_of(request, self.links, "team")
        return grant, await host_of(grant, self.directory, "team")

    async def _names(self, items: list[Item]) -> dict[str, str]:
        """Who assessed, by their id."""
        names = {}
        for id in {review.by for item in items for review in item.reviews}:
            person = await self.directory.person(id)
            names[id] = person.name if person else ""
        return names


def _command(body: dict[str, object], by: str) -> AssessReview:
    """Raises `Problem` 400 for anything that is not an assessment."""
    measures, note, seen = body.get("measures"), body.get("note", ""), body.get("seen")
    if set(body) - {"note"} != {"hinders", "measures", "seen"}:
        raise Problem(400, "malformed", "Send hinders, measures and seen, and a note where there is one.")
    if not isinstance(measures, list) or len(measures) > len(Measure):
        raise Problem(400, "malformed", "Send what follows as a list.")
    if not isinstance(note, str) or len(note) > 2 * MAX_NOTE:
        raise Problem(400, "malformed", "A note is a short text.")
    if not isinstance(seen, int) or isinstance(seen, bool):
        raise Problem(400, "malformed", "Say how many assessments you have seen.")
    chosen = tuple(_choice(measure, Measure) for measure in measures)
    return AssessReview(by, _choice(body["hinders"], Hinders), chosen, note, seen)


def _choice(value: object, kind: type[E]) -> E:
    try:
        return kind(str(value))
    except ValueError as no:
        raise Problem(400, "malformed", f"One of {', '.join(kind)} is wanted.") from no


def _plain(item: Item, names: dict[str, str]) -> dict[str, Any]:
    plain = asdict(item, dict_factory=_dict)
    for review in plain["reviews"]:
        review["by"] = names.get(review["by"], "")
    return plain


def _dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in pairs}
