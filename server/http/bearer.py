"""The credential of a REST call: a link's token in the Authorization header."""

from __future__ import annotations

from aiohttp import web

from server.application.links import LinkDesk
from server.application.ports import LinkGrant
from server.http.problems import Problem


async def grant_of(request: web.Request, links: LinkDesk, *purposes: str) -> LinkGrant:
    """The grant of the request's bearer token. Raises `Problem` 401 or 403, or `LinkRefused`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "unauthenticated", "Open this page from the link we sent you.")
    grant = await links.resolve(token.strip())
    if grant.purpose not in purposes:
        raise Problem(403, "not_allowed", "This link is for something else.")
    return grant


async def json_body(request: web.Request) -> dict[str, object]:
    """The request's JSON object. Raises `Problem` 400 for anything else."""
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", "The request is not JSON.") from error
    if not isinstance(body, dict):
        raise Problem(400, "malformed", "The request must be a JSON object.")
    return body
