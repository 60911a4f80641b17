"""The sample cases of the policy: facts, and what is decided on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "policy_cases.json").read_text(encoding="utf-8"))
