"""How every command runs and fails: a sentence on standard error, and an exit code that means something."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import typer

from server import operating
from server.application.ports import MediaRefused, RecordUnavailable
from server.bots import BotRefused

T = TypeVar("T")


def fail(message: str, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, and turn what can go wrong outside into a sentence and exit code 1."""
    try:
        return asyncio.run(work)
    except (RecordUnavailable, MediaRefused, operating.NotFound, BotRefused) as no:
        fail(str(no) or type(no).__name__)
    except OSError as fault:
        fail(f"{fault.strerror or fault}. Is another Dyad using that port or folder? Try --port 0.")
