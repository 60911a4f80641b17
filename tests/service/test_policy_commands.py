"""`dyad policy check | prove | diff | simulate`, as a programme's administrator meets them."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.adapters.sql import SqliteStore
from server.application.ports import Append
from server.application.simulation import synthetic_year
from server.config import RECORD
from server.domain.attendance import DEFAULT_POLICY
from server.domain.session.state import Session
from tests.application.live import Live
from tests.service.support import house
from tests.service.test_command_line import dyad
from tests.support.policies import with_clause

UNSAFE = with_clause("J6", "consents: false", "then: proceed")


@pytest.fixture
def harbour(tmp_path: Path) -> str:
    path = tmp_path / "harbour.yaml"
    path.write_text(dyad("policy", "check", "--example")[1], encoding="utf-8")
    return str(path)


@pytest.fixture
def unsafe(tmp_path: Path) -> str:
    path = tmp_path / "unsafe.yaml"
    path.write_text(UNSAFE, encoding="utf-8")
    return str(path)


def test_check_tells_what_a_file_says(harbour: str) -> None:
    code, out, _ = dyad("policy", "check", harbour)
    assert code == 0
    assert "no_show_after: 20 min (default 15 min)" in out
    assert "H1 before J9: ask." in out
    assert json.loads(dyad("policy", "check", harbour, "--json")[1])["clauses"] == ["H1"]


def test_check_tells_where_a_file_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("name: a\nversion: 1\nparameters:\n  no_show_after: soon\n", encoding="utf-8")
    code, out, err = dyad("policy", "check", str(path))
    assert (code, out) == (2, "")
    assert err.startswith(f"{path}:4:18: a duration is wanted")
    assert dyad("policy", "check", str(tmp_path / "none.yaml"))[0] == 2


def test_prove_tells_each_claim(harbour: str) -> None:
    code, out, _ = dyad("policy", "prove", harbour)
    assert code == 0
    assert "holds   solo-agreed" in out
    assert json.loads(dyad("policy", "prove", "--json")[1])["proven"] is True


def test_a_counterexample_is_a_facts_file_that_decide_confirms(unsafe: str, tmp_path: Path) -> None:
    code, out, _ = dyad("policy", "prove", unsafe, "--examples", str(tmp_path / "examples"))
    assert code == 1
    assert "BROKEN  solo-agreed" in out
    facts = tmp_path / "examples" / "solo-agreed.json"
    code, said, _ = dyad("policy", "decide", "--facts", str(facts), "--policy", unsafe)
    decision = json.loads(said)
    assert (code, decision["clause"], decision["action"]) == (0, "X1", "proceed")
    assert decision["policy"] == "broken@1"
    assert any(not partner["solo_consent"] for partner in json.loads(facts.read_text())["partners"].values())


def test_diff_shows_the_smallest_example_of_each_difference(harbour: str, tmp_path: Path) -> None:
    code, out, _ = dyad("policy", "diff", "default", harbour, "--examples", str(tmp_path / "examples"))
    assert code == 0
    assert "card_after: 10 min → 12 min" in out
    assert "J12  ask" in out
    assert "H1   ask" in out
    compared = json.loads(dyad("policy", "diff", "default", harbour, "--json")[1])["differences"]
    assert len(compared) == len(list((tmp_path / "examples").iterdir()))
    for one in compared:
        cards = [(one[side]["action"], one[side]["card"]) for side in ("before", "after")]
        assert cards[0] != cards[1]
    assert "decide the same" in dyad("policy", "diff", harbour, harbour)[1]


def test_simulate_compares_a_made_up_year(harbour: str, tmp_path: Path) -> None:
    picture = tmp_path / "year.svg"
    run = ("policy", "simulate", harbour, "--sessions", "400", "--seed", "3", "--json")
    code, out, _ = dyad(*run, "--picture", str(picture))
    assert code == 0
    first, second = json.loads(out), json.loads(dyad(*run)[1])
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert first["before"]["sessions"] == first["after"]["sessions"] == 400
    assert ET.parse(picture).getroot().get("aria-label") == "400 made-up sessions, seed 3"
    assert "minutes waited by people" in dyad(*run[:-1])[1]


def test_ten_thousand_sessions_are_simulated_within_half_a_minute(harbour: str) -> None:
    simulated = json.loads(dyad("policy", "simulate", harbour, "--json")[1])
    assert simulated["after"]["sessions"] == 10_000
    assert simulated["seconds"] < 30


def test_simulate_replays_what_was_recorded(harbour: str, tmp_path: Path) -> None:
    asyncio.run(_record(tmp_path, 40))
    code, out, _ = dyad("policy", "simulate", harbour, "--data", str(tmp_path), "--json")
    assert code == 0
    assert json.loads(out)["before"]["sessions"] == 40


def test_a_policy_is_adopted_once_it_is_proven(harbour: str, unsafe: str, tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"))
    code, out, _ = dyad("policy", "adopt", harbour, *where, "--json")
    assert (code, json.loads(out)["policy"]) == (0, "harbour@1")
    code, _, err = dyad("policy", "adopt", unsafe, *where)
    assert (code, "is not safe: solo-agreed" in err) == (1, True)
    Path(harbour).write_text("name: harbour\nversion: 1\n", encoding="utf-8")
    code, _, err = dyad("policy", "adopt", harbour, *where)
    assert (code, "a new version" in err) == (1, True)
    assert dyad("policy", "adopt", "default", *where)[0] == 0
    rows = json.loads(dyad("policy", "list", *where, "--json")[1])
    assert [row["policy"] for row in rows] == ["harbour@1", "default@1"]


def test_a_session_keeps_the_policy_it_began_under(tmp_path: Path) -> None:
    """K-rows under a changed policy: who began under version 1 ends under it, who begins later gets version 2."""
    asyncio.run(_two_versions(tmp_path))


async def _two_versions(folder: Path) -> None:
    async with house(speed=1, data=folder) as home:
        alex = await home.enters("a")
        book, session = home.built.book, home.links.session
        began = await home.built.dispatcher.session(session)
        assert began.began_under == "default@1"
        await book.adopt("name: harbour\nversion: 1\nparameters:\n  no_show_after: 40 min\n", home.built.clock.now())
        assert home.built.dispatcher.policy_of(began).name == "default@1"
        known = next(moment for moment in alex.view["moments"] if moment["kind"] == "known")
        assert datetime.fromisoformat(known["at"]) == home.starts_at + timedelta(minutes=15)
        later = Session("later", plan=began.plan)
        assert home.built.dispatcher.policy_of(later).no_show_after == timedelta(minutes=40)


def test_a_folder_with_nothing_to_replay_is_said_to_be_so(harbour: str, tmp_path: Path) -> None:
    asyncio.run(_record(tmp_path, 0))
    code, _, err = dyad("policy", "simulate", harbour, "--data", str(tmp_path))
    assert (code, "no session that is over" in err) == (1, True)


async def _record(folder: Path, sessions: int) -> None:
    store = await SqliteStore.open(folder / RECORD)
    try:
        for number, what in enumerate(synthetic_year(sessions, seed=2)):
            live = Live(what, DEFAULT_POLICY)
            live.run()
            await store.append(Append(f"s{number}", 0, tuple(live.lines), None))
    finally:
        await store.close()
