"""Health and metrics of a running service: what they tell, and when they turn red."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.domain.session.commands import Cancel, PlanSession
from server.telemetry.metrics import OTHER, Metrics
from tests.media.support import worker
from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


async def ready(home: House) -> tuple[int, dict[str, bool]]:
    async with aiohttp.ClientSession() as http, http.get(f"{home.links.base_url}/readyz") as answer:
        return answer.status, (await answer.json())["checks"]


async def scraped(home: House) -> dict[str, float]:
    """Every sample, by its name and labels."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{home.built.metrics_port}/metrics") as one:
        text = await one.text()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.mark.alone
async def test_ready_means_record_schema_timers_and_media() -> None:
    async with house() as home:
        assert await ready(home) == (200, {"database": True, "migrations": True, "timers": True, "media": True})
        pid = worker(home.built.media).pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # so that the next one isn't there at once
        os.kill(pid, signal.SIGKILL)

        async def media_is_red() -> bool:
            status, checks = await ready(home)
            return status == 503 and not checks["media"]

        await eventually(media_is_red, "the media worker missed")

        async def well_again() -> bool:
            return (await ready(home))[0] == 200

        await eventually(well_again, "another worker", 60)
        await home.built.store.close()
        status, checks = await ready(home)
        assert (status, checks["database"]) == (503, False)


async def test_metrics_tell_how_it_goes() -> None:
    async with house(speed=60, metrics_port=0) as home:
        await home.enters("a")
        plan = (await home.built.dispatcher.session(home.links.session)).plan
        assert plan is not None
        other = replace(plan, starts_at=plan.starts_at + timedelta(days=2))
        await home.built.dispatcher.submit("other", PlanSession(other))

        async def all_seen() -> dict[str, float] | None:
            await home.built.observer.look()
            now = await scraped(home)
            well = now["dyad_people_connected"] == 1 and now["dyad_chain_seals"] > 0
            return now if well and now["dyad_deadline_lateness_seconds_count"] > 0 else None

        now = await eventually(all_seen, "people, seals and a deadline in the metrics")
        assert now["dyad_sessions{status=planned}"] == 2
        assert now["dyad_append_seconds_count"] >= 3
        assert now["dyad_outbox_dead"] == 0
        head = await home.built.store.head()
        if head.n == now["dyad_chain_seals"]:
            assert int(now["dyad_chain_head"]) == int.from_bytes(head.chain[:6])
        await home.built.dispatcher.submit("other", Cancel())
        await home.built.observer.look()
        assert (await scraped(home))["dyad_sessions{status=planned}"] == 1


async def test_no_label_names_anybody_and_there_are_few_of_them() -> None:
    async with house(metrics_port=0) as home:
        await home.enters("a")
        await home.built.observer.look()
        now = await scraped(home)
        assert len(now) < 250
        labels = {match for name in now for match in re.findall(r"(\w+)=", name)}
        assert labels == {"status", "clause", "le"}
        assert not any(secret in name for name in now for secret in (home.links.session, "Alex", "alex", "p-"))


async def test_a_clause_of_a_programme_s_own_is_counted_without_its_name() -> None:
    metrics = Metrics(frozenset({"J1"}))
    for clause in ("J1", "the-miller-case", "another"):
        metrics.decided(clause)
    text = metrics.text().decode()
    assert 'dyad_decisions_total{clause="J1"} 1.0' in text
    assert f'dyad_decisions_total{{clause="{OTHER}"}} 2.0' in text
    assert "miller" not in text
