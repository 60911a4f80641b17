"""PROTOCOL.md and asyncapi.json say what the models do: tables, examples, codes."""

from __future__ import annotations

import ast
import json
import operator
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from server.domain.session import refusals
from signaling import asyncapi
from signaling.gateway.translate import allowed
from signaling.protocol.answers import ACKNOWLEDGED, SERVER_EVENTS, Done, Envelope, Refused
from signaling.protocol.messages import CLIENT_EVENTS
from tests.architecture.imports import ROOT, sources

TEXT = (ROOT / "signaling" / "PROTOCOL.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json ([^\n]+)\n(.+?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# Codes that a session never sends: they are of planning, of the record's own commands, and of the person who decides.
NOT_OF_THE_WIRE = {"already_planned", "busy", "empty_outage", "no_search"}
NOT_OF_THE_WIRE |= {"not_for_review", "review_changed", "measure_needed", "note_too_long"}
NOT_OF_THE_WIRE |= {"not_a_group", "seat_taken", "time_or_wish", "group_fixed", "time_past"}


def rows(heading: str) -> list[list[str]]:
    """The body of the table under this heading, cell by cell."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def model_of(what: str) -> Any:
    kind, _, name = what.partition(" ")
    match kind:
        case "client":
            return CLIENT_EVENTS[name]
        case "server":
            return operator.getitem(Envelope, SERVER_EVENTS[name])  # type: ignore[call-overload]
        case "acknowledged":
            assert name in CLIENT_EVENTS
            return ACKNOWLEDGED.get(name, Done)
        case _:
            return Refused


@pytest.mark.parametrize(("what", "text"), EXAMPLES, ids=[what for what, _ in EXAMPLES])
def test_the_example_is_valid(what: str, text: str) -> None:
    TypeAdapter(model_of(what)).validate_json(text, extra="forbid")


def test_there_are_examples_of_every_kind() -> None:
    assert {what.split()[0] for what, _ in EXAMPLES} == {"client", "server", "acknowledged", "refused"}


def test_every_client_event_stands_in_its_table_with_who_may_send_it() -> None:
    def sender(name: str) -> str:
        message = CLIENT_EVENTS[name].model_construct(cmd_id="c-1")
        may = [role for role in ("therapist", "partner", "interpreter") if allowed(message, role)]
        whole = {3: "anybody", 2: "anybody but the therapist"}
        return whole.get(len(may), may[0])

    assert {event.strip("`"): who for event, who, _ in rows("Client events")} == {
        name: sender(name) for name in CLIENT_EVENTS
    }


def test_every_server_event_stands_in_its_table() -> None:
    assert [event.strip("`") for event, _ in rows("Server events")] == list(SERVER_EVENTS)


def test_every_code_is_listed_and_none_that_does_not_exist() -> None:
    listed = {code for cell, _ in rows("Acknowledgements") for code in re.findall(r"`([a-z_]+)`", cell)}
    assert listed == set(codes()) - NOT_OF_THE_WIRE


def codes() -> Iterator[str]:
    yield from (one.code for one in vars(refusals).values() if isinstance(one, refusals.Refusal))
    for path in sources("signaling", "server/application"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _refuses(node.func) and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value


def _refuses(called: ast.expr) -> bool:
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    return name in {"refused", "Refused", "MediaRefused", "LinkRefused", "_connection_refused"}


def test_asyncapi_is_what_the_models_say() -> None:
    assert json.loads(asyncapi.TARGET.read_text(encoding="utf-8")) == asyncapi.document()


def test_check_finds_a_stale_asyncapi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "asyncapi.json"
    monkeypatch.setattr(asyncapi, "TARGET", stale)
    monkeypatch.setattr("sys.argv", ["asyncapi", "--check"])
    assert asyncapi.main() == 1
    stale.write_text("{}", encoding="utf-8")
    assert asyncapi.main() == 1
    monkeypatch.setattr("sys.argv", ["asyncapi"])
    assert asyncapi.main() == 0
    monkeypatch.setattr("sys.argv", ["asyncapi", "--check"])
    assert asyncapi.main() == 0


def test_every_reference_of_asyncapi_leads_somewhere() -> None:
    document = asyncapi.document()
    for reference in references(document):
        at: Any = document
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
