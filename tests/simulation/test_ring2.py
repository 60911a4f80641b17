"""Ring 2: nothing that must hold is ever broken, every rare state is reached, and a seed is always the same world."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.ring2.broken import BROKEN
from tests.simulation.ring2.play import play
from tests.simulation.ring2.rare import NAMES
from tests.simulation.running import CI_SIZE, run

KEPT = Path(__file__).with_name("seeds.txt")
WITHIN = 150  # seeds in which each broken application is found out
SAME = "from tests.simulation.ring2.play import play; print(*(play(seed).digest for seed in range({}, {})))"


@pytest.mark.timeout(600)
def test_no_world_breaks_what_must_hold_and_every_rare_state_is_seen() -> None:
    total = run(0, CI_SIZE, [2])
    assert total.found == []
    assert [name for name in NAMES if not total.rare[name]] == []


def kept() -> list[int]:
    lines = [line for line in KEPT.read_text().splitlines() if line and not line.startswith("#")]
    return [int(line.split()[0]) for line in lines]


@pytest.mark.parametrize("seed", kept())
def test_a_seed_that_once_failed_holds(seed: int) -> None:
    assert play(seed).violations == []


def test_a_seed_is_the_same_world_in_every_process() -> None:
    said = {_digests(hash_seed) for hash_seed in ("0", "1", "4242")}
    assert len(said) == 1
    assert len(set(said.pop().split())) == 30


def _digests(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", SAME.format(0, 30)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_application_is_found_out(name: str) -> None:
    assert any(play(seed, BROKEN[name]).violations for seed in range(WITHIN))
