"""Which database a URL names: `sqlite:///relative/file`, `sqlite:////absolute/file` or `postgresql://…`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from server.adapters.sql.postgres import leading
from server.adapters.sql.postgres.store import PostgresStore
from server.adapters.sql.sqlite import engine
from server.adapters.sql.sqlite.store import SqliteStore
from server.adapters.sql.store import SqlStore

POSTGRES = ("postgresql", "postgres")


class UnknownDatabase(ValueError):
    """Not the URL of a database that the record can live in. Says nothing of the URL, which may hold a password."""

    def __init__(self) -> None:
        super().__init__("postgresql://USER:PASSWORD@HOST/NAME or sqlite:////the/file")


def parsed(url: str) -> URL:
    """Raises `UnknownDatabase`."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise UnknownDatabase from None
    if found.drivername not in ("sqlite", *POSTGRES) or not found.database:
        raise UnknownDatabase
    return found


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database, None of another."""
    return None if is_postgres(url) else Path(url.database or "")


def is_postgres(url: URL) -> bool:
    return url.drivername in POSTGRES


async def open_store(url: str) -> SqlStore:
    """A file is created, or led to the newest schema.

    Raises `SchemaRefused`, `UnknownDatabase` or `RecordUnavailable`.
    """
    found = parsed(url)
    path = file_of(found)
    return await PostgresStore.open(found) if path is None else await SqliteStore.open(path)


async def migrate_database(url: str, to: str | None = None) -> tuple[str, str]:
    """Lead the schema to a revision (None: the newest); from which, and to which."""
    found = parsed(url)
    path = file_of(found)
    return await leading.lead(found, to) if path is None else await asyncio.to_thread(engine.prepare, path, to)
