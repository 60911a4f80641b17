"""A drill: back up while people are in their session, put it back elsewhere, verify, and go on."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

from server import operating
from server.adapters.sql.copying import CannotCopy
from server.config import RECORD
from tests.service.support import house
from tests.service.test_command_line import dyad
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.timeout(120)


@pytest.mark.asyncio
async def test_a_session_goes_on_from_a_copy_that_was_taken_while_it_ran(tmp_path: Path) -> None:
    data, copy, elsewhere = tmp_path / "data", tmp_path / "dyad.backup", tmp_path / "elsewhere"
    async with house(data=data) as home:
        alex = await home.enters("a", arrive=False)
        await alex.ask("run_late", minutes=5)
        id = home.links.session
        await operating.back_up_record(data, copy)
        at = (await home.built.dispatcher.session(id)).seq
        robin = await home.enters("b", arrive=False)  # after the copy
        await robin.ask("run_late", minutes=5)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    elsewhere.mkdir()
    for file in data.iterdir():  # what the demo keeps beside its record
        if not file.name.startswith(RECORD):
            shutil.copy(file, elsewhere)
    found = await operating.put_back_record(copy, elsewhere, False)
    assert found.broken is None
    assert found.events > 0
    async with house(data=elsewhere) as again:
        assert again.links.session == id
        session = await again.built.dispatcher.session(id)
        assert session.seats["a"].late_until is not None
        assert session.seats["b"].late_until is None, "it happened after the copy"
        assert session.seq >= at
        robin = await again.enters("b", arrive=False)
        assert (await robin.ask("run_late", minutes=10))["ok"]
        await again.built.sealer.seal()
    assert (await operating.examine_record(elsewhere, None)).broken is None


@pytest.mark.asyncio
@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
async def test_a_record_that_a_service_runs_on_is_not_replaced(
    tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    url: str | None = request.getfixturevalue("postgres_url") if where == "postgresql" else None
    async with house(data=tmp_path / "data", database_url=url) as home:
        record = url or str(tmp_path / "data")
        alex = await home.enters("a", arrive=False)
        await operating.back_up_record(record, tmp_path / "copy")
        with pytest.raises(CannotCopy, match="Stop every node first"):
            await operating.put_back_record(tmp_path / "copy", record, True)
        assert (await alex.ask("run_late", minutes=5))["ok"], "nothing has happened to it"
    assert (await operating.put_back_record(tmp_path / "copy", record, True)).broken is None


def planned(tmp_path: Path) -> Path:
    _, file, _ = dyad("session", "plan", "--example")
    plan = tmp_path / "couple.json"
    plan.write_text(file)
    data = tmp_path / "data"
    assert dyad("session", "plan", str(plan), "--data", str(data), "--base-url", "http://x")[0] == 0
    return data


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    data, copy = planned(tmp_path), tmp_path / "copy"
    assert dyad("backup", str(copy), "--data", str(data))[0] == 0
    code, _, err = dyad("backup", str(copy), "--data", str(data))
    assert (code, "another name" in err) == (1, True)
    before = (data / RECORD).read_bytes()
    code, _, err = dyad("restore", str(copy), "--data", str(data))
    assert (code, "--force" in err) == (1, True)
    assert (data / RECORD).read_bytes() == before
    code, out, _ = dyad("restore", str(copy), "--data", str(data), "--force", "--json")
    assert code == 0
    assert json.loads(out)["sessions"] == 1
    (data / RECORD).write_bytes(b"no longer a record" * 1000)
    assert dyad("restore", str(copy), "--data", str(data), "--force")[0] == 0, "what is damaged can be replaced"


def test_a_copy_that_was_changed_or_is_none_is_told(tmp_path: Path) -> None:
    data, copy = planned(tmp_path), tmp_path / "copy"
    assert dyad("backup", str(copy), "--data", str(data))[0] == 0
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE events SET body = replace(body, 'Alex', 'Xela'), kind = 'Planned2' WHERE seq = 1")
        connection.commit()
    code, _, err = dyad("restore", str(copy), "--data", str(tmp_path / "other"))
    assert (code, "line 1" in err) == (1, True)
    other = tmp_path / "no.copy"
    other.write_text("nothing of the kind")
    for file in (other, tmp_path / "missing"):
        code, _, err = dyad("restore", str(file), "--data", str(tmp_path / "third"))
        assert (code, "Traceback" in err) == (1, False)
    assert not (tmp_path / "third" / RECORD).exists()


def test_postgresql_is_backed_up_by_its_own_programs(tmp_path: Path, postgres_server: PostgresServer) -> None:
    _, file, _ = dyad("session", "plan", "--example")
    (tmp_path / "couple.json").write_text(file)
    one, other = (postgres_server.url(postgres_server.database()) for _ in range(2))
    assert dyad("migrate", "--data", one)[0] == 0
    assert dyad("session", "plan", str(tmp_path / "couple.json"), "--data", one, "--base-url", "http://x")[0] == 0
    assert dyad("backup", str(tmp_path / "copy"), "--data", one)[0] == 0
    code, out, err = dyad("restore", str(tmp_path / "copy"), "--data", other, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["sessions"] == 1
    assert dyad("restore", str(tmp_path / "copy"), "--data", one)[0] == 1, "it is not empty"
    assert dyad("restore", str(tmp_path / "copy"), "--data", one, "--force")[0] == 0


def test_the_doctor_tells_what_is_well_and_what_to_do(tmp_path: Path) -> None:
    data = planned(tmp_path)
    data.chmod(0o700)
    pages = tmp_path / "pages"
    pages.mkdir()
    where = {"DYAD_DATA": str(data), "DYAD_BASE_URL": "https://meet.example.org", "DYAD_PAGES": str(pages)}
    where |= {"DYAD_ANNOUNCE": "192.0.2.10"}

    def told(**more: str) -> tuple[int, dict[str, bool | None], str]:
        code, out, _ = dyad("doctor", "--json", **where, **more)
        checks = json.loads(out)
        return code, {check["name"]: check["well"] for check in checks}, " ".join(check["said"] for check in checks)

    code, found, said = told()
    assert (code, found["pages"], "make setup" in said) == (1, False, True)
    (pages / "join.html").touch()
    code, found, _ = told()
    assert code == 0
    assert found["record"] is found["folder"] is found["addresses"] is found["settings"] is True
    data.chmod(0o755)
    code, found, said = told()
    assert (code, found["folder"], "chmod 700" in said) == (1, False, True)
    data.chmod(0o700)
    code, found, said = told(DYAD_SMTP="smtp://127.0.0.1:9?a@b.example")
    assert (code, found["mail"]) == (1, False)
    code, found, said = told(DYAD_CERTIFICATE=f"{pages}/none.pem,{pages}/key.pem")
    assert (code, found["certificate"]) == (1, False)
    code, found, said = told(DYAD_SURPRISE="1")
    assert (code, found) == (1, {"settings": False})
    (data / RECORD).write_bytes(b"not a database, but long enough to be looked at" * 100)
    code, found, _ = told()
    assert (code, found["record"]) == (1, False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_the_doctor_signs_in_where_mail_leaves(tmp_path: Path) -> None:
    def right(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"dyad", b"right"), handled=False)

    def found(password: str, port: int) -> dict[str, Any]:
        where = {"DYAD_DATA": str(tmp_path), "DYAD_BASE_URL": "https://meet.example.org"}
        _, out, _ = dyad("doctor", "--json", **where, DYAD_SMTP=f"smtp://dyad:{password}@127.0.0.1:{port}?a@b.example")
        return next(check for check in json.loads(out) if check["name"] == "mail")

    options: dict[str, Any] = {"authenticator": right, "auth_required": True, "auth_require_tls": False}
    mail = Controller(Sink(), hostname="127.0.0.1", port=free_port(), **options)
    mail.start()
    try:
        assert found("right", mail.port)["well"] is True
        refused = found("wrong", mail.port)
    finally:
        mail.stop()
    assert (refused["well"], "refused the credentials" in refused["said"]) == (False, True)
