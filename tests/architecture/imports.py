"""What a source file imports, and which dotted name each of its local names stands for. Read from the syntax tree,
so nothing under test is ever executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Import:
    """One imported thing: `from a.b import c as d` is module `a.b`, target `a.b.c`, local name `d`."""

    module: str
    target: str
    local: str
    line: int


def sources(*packages: str) -> list[Path]:
    """Every Python file of these packages (`server/domain`), in a stable order."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    """`server/domain/ids.py` is `server.domain.ids`; `__init__.py` keeps its last part."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(tree: ast.AST, module: str) -> Iterator[Import]:
    """Every import, at any depth: one inside a function counts as much as one at the top."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                local = name.asname or name.name.partition(".")[0]
                yield Import(name.name, name.name if name.asname else local, local, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module)
            for name in node.names:
                yield Import(base, f"{base}.{name.name}", name.asname or name.name, node.lineno)


def _absolute(node: ast.ImportFrom, module: str) -> str:
    if not node.level:
        return node.module or ""
    package = module.split(".")[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])
