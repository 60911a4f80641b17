"""`dyad policy adopt` and `list`: which policy decides for sessions to come."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from server import operating
from server.application.policies import NameTaken
from server.domain.attendance import DEFAULT_POLICY, fingerprint
from server.policy_cli.files import DEFAULT, policy_of
from server.policy_cli.proving import File, Json, findings_of
from server.terminal import Data, fail, run


def adopt(file: File, data: Data, as_json: Json = False) -> None:
    """Take a policy into use. It is proven first; sessions that have begun keep the version they began under.

    Exit code 1 where it is not proven, or its name and version stand for another policy already.
    """
    policy = policy_of(file)
    broken = [finding.name for finding in findings_of(policy) if not finding.holds]
    if broken:
        fail(f"{policy.name} is not safe: {', '.join(broken)}. See: dyad policy prove {file}")
    text = "" if file == DEFAULT else Path(file).read_text(encoding="utf-8")
    try:
        name = run(operating.adopt_policy(data, text))
    except NameTaken as no:
        fail(f"{no} is in the record with other contents. Give the changed policy a new version.")
    typer.echo(json.dumps({"policy": name, "fingerprint": fingerprint(policy)}) if as_json else f"{name} is in use.")


def listed(data: Data, as_json: Json = False) -> None:
    """The versions that were ever in use; the last one decides for sessions to come."""
    rows = [
        {"policy": p.name, "fingerprint": p.fingerprint, "adopted_at": p.adopted_at.isoformat()}
        for p in run(operating.adopted_policies(data))
    ] or [
        {"policy": DEFAULT_POLICY.name, "fingerprint": fingerprint(DEFAULT_POLICY), "adopted_at": "from the beginning"}
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['policy']:<24} {row['fingerprint']}  {row['adopted_at'][:19]}")
