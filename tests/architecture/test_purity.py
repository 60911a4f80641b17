"""The pure packages are pure, and the lint that says so can say no."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.imports import sources
from tests.architecture.purity import PURE_PACKAGES, check_file, check_source, main

IMPURE = {
    "import time": "`time`",
    "import time as t\nt.monotonic()": "`time`",
    "from time import monotonic": "`time`",
    "import random": "`random`",
    "from secrets import token_hex": "`secrets`",
    "import os": "`os`",
    "import os.path as p": "`os.path`",
    "from pathlib import Path": "`pathlib`",
    "import asyncio": "`asyncio`",
    "import socket": "`socket`",
    "import subprocess": "`subprocess`",
    "import logging": "`logging`",
    "import threading": "`threading`",
    "import sqlite3": "`sqlite3`",
    "import requests": "`requests`",
    "import urllib.request": "`urllib.request`",
    "from urllib import request": "`urllib`",
    "import importlib": "`importlib`",
    "def f():\n    import time": ":2: `time`",
    "from ...application import ports": "`server.application`",
    "from server.adapters import clock": "`server.adapters`",
    "from server import config": "`server`",
    "import pydantic": "`pydantic`",
    "from datetime import datetime\ndatetime.now()": ":2: `datetime.datetime.now` reads the clock",
    "from datetime import datetime as dt, UTC\nx = dt.now(UTC)": "`datetime.datetime.now`",
    "import datetime\ndatetime.datetime.utcnow()": "`datetime.datetime.utcnow`",
    "import datetime as d\nd.date.today()": "`datetime.date.today`",
    "from datetime import date\ndate.today()": "`datetime.date.today`",
    "from datetime import datetime\nfield(default_factory=datetime.now)": "`datetime.datetime.now`",
    "from uuid import uuid4\nuuid4()": "`uuid.uuid4` draws randomness",
    "import uuid\nuuid.uuid1()": "`uuid.uuid1`",
    "open('x')": "`open` does I/O",
    "print('x')": "`print` does I/O",
    "f = print": "`print` does I/O",
    "input()": "`input` does I/O",
    "__import__('time')": "`__import__`",
    "eval('1')": "`eval`",
    "hash('couple') % 7": "`hash` differs",
    "async def f(): ...": "synchronous",
    "def f():\n    global x\n    x = 1": "`global`",
    "def f(at):\n    return at.astimezone()": "`astimezone()`",
}

PURE = [
    "from __future__ import annotations\nfrom datetime import UTC, datetime\ndatetime(2026, 1, 1, tzinfo=UTC)",
    "from collections.abc import Mapping\nimport collections.abc",
    "from zoneinfo import ZoneInfo\ndef f(at, zone):\n    return at.astimezone(ZoneInfo(zone))",
    "from uuid import UUID, uuid5",
    "def f(now, clock):\n    return now() or clock.now()",
    "def f(open):\n    return open()",
    "class Window:\n    today: int\ndef f(window):\n    return window.today",
    "class Id:\n    def __hash__(self):\n        return hash('x')",
    "from server.domain import ids\nfrom server import domain\nfrom . import ids\nfrom .ids import SessionId",
    "'print(open)'  # time.time()",
    "from urllib.parse import quote\nfrom urllib import parse",
]


@pytest.mark.parametrize("source", IMPURE, ids=lambda source: source.replace("\n", "; "))
def test_the_lint_names_what_is_impure_and_where(source: str) -> None:
    found = check_source(source, Path("bad.py"), "server.domain.session.bad")
    assert found
    assert IMPURE[source] in str(found[0])
    assert str(found[0]).startswith("bad.py:")


@pytest.mark.parametrize("source", PURE, ids=lambda source: source.replace("\n", "; "))
def test_the_lint_lets_pure_code_pass(source: str) -> None:
    assert check_source(source, Path("good.py"), "server.domain.session.good") == []


def test_only_the_wire_protocol_may_validate_with_pydantic() -> None:
    source = "from pydantic import BaseModel"
    assert check_source(source, Path("m.py"), "signaling.protocol.messages") == []
    assert check_source(source, Path("m.py"), "signaling.rooms.room")


def test_there_is_something_to_check() -> None:
    for package in PURE_PACKAGES:
        assert sources(package), f"{package} has no Python file: has it moved?"


@pytest.mark.parametrize("path", sources(*PURE_PACKAGES), ids=str)
def test_a_pure_file_is_pure(path: Path) -> None:
    assert [str(finding) for finding in check_file(path)] == []


def test_the_command_says_what_it_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bad = tmp_path / "server" / "domain" / "bad.py"
    bad.parent.mkdir(parents=True)
    bad.write_text("x = 1\nprint(x)\n", encoding="utf-8")
    monkeypatch.setattr("tests.architecture.imports.ROOT", tmp_path)
    monkeypatch.setattr("tests.architecture.purity.ROOT", tmp_path)
    assert main() == 1
    assert "server/domain/bad.py:2: `print` does I/O" in capsys.readouterr().out
    bad.write_text("x = 1\n", encoding="utf-8")
    assert main() == 0
