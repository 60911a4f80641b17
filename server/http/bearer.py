"""The credential of a REST call: a link's token in the Authorization header."""

from __future__ import annotations

from aiohttp import web

from server.application.links import LinkDesk
from server.application.ports import LinkGrant
from server.application.reads import ReadLog
from server.http.problems import Problem

READ_LOG = web.AppKey("reads", ReadLog)
MOST_ID = 80  # characters


async def grant_of(request: web.Request, links: LinkDesk, *purposes: str) -> LinkGrant:
    """The grant of the request's bearer token. Raises `Problem` 401 or 403, or `LinkRefused`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "unauthenticated", "Open this page from the link we sent you.")
    grant = await links.resolve(token.strip())
    if grant.purpose not in purposes:
        raise Problem(403, "not_allowed", "This link is for something else.")
    await _note(request, grant)
    return grant


async def _note(request: web.Request, grant: LinkGrant) -> None:
    """Who asks to see what of whom, whether they may or not; what is changed says so in the record itself."""
    resource = request.match_info.route.resource
    if request.method == "GET" and READ_LOG in request.app and resource is not None:
        owner = (request.match_info.get("id") or grant.session or "")[:MOST_ID]
        await request.app[READ_LOG].note(grant.person, grant.participant, resource.canonical, owner)


async def json_body(request: web.Request) -> dict[str, object]:
    """The request's JSON object. Raises `Problem` 400 for anything else."""
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", "The request is not JSON.") from error
    if not isinstance(body, dict):
        raise Problem(400, "malformed", "The request must be a JSON object.")
    return body


async def bytes_body(request: web.Request, most: int, large: Problem) -> bytes:
    """The request's body, read by hand where it may be larger than any other. Raises `large`."""
    if (request.content_length or 0) > most:
        raise large
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > most:
            raise large
    return bytes(body)
