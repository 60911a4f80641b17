"""The service of a soak, in a process of its own: `open` on its input plans a session, `count` tells what it holds.

Each answer is a line of JSON after a mark.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from typing import Any

from server.application.planning import plan_of
from server.bootstrap import Service
from server.demo import LEAD, DemoLinks, Options, demo, links
from server.domain.session.commands import PlanSession

MARK = "= "  # the service writes its log there, too


async def main(speed: float) -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with demo(Options(port=0, speed=speed)) as (built, first):
        number = 0
        async for line in lines:
            if line.strip() == b"open":
                number += 1
                answer: dict[str, Any] = asdict(await opened(built, first, number))
            else:
                gc.collect()
                names = Counter(task.get_coro().__qualname__ for task in asyncio.all_tasks())  # type: ignore[union-attr]
                answer = {"tasks": names.total(), "by_name": names}
            print(MARK + json.dumps(answer), flush=True)


async def opened(built: Service, first: DemoLinks, number: int) -> DemoLinks:
    """One more session of the demo's couple, which begins in two minutes of its clock."""
    appointment = await built.store.appointment(first.session)
    assert appointment is not None
    name, starts_at = f"soak-{number}", (built.clock.now() + LEAD).replace(microsecond=0)
    appointment = replace(appointment, id=name, uid=f"{name}@dyad", starts_at=starts_at, status="booked")
    await built.store.add_appointment(appointment)
    await built.dispatcher.submit(name, PlanSession(await plan_of(appointment, built.store)))
    return await links(built, name)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
