"""Tasks that a test left behind. A leaked task is work that nobody awaits and whose failure nobody sees."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

# engineio sleeps out its ping interval (5 s) after a socket has closed, and then ends by itself.
ENDS_BY_ITSELF = ("AsyncSocket._send_ping",)


async def leaked_tasks(grace: float = 0.25) -> list[str]:
    """What still runs in this loop besides the caller. Tasks already on their way out get `grace` seconds to end."""
    caller = asyncio.current_task()
    others = {task for task in asyncio.all_tasks() if task is not caller}
    if not others:
        return []
    _, left = await asyncio.wait(others, timeout=grace)
    names = sorted(f"{task.get_name()}: {task.get_coro()!r}{_waits(task)}" for task in left)
    return [name for name in names if not any(ending in name for ending in ENDS_BY_ITSELF)]


def _waits(task: asyncio.Task[Any]) -> str:
    """Where the task waits, from the outermost await to the innermost."""
    at: Any = task.get_coro()
    lines = []
    while at is not None and (frame := getattr(at, "cr_frame", None) or getattr(at, "gi_frame", None)) is not None:
        lines.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
        at = getattr(at, "cr_await", None) or getattr(at, "gi_yieldfrom", None)
    return f" at {' > '.join(lines)}" if lines else ""
