"""What a benchmark found, as a table and as one JSON line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; with a `key` it is part of the JSON line. `goal` is what it should be:
    `≤ 0.30`, `≥ 50,000`, `0`; empty where there is none."""

    what: str
    value: float | None  # None where this machine can't measure it
    unit: str
    key: str | None = None
    goal: str = ""


def say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def _verdict(row: Row) -> str:
    if not row.goal or row.value is None:
        return ""
    return f"goal {row.goal}: {'reached' if _reached(row.value, row.goal) else 'MISSED'}"


def _reached(value: float, goal: str) -> bool:
    sign, _, bound = goal.rpartition(" ")
    limit = float(bound.replace(",", ""))
    return value >= limit if sign == "≥" else value <= limit


def table(rows: Sequence[Row]) -> str:
    width = max(len(row.what) for row in rows)
    return "\n".join(f"{row.what:<{width}}  {_figure(row):>8} {row.unit:<12} {_verdict(row)}".rstrip() for row in rows)


def json_line(rows: Sequence[Row]) -> str:
    return json.dumps({row.key: None if row.value is None else float(f"{row.value:.4g}") for row in rows if row.key})


def _figure(row: Row) -> str:
    if row.value is None:
        return "–"
    return f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:.3g}"
