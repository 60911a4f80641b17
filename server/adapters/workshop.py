"""The `Workshop` port: each piece of work is a `dyad policy` command in a process of its own, at low priority."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from server.application.policy_desk import TooLong

WITHIN = 60.0  # s for one piece of work
MOST_WAITING = 3
NICE = 10


class ProcessWorkshop:
    """One piece of work at a time. What is cancelled or takes too long is killed."""

    def __init__(self, within: float = WITHIN) -> None:
        self._within = within
        self._busy = asyncio.Lock()
        self._waiting = 0

    async def prove(self, text: str) -> dict[str, Any]:
        return await self._run(("prove", "NEW"), "", text)

    async def differences(self, old: str, new: str) -> dict[str, Any]:
        return await self._run(("diff", "OLD", "NEW"), old, new)

    async def year(self, old: str, new: str, sessions: int) -> dict[str, Any]:
        return await self._run(("simulate", "NEW", "--against", "OLD", "--sessions", str(sessions)), old, new)

    async def _run(self, command: tuple[str, ...], old: str, new: str) -> dict[str, Any]:
        if self._waiting >= MOST_WAITING:
            raise TooLong("Others are trying policies just now. Please try again in a minute.")
        self._waiting += 1
        try:
            async with self._busy:
                with tempfile.TemporaryDirectory(prefix="dyad-policy-") as folder:
                    files = {"OLD": _file(folder, "old.yaml", old), "NEW": _file(folder, "new.yaml", new)}
                    words = [files.get(word, word) for word in command]
                    return await self._answer([sys.executable, "-m", "server", "policy", *words, "--json"])
        finally:
            self._waiting -= 1

    async def _answer(self, command: list[str]) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            with contextlib.suppress(OSError):  # it may have ended already
                os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
            said, _ = await asyncio.wait_for(process.communicate(), self._within)
        except TimeoutError as late:
            raise TooLong("That took too long and was given up. Please try again later.") from late
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode not in (0, 1) or not said.strip():
            raise TooLong("That could not be worked out here.")
        answer: dict[str, Any] = json.loads(said)
        return answer


def _file(folder: str, name: str, text: str) -> str:
    """As the commands take it."""
    if not text:
        return "default"
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return str(path)
