"""A real PostgreSQL of the tests' own: one server for all of them, a database for each; others to be mistreated."""

from __future__ import annotations

import glob
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.support.ports import free_port
from tests.support.programs import program

SECONDS = 30.0  # to start or to stop in, on a machine that is busy
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # for whoever tests no durability
# A language that doesn't sort byte by byte, as a programme's own server may have.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US")


def _binary(name: str) -> str:
    return program(name, *sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True))


def _unprivileged(command: Sequence[str]) -> list[str]:
    """PostgreSQL refuses to run as root. However this process ends, what runs so ends too."""
    if os.geteuid() != 0:
        return ["setpriv", "--pdeathsig", "INT", *command]
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig", "INT", *command]


@dataclass
class PostgresServer:
    """`folder` is its alone. With `fsync` what it acknowledges is on the disk."""

    folder: Path
    fsync: bool = False
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create(self) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = ["--pgdata", str(self.folder / "data"), "--auth=trust", "--username=dyad", "--no-sync"]
        subprocess.run(_unprivileged([_binary("initdb"), *data, *LOCALE]), check=True, capture_output=True)

    def start(self) -> None:
        settings = [
            "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", f"port={self.port}",
            "max_connections=200", "shared_buffers=32MB", "timezone=UTC", *(() if self.fsync else QUICK),
        ]  # fmt: skip
        command = [_binary("postgres"), "-D", str(self.folder / "data")]
        command += [word for setting in settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                _unprivileged(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**os.environ, **self.environment},
            )
        self._wait()

    def _wait(self) -> None:
        give_up = time.monotonic() + SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError as fault:
                assert self.process is not None
                if self.process.poll() is not None or time.monotonic() > give_up:
                    log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
                    raise RuntimeError(f"PostgreSQL does not start: {fault}\n{log}") from fault
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Its clients are cut off; with SIGQUIT or SIGKILL it recovers from its log when it starts again."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(how)
            self.process.wait(SECONDS)
            self.process = None

    def restart(self) -> None:
        """Whatever became of it."""
        self.stop(signal.SIGQUIT)
        self.start()

    def sleep(self) -> None:
        """All of its processes stand still, and their connections stay open."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def wake(self) -> None:
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def _processes(self) -> list[int]:
        assert self.process is not None
        own = self.process.pid
        return [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]

    def url(self, database: str) -> str:
        return f"postgresql://dyad@127.0.0.1:{self.port}/{database}"

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def database(self, template: str = "template1") -> str:
        """The name of a fresh one."""
        name = f"t{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def postgres_running(*, fsync: bool = False, where: Path | None = None) -> Iterator[PostgresServer]:
    """In a temporary folder, which `where` may place on a disk of one's own choice."""
    # Not pytest's own folder: that is closed to the other user who PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="dyad-postgres-", dir=where))
    server = PostgresServer(folder, fsync)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)
