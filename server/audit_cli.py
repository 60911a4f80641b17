"""`dyad audit`: whether the record is as it was written, and taking its head to where nobody can change both."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from server import operating
from server.domain.chain import Broken, Examined, Head
from server.terminal import Data, fail, run

app = typer.Typer(no_args_is_help=True, help="Prove that nothing of the record was changed.")

Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]
SAID = {
    "altered": "was altered",
    "missing": "is missing",
    "unchained": "has no hash: an older version wrote it, and no service of this version has run since",
    "seal_altered": "was altered",
    "seal_missing": "is missing",
    "head_differs": "is another than the head that was kept",
}


@app.command(epilog="Example: dyad audit verify --head head.json --data ./data")
def verify(
    data: Data,
    head: Annotated[
        Path | None, typer.Option(help="A head that was kept elsewhere: what `audit head` or `audit export` wrote.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Whether every line is as it was written, and none is missing. Names the first that is not, with exit code 1."""
    found = run(operating.examine_record(data, None if head is None else _kept(head)))
    if as_json:
        typer.echo(json.dumps(_shown(found)))
    elif found.broken is None:
        typer.echo(
            f"All is as it was written: {found.events} events of {found.sessions} sessions, {found.reads} reads."
        )
        typer.echo(
            f"Head: {found.head.chain.hex()} after {found.head.n} seals. Keep it where this machine can't write."
        )
    if found.broken is not None:
        fail(said_of(found.broken))


@app.command(epilog="Example: dyad audit head --data ./data > /mnt/elsewhere/head.json")
def head(data: Data) -> None:
    """The head now, as JSON: to keep elsewhere, and to verify with later."""
    typer.echo(json.dumps(_head(run(operating.chain_head(data)))))


@app.command(epilog="Example: dyad audit export --data ./data > record.jsonl")
def export(
    data: Data,
    reads: Annotated[bool, typer.Option("--reads", help="Who read what of whom instead: ids, no names.")] = False,
) -> None:
    """Every event as a line of JSON, and the head as the last. Events hold names and reasons: keep the file safe."""
    head = run(operating.export_record(data, reads, lambda line: sys.stdout.write(json.dumps(line) + "\n")))
    typer.echo(json.dumps(_head(head)))


def _head(head: Head) -> dict[str, Any]:
    return {"seals": head.n, "head": head.chain.hex()}


def _kept(file: Path) -> Head:
    try:
        last = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()][-1]
        kept = json.loads(last)
        return Head(int(kept["seals"]), bytes.fromhex(kept["head"]))
    except (OSError, ValueError, LookupError, TypeError):
        fail(f"{file} holds no head. `dyad audit head` writes one.", 2)


def _shown(found: Examined) -> dict[str, Any]:
    broken = found.broken
    return {
        "ok": broken is None,
        "events": found.events,
        "sessions": found.sessions,
        "reads": found.reads,
        **_head(found.head),
        "broken": None if broken is None else {"session": broken.session, "seq": broken.seq, "what": broken.what},
    }


def said_of(broken: Broken) -> str:
    if broken.session is None:
        return f"Seal {broken.seq} {SAID[broken.what]}."
    where = f"line {broken.seq} of session {broken.session}" if broken.session else f"read {broken.seq}"
    return f"The first broken link: {where} {SAID[broken.what]}."
