"""Why a session went as it did: each step of its log, and for each decision the clause, facts and policy version."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from server.application.ports import Codec, StoredEvent
from server.domain.session import events as e

_QUIET = (e.LinkChanged, e.DevicesSet)  # too small to explain anything


def explain(session: str, lines: Sequence[StoredEvent], codec: Codec) -> dict[str, Any]:
    """`{"session", "policy", "steps"}`; a step: `seq`, `at`, `what`, `by`, `action`, `clause`, `because`, `facts`."""
    steps = []
    policy = None
    for line in lines:
        event = codec.event(line.kind, line.body)
        if isinstance(event, _QUIET):
            continue
        if isinstance(event, e.Decided):
            policy = event.policy
        steps.append(_step(line, event))
    return {"session": session, "policy": policy, "steps": steps}


def _step(line: StoredEvent, event: e.Event) -> dict[str, Any]:
    facts = getattr(event, "facts", None)
    return {
        "seq": line.seq,
        "at": line.at.isoformat(),
        "what": _words(line.kind),
        "by": _by(event),
        "action": _text(getattr(event, "action", None) or getattr(event, "option", None)),
        "clause": getattr(event, "clause", None),
        "because": getattr(event, "because", None),
        "policy": getattr(event, "policy", None),
        "facts": json.loads(facts) if facts else None,
        "detail": _detail(event),
    }


def _by(event: e.Event) -> str | None:
    match event:
        case e.CardAnswered():
            return event.by
        case e.Decided():
            return "policy"
    return getattr(event, "who", None)


def _words(kind: str) -> str:
    """ "CardRaised" as "card raised"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _detail(event: e.Event) -> dict[str, str]:
    shown = {"facts", "because", "clause", "action", "who", "policy", "plan", "by"}
    return {
        field.name: str(getattr(event, field.name))
        for field in dataclasses.fields(event)
        if field.name not in shown and getattr(event, field.name) is not None
    }
