"""The `/session` namespace as an AsyncAPI 3 document, from the models that validate.

python -m signaling.asyncapi          # write signaling/asyncapi.json
python -m signaling.asyncapi --check  # exit 1 where the file on disk differs
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from signaling.gateway.translate import PARTNER_ONLY, THERAPIST_ONLY
from signaling.protocol.answers import ACKNOWLEDGED, PROTOCOL_VERSION, SERVER_EVENTS, VIEWS, Done, Envelope, Refused
from signaling.protocol.messages import CLIENT_EVENTS

TARGET = Path(__file__).with_name("asyncapi.json")
REF = "#/components/schemas/{model}"
CHANNEL = {"$ref": "#/channels/session"}

Json = dict[str, Any]


def document() -> Json:
    schemas: Json = {}
    messages = {
        **{name: _message(name, model, _schema(model, schemas)) for name, model in CLIENT_EVENTS.items()},
        **{name: _message(name, data, _enveloped(data, schemas)) for name, data in SERVER_EVENTS.items()},
        **{
            f"{name}_acknowledged": _message(f"{name}_acknowledged", answer, _schema(answer, schemas))
            for name, answer in (*ACKNOWLEDGED.items(), ("command", Done))
        },
        "refused": _message("refused", Refused, _schema(Refused, schemas)),
    }
    _type_snapshots(schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dyad signaling",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": "Socket.IO events of the namespace /session; see PROTOCOL.md.",
            "license": {"name": "Apache-2.0"},
        },
        "channels": {
            "session": {
                "address": "/session",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            **{name: _received(name, model) for name, model in CLIENT_EVENTS.items()},
            **{name: {"action": "send", "channel": CHANNEL, "messages": [_of(name)]} for name in SERVER_EVENTS},
        },
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def _received(name: str, model: type) -> Json:
    answer = name if name in ACKNOWLEDGED else "command"
    return {
        "action": "receive",
        "channel": CHANNEL,
        "summary": sent_by(model),
        "messages": [_of(name)],
        "reply": {"channel": CHANNEL, "messages": [_of(f"{answer}_acknowledged"), _of("refused")]},
    }


def sent_by(model: type) -> str:
    """Who may send a client event."""
    if model in THERAPIST_ONLY:
        return "The therapist."
    return "A partner." if model in PARTNER_ONLY else "Anybody in the session."


def _of(message: str) -> Json:
    return {"$ref": f"#/channels/session/messages/{message}"}


def _message(name: str, model: type, payload: Json) -> Json:
    said = {"name": name, "contentType": "application/json", "payload": payload}
    own = model.__dict__.get("__doc__")
    return {**said, "summary": inspect.cleandoc(own)} if own else said


def _enveloped(data: type, schemas: Json) -> Json:
    return _schema(Envelope[data], schemas, f"{data.__name__}Event")  # type: ignore[valid-type]


def _type_snapshots(schemas: Json) -> None:
    """The models know a snapshot as any object: it is made once, by the gateway, from a view."""
    said = {
        "type": "object",
        "properties": {
            "role": {"enum": ["partner", "therapist"]},
            "now": {"type": "string", "format": "date-time", "description": "The policy clock when this was sent."},
            "speed": {"type": "number", "description": "Policy seconds per second; 1 except in a demo."},
        },
        "required": ["role", "now", "speed"],
    }
    snapshot = {"allOf": [said, {"anyOf": [_schema(view, schemas) for view in VIEWS]}]}
    for name in ("Refreshed", "Joined"):
        schemas[name]["properties"]["snapshot"] = snapshot


def _schema(model: Any, schemas: Json, name: str | None = None) -> Json:
    """Adds the model's schema, with all that it refers to, to `schemas`; returns a reference to it."""
    schema = TypeAdapter(model).json_schema(ref_template=REF)
    schemas.update(schema.pop("$defs", {}))
    name = name or model.__name__
    schemas[name] = schema
    return {"$ref": REF.format(model=name)}


def main() -> int:
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("signaling/asyncapi.json does not match the models: run `make generate`\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
