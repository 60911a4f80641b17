"""The purity lint: the pure packages read no clock, draw no randomness and do no I/O, and are synchronous.

Run by `make check` as `python -m tests.architecture.purity`. It fails closed: a module may be imported only if it
stands in `PURE_MODULES`, so that a new way to touch the world has to be let in by name.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.imports import ROOT, imports, module_name, sources

PURE_PACKAGES = ("server/domain", "signaling/protocol", "signaling/rooms")

# Of the standard library, what neither looks at the world nor changes it.
# fmt: off
PURE_MODULES = frozenset({
    "__future__", "abc", "base64", "binascii", "bisect", "cmath", "collections", "contextlib", "copy",
    "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "graphlib", "hashlib",
    "heapq", "hmac", "html", "ipaddress", "itertools", "json", "keyword", "math", "numbers", "operator", "re",
    "reprlib", "statistics", "string", "struct", "textwrap", "types", "typing", "unicodedata", "urllib.parse",
    "uuid", "zlib", "zoneinfo",
})
# fmt: on
# Ours: the pure packages themselves. `pydantic` validates what arrives on the wire, and only there; it wants the
# TypedDict of `typing_extensions` where Python is older than 3.12.
PURE_PREFIXES = ("server.domain", "signaling.protocol", "signaling.rooms")
ALLOWED_IN = dict.fromkeys(("pydantic", "pydantic_core", "typing_extensions"), "signaling.protocol")

FORBIDDEN = {
    "datetime.datetime.now": "reads the clock",
    "datetime.datetime.utcnow": "reads the clock",
    "datetime.datetime.today": "reads the clock",
    "datetime.date.today": "reads the clock",
    "uuid.uuid1": "reads the clock",
    "uuid.uuid4": "draws randomness",
    "uuid.uuid6": "reads the clock",
    "uuid.uuid7": "reads the clock",
    "uuid.getnode": "reads the machine",
    "builtins.open": "does I/O",
    "builtins.print": "does I/O",
    "builtins.input": "does I/O",
    "builtins.breakpoint": "does I/O",
    "builtins.exec": "hides what it does",
    "builtins.eval": "hides what it does",
    "builtins.compile": "hides what it does",
    "builtins.__import__": "hides what it does",
    "builtins.hash": "differs from process to process",
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def check_source(source: str, path: Path, module: str) -> list[Finding]:
    """Everything impure in one file's text."""
    tree = ast.parse(source)
    found = {Finding(path, line, message) for line, message in _impure_imports(tree, module)}
    found |= {Finding(path, line, message) for line, message in _impure_names(tree, module)}
    found |= {Finding(path, line, message) for line, message in _impure_syntax(tree)}
    return sorted(found)


def check_file(path: Path) -> list[Finding]:
    return check_source(path.read_text(encoding="utf-8"), path.relative_to(ROOT), module_name(path))


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _is_pure(imported: str, module: str) -> bool:
    if any(_within(imported, prefix) for prefix in PURE_PREFIXES):
        return True
    top = imported.partition(".")[0]
    if top in ALLOWED_IN:
        return _within(module, ALLOWED_IN[top])
    return imported in PURE_MODULES or imported == "collections.abc"


def _impure_imports(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    for one in imports(tree, module):
        # `from server import domain` and `from urllib import parse` name the module only in the target.
        if not _is_pure(one.module, module) and not _is_pure(one.target, module):
            yield one.line, f"`{one.module}` is not on the list of pure modules (tests/architecture/purity.py)"


def _impure_names(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    meaning = {one.local: one.target for one in imports(tree, module)}
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for name in vars(builtins):
        if name not in own:
            meaning.setdefault(name, f"builtins.{name}")
    excused = _inside_hash_methods(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            dotted = _dotted(node, meaning)
            if dotted in FORBIDDEN and node not in excused:
                yield node.lineno, f"`{dotted.removeprefix('builtins.')}` {FORBIDDEN[dotted]}"


def _inside_hash_methods(tree: ast.AST) -> set[ast.AST]:
    """A `__hash__` may call `hash`: what it answers stays inside the process."""
    methods = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__hash__")
    return {inner for method in methods for inner in ast.walk(method)}


def _dotted(node: ast.expr, meaning: dict[str, str]) -> str:
    """The full name that `dt.now` stands for after `from datetime import datetime as dt`, or nothing."""
    if isinstance(node, ast.Name):
        return meaning.get(node.id, "")
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, meaning)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _impure_syntax(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, "a pure package is synchronous"
        elif isinstance(node, ast.Global):
            yield node.lineno, "`global` makes an answer depend on what was called before"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "astimezone"
            and not node.args
            and not node.keywords
        ):
            yield node.lineno, "`astimezone()` without a zone reads the machine's own"


def main() -> int:
    files = sources(*PURE_PACKAGES)
    findings = [finding for path in files for finding in check_file(path)]
    for finding in findings:
        print(finding)
    print(f"Purity: {len(files)} files of {', '.join(PURE_PACKAGES)}; {len(findings)} findings.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
