"""What the page says of privacy is true: a server that keeps every packet sees pictures, or sees nothing at all."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from pathlib import Path

import pytest
from aiortc.codecs import depayload
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket
from av import CodecContext, Packet
from av.error import FFmpegError
from playwright.async_api import Browser, Page, expect

from server.bots import bot
from signaling.media import backend
from tests.e2e.people import Window, sees, window

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]

VP8 = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90_000, payloadType=96)
LOCKED, TO_SERVER = "End-to-end encrypted", "Encrypted to the clinic’s server"


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the worker of this test's service keeps what it reads."""
    path = tmp_path / "heard"
    monkeypatch.setenv("EAVESDROP", str(path))
    monkeypatch.setattr(backend, "WORKER", "tests.media.eavesdropper")
    return path


def pictures(path: Path) -> list[float]:
    """Of each picture that a VP8 decoder makes of what was heard: how much of it is the green of Chromium's camera."""
    data, streams = path.read_bytes(), defaultdict[int, dict[int, list[RtpPacket]]](lambda: defaultdict(list))
    while data:
        size = int.from_bytes(data[:2], "big")
        packet = RtpPacket.parse(data[2 : 2 + size])
        streams[packet.ssrc][packet.timestamp].append(packet)
        data = data[2 + size :]
    return [share for frames in streams.values() for share in _decoded(frames)]


def _decoded(frames: dict[int, list[RtpPacket]]) -> list[float]:
    decoder, shares = CodecContext.create("vp8", "r"), []
    for _, sent in sorted(frames.items()):
        packets = sorted(
            (p for p in sent if p.payload), key=lambda p: p.sequence_number
        )  # the rest only fills the line
        whole = b"".join(depayload(VP8, p.payload) for p in packets)
        with contextlib.suppress(FFmpegError):
            shares += [_green(frame) for frame in decoder.decode(Packet(whole))]
    return shares


def _green(frame: object) -> float:
    pixels = frame.to_ndarray(format="rgb24")  # type: ignore[attr-defined]
    red, green, blue = (pixels[::8, ::8, n].astype(int) for n in range(3))
    return float(((green > 90) & (red < 90) & (blue < 90)).mean())


async def met(opened: Window) -> tuple[Page, Page, Page]:
    therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
    await therapist.get_by_role("button", name="Let both in and start").click()
    await sees(alex, "therapist", "b")
    await sees(robin, "therapist", "a")
    return therapist, alex, robin


async def test_a_server_that_listens_sees_nothing_of_what_the_page_calls_locked(chromium: Browser, heard: Path) -> None:
    async with window(chromium) as opened:
        everyone = await met(opened)
        for page in everyone:
            await expect(page.locator(".privacy")).to_have_text(LOCKED)
        codes = set()
        for page in everyone:
            await page.locator(".privacy").click()
            codes.add(await page.locator("[data-code]").get_attribute("data-code"))
            await page.get_by_role("button", name="Close").click()
        assert len(codes) == 1
    seen = pictures(heard)
    assert heard.stat().st_size > 100_000
    assert all(share < 0.3 for share in seen)


async def test_where_one_cannot_lock_the_page_says_so_and_the_server_could_see(chromium: Browser, heard: Path) -> None:
    async with window(chromium) as opened, bot(opened.home.link("b"), hue=1) as robin:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await robin.join()
        await robin.ask("arrive")
        await therapist.get_by_role("button", name="Let both in and start").click()
        await sees(alex, "therapist", "b")
        await expect(alex.locator(".privacy")).to_have_text(TO_SERVER)
        await expect(therapist.locator(".privacy")).to_have_text(TO_SERVER)
    assert max(pictures(heard)) > 0.6


async def test_the_code_changes_for_those_who_stay_when_somebody_goes(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin = await met(opened)
        codes = []
        for gone in (None, robin):
            if gone is not None:
                await gone.get_by_role("button", name="Leave", exact=True).click()
                await gone.get_by_role("dialog").get_by_role("button", name="Leave").click()
                await expect(alex.locator("[data-tile=b]")).to_have_count(0)
            await expect(alex.locator(".privacy")).to_have_text(LOCKED)
            await alex.locator(".privacy").click()
            codes.append(await alex.locator("[data-code]").get_attribute("data-code"))
            await alex.get_by_role("button", name="Close").click()
        assert codes[0] != codes[1]
        await sees(alex, "therapist")
        await sees(therapist, "a")
