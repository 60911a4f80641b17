"""A network that lets no UDP through: everything goes by TCP to the relay, and the session is as any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from server.bootstrap import addresses
from tests.e2e.people import KEEP_PEERS, sees, window
from tests.support.browser import chromium_path, chromium_running
from tests.support.coturn import SECRET, coturn_running
from tests.support.network import udp_blocked

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(180)]

# How the last connection of the page goes out: its own end of the pair that carries, and how it reaches the relay.
ROUTE = """async () => {
  const stats = [...(await window.peers.at(-1).getStats()).values()];
  const transport = stats.find(one => one.type === 'transport');
  const pair = stats.find(one => one.id === transport.selectedCandidatePairId);
  const own = stats.find(one => one.id === pair.localCandidateId);
  return [own.candidateType, own.relayProtocol];
}"""


async def route(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(ROUTE)
    return found


async def test_where_udp_is_blocked_all_three_meet_over_the_relay_by_tcp(tmp_path: Path) -> None:
    own = addresses()[0]
    with coturn_running(tmp_path, own, listen=own) as relay, udp_blocked(tmp_path, chromium_path()) as elsewhere:
        turn = (f"turn:{own}:{relay.port}?transport=udp", f"turn:{own}:{relay.port}?transport=tcp")
        async with (
            chromium_running("--ignore-certificate-errors", executable=elsewhere) as browser,
            window(browser, prepare=KEEP_PEERS, lan=True, turn=turn, turn_secret=SECRET) as opened,
        ):
            therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
            await therapist.get_by_role("button", name="Let both in and start").click()
            for page, others in ((therapist, "ab"), (alex, ("therapist", "b")), (robin, ("therapist", "a"))):
                await sees(page, *others)
                assert await route(page) == ["relay", "tcp"]
