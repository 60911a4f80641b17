"""What every answer has: problems instead of traces, and headers that keep a page to itself."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from server.application.chart import Outdated, Unknown, Walled
from server.application.links import LinkRefused
from server.application.ports import RecordUnavailable
from server.application.roles import NotAllowed
from server.domain.programme import ProgrammeError
from server.http.problems import Problem
from server.telemetry import log, place_of

POLICY = "Content-Security-Policy"
HEADERS = {
    POLICY: (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; media-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# The workers that tell a person from the room behind them, and put what is said into words, run libraries compiled to
# WebAssembly. They alone may: no page may, and they may do nothing else but fetch their library and model from here.
COMPILING = ("/assets/segmenter-", "/assets/recogniser-")
COMPILER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except LinkRefused as no:
        return Problem(404 if no.code == "link_unknown" else 410, no.code, no.message).response()
    except NotAllowed:
        return Problem(403, "not_allowed", "This is not for your part in the programme.").response()
    except ProgrammeError as no:
        return Problem(422, no.code, no.message).response()
    except Outdated:
        return Problem(409, "changed_meanwhile", "Somebody changed this meanwhile. Please look again.").response()
    except (Walled, Unknown):
        return Problem(404, "unknown", "There is no such thing here.").response()
    except RecordUnavailable:
        return Problem(503, "unavailable", "Dyad can't read or write its record right now.").response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return Problem(error.status, f"http_{error.status}", error.reason).response()
    except Exception as error:
        # The type alone: a message or a trace may hold what a person sent.
        log.error("request failed", route=_route(request), error=error, at=place_of(error))
        return Problem(500, "internal", "Something went wrong here. Please try again.").response()


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith(COMPILING):
        response.headers[POLICY] = COMPILER_POLICY
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/assets/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
