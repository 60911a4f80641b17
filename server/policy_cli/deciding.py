"""`dyad policy decide`: the attendance policy on facts from a file, without a service."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from server.domain.attendance import FactsRefused, Policy, decide, decision_json, parse_facts
from server.policy_cli.files import DEFAULT, policy_of

MAX_CHARS = 1_000_000  # of one facts object


def decide_command(
    facts: Annotated[str, typer.Option(help="A file with one facts object, or - for standard input.")],
    lines: Annotated[bool, typer.Option("--lines", help="One facts object a line; one decision a line.")] = False,
    policy: Annotated[str, typer.Option(help="A policy file, or `default`.")] = DEFAULT,
) -> None:
    """Print the decision as JSON. Facts that cannot be read are refused with exit code 2 and one line of why."""
    under = policy_of(policy)
    try:
        with sys.stdin if facts == "-" else Path(facts).open(encoding="utf-8") as source:
            if lines:
                for answer in answers(source, under):
                    sys.stdout.write(answer + "\n")
                return
            typer.echo(json.dumps(decision_of(source.read(MAX_CHARS + 1), under), indent=2))
    except OSError as fault:
        typer.echo(f"{facts} cannot be read: {fault.strerror}.", err=True)
        raise typer.Exit(2) from fault
    except FactsRefused as no:
        typer.echo(f"refused: {no}", err=True)
        raise typer.Exit(2) from no


def decision_of(text: str, policy: Policy) -> dict[str, Any]:
    """The decision on one facts object, its instants in the offset of `now`. Raises `FactsRefused`."""
    if len(text) > MAX_CHARS:
        raise FactsRefused("", "the facts are too long")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise FactsRefused("", "the facts are not JSON") from fault
    facts = parse_facts(value)
    return decision_json(decide(facts, policy), facts.now.tzinfo)


def answers(source: Iterable[str], policy: Policy) -> Iterator[str]:
    """One line of JSON for every line that is not blank: a decision, or `{"error": …}`."""
    for line in source:
        if not line.strip():
            continue
        try:
            yield json.dumps(decision_of(line, policy), separators=(",", ":"))
        except FactsRefused as no:
            yield json.dumps({"error": str(no)}, separators=(",", ":"))
