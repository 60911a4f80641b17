"""A LiveKit of a test's own: its tokens, room service, `/rtc` protocol and webhooks, and media that really flows.

Written from LiveKit's documents and protobuf, for machines that have no LiveKit. CONTRIBUTING.md says how to run the
same tests against a real one.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port
from tests.support.programs import running

KEY, SECRET = "a key of tests", "what Dyad and this LiveKit share, and nobody else knows"


@dataclass(frozen=True, slots=True)
class LiveKit:
    folder: Path
    port: int
    webhook: str = ""  # where it posts its events

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """What Dyad is told to use it."""
        return {"media": "livekit", "livekit_url": self.url, "livekit_key": KEY, "livekit_secret": SECRET}

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Again on the same port, as often as one likes."""
        options = json.dumps({"port": self.port, "key": KEY, "secret": SECRET, "webhook": self.webhook})
        command = [sys.executable, "-m", "tests.support.livekit", options]
        with running(command, port=self.port, log=self.folder / "livekit.log", seconds=30) as process:
            yield process


def livekit_in(folder: Path, webhook: str = "") -> LiveKit:
    """One that is set up there, and does not run yet."""
    return LiveKit(folder, free_port(), webhook)
