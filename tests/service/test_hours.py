"""A couple's hours and its report over the wire: who may see what, and that a correction corrects every figure (D5)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from server.bots import bot
from server.domain.attendance import Kind
from tests.service.past_clinic import Clinic, clinic_at
from tests.service.support import eventually
from tests.service.test_first_day import Desk, wanted

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

WEDNESDAY = datetime(2026, 11, 25, 17, tzinfo=UTC)  # noon in New York, the clinic's own zone
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
NOVEMBER = "first=2026-11-01&last=2026-11-30"


@pytest_asyncio.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    """In the third week: together twice, Robin alone once, and on Monday a session that Robin didn't come to."""
    async with clinic_at(WEDNESDAY, tmp_path, MONDAY - timedelta(weeks=2)) as here:
        both, robin = here.partners, {"a": here.partners["b"]}
        await here.held("two-weeks-ago", MONDAY - timedelta(weeks=2), both)
        await here.held("last-week", MONDAY - timedelta(weeks=1), both)
        await here.held("robin-alone", MONDAY - timedelta(days=6), robin, Kind.INDIVIDUAL, minutes=40)
        await here.held("monday", MONDAY, both, comes="a")
        await here.plans("friday", MONDAY + timedelta(days=4), both)
        await here.plans("robin-friday", MONDAY + timedelta(days=4, hours=3), robin, Kind.INDIVIDUAL)
        yield here


async def hours(desk: Desk, couple: str) -> dict[str, Any]:
    return await desk.gets(f"/couples/{couple}/hours")


async def report(desk: Desk, couple: str) -> dict[str, Any]:
    return await desk.gets(f"/couples/{couple}/report?{NOVEMBER}")


async def corrects(clinic: Clinic, session: str, who: str, outcome: str | None, reason: str) -> None:
    """As the therapist does it: on the console of that session."""
    door = await clinic.desk.does("POST", f"/sessions/{session}/open", {})
    async with bot(f"{clinic.office.built.settings.base_url}/console#{door['token']}") as therapist:
        await therapist.join(media=False)
        await therapist.ask("correct_outcome", participant=who, outcome=outcome, reason=reason)


async def figures(clinic: Clinic) -> dict[str, Any]:
    """Everything that is told of Monday's session, by whoever tells it."""
    told, listed = await hours(clinic.desk, clinic.couple), await report(clinic.desk, clinic.couple)
    _, _, file = await clinic.file(clinic.desk, f"/couples/{clinic.couple}/report.csv?{NOVEMBER}")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    monday = [row for row in rows if row["starts_at"].startswith("2026-11-23")]
    alex, robin = await clinic.portal("a"), await clinic.portal("b")
    week = told["weeks"][-1]["partners"]
    friday = (await clinic.office.built.dispatcher.session("friday")).plan
    assert friday is not None
    (line,) = [one for one in listed["sessions"] if one["id"] == "monday"]
    return {
        "ledger": {key: (week[key]["joint"], week[key]["individual"], week[key]["solo"]) for key in "ab"},
        "forecast": {key: told["this_week"]["partners"][key]["done"] for key in "ab"},
        "strands": next(knot["marks"] for knot in told["knots"] if knot["session"] == "monday"),
        "report": {key: (part["outcome"], part["joint"], part["individual"]) for key, part in line["partners"].items()},
        "claims": {(one["who"], one["code"]) for one in listed["claims"] if one["sessions"] == ["monday"]},
        "csv": [(row["partner"], row["outcome"], row["minutes_together"], row["minutes_alone"]) for row in monday],
        "portal": (alex["minutes"], robin["minutes"]),
        "together": [page["together"][-2]["together"] for page in (alex, robin)],
        "drift": await recent(clinic),
        "streaks": {
            key: (friday.partners[key].consecutive_misses, friday.partners[key].consecutive_solo) for key in "ab"
        },
    }


async def recent(clinic: Clinic) -> list[dict[str, Any]]:
    drift: list[dict[str, Any]] = (await clinic.desk.gets(f"/couples/{clinic.couple}/weeks/3"))["drift"]
    return drift


