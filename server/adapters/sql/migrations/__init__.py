"""Alembic's folder: one short file in `versions` for each change of the schema; CONTRIBUTING.md says how to add one."""
