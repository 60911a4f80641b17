"""The record in SQL: SQLite, embedded, as the default; PostgreSQL for many nodes."""

from server.adapters.sql.migrate import SchemaRefused, SchemaTooNew, SchemaTooOld, UnknownRevision
from server.adapters.sql.opening import UnknownDatabase, migrate_database, open_store
from server.adapters.sql.postgres.store import PostgresStore
from server.adapters.sql.sqlite.store import SqliteStore
from server.adapters.sql.store import SqlStore

__all__ = [
    "PostgresStore",
    "SchemaRefused",
    "SchemaTooNew",
    "SchemaTooOld",
    "SqlStore",
    "SqliteStore",
    "UnknownDatabase",
    "UnknownRevision",
    "migrate_database",
    "open_store",
]
