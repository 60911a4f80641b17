"""`dyad policy simulate`: the same sessions under two policies, recorded ones or a made-up year."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from server.application.simulation import Circumstances, Totals, compare, synthetic_year
from server.domain.attendance import Policy
from server.operating import recorded_sessions
from server.policy_cli.files import DEFAULT, policy_of
from server.policy_cli.picture import bars
from server.terminal import fail, run

MEASURES = {
    "sessions": "sessions",
    "together": "held with both",
    "solo": "held with one alone",
    "held": "individual and group held",
    "rescheduled": "rescheduled",
    "host_cancelled": "therapist missing",
    "cards": "cards to the therapist",
    "defaults": "cards nobody answered",
    "misses": "misses counted",
    "minutes_waited": "minutes waited by people",
}
PROGRESS = 1_000


def simulate(
    file: Annotated[str, typer.Argument(help="The policy to try, or `default`.", metavar="FILE")],
    against: Annotated[str, typer.Option(help="The policy to compare with, or `default`.")] = DEFAULT,
    sessions: Annotated[int, typer.Option(help="So many made-up sessions.", min=1, max=1_000_000)] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same sessions.")] = 1,
    data: Annotated[Path | None, typer.Option(help="Replay the recorded sessions of this folder instead.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the comparison into this SVG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Play the same sessions under two policies: how many are held with one alone, rescheduled, and waited for."""
    new, old = policy_of(file), policy_of(against)
    played, what = _recorded(data) if data is not None else _made_up(sessions, seed)
    began = time.perf_counter()
    before, after = _count(played, old, new)
    seconds = time.perf_counter() - began
    if picture is not None:
        _draw(picture, what, old, new, before, after)
    if as_json:
        body = {"before": {"policy": old.name, **before.as_json()}, "after": {"policy": new.name, **after.as_json()}}
        typer.echo(json.dumps({**body, "seed": seed if data is None else None, "seconds": round(seconds, 2)}))
        return
    _table(what, old, new, before, after)


def _made_up(sessions: int, seed: int) -> tuple[Iterable[Circumstances], str]:
    return synthetic_year(sessions, seed), f"{sessions:,} made-up sessions, seed {seed}"


def _recorded(data: Path) -> tuple[Iterable[Circumstances], str]:
    found = run(recorded_sessions(data))
    if not found:
        fail(f"{data} holds no session that is over. Leave --data away for a made-up year.")
    return found, f"{len(found)} recorded sessions"


def _count(played: Iterable[Circumstances], old: Policy, new: Policy) -> tuple[Totals, Totals]:
    totals = (Totals(), Totals())
    for number, totals in enumerate(compare(played, old, new), start=1):  # noqa: B007
        if number % PROGRESS == 0:
            typer.echo(f"{number:,} sessions", err=True)
    return totals


def _table(what: str, old: Policy, new: Policy, before: Totals, after: Totals) -> None:
    typer.echo(f"{what}\n\n{'':<28}{old.name:>14}{new.name:>16}{'difference':>14}")
    for name, words in MEASURES.items():
        was, now = before.as_json()[name], after.as_json()[name]
        change = "" if name == "sessions" or was == now else f"{now - was:+,.0f}"
        typer.echo(f"{words:<28}{was:>14,.0f}{now:>16,.0f}{change:>14}")


def _draw(path: Path, what: str, old: Policy, new: Policy, before: Totals, after: Totals) -> None:
    was, now = before.as_json(), after.as_json()
    pairs = {words: (was[name], now[name]) for name, words in MEASURES.items() if name != "sessions"}
    path.write_text(bars(what, old.name, new.name, pairs), encoding="utf-8")
    typer.echo(f"picture: {path}", err=True)
