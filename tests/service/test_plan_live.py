"""The relapse prevention plan live: both write at once and lose nothing, and whatever shouldn't be is refused."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from pycrdt import Text

from server.application.roles import ADMINISTRATOR
from server.http.relapse_plan import MOST_A_SECOND, MOST_MESSAGE
from tests.service.plan_pens import Pen, Table, at_the_table
from tests.service.support import eventually
from tests.service.test_first_day import person

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


MALFORMED = (
    "",
    "nothing",
    "[]",
    "{}",
    '{"t": "update"}',
    '{"t": "update", "update": 7}',
    '{"t": "update", "update": "§"}',
    '{"t": "ask", "vector": null}',
    "[" * 50_000,
)
UNKNOWN = "x" * 43
OPENINGS = (
    "x",
    "[]",
    "{}",
    '{"token": 1, "couple": null, "vector": ""}',
    f'{{"token": "{UNKNOWN}", "couple": null, "vector": ""}}',
    f'{{"token": "{UNKNOWN}", "couple": [], "vector": ""}}',
)


async def both(table: Table) -> tuple[Pen, Pen]:
    alex, robin = await table.sits("a"), await table.sits("b")
    for pen in (alex, robin):
        await pen.until_open()
    return alex, robin


async def console(table: Table) -> str:
    """The token of the therapist's screen."""
    token: str = (await table.desk.does("POST", f"/sessions/{table.session}/open", {}))["token"]
    return token


async def apart(table: Table) -> None:
    """Another couple of the clinic: Sam and Max, who must never meet."""
    seen, staff = await table.desk.gets(f"/couples/{table.couple}"), (await table.desk.gets())["staff"][0]["id"]
    pair = [{"person": person(name, "America/Chicago"), "place": "US-NY"} for name in ("Sam", "Max")]
    body = {"therapist": staff, "partners": pair, "starts_on": seen["plan"]["starts_on"], "keep_apart": True}
    await table.desk.does("POST", "/couples", body)


async def kept(table: Table, token: str, words: str) -> dict[str, object]:
    """The plan on the record once it says that."""

    async def look() -> dict[str, object] | None:
        _, plan = await table.asks(token)
        return plan if words in plan["sections"]["triggers"] else None

    found: dict[str, object] = await eventually(look, f"the record says {words!r}")
    return found


async def test_two_write_the_same_part_at_once_and_one_was_away_meanwhile() -> None:
    async with at_the_table() as table:
        alex, robin = await both(table)
        await alex.writes("triggers", "Fridays. ")
        await robin.writes("triggers", "The bar. ")
        for pen in (alex, robin):
            await pen.until(lambda pen=pen: len(pen.text("triggers")) == 18, "both have both")  # type: ignore[misc]
        assert robin.socket is not None
        await robin.socket.close()
        await alex.until_open(False)
        away = robin.scribbles("coping", "A walk. ")
        await alex.writes("coping", "Calling Jo. ")
        await alex.until_refused("alone")
        again = await table.sits("b")
        again.doc = robin.doc
        await again.until_open()
        await again.sends(away)
        await alex.says({"t": "ask", "vector": base64.b64encode(alex.doc.get_state()).decode()})
        await alex.sends(alex.doc.get_update())
        for pen in (alex, again):
            await pen.until(lambda pen=pen: len(pen.text("coping")) == 20, "nothing is lost")  # type: ignore[misc]
        assert alex.text("coping") == again.text("coping")
        assert alex.text("triggers") == again.text("triggers")


async def test_it_counts_when_both_signed_the_same_words_and_no_longer_when_one_changes() -> None:
    async with at_the_table() as table:
        alex, _ = await both(table)
        await alex.writes("triggers", "Fridays.")
        a, b = await table.token("a"), await table.token("b")
        number = (await kept(table, a, "Fridays."))["version"]
        for token, counts in ((a, False), (b, True)):
            status, plan = await table.asks(token, "/signature", {"version": number, "name": "Me"})
            assert (status, plan["counts"]) == (200, counts)
        await alex.writes("triggers", "Only some ")
        plan = await kept(table, a, "Only some Fridays.")
        assert (plan["counts"], plan["version"]) == (False, int(str(number)) + 1)
        status, problem = await table.asks(a, "/signature", {"version": number, "name": "Me"})
        assert (status, problem["type"]) == (422, "urn:dyad:problem:plan_changed")
        assert (await table.asks(a, "/signature", {"version": plan["version"], "name": "Me"}))[1]["counts"] is False
        status, before = await table.asks(b, f"/versions/{number}")
        assert (status, before["sections"]["triggers"]) == (200, "Fridays.")
        assert (await table.asks(b, "/versions/99"))[0] == 404
        status, problem = await table.asks(await console(table), "/signature", {"version": 1, "name": "Dr. Rivera"})
        assert (status, problem["type"]) == (422, "urn:dyad:problem:not_theirs_to_sign")


