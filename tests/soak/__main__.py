"""`make soak`: 24 simulated hours of rooms that open and close at speed; memory, files, sockets and tasks don't grow.

A room every ten minutes of the policy's clock: people meet with and without media, are refused, send nonsense, vanish
without a word, or never come. The last line is JSON; the exit code is 1 where something grew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict

from tests.soak.running import SPEED, faults, run

EVERY, SPELLS = 600.0, 6  # simulated s


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0, help="simulated")
    rooms = max(5, round(parser.parse_args().hours * 3600 / EVERY / SPELLS))
    soaked = asyncio.run(run(SPELLS, rooms, EVERY / SPEED, lambda line: print(line, flush=True)))
    for story, count in sorted(soaked.rooms.items()):
        print(f"{count:>5}  {story.replace('_', ' ')}")
    grown = faults(soaked.held)
    print(json.dumps({"rooms": soaked.rooms.total(), "grown": grown, **asdict(soaked.held[-1])}))
    return 1 if grown else 0


if __name__ == "__main__":
    raise SystemExit(main())
