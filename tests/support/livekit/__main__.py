"""Runs one: `python -m tests.support.livekit '{"port": …, "key": …, "secret": …, "webhook": …}'`."""

from __future__ import annotations

import json
import sys

from aiohttp import web

from tests.support.livekit.door import app_of

if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    app = app_of(options["key"], options["secret"], options["webhook"])
    web.run_app(app, host="127.0.0.1", port=options["port"], handle_signals=True, shutdown_timeout=0.2)
