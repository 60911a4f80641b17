"""`dyad doctor`, `dyad backup` and `dyad restore`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from server import operating
from server.adapters.sql.copying import CannotCopy
from server.audit_cli import said_of
from server.doctor import examine
from server.terminal import Data, fail, run

Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]
SIGNS = {True: "well", None: "note", False: "FAULT"}


def doctor(as_json: Json = False) -> None:
    """Look at everything that a service needs here, with the settings of the environment. Exit code 1 for a fault."""
    checks = run(examine(os.environ))
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks]))
    else:
        for check in checks:
            typer.echo(f"{SIGNS[check.well]:<6} {check.name:<12} {check.said}")
    if any(check.well is False for check in checks):
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; a new file, readable by its owner alone.")],
    data: Data,
    as_json: Json = False,
) -> None:
    """Copy the whole record at one moment, while the service runs. It holds everything: keep it as safe."""
    try:
        run(operating.back_up_record(data, file))
    except CannotCopy as no:
        fail(str(no))
    size = file.stat().st_size
    typer.echo(json.dumps({"file": str(file), "bytes": size}) if as_json else f"{file}: {size} bytes")


def restore(
    file: Annotated[Path, typer.Argument(help="What `dyad backup` wrote.")],
    data: Data,
    force: Annotated[bool, typer.Option("--force", help="Replace the record that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Put a copy of the record in its place, where no service runs, and verify its chain."""
    try:
        found = run(operating.put_back_record(file, data, force))
    except CannotCopy as no:
        fail(str(no))
    if found.broken is not None:
        fail(f"The copy is in place, but it is not as it was written. {said_of(found.broken)}")
    told = {"events": found.events, "sessions": found.sessions, "seals": found.head.n}
    typer.echo(json.dumps(told) if as_json else f"{found.events} events of {found.sessions} sessions, all as written.")


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: DYAD_DATA=/var/lib/dyad DYAD_BASE_URL=https://meet.example.org dyad doctor")(doctor)
    app.command(epilog="Example: dyad backup /mnt/safe/dyad.backup --data ./data")(backup)
    app.command(epilog="Example: dyad restore /mnt/safe/dyad.backup --data ./data")(restore)
