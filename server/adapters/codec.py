"""Stored JSON of the session's events and effects and of the programme's records, checked by their own types."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from server.application.ports import CannotRead
from server.domain.session.effects import Effect
from server.domain.session.events import Event

_EVENTS: dict[str, type] = {cls.__name__: cls for cls in get_args(Event)}
_EFFECTS: dict[str, type] = {cls.__name__: cls for cls in get_args(Effect)}


T = TypeVar("T")


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def _read(classes: dict[str, type], kind: str, body: str) -> Any:
    try:
        return _adapter(classes[kind]).validate_json(body)
    except (KeyError, ValidationError) as fault:
        # Without its cause: a fault of validation repeats what was stored.
        raise CannotRead(type(fault).__name__) from None


class JsonCodec:
    """A class's name and its fields. Reading an event or an effect raises `CannotRead`."""

    def encode(self, value: object) -> tuple[str, str]:
        cls: Any = type(value)
        return cls.__name__, _adapter(cls).dump_json(value).decode()

    def event(self, kind: str, body: str) -> Event:
        event: Event = _read(_EVENTS, kind, body)
        return event

    def effect(self, kind: str, body: str) -> Effect:
        effect: Effect = _read(_EFFECTS, kind, body)
        return effect

    def dump(self, value: object) -> str:
        """A record of the programme; its kind is told by who keeps it."""
        cls: Any = type(value)
        text: str = _adapter(cls).dump_json(value).decode()
        return text

    def load(self, kind: type[T], body: str) -> T:
        cls: Any = kind
        value: T = _adapter(cls).validate_json(body)
        return value
