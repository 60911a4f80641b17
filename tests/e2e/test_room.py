"""What people do in a room beside talking: they write, raise a hand, show something, and are called away."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import DESK, KEEP_PEERS, Window, sees, window
from tests.service.support import eventually
from tests.web.test_pages import AXE, faults

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]


async def met(opened: Window) -> tuple[Page, Page, Page]:
    therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
    await therapist.get_by_role("button", name="Let both in and start").click()
    await sees(alex, "therapist", "b")
    return therapist, alex, robin


async def more(page: Page, row: str) -> None:
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("dialog", name="More").get_by_role("button", name=row).click()


async def writes(page: Page, words: str, only: str = "") -> None:
    panel = page.get_by_role("complementary", name="Messages")
    await panel.get_by_label(f"Only {only}" if only else "Everyone here").check()
    await panel.get_by_label("Your message").fill(words)
    await panel.get_by_label("Your message").press("Enter")
    await expect(panel.get_by_role("log")).to_contain_text(words)


async def accessible(page: Page) -> None:
    """What moves is brought to its end first: a control that a loaded machine draws late is halfway between colours."""
    await page.evaluate(
        """document.getAnimations()
          .filter((motion) => motion.effect.getComputedTiming().endTime !== Infinity)
          .forEach((motion) => motion.finish())"""
    )
    await page.evaluate(AXE.read_text())
    assert await faults(page) == []


async def test_they_write_to_each_other_and_in_private_and_raise_a_hand(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin = await met(opened)
        await more(alex, "Messages")
        await writes(alex, "I can’t say this aloud", only="Dr. Rivera")
        await expect(alex.get_by_text("Locked on your device")).to_be_visible()
        await accessible(alex)
        heard = therapist.get_by_role("status").get_by_text("I can’t say this aloud")
        await heard.click()
        await expect(therapist.get_by_label("Only Alex")).to_be_checked()  # unless another is chosen
        await writes(therapist, "We take our time")
        await accessible(therapist)
        await expect(robin.get_by_role("status").get_by_text("We take our time")).to_be_visible()
        await more(robin, "Messages")
        await expect(robin.get_by_role("log")).not_to_contain_text("aloud")

        await robin.reload()  # a page that is opened anew has new keys, and says what follows from that
        await robin.get_by_role("button", name="Go back in").click()
        await sees(robin, "therapist", "a")
        await more(robin, "Messages")
        await expect(robin.get_by_role("log")).to_contain_text("before you opened this page")
        await robin.get_by_role("button", name="Close").click()

        await more(robin, "Raise your hand")
        await expect(therapist.get_by_role("status").get_by_text("Robin has raised a hand")).to_be_visible()
        await expect(alex.get_by_text("Hand raised")).to_have_count(0)  # in a couple it is for the therapist
        await therapist.get_by_role("button", name="Lower it").click()
        await expect(robin.get_by_text("Hand up")).to_have_count(0)

        await therapist.get_by_role("button", name="Back to waiting").nth(1).click()
        await expect(robin.get_by_role("heading", name="You’re here")).to_be_visible()
        await writes(alex, "While Robin waits")
        await expect(therapist.get_by_role("log")).to_contain_text("While Robin waits")
        assert await robin.get_by_text("While Robin waits").count() == 0
        assert await robin.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


SOUND, PICTURE = 0, 1  # m-lines of one's own
OWN = "peers.at(-1).getTransceivers()[{line}].sender.track"


SCREEN_ON = """
window.locks = [];
navigator.wakeLock.request = async () => {
  const lock = {released: false, release: async () => { lock.released = true; }};
  document.addEventListener("visibilitychange", () => { lock.released ||= document.visibilityState === "hidden"; });
  locks.push(lock);
  return lock;
};
"""
LOADED = "performance.getEntriesByType('resource').map(entry => entry.name)"
LOUD = """(async () => {
  for (const one of (await peers.at(-1).getStats()).values())
    if (one.type === "media-source" && one.kind === "audio") return one.totalAudioEnergy > 0;
})()"""


async def own_track(page: Page, line: int, act: str) -> object:
    """JavaScript on this page's own track, as `track`."""
    return await page.evaluate(f"(() => {{ const track = {OWN.format(line=line)}; {act} }})()")


async def becomes(page: Page, wanted: str) -> None:
    """Asked again and again from here: the page's policy lets no script be made of text."""
    await eventually(lambda: page.evaluate(wanted), wanted, 20)


