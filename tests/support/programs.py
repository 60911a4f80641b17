"""Programs that tests start: found by name, waited for, and ended with the test whatever happened in it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def program(name: str, *elsewhere: str) -> str:
    """The path of a program, or a skip that says what is missing (`make test` installs it where it may)."""
    for candidate in (name, *elsewhere):
        if found := shutil.which(candidate):
            return found
    pytest.skip(f"{name} is not installed")


@contextmanager
def running(
    command: Sequence[str], *, port: int, log: Path, seconds: float = 10, host: str = "127.0.0.1"
) -> Iterator[subprocess.Popen[bytes]]:
    """`command` as a child process that accepts connections on `port` of `host`; its output goes to `log`."""
    with log.open("ab") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(host, port, child, log, seconds)
        yield child
    finally:
        stop(child)


def stop(child: subprocess.Popen[bytes], seconds: float = 5) -> None:
    """Ask it to end, then make it: a child that a test has paused or that hangs must not outlive the test."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _wait_for(host: str, port: int, child: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            ended = child.poll() is not None
            if ended or time.monotonic() > deadline:
                what = f"ended with {child.returncode}" if ended else f"did not listen within {seconds} s"
                text = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{child.args!r} {what}:\n{text}") from None
            time.sleep(0.02)
