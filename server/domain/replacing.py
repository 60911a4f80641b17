"""`dataclasses.replace`, ten times as quick for those that have no slots: a session is copied at every event of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(known: Any, /, **changes: Any) -> Any:
        """`known` with other values in some fields. One without slots is copied as it is, unseen by `__post_init__`."""
        before = getattr(known, "__dict__", None)
        if before is None:
            return dataclasses.replace(known, **changes)
        if not changes.keys() <= before.keys():
            raise TypeError(f"{type(known).__name__} has no field {sorted(changes.keys() - before.keys())[0]}")
        copy = object.__new__(type(known))
        copy.__dict__.update(before, **changes)
        return copy


__all__ = ["replace"]
