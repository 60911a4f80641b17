"""`dyad policy check`, `prove` and `diff`: whether a policy file is right, safe, and what it changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.adapters.policyfile import EXAMPLE, written
from server.domain.attendance import DEFAULT_POLICY, Decision, Policy, decision_json, facts_json, fingerprint
from server.policy_cli.files import DEFAULT, in_words, policy_of, write_facts
from server.terminal import fail

if TYPE_CHECKING:
    from server.adapters.proof import Finding

File = Annotated[str, typer.Argument(help="A policy file, or `default`.", metavar="FILE")]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Examples = Annotated[Path | None, typer.Option(help="Write each example into this folder, as a facts file.")]
NO_SOLVER = "Proofs need the z3 solver: pip install 'dyad[proofs]'."


def changed(old: Policy, new: Policy) -> dict[str, tuple[str, str]]:
    """The parameters that differ, as text."""
    before, after = written(old), written(new)
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def check(
    file: File = DEFAULT,
    example: Annotated[bool, typer.Option("--example", help="Print a file to begin with.")] = False,
    as_json: Json = False,
) -> None:
    """Read a policy file. Each fault is told as FILE:LINE:COLUMN; with any, the exit code is 2."""
    if example:
        typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)
        return
    policy = policy_of(file)
    parameters, own = changed(DEFAULT_POLICY, policy), [clause.id for clause in policy.own]
    if as_json:
        found = {"policy": policy.name, "fingerprint": fingerprint(policy), "changed": parameters, "clauses": own}
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{policy.name}  {fingerprint(policy)}  can be read.")
    for name, (old, new) in parameters.items():
        typer.echo(f"  {name}: {new} (default {old})")
    for clause in policy.own:
        typer.echo(f"  {clause.id} before {clause.before}: {clause.action}. {clause.because}")
    typer.echo("Whether it is safe: dyad policy prove. What it changes: dyad policy diff, dyad policy simulate.")


def findings_of(policy: Policy, tell: Callable[[Finding], None] = lambda finding: None) -> list[Finding]:
    """What the proof finds. Ends the command where there is no solver, or it gives no answer."""
    try:
        from server.adapters.proof import ProofFailed
        from server.adapters.proof import prove as proven
    except ImportError:
        fail(NO_SOLVER)
    try:
        return proven(policy, tell)
    except ProofFailed as no:
        fail(f"No proof: {no}.")


def prove(file: File = DEFAULT, examples: Examples = None, as_json: Json = False) -> None:
    """Prove that a policy always decides, that each clause can decide, and that what must always hold does.

    Exit code 0: proven. 1: not so, and each counterexample is shown; `decide` has confirmed it.
    """
    policy = policy_of(file)

    def tell(finding: Finding) -> None:
        if not as_json:
            typer.echo(f"{'holds ' if finding.holds else 'BROKEN'}  {finding.name:<18} {finding.says}")
            if finding.facts is not None and finding.decision is not None:
                typer.echo(f"        {in_words(finding.facts)}\n        → {_line(finding.decision)}")
            sys.stdout.flush()

    findings = findings_of(policy, tell)
    broken = [finding for finding in findings if not finding.holds]
    for finding in broken:
        if examples is not None and finding.facts is not None:
            typer.echo(f"facts: {write_facts(examples, finding.name, finding.facts)}", err=True)
    seconds = sum(finding.seconds for finding in findings)
    if as_json:
        shown = [_example(finding) for finding in broken]
        body = {"policy": policy.name, "proven": not broken, "claims": len(findings), "seconds": round(seconds, 2)}
        typer.echo(json.dumps({**body, "broken": shown}))
    else:
        typer.echo(f"{policy.name}: {len(findings) - len(broken)} of {len(findings)} hold ({seconds:.1f} s).")
    raise typer.Exit(1 if broken else 0)


def _example(finding: Finding) -> dict[str, Any]:
    return {
        "claim": finding.name,
        "says": finding.says,
        "facts": None if finding.facts is None else facts_json(finding.facts),
        "decision": None if finding.decision is None else decision_json(finding.decision),
    }


def diff(old: File, new: File, examples: Examples = None, as_json: Json = False) -> None:
    """Show which facts two policies decide differently, with the most ordinary example of each way to differ."""
    before, after = policy_of(old), policy_of(new)
    try:
        from server.adapters.proof import differences
    except ImportError:
        fail(NO_SOLVER)
    parameters = changed(before, after)
    if not as_json:
        for name, (was, now) in parameters.items():
            typer.echo(f"{name}: {was} → {now}")
    shown, count = [], 0
    for number, found in enumerate(differences(before, after), start=1):
        if examples is not None:
            write_facts(examples, f"difference-{number}", found.facts)
        if as_json:
            decisions = {"before": decision_json(found.before), "after": decision_json(found.after)}
            shown.append({"facts": facts_json(found.facts), **decisions})
        else:
            typer.echo(f"\n{in_words(found.facts)}\n  before  {_line(found.before)}\n  after   {_line(found.after)}")
            sys.stdout.flush()
        count = number
    if as_json:
        names = {"before": before.name, "after": after.name}
        typer.echo(json.dumps({**names, "parameters": parameters, "differences": shown}))
    elif not count:
        typer.echo("Both decide the same on all facts; only what the parameters above say may differ.")


def _line(decision: Decision) -> str:
    card = decision.card
    asked = f" ({', '.join(card.options)}; advised {card.recommended}, unanswered {card.default})" if card else ""
    return f"{decision.clause:<4} {decision.action}{asked}"