async def hidden(page: Page, on: bool) -> None:
    """Another app is in front of the page, or no longer."""
    state = "hidden" if on else "visible"
    await page.evaluate(
        f"Object.defineProperty(document, 'visibilityState', {{value: '{state}', configurable: true}});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )


async def moves(page: Page, person: str) -> None:
    """This person's picture moves on, within 20 s."""
    picture = f"document.querySelector('video[data-person={person}]')"
    before = await page.evaluate(f"{picture}.getVideoPlaybackQuality().totalVideoFrames")
    await becomes(page, f"{picture}.getVideoPlaybackQuality().totalVideoFrames > {before} + 3")


async def test_devices_change_and_a_call_comes_in(chromium: Browser) -> None:
    async with window(chromium, prepare=KEEP_PEERS + SCREEN_ON) as opened:
        therapist, alex, robin = await met(opened)
        for page in (therapist, alex, robin):
            assert await page.evaluate("locks.filter(lock => !lock.released).length") == 1
        await more(alex, "Camera, microphone, speaker")
        dialog = alex.get_by_role("dialog")
        await accessible(alex)
        other = await dialog.get_by_label("Microphone").evaluate("list => list.options[list.length - 1].value")
        await dialog.get_by_label("Microphone").select_option(other)
        await becomes(alex, f"{OWN.format(line=SOUND)}.getSettings().deviceId === {other!r}")
        speaker = await dialog.get_by_label("Speaker").evaluate("list => list.options[list.length - 1].value")
        await dialog.get_by_label("Speaker").select_option(speaker)
        heard_at = "[...document.querySelectorAll('main video[data-person=therapist]')].map(v => v.sinkId)"
        await becomes(alex, f"{heard_at}[0] === {speaker!r}")
        await alex.get_by_role("button", name="Done").click()

        # A microphone that is pulled out: another takes over, and Alex reads so.
        await own_track(alex, SOUND, "track.stop(); track.onended()")
        await expect(alex.get_by_text("heard through another one now")).to_be_visible()
        assert await own_track(alex, SOUND, "return track.readyState") == "live"
        await alex.get_by_role("button", name="All right").click()
        # A camera: none takes over by itself, since it could show what nobody was to see.
        await own_track(alex, PICTURE, "track.stop(); track.onended()")
        await expect(alex.get_by_text("so your picture is off")).to_be_visible()
        await expect(therapist.locator("[data-tile=a]")).to_contain_text("Camera off")

        # A call comes in on Robin's phone and takes the microphone; then another app ends both, and Robin comes back.
        taken = "Object.defineProperty(track, 'muted', {value: %s, configurable: true}); track.onmute()"
        await own_track(robin, SOUND, taken % "true")
        await expect(therapist.locator("[data-tile=b]")).to_contain_text("Away for a moment")
        await own_track(robin, SOUND, taken % "false")
        await expect(therapist.locator("[data-tile=b]")).not_to_contain_text("Away")
        await hidden(robin, True)
        for line in (SOUND, PICTURE):
            await own_track(robin, line, "track.stop(); track.onended()")
        await expect(therapist.locator("[data-tile=b]")).to_contain_text("Away for a moment")
        await hidden(robin, False)
        await expect(therapist.locator("[data-tile=b]")).not_to_contain_text("Away")
        await moves(therapist, "b")
        assert await own_track(robin, SOUND, "return track.readyState") == "live"
        assert await robin.evaluate("locks.filter(lock => !lock.released).length") == 1  # taken again

        # The noise filter runs in the page, from our own origin: another track goes out, and there is sound on it.
        raw = await own_track(robin, SOUND, "return track.id")
        before = [entry for entry in await robin.evaluate(LOADED) if "rnnoise" in entry.lower()]
        await more(robin, "Quiet the noise")
        await expect(robin.get_by_role("button", name="Quiet the noise")).to_have_attribute("aria-pressed", "true")
        await becomes(robin, f"{OWN.format(line=SOUND)}.id !== '{raw}'")
        after = [entry for entry in await robin.evaluate(LOADED) if "rnnoise" in entry.lower()]
        assert before == []
        assert all(entry.startswith(opened.home.links.base_url) for entry in after)
        assert after
        await becomes(robin, LOUD)
        await robin.get_by_role("button", name="Quiet the noise").click()
        await becomes(robin, f"{OWN.format(line=SOUND)}.id === '{raw}'")
        await robin.get_by_role("dialog", name="More").get_by_role("button", name="Close").click()

        # Where the filter is broken, nothing comes out of it: Alex is heard unfiltered rather than not at all.
        await alex.route("**/rnnoise*.wasm", lambda route: route.fulfill(body=b"no program"))
        await more(alex, "Quiet the noise")
        await expect(alex.get_by_text("This browser can’t do that")).to_be_visible(timeout=20_000)
        assert await own_track(alex, SOUND, "return track.label") != "MediaStreamAudioDestinationNode"
        await becomes(alex, LOUD)

        await more(robin, "Your own picture")
        await robin.get_by_role("dialog", name="More").get_by_role("button", name="Close").click()
        await expect(robin.locator("main video[data-person=you]")).to_have_count(0)
        await robin.set_viewport_size({"width": 740, "height": 360})  # turned on its side
        assert await robin.evaluate(
            "document.documentElement.scrollWidth <= 740 && document.documentElement.scrollHeight <= 360"
        )
        await accessible(robin)


LOSSY = """
const asked = RTCPeerConnection.prototype.getStats;
let lost = 0;
RTCPeerConnection.prototype.getStats = async function () {
  const report = new Map(await asked.call(this));
  lost += 50;
  for (const [id, one] of window.lossy ? report : [])
    if (one.type === "inbound-rtp") report.set(id, {...one, id, packetsLost: one.packetsLost + lost});
  return report;
};
"""


async def test_a_screen_is_shared_and_a_weak_connection_keeps_its_sound(chromium: Browser) -> None:
    async with window(chromium, prepare=KEEP_PEERS + LOSSY) as opened:
        therapist, alex, robin = await met(opened)
        await alex.set_viewport_size(DESK)  # type: ignore[arg-type]
        await alex.get_by_role("button", name="More").click()
        await expect(alex.get_by_role("button", name="Share your screen")).to_be_disabled()
        await more(therapist, "The others may share")
        await therapist.get_by_role("dialog").get_by_role("button", name="Close").click()
        await alex.get_by_role("button", name="Share your screen").click()
        await expect(alex.get_by_text("You’re sharing your screen")).to_be_visible()
        shared = therapist.locator("[data-tile=a].shares")
        await expect(shared).to_contain_text("Alex’s screen")
        await moves(therapist, "a")
        await expect(robin.locator(".privacy")).to_have_text("End-to-end encrypted")
        for page in (alex, therapist, robin):
            await accessible(page)
        await more(therapist, "Stop the sharing")  # at once, on both sides
        await expect(alex.get_by_text("You’re sharing your screen")).to_have_count(0)
        await expect(shared).to_have_count(0)
        await moves(therapist, "a")
        await more(alex, "Share your screen")
        await expect(alex.get_by_text("You’re sharing your screen")).to_be_visible()
        await therapist.get_by_role("button", name="Back to waiting").first.click()
        await expect(alex.get_by_role("heading", name="You’re here")).to_be_visible()
        camera = lambda: own_track(alex, PICTURE, "return track.contentHint === ''")  # noqa: E731
        await eventually(camera, "the camera's picture again", 20)

        await robin.evaluate("window.lossy = true")
        await robin.get_by_role("button", name="Use less data").click(timeout=30_000)
        sends = "peers.at(-1).getTransceivers()[1].sender.getParameters().encodings[0].maxBitrate"
        await becomes(robin, f"{sends} === 120000")
        await more(robin, "Sound only")
        await robin.get_by_role("dialog").get_by_role("button", name="Close").click()
        await expect(therapist.locator("[data-tile=b]")).to_contain_text("Sound only")
        received = """(async () => {
          let [sound, picture] = [0, 0];
          for (const one of (await peers.at(-1).getStats()).values())
            if (one.type === "inbound-rtp" && one.kind === "audio") sound += one.packetsReceived;
            else if (one.type === "inbound-rtp" && one.kind === "video") picture += one.packetsReceived;
          return [sound, picture];
        })()"""
        await expect(robin.locator("[data-tile=therapist]")).to_contain_text("Picture not taken")
        sound, picture = await robin.evaluate(received)

        async def goes_on() -> bool:
            return bool((await robin.evaluate(received))[0] > sound + 50)

        await eventually(goes_on, "sound goes on", 20)
        assert (await robin.evaluate(received))[1] < picture + 20  # what was on its way, and no more
        await more(robin, "Sound only")
        await robin.get_by_role("dialog").get_by_role("button", name="Close").click()
        await sees(robin, "therapist")
        await moves(therapist, "b")


async def test_what_the_captioner_types_is_read_by_all_in_the_room_and_by_nobody_outside(chromium: Browser) -> None:
    async with window(chromium, company=("captioner",)) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        robin, captioner = await opened.waits("b"), await opened.waits("captioner")
        await therapist.get_by_role("button", name="Let Alex in").click()
        await expect(alex.get_by_role("button", name="Leave", exact=True)).to_be_visible()
        await therapist.get_by_role("region", name="Who comes to help").get_by_role("button", name="Let ").click()
        field = captioner.get_by_label("What is being said")
        await field.fill("I missed you on Friday.")
        await field.press("Enter")
        for page in (therapist, alex, captioner):
            await expect(page.get_by_role("log", name="Captions")).to_have_text("I missed you on Friday.")
        await expect(field).to_be_focused()
        await accessible(captioner)
        await accessible(alex)
        assert await alex.get_by_role("status").get_by_text("on Friday").count() == 0, "a caption is no message"
        assert await robin.get_by_text("on Friday").count() == 0
