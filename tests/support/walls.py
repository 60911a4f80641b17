"""A program whose clock on the wall is off, while the machine's is right."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.support.programs import program

SOURCE = Path(__file__).with_name("other_wall.c")


def other_walls(tools: Path) -> Callable[[timedelta], dict[str, str]]:
    """What to put into a program's environment for a wall that is so far ahead."""
    library = tools / "other_wall.so"
    command = [program("gcc"), "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return lambda off: {"LD_PRELOAD": str(library), "WALL_OFF": str(int(off.total_seconds()))}
