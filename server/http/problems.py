"""RFC 9457 problem details: every refusal over HTTP has a stable type and a plain sentence."""

from __future__ import annotations

import json

from aiohttp import web

BASE = "urn:dyad:problem:"


class Problem(Exception):
    """Ends a request with `status` and a problem document whose type ends in `code`."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail

    def response(self) -> web.Response:
        body = {
            "type": f"{BASE}{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "detail": self.detail,
        }
        return web.Response(status=self.status, text=json.dumps(body), content_type="application/problem+json")
