"""`dyad outbox`: what did not go out; `dyad webhook`: the addresses that are told what happens."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from server import operating
from server.application.hooks import EndpointUnfit
from server.terminal import Data, fail, run

outbox = typer.Typer(no_args_is_help=True, help="Messages that did not go out.")
webhook = typer.Typer(no_args_is_help=True, help="Addresses that are told what happens to sessions.")

Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]
Row = Annotated[str, typer.Argument(help="As `dyad outbox list` shows it.", metavar="ID")]


@outbox.command("list", epilog="Example: dyad outbox list --data ./data")
def outbox_list(data: Data, as_json: Json = False) -> None:
    """What was given up after its last try, the oldest first, with the reason."""
    rows = run(operating.dead_letters(data))
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        whom = row["to"] or row["endpoint"] or ""
        typer.echo(f"{row['id']:<32} {row['what']:<16} {whom:<20} {row['tries']} tries: {row['why']}")


@outbox.command("replay", epilog="Example: dyad outbox replay demo-1-7-0 --data ./data")
def outbox_replay(row: Row, data: Data, as_json: Json = False) -> None:
    """Try it again, under its old id and before what came after it."""
    _settle(run(operating.replay_letter(data, row)), "replayed", row, as_json)


@outbox.command("discard", epilog="Example: dyad outbox discard demo-1-7-0 --data ./data")
def outbox_discard(row: Row, data: Data, as_json: Json = False) -> None:
    """Never try it again, and take it off the list."""
    _settle(run(operating.discard_letter(data, row)), "discarded", row, as_json)


def _settle(done: bool, what: str, row: str, as_json: bool) -> None:
    if not done:
        fail(f"{row} is not on the list. `dyad outbox list` shows it.")
    typer.echo(json.dumps({what: row}) if as_json else f"{row} {what}")


@webhook.command("add", epilog="Example: dyad webhook add https://ehr.example.org/dyad --data ./data")
def webhook_add(
    url: Annotated[str, typer.Argument(help="A public https address.")], data: Data, as_json: Json = False
) -> None:
    """Tell this address from now on, by Standard Webhooks. Its secret is shown this once: keep it there."""
    try:
        endpoint = run(operating.add_endpoint(data, url))
    except EndpointUnfit as no:
        fail(str(no), 2)
    if as_json:
        typer.echo(json.dumps({"id": endpoint.id, "secret": endpoint.secret}))
    else:
        typer.echo(f"{endpoint.id}\nSecret, shown this once: {endpoint.secret}")


@webhook.command("list", epilog="Example: dyad webhook list --data ./data")
def webhook_list(data: Data, as_json: Json = False) -> None:
    """The addresses, and whether they are told anything."""
    rows = [
        {"id": one.id, "url": one.url, "added_at": one.added_at.isoformat(), "disabled": one.disabled}
        for one in run(operating.endpoints(data))
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['id']:<14} {row['url']:<50} {'off: ' + row['disabled'] if row['disabled'] else 'on'}")


@webhook.command("remove", epilog="Example: dyad webhook remove 3kQ9sPz1 --data ./data")
def webhook_remove(
    id: Annotated[str, typer.Argument(help="As `dyad webhook list` shows it.", metavar="ID")],
    data: Data,
    as_json: Json = False,
) -> None:
    """Tell this address nothing more."""
    if not run(operating.remove_endpoint(data, id)):
        fail(f"There is no address {id}. `dyad webhook list` shows them.")
    typer.echo(json.dumps({"removed": id}) if as_json else f"{id} removed")
