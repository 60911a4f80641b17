"""A network that lets no UDP through: everything goes by TCP to the relay, and the session is as any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

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


async def verdict(page: Page, said: str) -> None:
    await expect(page.locator(".verdict")).to_contain_text(said, timeout=20_000)


async def waits_after(page: Page) -> None:
    """However the check went, it keeps nobody out."""
    await page.get_by_role("button", name="Go to the waiting room").click()
    await page.get_by_role("heading", name="You’re here").wait_for()


@pytest.mark.parametrize(
    ("secret", "theirs", "told"),
    [
        (SECRET, "You’re ready: they will see and hear you.", "all goes over the relay"),
        ("another", "Sound and picture don’t reach us yet", "don’t reach us yet: their network lets neither through"),
    ],
    ids=["relay that takes them", "relay that refuses them"],
)
async def test_the_check_before_a_session_tries_the_relay_and_tells_the_therapist_alone(
    tmp_path: Path, secret: str, theirs: str, told: str
) -> None:
    own = addresses()[0]
    with coturn_running(tmp_path, own, listen=own) as relay, udp_blocked(tmp_path, chromium_path()) as elsewhere:
        turn = (f"turn:{own}:{relay.port}?transport=tcp",)
        async with (
            chromium_running("--ignore-certificate-errors", executable=elsewhere) as browser,
            window(browser, lan=True, turn=turn, turn_secret=secret) as opened,
        ):
            therapist, alex, robin = await opened.opens("therapist"), await opened.opens("a"), await opened.opens("b")
            heard: list[str] = []
            robin.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
            await robin.reload()
            await robin.get_by_role("button", name="Check my camera and sound").wait_for()
            heard.clear()
            await alex.get_by_role("button", name="Check my camera and sound").click()
            await verdict(alex, theirs)
            await waits_after(alex)
            await expect(therapist.locator("[data-partner=a]")).to_contain_text(told)
            assert [frame for frame in heard if "42" in frame[:4]] == []  # pings, and no event


async def test_where_nothing_is_in_the_way_the_check_says_so_without_a_relay(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.opens("a")
        await alex.get_by_role("button", name="Check my camera and sound").click()
        await verdict(alex, "You’re ready: they will see and hear you.")
        row = therapist.locator("[data-partner=a]")
        await expect(row).to_contain_text("is ready: you will see and hear them.")
        await expect(row).not_to_contain_text("relay")
