"""A disk that fails when a test says so, for one program and one folder: full, not syncing, or read-only."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.programs import program

SOURCE = Path(__file__).with_name("faulty_disk.c")
FAULTS = {"full": "w", "fsync": "f", "read-only": "r"}


@dataclass(frozen=True)
class FaultyDisk:
    """`environment` is for the program whose files in `folder` are to fail."""

    environment: dict[str, str]
    _switch: Path

    def fail(self, how: str) -> None:
        self._switch.write_text(FAULTS[how])

    def heal(self) -> None:
        self._switch.unlink(missing_ok=True)


def faulty_disk(folder: Path, tools: Path) -> FaultyDisk:
    """`tools` is where the library and the switch are kept, outside `folder`."""
    library, switch = tools / "faulty_disk.so", tools / "fault"
    command = [program("gcc"), "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    tools.chmod(0o755)
    library.chmod(0o755)
    names = {"LD_PRELOAD": str(library), "FAULTY_DISK": os.path.realpath(folder), "FAULT": str(switch)}
    return FaultyDisk(names, switch)
