"""The record in SQL: SQLite, embedded, as the default."""

from server.adapters.sql.migrate import SchemaTooNew
from server.adapters.sql.store import SqliteStore

__all__ = ["SchemaTooNew", "SqliteStore"]
