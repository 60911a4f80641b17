"""`make chaos KILLS=1000`: nodes over a real PostgreSQL and Redis are killed, paused and cut off, and nothing is lost.

Every session has one deadline, its start. The last line is JSON; the exit code is 1 where a deadline was lost, decided
twice, or early, or where a node ended by itself. Added lateness is the p99 of what fell due within a second after a
kill, less the median of all; what fell due while something else was broken as well is left out of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from tests.chaos.running import run

EACH = 0.9  # s that a kill takes in all, with the faults between two kills


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--deadlines", type=int, help="20 for each kill unless given")
    parser.add_argument("--seconds", type=float, help="over which deadlines are spread")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    deadlines = options.deadlines or options.kills * 20
    seconds = options.seconds or options.kills * EACH
    with tempfile.TemporaryDirectory(prefix="dyad-chaos-") as folder:
        happened, verdict = asyncio.run(
            run(Path(folder), options.kills, deadlines, seconds, options.seed, lambda line: print(line, flush=True))
        )
    for name, count in sorted(happened.count.items()):
        print(f"{count:>9}  {name}")
    print(f"{verdict.p50_ms:>9.1f}  ms late, median of all")
    print(f"{verdict.p99_ms:>9.1f}  ms late, p99 of all")
    print(f"{verdict.near_kills:>9}  fell due within a second after a kill")
    added = None if verdict.added_p99_ms is None else round(verdict.added_p99_ms, 1)
    result = {"kills": len(happened.kills), "deadlines": verdict.deadlines, "lost": verdict.lost}
    result |= {"doubled": verdict.doubled, "early": verdict.early, "ended": happened.ended_by_themselves}
    print(json.dumps({**result, "added_p99_ms": added}))
    return 1 if verdict.lost or verdict.doubled or verdict.early or happened.ended_by_themselves else 0


if __name__ == "__main__":
    raise SystemExit(main())
