"""A real Redis of a test's own, which the test may stop and start again: losing Redis is a circumstance to try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port
from tests.support.programs import program, running


@dataclass
class RedisServer:
    port: int
    folder: Path
    _life: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        # Nothing on disk: a restart loses everything, which is the worst that Redis may do to Dyad.
        command += ["--save", "", "--appendonly", "no"]
        self._life.enter_context(running(command, port=self.port, log=self.folder / "redis.log"))

    def stop(self) -> None:
        self._life.close()


@contextmanager
def redis_running(folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(free_port(), folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
