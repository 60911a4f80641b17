"""A real CalDAV server of a test's own: Radicale with its files in the test's folder, and no accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.programs import program, running


@contextmanager
def radicale_running(folder: Path) -> Iterator[str]:
    """The server's address while it runs. Whatever name and password are given, they are right."""
    port = free_port()
    configuration = folder / "radicale.ini"
    configuration.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[rights]\ntype = authenticated\n"
        f"[web]\ntype = none\n[storage]\nfilesystem_folder = {folder / 'collections'}\n",
        encoding="utf-8",
    )
    command = [program("radicale", "/usr/bin/radicale"), "--config", str(configuration)]
    with running(command, port=port, log=folder / "radicale.log", seconds=20):
        yield f"http://127.0.0.1:{port}/"
