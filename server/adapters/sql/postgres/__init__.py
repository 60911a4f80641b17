"""The record in PostgreSQL, for many nodes at once."""
