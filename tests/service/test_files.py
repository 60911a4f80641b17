"""Notes of couple work and of individual work over the wire: two files behind one wall, and never one in the other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.service.test_first_day import Desk, first_day, set_up
from tests.service.test_portal import asks, gets

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


def note(text: str, day: str = "2026-03-02") -> dict[str, Any]:
    return {"note": {"day": day, "text": text}}


async def written(desk: Desk, couple: str) -> None:
    """One note in each of the couple's three files, each with a word of its own."""
    for file in ("couple", "a", "b"):
        await desk.does("POST", f"/couples/{couple}/files/{file}", note(f"CANARY-{file}"))


async def test_what_lies_in_one_file_is_in_no_other_and_in_no_partners_hands() -> None:
    async with first_day() as office:
        desk, (couple, other) = await set_up(office)
        await written(desk, couple)
        for file in ("couple", "a", "b"):
            seen = json.dumps(await desk.gets(f"/couples/{couple}/files/{file}"))
            assert [one for one in ("couple", "a", "b") if f"CANARY-{one}" in seen] == [file]
        seen = json.dumps(
            [await desk.gets(), await desk.gets(f"/couples/{couple}"), await desk.gets(f"/couples/{other}")]
        )
        assert "CANARY" not in seen
        for name in ("alex", "robin", "kim"):
            token = await desk.mailed(f"{name}@example.org", "portal")
            assert "CANARY" not in json.dumps(await gets(desk, token))
            for file in ("couple", "a", "b"):
                assert (await Desk(desk.built, token).asks("GET", f"/couples/{couple}/files/{file}"))[0] == 403


async def test_neither_the_office_nor_a_therapist_who_does_not_care_for_them_reads_a_note() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        await written(desk, couple)
        (kept,) = (await desk.gets(f"/couples/{couple}/files/a"))["notes"]
        hours = [[0, "09:00", "17:00"]]
        marsh = {"name": "Marsh", "email": "marsh@example.org", "zone": "UTC", "hours": hours, "language": "en"}
        await office.does("POST", "/staff", {"person": marsh, "licences": []})
        stranger = Desk(desk.built, await desk.mailed("marsh@example.org", "clinic"))
        for who, status in ((office, 403), (stranger, 404)):
            for file in ("couple", "a", "b"):
                address = f"/couples/{couple}/files/{file}"
                assert (await who.asks("GET", address))[0] == status
                assert (await who.asks("POST", address, note("mine")))[0] == status
                assert (await who.asks("GET", f"{address}/{kept['id']}"))[0] == status
                change = {**note("mine"), "seen": 1}
                assert (await who.asks("PUT", f"{address}/{kept['id']}", change))[0] == status
        assert len((await desk.gets(f"/couples/{couple}/files/a"))["notes"]) == 1


async def test_a_corrected_note_keeps_what_it_said_before_and_who_looked_first_looks_again() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        file = f"/couples/{couple}/files/couple"
        (first,) = (await desk.does("POST", file, note("They listen.")))["notes"]
        assert (first["by"], first["day"], first["revision"]) == ("Rivera", "2026-03-02", 1)
        change = {**note("They listened today."), "seen": 1}
        (second,) = (await desk.does("PUT", f"{file}/{first['id']}", change))["notes"]
        assert (second["text"], second["revision"]) == ("They listened today.", 2)
        versions = (await desk.gets(f"{file}/{first['id']}"))["versions"]
        assert [one["text"] for one in versions] == ["They listen.", "They listened today."]
        status, problem = await desk.asks("PUT", f"{file}/{first['id']}", change)
        assert (status, problem["type"]) == (409, "urn:dyad:problem:changed_meanwhile")


async def test_a_note_can_t_be_reached_or_changed_through_another_file() -> None:
    async with first_day() as office:
        desk, (couple, other) = await set_up(office)
        await written(desk, couple)
        (own,) = (await desk.gets(f"/couples/{couple}/files/a"))["notes"]
        for wrong in (f"{couple}/files/couple", f"{couple}/files/b", f"{other}/files/a", f"{couple}/files/c"):
            assert (await desk.asks("GET", f"/couples/{wrong}/{own['id']}"))[0] == 404
            assert (await desk.asks("PUT", f"/couples/{wrong}/{own['id']}", {**note("x"), "seen": 1}))[0] == 404


async def test_an_empty_an_endless_or_a_shapeless_note_is_refused_and_kept_nowhere() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        file = f"/couples/{couple}/files/couple"
        for body, status in (
            (note(" \n "), 422),
            (note("x" * 4001), 422),
            (note("a\x00b"), 422),
            (note("x", "someday"), 400),
            ({"note": {"day": "2026-03-02", "text": "x", "by": "me"}}, 400),
            ({**note("x"), "seen": 0}, 400),
        ):
            assert (await desk.asks("POST", file, body))[0] == status, body
        assert (await desk.gets(file))["notes"] == []


async def test_staff_change_how_a_client_is_reached_and_the_client_keeps_what_is_theirs() -> None:
    async with first_day() as office:
        desk, (couple, _) = await set_up(office)
        alex = await desk.mailed("alex@example.org", "portal")
        before = (await desk.gets(f"/couples/{couple}"))["partners"][0]
        contact = {
            "name": "Alex", "email": "alex.new@example.org", "zone": "America/Los_Angeles", "place": "US-CA",
            "language": "es", "safe_from": 10, "safe_until": 18,
        }  # fmt: skip
        path = f"/couples/{couple}/contact/a"
        after = (await desk.does("PUT", path, {"contact": contact, "seen": before["revision"]}))["partners"][0]
        assert (after["email"], after["zone"]) == ("alex.new@example.org", "America/Los_Angeles")
        page = await gets(desk, alex)
        assert (page["zone"], page["language"], page["own"]["safe_from"]) == ("America/Los_Angeles", "es", 10)
        for change, code in (
            ({"email": "robin@example.org"}, "email_shared"),
            ({"email": "alex"}, "email_unfit"),
            ({"zone": "Mars/Base"}, "zone_unknown"),
            ({"language": "xx"}, "language_unknown"),
            ({"safe_from": 20}, "hours_unfit"),
        ):
            body = {"contact": {**contact, **change}, "seen": after["revision"]}
            status, problem = await desk.asks("PUT", path, body)
            assert (status, problem["type"]) == (422, f"urn:dyad:problem:{code}")
        status, _ = await desk.asks("PUT", path, {"contact": contact, "seen": before["revision"]})
        assert status == 409
        status, _ = await asks(desk, alex, "PUT", "/contact", {"contact": contact, "seen": 2})
        assert status == 404
