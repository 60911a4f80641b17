"""How every command runs and fails: a sentence on standard error, and an exit code that means something."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvloop

from server import operating
from server.adapters.sql import SchemaRefused
from server.application.ports import MediaRefused, RecordUnavailable
from server.bots import BotRefused
from server.config import SettingsRefused, from_environment

T = TypeVar("T")


def place() -> str:
    """Where the record is, where the command line doesn't say."""
    try:
        found = from_environment(os.environ)
    except SettingsRefused as no:
        fail(str(no), 2)
    where = found.get("database_url") or found.get("data")
    if where is None:
        fail("Give --data, or set DYAD_DATA or DYAD_DATABASE_URL.", 2)
    return str(where)


Data = Annotated[
    str,
    typer.Option(
        "--data",
        help="The service's folder, or the URL of its record.",
        default_factory=place,
        show_default="DYAD_DATABASE_URL or DYAD_DATA",
    ),
]


def fail(message: str, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, and turn what can go wrong outside into a sentence and exit code 1."""
    try:
        return uvloop.run(work)
    except (RecordUnavailable, SchemaRefused, MediaRefused, operating.NotFound, BotRefused) as no:
        fail(str(no) or type(no).__name__)
    except OSError as fault:
        fail(f"{fault.strerror or fault}. Is another Dyad using that port or folder? Try --port 0.")
