"""`make sim SEEDS=10000`: both rings, with progress, a table of rare states, and one line of JSON.

Ring 2 plays every seed: the real application on several nodes under faults. Ring 1, the core alone with random
actors, walks a tenth as many. Exit code 1 on a violation, or where a run of CI's size misses a named rare state.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter

from tests.simulation.ring2.play import play
from tests.simulation.ring2.rare import NAMES
from tests.simulation.running import CI_SIZE, Total, run
from tests.simulation.walk import walk

SHOWN = 20


def report(total: Total, seeds: int, rings: list[int], seconds: float) -> int:
    """Print what was seen; the exit code."""
    missed = [name for name in NAMES if not total.rare[name]] if 2 in rings else []
    rare = {**dict.fromkeys(missed, 0), **dict(sorted(total.rare.items()))}
    for name, count in rare.items():
        print(f"{count:>9}  {name}")
    for ring, seed in sorted(total.failed)[:SHOWN]:
        print(f'Again, with every step: make sim SEEDS=1 ARGS="--first {seed} --ring {ring} --trace"', file=sys.stderr)
    for name in missed if seeds >= CI_SIZE else ():
        print(f"NEVER SEEN {name}", file=sys.stderr)
    told = {"seeds": seeds, "steps": total.steps, "violations": len(total.found), "seconds": round(seconds, 1)}
    print(json.dumps({**told, "rare_states": rare}))
    return 1 if total.found or (missed and seeds >= CI_SIZE) else 0


def steps_of(ring: int, seed: int) -> list[str]:
    if ring == 2:
        return play(seed, tracing=True).trace
    trace: list[str] = []
    walk(seed, Counter(), trace)
    return trace


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many worlds of ring 2 (each seed is one)")
    parser.add_argument("--first", type=int, default=0, help="the first seed, to see one again")
    parser.add_argument("--ring", type=int, choices=(1, 2), help="this ring alone")
    parser.add_argument("--trace", action="store_true", help="print every step of the seeds")
    options = parser.parse_args()
    began = time.monotonic()
    rings = [options.ring] if options.ring else [2, 1]
    for ring in rings if options.trace else ():
        for seed in range(options.first, options.first + options.seeds):
            print("\n".join(steps_of(ring, seed)))
    total = run(options.first, options.seeds, rings)
    return report(total, options.seeds, rings, time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
