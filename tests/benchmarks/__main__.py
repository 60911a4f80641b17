"""Measure Dyad: progress, a table, and one line of JSON.

Example: make bench, or for a part alone: make bench ARGS="admission --rounds 12".
"""

from __future__ import annotations

import argparse

import uvloop

from tests.benchmarks import admission, deadlines, deciding, forwarding, planning, recording
from tests.benchmarks.report import Row, json_line, table

PARTS = ("deciding", "planning", "recording", "deadlines", "forwarding", "admission")


async def _measure(part: str, rounds: int) -> list[Row]:
    match part:
        case "deciding":
            return deciding.measure(rounds)
        case "planning":
            return planning.measure(rounds)
        case "recording":
            return await recording.measure(rounds)
        case "deadlines":
            return await deadlines.measure()
        case "forwarding":
            return await forwarding.measure(rounds)
        case _:
            return await admission.measure(rounds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=(*PARTS, []), help="which parts; without one, all")
    parser.add_argument("--rounds", type=int, default=7, help="how many rounds the medians are of (at least 5)")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error("a median of fewer than 5 rounds says little here")
    rows = [row for part in options.parts or PARTS for row in uvloop.run(_measure(part, options.rounds))]
    print(table(rows))
    print(json_line(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
