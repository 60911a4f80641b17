"""Policy files and examples of facts, as the commands read and write them."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from server.adapters.policyfile import MAX_BYTES, PolicyRefused, read_policy
from server.domain.attendance import DEFAULT_POLICY, Facts, PartnerFacts, PartnerState, Policy, facts_json

DEFAULT = "default"


def policy_of(name: str) -> Policy:
    """The policy in a file, or the default one. Ends the command with exit code 2 where it can't be read."""
    if name == DEFAULT:
        return DEFAULT_POLICY
    try:
        with Path(name).open("rb") as file:
            return read_policy(file.read(MAX_BYTES + 1).decode("utf-8"))
    except OSError as fault:
        typer.echo(f"{name} cannot be read: {fault.strerror}.", err=True)
    except UnicodeDecodeError:
        typer.echo(f"{name} is not text in UTF-8.", err=True)
    except PolicyRefused as no:
        for problem in no.problems:
            typer.echo(f"{name}:{problem.line}:{problem.column}: {problem.message}", err=True)
    raise typer.Exit(2)


def write_facts(folder: Path, name: str, facts: Facts) -> Path:
    """The facts as `dyad policy decide --facts` takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(facts_json(facts), indent=2) + "\n", encoding="utf-8")
    return path


def in_words(facts: Facts) -> str:
    """The facts in a line: what is special about them, not everything."""
    session, minutes = facts.session, (facts.now - facts.session.starts_at).total_seconds() / 60
    when = f"{minutes:g} min after the start" if minutes >= 0 else f"{-minutes:g} min before the start"
    said = [f"{session.kind}, {when}"]
    if session.started_at is not None or session.solo_started_at is not None:
        said.append("under way with one" if session.solo_started_at is not None else "under way")
    if session.focus:
        said.append("focus " + ", ".join(session.focus))
    if session.attendance is not None:
        said.append(f"attendance {session.attendance}")
    said += [f"{key} {_partner(partner)}" for key, partner in facts.partners.items()]
    said.append(f"approval {facts.solo_approval}")
    if facts.therapist.state != "present":
        said.append("the therapist is not there")
    said += ["kept apart"] if facts.keep_apart else []
    said += ["interpreter missing"] if facts.interpreter_missing else []
    said += ["Dyad can't see"] if facts.outages else []
    if facts.asked is not None:
        said.append(f"card answered {facts.asked.answer}" if facts.asked.answer else "card unanswered in time")
    return "; ".join(said)


def _partner(p: PartnerFacts) -> str:
    more = [str(p.reason)] if p.state is PartnerState.DECLARED_ABSENT and p.reason else []
    more += ["no solo consent"] if not p.solo_consent else []
    more += [f"{p.consecutive_misses} misses in a row"] if p.consecutive_misses else []
    more += [f"{p.consecutive_solo} solo in a row"] if p.consecutive_solo else []
    more += ["running late"] if p.late_until else []
    return f"{p.state} ({', '.join(more)})" if more else str(p.state)
