"""Lock files pin everything and say nothing about where it came from: they must install anywhere."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.architecture.imports import ROOT

CONDITION = r"\(*[a-z_]+ (<|>|<=|>=|==|!=) '[A-Za-z0-9._]+'\)*"
PIN = re.compile(rf"^[a-z0-9][a-z0-9-]*==[0-9][A-Za-z0-9.+!]*( ; {CONDITION}( (and|or) {CONDITION})*)?$")


def faults(lock: str) -> list[str]:
    """Lines that are no exact pin, and a wrong order: whoever makes the lock again should get the same bytes."""
    lines = lock.splitlines()
    names = [line.partition("==")[0] for line in lines]
    return [line for line in lines if not PIN.match(line)] + ([] if names == sorted(names) else ["not sorted"])


def test_the_python_lock_is_exact_pins_and_nothing_else() -> None:
    assert faults((ROOT / "requirements.lock").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        "aiohttp>=3",
        "aiohttp",
        "--index-url https://packages.example/simple",
        "aiohttp @ https://packages.example/aiohttp.whl",
        "aiohttp==3.14.5 --hash=sha256:00",
        "# made on Monday",
        "b==1\na==1",
    ],
)
def test_a_loose_lock_is_seen(bad: str) -> None:
    assert faults(bad)


def test_the_lock_covers_every_dependency() -> None:
    """Who adds a dependency runs `make lock`; this says so before a fresh machine does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower().replace("_", "-").replace(".", "-") for one in wanted}
    locked = {line.partition("==")[0] for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()}
    assert names <= locked


def test_the_page_lock_names_no_host() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, one in packages.items() if "://" in one.get("resolved", "")] == []
    assert [name for name, one in packages.items() if name and not one.get("version") and not one.get("link")] == []
