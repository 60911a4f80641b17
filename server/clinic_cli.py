"""`dyad clinic`: open a clinic, and bring its couples as a list."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from server import operating
from server.application.chart import Outdated
from server.application.couple_list import MOST_BYTES, TEMPLATE, Look, Result, State
from server.domain.programme import ProgrammeError
from server.terminal import Data, fail, run

app = typer.Typer(no_args_is_help=True, help="Open a clinic, and bring its couples.")

Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]
SAID = {State.NEW: "to add", State.HERE: "here already", State.FAULTY: "faulty"}


@app.command("open", epilog="Example: dyad clinic open --email ada@example.org --name Ada --data ./data")
def clinic_open(
    email: Annotated[str, typer.Option(help="Of the first administrator.")],
    name: Annotated[str, typer.Option(help="What they go by.")],
    data: Data,
    base_url: Annotated[str, typer.Option(envvar="DYAD_BASE_URL", help="What links begin with.")],
    as_json: Json = False,
) -> None:
    """The administrator's link, from which everything else is set up in the browser, and the treatment team's. Again:
    fresh links."""
    link, team = run(operating.open_clinic_here(data, base_url, email, name))
    said = f"Administrator:   {link}\nTreatment team:  {team}"
    typer.echo(json.dumps({"link": link, "team": team}) if as_json else said)


@app.command("import", epilog="Example: dyad clinic import --example > couples.csv, then with its name for FILE")
def clinic_import(
    file: Annotated[Path | None, typer.Argument(help="The list as CSV.", metavar="FILE")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="The service's folder.", envvar="DYAD_DATA")] = None,
    look: Annotated[bool, typer.Option("--look", help="Say what it would add, and change nothing.")] = False,
    good: Annotated[bool, typer.Option("--good", help="Add the good lines, whatever the others are.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print a file to begin with.")] = False,
    as_json: Json = False,
) -> None:
    """Add a list of couples; each partner gets a link by mail. A line with a fault: nobody is added, and the exit code
    is 2. The same list again adds nobody twice."""
    if example:
        typer.echo(TEMPLATE, nl=False)
        return
    if file is None or data is None:
        fail("Give FILE and --data (or DYAD_DATA).", 2)
    try:
        seen, result = run(operating.import_couples(data, _bytes(file), look_only=look, whole=not good))
    except ProgrammeError as no:
        fail(no.message, 2)
    except Outdated:
        fail("Somebody else is bringing a list right now. Look again in a moment.")
    told = _told(seen, result)
    typer.echo(json.dumps(told) if as_json else _words(seen, result))
    if told["faulty"] and not (good and result is not None):
        sys.exit(2)


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as no:
        fail(f"{file} can't be read: {no.strerror}.", 2)


def _told(seen: Look, result: Result | None) -> dict[str, Any]:
    return {
        "added": 0 if result is None else result.added,
        "to_add": seen.count(State.NEW),
        "here": seen.count(State.HERE),
        "faulty": seen.count(State.FAULTY),
        "not_read": list(seen.ignored),
        "faults": [
            {"line": row.line, "column": fault.column, "message": fault.message}
            for row in seen.rows
            for fault in row.faults
        ],
    }


def _words(seen: Look, result: Result | None) -> str:
    lines = [
        f"line {row.line}, {fault.column}: {fault.message}" if fault else f"line {row.line}: {SAID[row.state]}"
        for row in seen.rows
        for fault in row.faults or (None,)
    ]
    told = _told(seen, result)
    lines += [f"not read: {', '.join(seen.ignored)}"] if seen.ignored else []
    return "\n".join([*lines, f"{told['added']} added, {told['here']} here already, {told['faulty']} faulty"])