async def test_reading_needs_nobody_else_and_writing_needs_both_in_one_session() -> None:
    async with at_the_table() as table:
        alex = await table.sits("a")
        portal = await table.desk.mailed("robin@example.org", "portal")
        robin = await table.opens(portal)
        elsewhere = await table.opens(await table.token("b", "another-session"))
        for pen in (alex, robin, elsewhere):
            await pen.until_open(False)
            await pen.writes("triggers", "Mine alone.")
            await pen.until_refused("alone")
        status, plan = await table.asks(portal)
        assert (status, plan["sections"]["triggers"], plan["version"]) == (200, "", 0)


async def test_a_full_part_is_refused_and_takes_words_again_once_it_is_shorter() -> None:
    async with at_the_table() as table:
        alex, robin = await both(table)
        before = alex.doc.get_state()
        await alex.writes("triggers", "x" * 4001)
        await alex.until_refused("plan_full")
        assert robin.text("triggers") == ""
        del alex.doc.get("triggers", type=Text)[:4000]
        await alex.sends(alex.doc.get_update(before))
        await robin.until(lambda: robin.text("triggers") == "x", "the shortened part")


async def test_what_is_no_message_ends_the_connection_and_changes_nothing() -> None:
    async with at_the_table() as table:
        robin = await table.sits("b")
        for message in MALFORMED:
            robin.heard.clear()
            alex = await table.sits("a")
            await alex.until_open()
            await alex.says(message)
            await alex.until_refused("malformed")
            await alex.until_closed()
            await robin.until(lambda: {"t": "presence", "here": ["b"], "open": False} in robin.heard, "Alex has gone")
        assert (await table.asks(await table.token("b")))[1]["version"] == 0


async def test_bytes_that_ask_for_a_gigabyte_are_refused_before_anything_is_made_of_them() -> None:
    async with at_the_table() as table:
        alex, robin = await both(table)
        for update in (bytes.fromhex("f2b59ae0220efd57"), b"\xff\xff\xff\xff\x0f" * 3, b"", bytes(3)):
            alex.heard.clear()
            await alex.sends(update)
            await alex.until_refused("malformed")
        vector = base64.b64encode(b"\xff\xff\xff\xff\x07\x01").decode()
        await alex.says({"t": "ask", "vector": vector})
        await alex.writes("coping", "A walk.")
        await robin.until(lambda: robin.text("coping") == "A walk.", "the connection goes on")


async def test_too_large_and_too_fast_end_the_connection() -> None:
    async with at_the_table() as table:
        alex, robin = await both(table)
        await alex.says({"t": "update", "update": "A" * MOST_MESSAGE})
        await alex.until_closed()
        for _ in range(3 * MOST_A_SECOND):
            await robin.says({"t": "ask", "vector": "AA=="})
        await robin.until_refused("too_many_requests")
        await robin.until_closed()


async def test_a_page_that_does_not_say_who_it_is_stays_outside() -> None:
    async with at_the_table() as table:
        for opening in OPENINGS:
            stranger = await table.opens("", first=opening)
            await stranger.until(lambda pen=stranger: bool(pen.heard), "an answer")  # type: ignore[misc]
            assert stranger.heard[0]["t"] == "refused"
            await stranger.until_closed()
        alex = await table.sits("a")
        await alex.until_open(False)
        assert [one["here"] for one in alex.heard if one["t"] == "presence"] == [["a"]]


async def test_a_wrong_state_vector_leaves_nobody_sitting_at_the_table() -> None:
    async with at_the_table() as table:
        token = await table.token("b")
        ghost = await table.opens(token, first=f'{{"token": "{token}", "couple": null, "vector": "/////w8="}}')
        await ghost.until_refused("malformed")
        alex = await table.sits("a")
        await alex.until_open(False)
        assert [one["here"] for one in alex.heard if one["t"] == "presence"] == [["a"]]


async def test_whose_plan_it_is_not_neither_reads_nor_opens_it() -> None:
    async with at_the_table() as table:
        links, hour = table.desk.built.links, timedelta(hours=1)
        office = await links.mint(ADMINISTRATOR, None, ADMINISTRATOR, "clinic", hour)
        await apart(table)
        sam = await table.desk.mailed("sam@example.org", "portal")
        for token, couple in ((office, table.couple), (sam, table.couple), (sam, ""), (table.desk.token, "no-couple")):
            assert (await table.asks(token, couple=couple))[0] == 404, couple
            assert (await table.asks(token, "/pdf", couple=couple))[0] == 404
            pen = await table.opens(token, couple or None)
            await pen.until_refused("unknown")
        kim = await table.desk.mailed("kim@example.org", "portal")
        pen = await table.opens(kim, table.couple)  # a client's link opens their own plan, whatever it names
        await pen.until_open(False)
        _, plan = await table.asks(kim, couple=table.couple)
        assert plan["couple"] != table.couple


async def test_whose_link_is_taken_back_reads_on_no_longer() -> None:
    async with at_the_table() as table:
        alex, robin = await both(table)
        await table.desk.built.links.revoke(table.session, "b")
        await robin.until_refused("unknown")
        await robin.until_closed()
        await alex.until_open(False)
        assert not any(one["t"] == "refused" for one in alex.heard)
