"""What a node loads before it serves: a node that is killed or replaced is back the sooner, the less that is."""

from __future__ import annotations

import subprocess
import sys

SELDOM = {"fpdf", "fontTools", "PIL", "numpy", "unittest"}  # for PDF files alone


def test_what_is_seldom_asked_for_is_not_loaded_at_the_start() -> None:
    asked = "import sys, server.bootstrap; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert SELDOM.isdisjoint(loaded)
