"""Copies of the whole record: taken while the service runs, and put back where none does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from server.adapters.sql.opening import file_of, parsed

SIDE_FILES = ("-wal", "-shm")


class CannotCopy(Exception):
    """Nothing was changed; the message says why, and what to do."""


def back_up(url: str, to: Path) -> None:
    """One consistent state of the record in a file that only its owner can read. Raises `CannotCopy` or `OSError`."""
    if to.exists():
        raise CannotCopy(f"{to} is there already. Give another name.")
    found = parsed(url)
    path, part = file_of(found), to.with_name(to.name + ".part")
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        if path is None:
            _run("pg_dump", found, "--format=custom", f"--file={part}")
        else:
            _copy(path, part)
        part.rename(to)
    finally:
        part.unlink(missing_ok=True)


def put_back(file: Path, url: str, *, force: bool) -> None:
    """The record as it is in a copy. Raises `CannotCopy` or `OSError`; where there is a record, only with `force`."""
    if not file.is_file():
        raise CannotCopy(f"There is no file {file}.")
    found = parsed(url)
    path = file_of(found)
    if path is None:
        clean = ("--clean", "--if-exists") if force else ()
        _run("pg_restore", found, "--no-owner", "--single-transaction", "--exit-on-error", *clean, str(file))
        return
    if path.exists() and not force:
        raise CannotCopy(
            "There is a record here already. With --force it is replaced: first stop the service, and back up."
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        _copy(file, part)
        for side in SIDE_FILES:  # of the record before: they would be played into the new one
            path.with_name(path.name + side).unlink(missing_ok=True)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, to: Path) -> None:
    """By SQLite's own backup: one state, whoever writes meanwhile."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(to)) as new,
        ):
            old.execute("SELECT 1 FROM events LIMIT 1")
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
            if new.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise CannotCopy(f"{source} is damaged.")
    except sqlite3.Error as fault:
        raise CannotCopy(f"{source} is no record that can be read ({fault}).") from fault
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _run(program: str, url: URL, *arguments: str) -> None:
    """One of PostgreSQL's own programs, with the password where no list of processes shows it."""
    binary = shutil.which(program)
    if binary is None:
        raise CannotCopy(f"{program} is not installed here. It comes with PostgreSQL's client programs.")
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": None if url.password is None else str(url.password),
    }
    environment = {**os.environ, **{name: value for name, value in given.items() if value}}
    done = subprocess.run(
        [binary, f"--dbname={url.database}", *arguments], env=environment, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise CannotCopy(
            f"{program} failed with code {done.returncode}; is the database reachable, and for a restore empty?"
        )
