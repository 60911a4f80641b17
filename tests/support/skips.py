"""A test that does not run proves nothing: every skip is listed, and where CI=true only a known reason may stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

# Reasons that may stand on CI, each with a comment saying why. None now.
ALLOWED_REASONS: frozenset[str] = frozenset()


def skip_reasons(reports: Iterable[Any]) -> Counter[str]:
    """How many tests each reason kept from running. An expected failure did run, and is not among them."""
    return Counter(_reason(report) for report in reports if not hasattr(report, "wasxfail"))


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def not_allowed(reasons: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """The reasons for which this run fails: any that isn't allowed, if it runs on CI; none elsewhere."""
    if environment.get("CI") != "true":
        return []
    return sorted(reason for reason in reasons if reason not in ALLOWED_REASONS)
