"""The chain in a real file: whoever changes it behind the program's back is found, by the command that people run."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.adapters.sql import SqliteStore
from server.adapters.sql.opening import migrate_database
from server.application import audit
from server.config import RECORD
from server.domain.chain import Broken, Examined
from tests.contracts.samples import entry
from tests.service.test_command_line import dyad

LENGTH, SESSIONS = 10_000, 10


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a record of ten sessions with 10,000 events, sealed."""

    async def build() -> None:
        store = await SqliteStore.open(path)
        names = [f"s{n}" for n in range(SESSIONS)]
        for expected in range(0, LENGTH // SESSIONS, 100):
            body = f'{{"n": {expected}}}'
            await asyncio.gather(*(store.append(entry(name, expected, count=100, body=body)) for name in names))
        await store.seal(names)
        await store.close()

    path = tmp_path_factory.mktemp("chain") / RECORD
    asyncio.run(build())
    return path.read_bytes()


@pytest.fixture
def folder(built: bytes, tmp_path: Path) -> Path:
    (tmp_path / RECORD).write_bytes(built)
    return tmp_path


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / RECORD)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount >= 1
        connection.commit()


async def examined(folder: Path) -> Examined:
    store = await SqliteStore.open(folder / RECORD)
    found = await audit.examined(store, None)
    await store.close()
    return found


PLACES = [("s0", 1), ("s4", 517), ("s9", 1000)]
CHANGES = {
    "at": "UPDATE events SET at = at + 1 WHERE {here}",
    "kind": "UPDATE events SET kind = 'Noted' WHERE {here}",
    "body": "UPDATE events SET body = '{{}}' WHERE {here}",
    "cmd": "UPDATE events SET cmd = 'x' WHERE {here}",
    "hash": "UPDATE events SET hash = zeroblob(32) WHERE {here}",
    "no hash": "UPDATE events SET hash = NULL WHERE {here}",
    "seq": "UPDATE events SET seq = seq + 5000 WHERE {here}",
    "session": "UPDATE events SET session = 'x', seq = 1 WHERE {here}",
    "removed": "DELETE FROM events WHERE {here}",
}


@pytest.mark.asyncio
@pytest.mark.parametrize("what", CHANGES)
async def test_a_changed_row_is_named(folder: Path, what: str) -> None:
    for session, seq in PLACES:
        copy = folder / f"{session}{what.replace(' ', '')}"
        copy.mkdir()
        (copy / RECORD).write_bytes((folder / RECORD).read_bytes())
        change(copy, CHANGES[what].format(here=f"session = '{session}' AND seq = {seq}"))
        broken = (await examined(copy)).broken
        assert broken is not None
        assert (broken.session, broken.seq) == (session, seq)


@pytest.mark.asyncio
async def test_two_rows_that_changed_places_are_found(folder: Path) -> None:
    one, other = "session = 's3' AND seq = 200", "session = 's3' AND seq = 900"
    change(folder, f"UPDATE events SET seq = -1 WHERE {one}", f"UPDATE events SET seq = 200 WHERE {other}")
    change(folder, "UPDATE events SET seq = 900 WHERE session = 's3' AND seq = -1")
    assert (await examined(folder)).broken == Broken("s3", 200, "altered")


@pytest.mark.asyncio
async def test_lines_from_before_the_chain_are_chained_as_they_stand(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / RECORD}"
    await migrate_database(url, "0004")
    insert = "INSERT INTO events (session, seq, at, kind, body) VALUES "
    change(tmp_path, insert + ", ".join(f"('{name}', {n}, {n}, 'noted', '{{}}')" for name in "ab" for n in (1, 2)))
    store = await SqliteStore.open(tmp_path / RECORD)
    assert (await audit.examined(store, None)).broken == Broken("a", 1, "unchained")
    await store.append(entry("a", 2))  # who goes on with a session chains it first
    await store.seal(await store.unsealed())
    found = await audit.examined(store, None)
    assert (found.events, found.head.n, found.broken) == (5, 2, None)
    # A node of the version before writes beside us, as it does while a service is upgraded.
    change(tmp_path, insert + "('b', 3, 3, 'noted', '{}')")
    await store.append(entry("b", 3))
    await store.seal(await store.unsealed())
    assert (await audit.examined(store, None)).broken is None
    await store.close()


def told(*args: str, folder: Path) -> tuple[int, dict[str, Any], str]:
    code, out, err = dyad("audit", *args, "--json", "--data", str(folder))
    return code, json.loads(out), err


def test_the_command_names_the_first_broken_link(folder: Path, tmp_path: Path) -> None:
    code, found, _ = told("verify", folder=folder)
    assert (code, found["ok"], found["events"], found["sessions"], found["seals"]) == (0, True, LENGTH, SESSIONS, 10)
    code, out, _ = dyad("audit", "head", "--data", str(folder))
    kept = tmp_path / "head.json"
    kept.write_text(out)
    change(folder, "UPDATE events SET body = '{\"n\": 1}' WHERE session = 's7' AND seq = 12")
    code, found, err = told("verify", "--head", str(kept), folder=folder)
    assert (code, found["broken"]) == (1, {"session": "s7", "seq": 12, "what": "altered"})
    assert "line 12 of session s7 was altered" in err
    code, _, err = dyad("audit", "verify", "--head", str(folder / RECORD), "--data", str(folder))
    assert (code, "holds no head" in err) == (2, True)


def test_a_session_removed_with_its_seals_is_found_by_the_exported_head(folder: Path, tmp_path: Path) -> None:
    _, out, _ = dyad("audit", "export", "--data", str(folder))
    *events, last = map(json.loads, out.splitlines())
    assert len(events) == LENGTH
    assert set(events[0]) == {"session", "seq", "at", "kind", "body", "cmd", "hash"}
    kept = tmp_path / "export.jsonl"
    kept.write_text(out)
    change(folder, "DELETE FROM events WHERE session = 's9'", "DELETE FROM seals WHERE session = 's9'")
    assert told("verify", folder=folder)[0] == 0, "nothing that is left speaks of it"
    code, found, _ = told("verify", "--head", str(kept), folder=folder)
    assert (code, found["broken"]) == (1, {"session": None, "seq": last["seals"], "what": "seal_missing"})
