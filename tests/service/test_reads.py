"""Reads of personal data are recorded: who asked for what of whom, chained, and without what was read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server import operating
from tests.service.support import house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


async def test_who_reads_is_written_down_once_a_minute_and_nothing_of_what_was_read(tmp_path: Path) -> None:
    async with house(data=tmp_path) as home:
        session, token = home.links.session, home.token(home.links.therapist)
        for _ in range(5):
            assert (await home.rest("GET", f"/v1/sessions/{session}/explain", token))[0] == 200
        await home.rest("GET", f"/v1/sessions/{session}/explain", home.token(home.links.partner_a))
        await home.rest("GET", "/v1/clinic", home.token(home.links.clinic))
        await home.enters("therapist")
        await home.built.sealer.seal()
    reads: list[dict[str, Any]] = []
    await operating.export_record(tmp_path, True, reads.append)
    told = [(read["person"], read["role"], read["kind"], read["owner"]) for read in reads]
    assert told.count(("p-rivera", "therapist", "/v1/sessions/{id}/explain", session)) == 1
    assert ("p-rivera", "therapist", "/v1/clinic", "") in told
    assert ("p-rivera", "therapist", "console", session) in told
    assert ("p-alex", "a", "/v1/sessions/{id}/explain", session) in told, "it was refused, and asked for"
    assert [read["seq"] for read in reads] == list(range(1, len(reads) + 1))
    assert not any(name in json.dumps(reads) for name in ("Alex", "Robin", "Rivera", "example.com"))
    found = await operating.examine_record(tmp_path, None)
    assert (found.reads, found.broken) == (len(reads), None)
