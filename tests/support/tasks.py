"""Tasks that a test left behind. A leaked task is work that nobody awaits and whose failure nobody sees."""

from __future__ import annotations

import asyncio

# engineio sleeps out its ping interval (5 s) after a socket has closed, and then ends by itself.
ENDS_BY_ITSELF = ("AsyncSocket._send_ping",)


async def leaked_tasks(grace: float = 0.25) -> list[str]:
    """What still runs in this loop besides the caller. Tasks already on their way out get `grace` seconds to end."""
    caller = asyncio.current_task()
    others = {task for task in asyncio.all_tasks() if task is not caller}
    if not others:
        return []
    _, left = await asyncio.wait(others, timeout=grace)
    names = sorted(f"{task.get_name()}: {task.get_coro()!r}" for task in left)
    return [name for name in names if not any(ending in name for ending in ENDS_BY_ITSELF)]
