"""How much of this machine was ours while something was measured."""

from __future__ import annotations

from pathlib import Path

STAT = Path("/proc/stat")
STEAL = 7  # of a processor's times, in ticks: user nice system idle iowait irq softirq steal


class Share:
    """From now on."""

    def __init__(self) -> None:
        self._before = _times()

    def taken(self) -> float | None:
        """Percent of the processors' time that other guests had meanwhile; None where the machine doesn't say."""
        passed = [after - before for before, after in zip(self._before, _times(), strict=True)]
        return 100 * passed[STEAL] / sum(passed) if sum(passed) else None


def _times() -> list[int]:
    try:
        return [int(ticks) for ticks in STAT.read_text().splitlines()[0].split()[1 : STEAL + 2]]
    except OSError:
        return []
