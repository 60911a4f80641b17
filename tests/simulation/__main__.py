"""`make sim SEEDS=10000`: progress, a table of rare states, one line of JSON. Exit code 1 on a violation."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter

from tests.simulation.walk import walk

BATCH = 50


def batch(seeds: range) -> tuple[int, list[str], Counter[str]]:
    rare: Counter[str] = Counter()
    steps, found = 0, list[str]()
    for seed in seeds:
        taken, faults = walk(seed, rare)
        steps, found = steps + taken, found + faults
    return steps, found, rare


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many sessions (each seed is one)")
    parser.add_argument("--first", type=int, default=0, help="the first seed, to see one session again")
    options = parser.parse_args()
    end = options.first + options.seeds
    batches = [range(at, min(at + BATCH, end)) for at in range(options.first, end, BATCH)]
    steps, done, found, rare = 0, 0, list[str](), Counter[str]()
    began = time.monotonic()
    with multiprocessing.Pool() as pool:
        for taken, faults, seen in pool.imap_unordered(batch, batches):
            steps, done, found, rare = steps + taken, done + 1, found + faults, rare + seen
            if sys.stderr.isatty() or done % 20 == 0 or done == len(batches):
                print(f"{min(done * BATCH, options.seeds)} of {options.seeds} sessions", file=sys.stderr)
    for name, count in sorted(rare.items()):
        print(f"{count:>9}  {name}")
    for fault in sorted(found)[:20]:
        print(f"VIOLATION {fault}", file=sys.stderr)
    seconds = round(time.monotonic() - began, 1)
    result = {"seeds": options.seeds, "steps": steps, "violations": len(found), "seconds": seconds}
    print(json.dumps({**result, "rare_states": dict(sorted(rare.items()))}))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
