"""Stored JSON of the session's events and effects, checked by their own types."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from server.domain.session.effects import Effect
from server.domain.session.events import Event

_EVENTS: dict[str, type] = {cls.__name__: cls for cls in get_args(Event)}
_EFFECTS: dict[str, type] = {cls.__name__: cls for cls in get_args(Effect)}


@cache
def _adapter(cls: type) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


class JsonCodec:
    """A class's name and its fields. Reading raises `KeyError` (unknown name) or `ValidationError`."""

    def encode(self, value: object) -> tuple[str, str]:
        cls: Any = type(value)
        return cls.__name__, _adapter(cls).dump_json(value).decode()

    def event(self, kind: str, body: str) -> Event:
        event: Event = _adapter(_EVENTS[kind]).validate_json(body)
        return event

    def effect(self, kind: str, body: str) -> Effect:
        effect: Effect = _adapter(_EFFECTS[kind]).validate_json(body)
        return effect
