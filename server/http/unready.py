"""What a node answers that may not decide yet: it is alive, it is not ready, and why."""

from __future__ import annotations

import ssl

from aiohttp import web


class Unready:
    """Listens while there is something to say; everything but `/livez` is answered with 503 and the reason."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._host, self._port, self._context = host, port, context
        self._why = ""
        self._runner: web.AppRunner | None = None

    async def tell(self, why: str | None) -> None:
        """Answer so from now on; None: no more."""
        if why is None:
            await self.close()
            return
        self._why = why
        if self._runner is None:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", self._answer)
            self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await self._runner.setup()
            await web.TCPSite(self._runner, self._host, self._port, ssl_context=self._context).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.Response:
        if request.path == "/livez":
            return web.json_response({"status": "ok"})
        told = {"status": "not ready", "checks": {"clock": False}, "why": self._why}
        return web.json_response(told, status=503)
