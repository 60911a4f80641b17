"""Rules of the layout that import-linter can't say: third-party libraries, and that no module escapes its contracts."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT, imports, module_name, sources

OURS = ("server", "signaling")


def third_party(source: str, module: str, allowed: frozenset[str] = frozenset()) -> Iterator[str]:
    for one in imports(ast.parse(source), module):
        top = one.module.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in OURS and top not in allowed:
            yield f"line {one.line}: {one.module}"


def stray_modules(root: Path, layers: list[str]) -> set[str]:
    """Modules directly under server/ and signaling/ that no layer names: import-linter would not look at them."""
    named = {part.strip(" ()") for layer in layers for part in layer.replace(":", "|").split("|")}
    found = set()
    for package in OURS:
        for path in (root / package).iterdir():
            is_package = path.is_dir() and any(path.rglob("*.py"))
            is_module = path.suffix == ".py" and path.name != "__init__.py"
            if is_package or is_module:
                found.add(f"{package}.{path.stem}")
    return found - named


def layers() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(list(contract["layers"]) for contract in contracts if contract["type"] == "layers")


@pytest.mark.parametrize("path", sources("server/domain", "server/application"), ids=str)
def test_the_core_needs_no_third_party_library(path: Path) -> None:
    assert list(third_party(path.read_text(encoding="utf-8"), module_name(path))) == []


@pytest.mark.parametrize(
    "source", ["import aiohttp", "from redis.asyncio import Redis", "def f():\n    import pydantic"]
)
def test_a_third_party_import_is_seen(source: str) -> None:
    assert list(third_party(source, "server.domain.x"))


def test_the_standard_library_and_our_own_are_let_through() -> None:
    source = "import asyncio\nfrom server.domain import ids\nfrom . import ports\nfrom collections.abc import Mapping"
    assert list(third_party(source, "server.application.x")) == []


def test_every_module_stands_in_a_layer() -> None:
    assert stray_modules(ROOT, layers()) == set()


def test_a_module_outside_the_layers_is_seen(tmp_path: Path) -> None:
    for name in ("server/helpers.py", "server/domain/ids.py", "signaling/sfu/__init__.py", "server/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert stray_modules(tmp_path, ["(server.cli)", "server.domain : server.http"]) == {
        "server.helpers",
        "signaling.sfu",
    }


BREACHES = {
    "server/domain/breach.py": "import server.telemetry",
    "server/application/breach.py": "import signaling.protocol",
    "server/adapters/breach.py": "import server.http",
    "signaling/gateway/breach.py": "import signaling.media",
    "signaling/rooms/breach.py": "import server.application",
    "server/http/breach.py": "import server.bootstrap",
}


@pytest.mark.parametrize("file", BREACHES)
def test_import_linter_breaks_on_a_breach(file: str, tmp_path: Path) -> None:
    """The contracts as they stand in pyproject.toml, over a skeleton of the layout with one wrong import."""
    packages = {part.strip(" ()") for layer in layers() for part in layer.replace(":", "|").split("|")}
    for package in packages:
        folder = tmp_path.joinpath(*package.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    for package in OURS:
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")

    assert _lint(tmp_path).returncode == 0
    (tmp_path / file).write_text(BREACHES[file] + "\n", encoding="utf-8")
    broken = _lint(tmp_path)
    assert broken.returncode == 1
    assert "BROKEN" in broken.stdout


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    # Not the `lint-imports` script: the folder must come before the installed project on the path.
    code = "import sys; sys.path.insert(0, '.'); from importlinter import cli; cli.lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
