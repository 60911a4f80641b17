"""The lines between the server and its media worker: one JSON object each, at most `MAX_LINE` bytes.

A request is `{"id", "do", "peer", …}`, its answer `{"id", "ok"}` or `{"id", "error": [CODE, MESSAGE]}`, an event
`{"event": CLASS, …fields}`. The first line of a worker is `{"port": UDP_PORT}`.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, get_args

from server.application.media_events import MediaEvent, SlotsChanged

MAX_LINE = 1 << 18

_EVENTS: dict[str, type] = {cls.__name__: cls for cls in get_args(MediaEvent)}


def line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def event_line(event: MediaEvent) -> bytes:
    return line({"event": type(event).__name__, **dataclasses.asdict(event)})


def event_of(message: dict[str, Any]) -> MediaEvent:
    """Raises `KeyError` or `TypeError` for a line that is no event."""
    fields = {key: value for key, value in message.items() if key != "event"}
    cls = _EVENTS[message["event"]]
    if cls is SlotsChanged:
        fields["slots"] = {int(index): source for index, source in fields["slots"].items()}
    event: MediaEvent = cls(**fields)
    return event
