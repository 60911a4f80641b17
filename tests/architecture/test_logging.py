"""Logs say what the source says: literal sentences, keys of the closed set, by way of telemetry alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.telemetry.logs import KEYS
from tests.architecture.imports import ROOT, imports, module_name, sources

LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "log")
TELEMETRY = "server.telemetry"


def faults(source: str, module: str) -> Iterator[str]:
    tree = ast.parse(source)
    if not module.startswith(TELEMETRY):
        for one in imports(tree, module):
            if one.module.partition(".")[0] in ("structlog", "logging"):
                yield f"line {one.line}: {one.module} is for telemetry alone"
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "log":
            yield from _of_call(node)


def _of_call(call: ast.Call) -> Iterator[str]:
    if len(call.args) != 1 or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
        yield f"line {call.lineno}: a sentence that is put together"
    for keyword in call.keywords:
        if keyword.arg not in KEYS:
            yield f"line {call.lineno}: {keyword.arg} is no key of server/telemetry/logs.py"


@pytest.mark.parametrize("path", sources("server", "signaling"), ids=str)
def test_every_line_that_is_logged_is_a_sentence_of_the_source(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() == "server/telemetry/logs.py":
        return  # there `said` and its values pass through, and are looked at
    assert list(faults(path.read_text(encoding="utf-8"), module_name(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import logging",
        "from structlog import get_logger",
        'log.info(f"{name} came")',
        'log.info("came", name=name)',
        'log.error("failed: %s", error)',
        'log.info("came", **values)',
    ],
)
def test_another_line_is_seen(source: str) -> None:
    assert list(faults(source, "server.http.x"))
