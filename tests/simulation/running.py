"""Plays seeds of both rings over all cores."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.ring2.play import play
from tests.simulation.walk import walk

BATCH = 25
CI_SIZE = 1500  # seeds of ring 2 from which on every named rare state has to be seen


@dataclass(slots=True)
class Total:
    steps: int = 0
    found: list[str] = field(default_factory=list)
    failed: list[tuple[int, int]] = field(default_factory=list)  # ring and seed
    rare: Counter[str] = field(default_factory=Counter)

    def add(self, other: Total) -> None:
        self.steps, self.found, self.failed = (
            self.steps + other.steps,
            self.found + other.found,
            self.failed + other.failed,
        )
        self.rare.update(other.rare)


def batch(job: tuple[int, range]) -> tuple[int, int, Total]:
    """Some seeds of a ring."""
    gc.collect()
    ring, seeds = job
    total = Total()
    for seed in seeds:
        if ring == 1:
            steps, faults = walk(seed, total.rare)
        else:
            result = play(seed)
            steps, faults = result.steps, [f"seed {seed}: {fault}" for fault in result.violations]
            total.rare.update(result.rare)
        total.add(Total(steps, faults, [(ring, seed)] if faults else []))
    return ring, len(seeds), total


def quick() -> None:
    """Cycles are looked for between two batches: while a world is played that is a tenth of its time."""
    gc.freeze()
    gc.disable()


def run(first: int, seeds: int, rings: list[int], processes: int | None = None) -> Total:
    """Play the seeds over all cores."""
    share = {1: max(seeds // 10, 1), 2: seeds}
    jobs = [
        (ring, range(at, min(at + BATCH, first + share[ring])))
        for ring in rings
        for at in range(first, first + share[ring], BATCH)
    ]
    total, played, last = Total(), Counter[int](), time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes, quick) as pool:
        for ring, count, part in pool.imap_unordered(batch, jobs):
            total.add(part)
            played[ring] += count
            for fault in part.found:
                print(f"VIOLATION {fault}", file=sys.stderr)
            if time.monotonic() - last > 5 or played.total() == sum(share[ring] for ring in rings):
                last = time.monotonic()
                done = ", ".join(f"{played[ring]} of {share[ring]} seeds of ring {ring}" for ring in rings)
                print(f"{done}; {len(total.found)} violations", file=sys.stderr)
    return total
