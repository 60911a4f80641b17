"""The parameters of a policy, as they stand in its file."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from server.domain.attendance import Policy


def written(policy: Policy) -> dict[str, str]:
    """Every parameter by name: "10 min", "24 h", "26"."""
    names = [field.name for field in fields(Policy) if field.name not in ("name", "own")]
    return {name: _plain(getattr(policy, name)) for name in names}


def _plain(value: timedelta | float) -> str:
    if not isinstance(value, timedelta):
        return f"{value:g}"
    seconds = int(value.total_seconds())
    size, unit = next((size, unit) for size, unit in ((3600, "h"), (60, "min"), (1, "s")) if seconds % size == 0)
    return f"{seconds // size} {unit}"
