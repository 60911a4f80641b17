"""Who hears badly reads what the others say: put into words on their own device, and nowhere else."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import Window, sees, window, window_on
from tests.e2e.test_room import accessible
from tests.service.support import eventually
from tests.support.browser import CALM, chromium_running, firefox_running
from tests.support.programs import program

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(400)]

SAID = "I was afraid that you would not come today. I am so glad that you are here."
WORDS = {"afraid", "would", "come", "glad", "here"}
PLAIN = re.compile(r"[a-z]+")
PAUSE = 2  # seconds between one time and the next
OURS = ("recogniser", "encoder_model", "decoder_model", "ort-wasm")


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """Somebody who says the same again and again."""
    sound = tmp_path / "said.wav"
    subprocess.run([program("flite", "flite"), "-voice", "slt", "-t", SAID, "-o", str(sound)], check=True)
    with wave.open(str(sound), "rb") as said:
        params, frames = said.getparams(), said.readframes(said.getnframes())
    with wave.open(str(sound), "wb") as again:
        again.setparams(params)
        again.writeframes(frames + bytes(PAUSE * params.framerate * params.sampwidth))
    return sound


@pytest_asyncio.fixture
async def speaking(spoken: Path) -> AsyncIterator[Browser]:
    async with chromium_running(CALM, f"--use-file-for-fake-audio-capture={spoken}") as browser:
        yield browser


async def together(home: Window, away: Window) -> tuple[Page, Page]:
    """All are in the room, and of those who can be heard Robin alone speaks: a synthetic microphone beeps."""
    therapist, alex = await home.opens("therapist"), await home.waits("a")
    robin = await away.waits("b")
    await therapist.get_by_role("button", name="Let both in and start").click()
    await sees(alex, "therapist", "b")
    for page in (therapist, alex):
        await page.get_by_role("button", name="Mute", exact=True).click()
    return alex, robin


async def captions(page: Page, on: bool = True) -> None:
    await page.get_by_role("button", name="More").click()
    switch = page.get_by_role("button", name="Captions")
    await switch.press("Space")
    await expect(switch).to_have_attribute("aria-pressed", "true" if on else "false", timeout=120_000)
    await page.get_by_role("dialog", name="More").get_by_role("button", name="Close").click()


async def reads(page: Page) -> None:
    """Every word of a sentence, with the name of who said it, within two minutes."""

    async def whole() -> bool:
        lines = await page.get_by_role("log", name="Captions").locator("p").all_inner_texts()
        return any(line.startswith("Robin: ") and set(PLAIN.findall(line.lower())) >= WORDS for line in lines)

    await eventually(whole, "what Robin says", 120)


async def test_who_hears_badly_reads_what_is_said_and_nothing_of_it_leaves_the_device(
    chromium: Browser, speaking: Browser
) -> None:
    async with window(chromium) as home, window_on(home.home, speaking) as away:
        asked: list[str] = []
        home.context.on("request", lambda request: asked.append(request.url))
        sent: list[str | bytes] = []
        home.context.on(
            "page", lambda page: page.on("websocket", lambda to: to.on("framesent", lambda frame: sent.append(frame)))
        )
        alex, robin = await together(home, away)
        for unwatched in home.context.pages:
            await unwatched.get_by_role("button", name="Camera off", exact=True).click()
        assert not any(name in url for url in asked for name in OURS), "nothing is loaded for who doesn't ask"

        asked.clear()
        await captions(alex)
        assert {name for name in OURS if any(name in url for url in asked)} == set(OURS)
        await reads(alex)
        await accessible(alex)
        assert all(url.startswith((home.home.links.base_url, "data:", "blob:")) for url in asked)
        assert sent
        assert not any("afraid" in str(frame) for frame in sent)
        await expect(robin.locator(".captions p")).to_have_count(0)

        await alex.reload()
        await alex.get_by_role("button", name="Go back in").click()
        await reads(alex)
        await captions(alex, on=False)
        await expect(alex.locator(".captions p")).to_have_count(0)


async def test_a_browser_that_cannot_says_so_and_the_session_goes_on(chromium: Browser, speaking: Browser) -> None:
    async with window(chromium) as home, window_on(home.home, speaking) as away:
        await home.context.route("**/decoder_model*.onnx", lambda route: route.abort())
        alex, _ = await together(home, away)
        await alex.get_by_role("button", name="More").click()
        await alex.get_by_role("button", name="Captions").click()
        await alex.get_by_role("dialog", name="More").get_by_role("button", name="Close").click()
        no = alex.get_by_role("status").filter(has_text="There are no captions now. This browser can’t do that.")
        await expect(no).to_be_visible(timeout=30_000)
        await accessible(alex)
        await sees(alex, "therapist", "b")
        await no.get_by_role("button", name="All right").click()
        await expect(no).to_have_count(0)


async def test_in_firefox_what_is_said_in_chromium_is_read(chromium: Browser, speaking: Browser) -> None:
    async with (
        firefox_running() as firefox,
        window(chromium) as home,
        window_on(home.home, speaking) as away,
        window_on(home.home, firefox) as foxes,
    ):
        therapist, robin = await home.opens("therapist"), await away.waits("b")
        alex = await foxes.waits("a")
        await therapist.get_by_role("button", name="Let both in and start").click()
        await sees(robin, "therapist", "a")
        await therapist.get_by_role("button", name="Mute", exact=True).click()
        await captions(alex)
        await reads(alex)
