"""`dyad policy …`: the attendance policy on facts from a file, without a service."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from server.domain.attendance import FactsRefused, decide, decision_json, parse_facts

MAX_CHARS = 1_000_000  # of one facts object

app = typer.Typer(no_args_is_help=True, help="Ask the attendance policy (server/POLICY.md).")


@app.callback()
def policy() -> None:
    """Ask the attendance policy (server/POLICY.md)."""


@app.command("decide", epilog="Example: dyad policy decide --facts facts.json")
def decide_command(
    facts: Annotated[str, typer.Option(help="A file with one facts object, or - for standard input.")],
    lines: Annotated[bool, typer.Option("--lines", help="One facts object a line; one decision a line.")] = False,
) -> None:
    """Print the decision as JSON. Facts that cannot be read are refused with exit code 2 and one line of why."""
    try:
        with sys.stdin if facts == "-" else Path(facts).open(encoding="utf-8") as source:
            if lines:
                for answer in answers(source):
                    sys.stdout.write(answer + "\n")
                return
            typer.echo(json.dumps(decision_of(source.read(MAX_CHARS + 1)), indent=2))
    except OSError as fault:
        typer.echo(f"{facts} cannot be read: {fault.strerror}.", err=True)
        raise typer.Exit(2) from fault
    except FactsRefused as no:
        typer.echo(f"refused: {no}", err=True)
        raise typer.Exit(2) from no


def decision_of(text: str) -> dict[str, Any]:
    """The decision on one facts object, its instants in the offset of `now`. Raises `FactsRefused`."""
    if len(text) > MAX_CHARS:
        raise FactsRefused("", "the facts are too long")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise FactsRefused("", "the facts are not JSON") from fault
    facts = parse_facts(value)
    return decision_json(decide(facts), facts.now.tzinfo)


def answers(source: Iterable[str]) -> Iterator[str]:
    """One line of JSON for every line that is not blank: a decision, or `{"error": …}`."""
    for line in source:
        if not line.strip():
            continue
        try:
            yield json.dumps(decision_of(line), separators=(",", ":"))
        except FactsRefused as no:
            yield json.dumps({"error": str(no)}, separators=(",", ":"))
