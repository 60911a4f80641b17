"""The chart in SQL: the walls are part of every statement, so no caller can forget them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, false, func, insert, or_, select, true

from server.adapters.sql import schema
from server.application.chart import Entry, Outdated, Reader, Wall, Walled

chart, care = schema.chart.c, schema.care.c


def visible(reader: Reader) -> ColumnElement[bool]:
    """The rows of the chart that this reader may see."""
    belongs = select(care.couple).where(care.person == reader.person)
    shared = (Wall.OFFICE, Wall.COUPLE)
    match reader.role:
        case "team":
            return true()
        case "administrator":
            return chart.wall.in_((Wall.EVERYONE, Wall.STAFF, Wall.OFFICE))
        case "therapist":
            couples = belongs.where(care.role == "therapist")
            clients = select(care.person).where(care.role == "client", care.couple.in_(couples))
            in_care = or_(chart.owner.in_(couples), chart.owner.in_(clients))
            return or_(chart.wall.in_((Wall.EVERYONE, Wall.STAFF)), in_care)
        case "client":
            own = and_(chart.owner == reader.person, chart.wall.in_((Wall.OFFICE, Wall.CLIENT)))
            joint = and_(chart.owner.in_(belongs.where(care.role == "client")), chart.wall.in_(shared))
            return or_(chart.wall == Wall.EVERYONE, own, joint)
    return false()


def file(connection: Connection, reader: Reader, entry: Entry) -> None:
    known = connection.execute(
        select(chart.owner, chart.wall, chart.revision)
        .where(chart.kind == entry.kind, chart.id == entry.id)
        .order_by(chart.revision.desc())
        .limit(1)
    ).one_or_none()
    moved = known is not None and (known.owner, known.wall) != (entry.owner, entry.wall)
    if moved or not reader.may_write(entry.wall, entry.owner):
        raise Walled
    if entry.revision != (1 if known is None else known.revision + 1):
        raise Outdated
    connection.execute(insert(schema.chart), asdict(entry))
    seen = select(chart.id).where(_record(entry.kind, entry.id), visible(reader)).limit(1)
    if connection.execute(seen).first() is None:
        raise Walled


def read(connection: Connection, reader: Reader, kind: str, id: str) -> Entry | None:
    chosen = select(schema.chart).where(_record(kind, id), visible(reader)).order_by(chart.revision.desc()).limit(1)
    row = connection.execute(chosen).one_or_none()
    return None if row is None else _entry(row)


def records(connection: Connection, reader: Reader, kind: str, owner: str | None) -> list[Entry]:
    latest = select(chart.id, func.max(chart.revision)).where(chart.kind == kind).group_by(chart.id)
    chosen = select(schema.chart).where(chart.kind == kind, visible(reader))
    if owner is not None:
        chosen = chosen.where(chart.owner == owner)
    rows = connection.execute(chosen.order_by(chart.id, chart.revision)).all()
    newest = {(id, revision) for id, revision in connection.execute(latest)}
    return [_entry(row) for row in rows if (row.id, row.revision) in newest]


def history(connection: Connection, reader: Reader, kind: str, id: str) -> list[Entry]:
    chosen = select(schema.chart).where(_record(kind, id), visible(reader)).order_by(chart.revision)
    return [_entry(row) for row in connection.execute(chosen)]


def enrol(connection: Connection, couple: str, people: Mapping[str, str]) -> None:
    connection.execute(delete(schema.care).where(care.couple == couple))
    rows = [{"couple": couple, "person": person, "role": role} for person, role in sorted(people.items())]
    if rows:
        connection.execute(insert(schema.care), rows)


def enrolled(connection: Connection, couple: str) -> dict[str, str]:
    rows = connection.execute(select(care.person, care.role).where(care.couple == couple).order_by(care.person))
    return {person: role for person, role in rows}


def couples_of(connection: Connection, person: str) -> list[str]:
    return list(connection.scalars(select(care.couple).where(care.person == person).order_by(care.couple)))


def _record(kind: str, id: str) -> ColumnElement[bool]:
    return and_(chart.kind == kind, chart.id == id)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{**row._mapping, "wall": Wall(row.wall)})