async def test_correcting_an_attendance_corrects_every_figure_that_rests_on_it(clinic: Clinic) -> None:
    nothing = {"joint": 0, "individual": 0, "group": 0}
    before = await figures(clinic)
    assert before == {
        "ledger": {"a": (0, 35, 35), "b": (0, 0, 0)},
        "forecast": {"a": 35, "b": 0},
        "strands": ["alone", "away"],
        "report": {"a": ("attended", 0, 35), "b": ("no_show", 0, 0)},
        "claims": {("a", "90832"), ("b", "90846")},
        "csv": [("Alex", "attended", "0", "35"), ("Robin", "no_show", "0", "0")],
        "portal": (nothing | {"individual": 35}, nothing),
        "together": [False, False],
        "drift": [],
        "streaks": {"a": (0, 1), "b": (1, 0)},
    }
    # Alex was taken for somebody else: that time is nobody's.
    await corrects(clinic, "monday", "a", "no_show", "It was not Alex.")
    await corrects(clinic, "monday", "b", "technical", "Robin's line was down.")

    async def counted() -> bool:
        return bool((await figures(clinic))["streaks"] == {"a": (1, 0), "b": (0, 0)})

    await eventually(counted, "the streaks in Friday's session", 20)
    after = await figures(clinic)
    assert after == {
        "ledger": {"a": (0, 0, 0), "b": (0, 0, 0)},
        "forecast": {"a": 0, "b": 0},
        "strands": ["away", "technical"],
        "report": {"a": ("no_show", 0, 0), "b": ("technical", 0, 0)},
        "claims": set(),
        "csv": [("Alex", "no_show", "0", "0"), ("Robin", "technical", "0", "0")],
        "portal": (nothing, nothing),
        "together": [False, False],
        "drift": [],
        "streaks": {"a": (1, 0), "b": (0, 0)},
    }
    assert after["ledger"] != before["ledger"]


async def test_a_correction_back_gives_back_what_the_record_has(clinic: Clinic) -> None:
    """Two were together last week; one is corrected away, and back again."""
    first = await report(clinic.desk, clinic.couple)
    assert await together(clinic) == [[True, True, False]] * 2
    await corrects(clinic, "last-week", "b", "no_show", "We mixed two people up.")
    assert await together(clinic) == [[True, False, False]] * 2
    changed = await report(clinic.desk, clinic.couple)
    (line,) = [one for one in changed["sessions"] if one["id"] == "last-week"]
    assert line["partners"]["a"]["joint"] == 0
    assert line["partners"]["a"]["solo"] == 45
    assert line["partners"]["b"]["without"] == 45
    assert {(one["who"], one["code"]) for one in changed["claims"] if one["sessions"] == ["last-week"]} == {
        ("a", "90834"),
        ("b", "90846"),
    }
    await corrects(clinic, "last-week", "b", "attended", "It was them after all.")
    assert await together(clinic) == [[True, True, False]] * 2
    back = await report(clinic.desk, clinic.couple)
    assert (back["totals"], back["claims"]) == (first["totals"], first["claims"])
    assert [(one["before"], one["after"], one["reason"]) for one in line["corrections"]] == [
        ("attended", "no_show", "We mixed two people up.")
    ]


async def together(clinic: Clinic) -> list[list[bool]]:
    """Of the sessions for two that are over, whether both were there, as each of them sees it."""
    pages = [await clinic.portal(key) for key in "ab"]
    return [[mark["together"] for mark in page["together"] if not mark["to_come"]] for page in pages]


async def test_each_sees_what_is_theirs_to_see(clinic: Clinic) -> None:
    path = f"/couples/{clinic.couple}"
    await corrects(clinic, "monday", "b", "excused", "CANARY: Robin relapsed.")
    for desk in (clinic.desk, clinic.team):
        assert (await hours(desk, clinic.couple))["weeks"]
        assert "CANARY" in json.dumps(await report(desk, clinic.couple))
    # Who isn't in care of them finds no such couple, and a client's link is for something else.
    for ask in ("/hours", f"/report?{NOVEMBER}", f"/report.csv?{NOVEMBER}", f"/report.pdf?{NOVEMBER}"):
        assert (await clinic.file(clinic.other, path + ask))[0] == 404
        for token in clinic.portals.values():
            assert (await clinic.file(Desk(clinic.office.built, token), path + ask))[0] == 403
    # The office bills: it has the report and the hints, and nothing that somebody wrote.
    assert (await clinic.file(clinic.office, path + "/hours"))[0] == 403
    seen = await report(clinic.office, clinic.couple)
    (line,) = [one for one in seen["sessions"] if one["id"] == "monday"]
    assert [(one["after"], one["reason"]) for one in line["corrections"]] == [("excused", None)]
    assert seen["claims"]
    for kind in ("csv", "pdf"):
        status, _, body = await clinic.file(clinic.office, f"{path}/report.{kind}?{NOVEMBER}")
        assert status == 200
        assert b"CANARY" not in body
    assert "CANARY" not in json.dumps([seen, await clinic.portal("a"), await clinic.portal("b")])


