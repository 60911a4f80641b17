"""What a node loads before it serves: a node that is killed or replaced is back the sooner, the less that is."""

from __future__ import annotations

import subprocess
import sys

import pytest

SELDOM = {"fpdf", "fontTools", "PIL", "numpy", "unittest"}  # for PDF files alone


def test_what_is_seldom_asked_for_is_not_loaded_at_the_start() -> None:
    asked = "import sys, server.bootstrap; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert SELDOM.isdisjoint(loaded)


@pytest.mark.parametrize(
    "process",
    [
        "import server.__main__ as m, server.cli as c; c.main = lambda: c.run(look()); m.main()",
        "import sys, signaling.media.worker as w; w.serve = lambda options: look(); sys.argv[1:] = ['{}']; w.main()",
    ],
    ids=["node", "media-worker"],
)
def test_what_was_loaded_at_the_start_is_never_searched_for_garbage(process: str) -> None:
    """Measured: a search through all of it holds up a node for 130 ms, and sound and picture for 19."""
    program = (
        f"import gc\nasync def look(): print(gc.isenabled(), gc.get_freeze_count(), len(gc.get_objects()))\n{process}"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    looking, kept, searched = told.split()
    assert looking == "True"
    assert int(kept) > 40_000
    assert int(searched) < int(kept) / 40
