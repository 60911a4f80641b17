"""Versions of the attendance policy."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, select

from server.adapters.sql import schema
from server.adapters.sql.statements import upsert
from server.application.ports import StoredPolicy


def adopt(connection: Connection, policy: StoredPolicy) -> bool:
    p = schema.policies.c
    known = connection.scalar(select(p.fingerprint).where(p.name == policy.name))
    if known is not None and known != policy.fingerprint:
        return False
    upsert(connection, schema.policies, **asdict(policy))
    return True


def adopted(connection: Connection) -> list[StoredPolicy]:
    p = schema.policies.c
    rows = connection.execute(select(schema.policies).order_by(p.adopted_at, p.name))
    return [StoredPolicy(**row._mapping) for row in rows]
