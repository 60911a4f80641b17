"""`make mutants`: breaks the decision core in every small way (cosmic-ray) and counts how many breaks are noticed.

Runs in a copy of the tree. Prints each break that nobody noticed and, as its last line, one JSON object; exits with 1
where fewer than nine in ten were noticed. Some can't be: `<=` for `<` at an instant at which both come to the same.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ("case", "decide", "joint", "outcomes", "own", "tables", "times")
GOAL = 0.9
# Breaks that a person might make. The others of the library put `%` or `<<` where `&` stands, or `==` for `is`.
WANTED = re.compile(
    "AddNot|Delete_Not|AndWithOr|OrWithAnd|NumberReplacer|TrueWithFalse|FalseWithTrue|ZeroIteration|Is_IsNot|IsNot_Is|"
    "BitAnd_BitOr|BitOr_BitAnd|Add_Sub|Sub_Add|(Lt|LtE|Gt|GtE)_(Lt|LtE|Gt|GtE)$|(Lt|Gt)E?_(Lt|Gt)E?$|Eq_NotEq"
)
CONFIG = """
[cosmic-ray]
module-path = [{modules}]
timeout = 60.0
excluded-modules = []
test-command = "{python} -m tests.mutation.killer"
[cosmic-ray.distributor]
name = "local"
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--modules", nargs="*", default=CORE, help="modules of server/domain/attendance")
    modules = parser.parse_args().modules
    with tempfile.TemporaryDirectory(prefix="dyad-mutants-") as folder:
        copy = Path(folder)
        for part in ("server", "signaling", "tests", "pyproject.toml"):
            _copy(ROOT / part, copy / part)
        survivors, total = _run(copy, modules)
    for place, line in survivors:
        print(f"unnoticed  {place}: {line}")
    score = 1 - len(survivors) / total
    print(json.dumps({"mutants": total, "noticed": total - len(survivors), "score": round(score, 3)}))
    return 0 if score >= GOAL else 1


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _run(copy: Path, modules: list[str]) -> tuple[list[tuple[str, str]], int]:
    listed = ", ".join(f'"server/domain/attendance/{module}.py"' for module in modules)
    (copy / "config.toml").write_text(CONFIG.format(modules=listed, python=sys.executable), encoding="utf-8")
    subprocess.run([*_tool(), "init", "config.toml", "work.sqlite"], cwd=copy, check=True)
    with sqlite3.connect(copy / "work.sqlite") as work:
        names = work.execute("select job_id, operator_name from mutation_specs").fetchall()
        unwanted = [(job,) for job, operator in names if not WANTED.search(operator)]
        for table in ("mutation_specs", "work_items"):
            work.executemany(f"delete from {table} where job_id = ?", unwanted)
        unwanted_annotations = _annotations(copy, work)
        for table in ("mutation_specs", "work_items"):
            work.executemany(f"delete from {table} where job_id = ?", unwanted_annotations)
    running = subprocess.Popen([*_tool(), "exec", "config.toml", "work.sqlite"], cwd=copy)
    _tell(copy / "work.sqlite", running)
    return _survivors(copy / "work.sqlite")


def _annotations(copy: Path, work: sqlite3.Connection) -> list[tuple[str]]:
    """`X | None` in an annotation is no code: nothing runs it."""
    specs = work.execute(
        "select job_id, module_path, start_pos_row from mutation_specs where operator_name like '%BitOr%'"
    )
    found = []
    for job, path, row in specs.fetchall():
        line = (copy / path).read_text(encoding="utf-8").splitlines()[row - 1]
        if "| None" in line or line.startswith(("Words", "    value:")):
            found.append((job,))
    return found


def _tool() -> list[str]:
    return [sys.executable, "-m", "cosmic_ray.cli"]


def _tell(database: Path, running: subprocess.Popen[bytes]) -> None:
    """Progress every five seconds until the work is done."""
    while running.poll() is None:
        time.sleep(5)
        with sqlite3.connect(database) as work:
            (total,) = work.execute("select count(*) from mutation_specs").fetchone()
            (tried,) = work.execute("select count(*) from work_results").fetchone()
        print(f"{tried} of {total} mutants", file=sys.stderr)
    if running.returncode:
        raise SystemExit(f"cosmic-ray ended with {running.returncode}")


def _survivors(database: Path) -> tuple[list[tuple[str, str]], int]:
    with sqlite3.connect(database) as work:
        (total,) = work.execute("select count(*) from work_results").fetchone()
        rows = work.execute(
            "select m.module_path, m.start_pos_row, w.diff from mutation_specs m join work_results w using (job_id) "
            "where w.test_outcome = 'SURVIVED' order by 1, 2"
        ).fetchall()
    return [(f"{path}:{row}", _changed(diff)) for path, row, diff in rows], total


def _changed(diff: str) -> str:
    lines = [line[1:].strip() for line in diff.splitlines() if line[:1] == "+" and line[:3] != "+++"]
    return " ".join(lines)[:160]


if __name__ == "__main__":
    sys.exit(main())