async def test_a_client_sees_their_own_minutes_and_never_what_the_other_did_alone(clinic: Clinic) -> None:
    alex, robin = await clinic.portal("a"), await clinic.portal("b")
    assert alex["minutes_to_come"] == {"joint": 50, "individual": 0, "group": 0}
    assert robin["minutes_to_come"] == {"joint": 50, "individual": 50, "group": 0}
    assert (alex["sessions_to_come"]["individual"], robin["sessions_to_come"]["individual"]) == (0, 1)
    week = ("minutes", "minutes_to_come", "sessions_to_come")
    body = {"reason": "space", "late": None}
    for id in ("friday", "robin-friday"):
        reply = await clinic.tells("b", id, body)
        assert reply["minutes_to_come"] != robin["minutes_to_come"]
    after = await clinic.portal("a")
    assert [after[part] for part in week] == [alex[part] for part in week]


async def test_a_short_week_says_what_would_make_it_up_and_taking_that_does(clinic: Clinic) -> None:
    told = await hours(clinic.desk, clinic.couple)
    week = told["this_week"]
    assert week["partners"]["a"]["done"] == 35
    assert week["partners"]["b"]["planned"] == 100
    short = {key: week["partners"][key]["short"] for key in "ab"}
    assert short == {"a": 540 - 35 - 50, "b": 540 - 100}
    look = await clinic.desk.gets(f"/couples/{clinic.couple}/weeks/{week['number']}")

    chosen = [
        one
        for one in look["proposed"]
        for choice in week["made_up_with"]
        if all(one[part] == choice[part] for part in ("kind", "starts_at", "group"))
        and set(one["who"]) <= set(choice["who"])
    ]
    assert len({(one["starts_at"], one["group"]) for one in chosen}) == len(week["made_up_with"])
    assert chosen
    body = {"sessions": wanted(chosen), "seen": look["seen"]}
    await clinic.desk.does("POST", f"/couples/{clinic.couple}/weeks/{week['number']}", body)
    after = (await hours(clinic.desk, clinic.couple))["this_week"]["partners"]
    # What still was short with all of them is what is short now, and nothing more.
    assert {key: after[key]["short"] for key in "ab"} == {key: week["partners"][key]["left"] for key in "ab"}


async def test_a_report_that_can_t_be_made_is_refused(clinic: Clinic) -> None:
    for ask, status, code in (
        ("report", 400, "malformed"),
        ("report?first=2026-11-01&last=soon", 400, "malformed"),
        ("report?first=2026-11-01&last=20261130", 400, "malformed"),
        ("report?first=2026-11-02&last=2026-11-01", 422, "period_unfit"),
        ("report?first=2026-01-01&last=2027-01-02", 422, "period_too_long"),
        ("report.csv?first=0001-01-01&last=0001-01-02", 422, "period_unfit"),
        ("report.xls?first=2026-11-01&last=2026-11-30", 404, "http_404"),
    ):
        answered, problem = await clinic.desk.asks("GET", f"/couples/{clinic.couple}/{ask}")
        assert (answered, problem["type"]) == (status, f"urn:dyad:problem:{code}"), ask


async def test_a_file_is_named_by_its_days_and_by_nobody(clinic: Clinic) -> None:
    for kind, type in (("csv", "text/csv; charset=utf-8"), ("pdf", "application/pdf")):
        _, headers, body = await clinic.file(clinic.desk, f"/couples/{clinic.couple}/report.{kind}?{NOVEMBER}")
        assert headers["Content-Type"] == type
        assert headers["Content-Disposition"] == f'attachment; filename="attendance-2026-11-01-2026-11-30.{kind}"'
        assert headers["Cache-Control"] == "no-store"
        assert body


async def test_solo_sessions_that_take_over_raise_the_alarm(tmp_path: Path) -> None:
    """Alex was seen alone three times and together once in three weeks: the team is told, and both are shown it."""
    async with clinic_at(WEDNESDAY, tmp_path, MONDAY - timedelta(weeks=3)) as here:
        for n, comes in enumerate(("ab", "a", "a")):
            await here.held(f"s{n}", MONDAY - timedelta(days=14 - 3 * n), here.partners, comes=comes)
        assert await recent_of(here) == {"a": (70, 45), "b": (0, 45)}
        assert await recent(here) == []
        await here.held("s3", MONDAY, here.partners, comes="a")
        assert await recent_of(here) == {"a": (105, 45), "b": (0, 45)}
        assert await recent(here) == [{"who": "a", "solo": 105, "joint": 45}]
        # A correction takes the alarm back.
        await corrects(here, "s3", "a", "technical", "The line was down.")
        await corrects(here, "s3", "a", "no_show", "Nobody was seen.")
        assert await recent(here) == []


async def recent_of(clinic: Clinic) -> dict[str, tuple[int, int]]:
    look = await clinic.desk.gets(f"/couples/{clinic.couple}/weeks/4")
    return {key: (one["solo"], one["joint"]) for key, one in look["recent"].items()}
