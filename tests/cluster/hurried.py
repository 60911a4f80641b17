"""`python -m tests.cluster.hurried POLICY WALL SPEED`: a node that runs faster, as a demo does.

Its clock read POLICY when the wall read WALL, so that the nodes of one cluster decide by one time.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime

import uvloop

from server.adapters.clock import SystemClock
from server.bootstrap import listen, service
from server.demo import until_stopped
from server.operating import settings


async def main(policy: str, wall: str, speed: str) -> None:
    clock = SystemClock.resume(datetime.fromisoformat(policy), datetime.fromisoformat(wall), float(speed))
    async with service(settings(os.environ), clock) as built:
        runner = await listen(built)
        try:
            await until_stopped()
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
