"""From a request's JSON to a value whose own rules hold; else a problem with a stable code."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from server.domain.programme import ProgrammeError
from server.http.problems import Problem

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def value_of(kind: type[T], body: object) -> T:
    """Raises `Problem` 422 with the broken rule's own code, or 400 `malformed` naming the place."""
    if isinstance(body, dict):
        unknown = set(body) - {field.name for field in _fields(kind)}
        if unknown:
            raise Problem(400, "malformed", f"Unknown: {', '.join(sorted(map(str, unknown)))[:100]}.")
    try:
        known: Any = kind
        value: T = _adapter(known).validate_python(body)
        return value
    except ValidationError as no:
        first = no.errors()[0]
        broken = first.get("ctx", {}).get("error")
        if isinstance(broken, ProgrammeError):
            raise Problem(422, broken.code, broken.message) from no
        where = ".".join(map(str, first["loc"])) or "the request"
        raise Problem(400, "malformed", f"{where}: {first['msg']}.") from no


def _fields(kind: type) -> tuple[Any, ...]:
    return fields(kind) if is_dataclass(kind) else ()


def plain(value: object) -> Any:
    """A value of the domain, or a dict of such, as JSON."""
    return to_jsonable_python(value)


def keys(body: dict[str, object], *wanted: str) -> list[object]:
    """What was sent under exactly these keys. Raises `Problem` 400."""
    if set(body) != set(wanted):
        raise Problem(400, "malformed", f"Send {', '.join(wanted)}.")
    return [body[key] for key in wanted]


def revision(value: object) -> int:
    """Raises `Problem` 400."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Problem(400, "malformed", "Say which revision you saw.")
    return value
