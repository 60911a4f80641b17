"""`dyad clock`: which clocks a starting node asks, and what to do where they disagree."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from server import operating
from server.application.clocks import Clocks, doubt
from server.terminal import Data, fail, run

app = typer.Typer(no_args_is_help=True, help="The clocks that a node asks when it starts.")

Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]


@app.command(epilog="Example: dyad clock show --data ./data")
def show(data: Data, as_json: Json = False) -> None:
    """What the database, this machine and the record say. Exit code 1 where a node would not decide by them."""
    found = run(operating.clocks(data))
    why = doubt(found)
    _print(found, as_json)
    if why is not None:
        fail(why)


@app.command(epilog="Example: dyad clock confirm --data ./data")
def confirm(data: Data, as_json: Json = False) -> None:
    """Say that the database's clock is right: nodes that wait for the clocks to agree go on by it."""
    if not run(operating.confirm_clock(data)):
        fail("A node is up, and its time is the one that counts. Stop every node first.")
    _print(run(operating.clocks(data)), as_json)


def _print(found: Clocks, as_json: bool) -> None:
    alive = None if found.alive is None else found.alive.isoformat()
    said = {"database": found.database.isoformat(), "machine": found.wall.isoformat(), "last_sign_of_life": alive}
    if as_json:
        typer.echo(json.dumps(said))
        return
    for name, at in said.items():
        typer.echo(f"{name.replace('_', ' '):<18} {at or 'none yet'}")
