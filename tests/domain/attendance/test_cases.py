"""The policy's sample cases word for word, and its command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import server
from server.domain.attendance import DEFAULT_POLICY, decide, decision_json, parse_facts
from server.domain.attendance.own import WORDS
from server.policy_cli import app
from tests.benchmarks.deciding import cheapest_rate
from tests.domain.attendance.cases import CASES

POLICY_MD = Path(server.__file__).parent / "POLICY.md"
UNSPOKEN = ("because", "notify", "policy")
run = CliRunner().invoke


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_case(case: dict[str, Any]) -> None:
    facts = parse_facts(case["facts"])
    found = decision_json(decide(facts), facts.now.tzinfo)
    assert {key: value for key, value in found.items() if key not in UNSPOKEN} == case["decision"]


def test_the_command_prints_the_decision(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(CASES[0]["facts"]), encoding="utf-8")
    for arguments, given in ((["--facts", str(file)], None), (["--facts", "-"], file.read_text(encoding="utf-8"))):
        result = run(app, ["decide", *arguments], input=given)
        assert result.exit_code == 0
        assert json.loads(result.stdout)["clause"] == CASES[0]["decision"]["clause"]


def test_lines_in_lines_out(tmp_path: Path) -> None:
    lines = [json.dumps(case["facts"]) for case in CASES]
    result = run(app, ["decide", "--facts", "-", "--lines"], input="\n".join([*lines[:2], "{", "", *lines[2:]]))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer.get("clause") for answer in answers[:2]] == [case["decision"]["clause"] for case in CASES[:2]]
    assert "error" in answers[2]
    assert len(answers) == len(CASES) + 1


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"now": "yesterday"}, "now"),
        ({"now": "2026-11-23T15:00:00"}, "now"),
        ({"surprise": 1}, "surprise"),
        ({"partners": {}}, "partners"),
        ({"solo_approval": "maybe"}, "solo_approval"),
        ({"co_present_minutes": -1}, "co_present_minutes"),
        ({"co_present_minutes": float("nan")}, "co_present_minutes"),
        ({"keep_apart": "no"}, "keep_apart"),
        ({"outages": [{"from": "2026-11-23T15:00:00Z"}]}, "outages"),
    ],
)
def test_facts_that_cannot_be_read_are_refused_by_name(change: dict[str, Any], path: str) -> None:
    result = run(app, ["decide", "--facts", "-"], input=json.dumps({**CASES[0]["facts"], **change}))
    assert result.exit_code == 2
    assert path in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"a":' * 50_000, "\u0000"])
def test_what_is_not_facts_is_refused(text: str) -> None:
    assert run(app, ["decide", "--facts", "-"], input=text).exit_code == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(app, ["decide", "--facts", str(tmp_path / "no.json")])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_every_clause_is_in_the_document_and_told_by_a_test() -> None:
    documented = set(re.findall(r"^\| ([AIGSMJF]\d+) \|", POLICY_MD.read_text(encoding="utf-8"), re.MULTILINE))
    stories = (Path(__file__).parent / "test_clauses.py").read_text(encoding="utf-8")
    told = {
        clause for line in re.findall(r'^    """([A-Z0-9, ]+)"""', stories, re.MULTILINE) for clause in line.split(", ")
    }
    folder = Path(server.__file__).parent / "domain" / "attendance"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    cited = set(re.findall(r'"([AIGSMJ]\d+)"', source))
    assert cited <= documented
    assert documented == told
    assert {case["decision"]["clause"] for case in CASES} <= documented


def test_every_parameter_is_in_the_document() -> None:
    text = POLICY_MD.read_text(encoding="utf-8")
    assert [name for name in DEFAULT_POLICY.__slots__ if name not in ("name", "own") and f"`{name}`" not in text] == []


def test_every_word_of_a_policy_file_is_in_the_document() -> None:
    text = POLICY_MD.read_text(encoding="utf-8")
    assert [word for word in WORDS if f"`{word}`" not in text] == []


@pytest.mark.flaky(reruns=2)  # it reads a clock
def test_fifty_thousand_decisions_a_second() -> None:
    rate = cheapest_rate([parse_facts(case["facts"]) for case in CASES], passes=5_000, enough=50_000)
    assert rate >= 50_000, f"{rate:.0f} decisions a second"
