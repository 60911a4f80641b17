"""Tests over real processes may run a second time, since two shared cores can starve any of them; never unseen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

# What runs in virtual time or in one thread has no such excuse, and runs once unless it reads a clock.
REAL = frozenset({"adapters", "chaos", "cluster", "contracts", "e2e", "gateway", "media", "service", "soak", "web"})


def over_real_processes(path: PurePath, root: PurePath) -> bool:
    """Whether the test file at `path`, below `root`, may run a second time."""
    parts = path.relative_to(root).parts
    return len(parts) > 2 and parts[0] == "tests" and parts[1] in REAL


def ran_again(reports: Iterable[Any]) -> dict[str, str]:
    """Of each test that ran again: the end of why it failed at first."""
    return {report.nodeid: str(report.longrepr).strip()[-600:] for report in reports}
