"""What the pages do: commands as people give them, views as they change, and what must never be left behind."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from server.domain.session.views import Check, PartnerView, Place, TherapistView
from tests.web import states
from tests.web.fake_service import NOON, TOKEN, FakeService, link, serving
from tests.web.test_pages import PARTNER, REDEEM, STAFF, TIMES

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]


@asynccontextmanager
async def opened(browser: Browser, path: str, service: FakeService) -> AsyncIterator[Page]:
    async with serving(service):
        context = await browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
        try:
            page = await context.new_page()
            await page.goto(f"{service.url}{path}#{TOKEN}")
            yield page
        finally:
            await context.close()


def partner(view: PartnerView) -> FakeService:
    return FakeService(view, dict(PARTNER))


def therapist(view: TherapistView) -> FakeService:
    return FakeService(view, dict(STAFF))


async def arrived(service: FakeService, name: str, page: Page) -> dict[str, object]:
    """The first command of this name, once the page has sent it."""
    for _ in range(100):
        if service.given(name):
            return service.given(name)[0]
        await page.wait_for_timeout(50)
    raise AssertionError(f"{name} was never sent; sent were {[event for event, _ in service.commands]}")


async def last(service: FakeService, name: str, page: Page, **wanted: object) -> None:
    """The last command of this name says so, within some seconds."""
    for _ in range(120):
        given = service.given(name)
        if given and wanted.items() <= given[-1].items():
            return
        await page.wait_for_timeout(50)
    raise AssertionError(f"wanted {wanted}; the last {name} of {len(given)} is {given[-1:]}")


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_a_partner_goes_from_the_link_to_the_waiting_room(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Check my camera and sound")
        await press(page, "Play a sound")
        await press(page, "Yes")
        await expect(page.get_by_role("meter")).to_be_visible()
        await expect(
            page.get_by_role("status").filter(has_text="You’re ready: they will see and hear you.")
        ).to_be_visible()
        await press(page, "Go to the waiting room")
        await arrived(service, "arrive", page)
        told = service.given("report_check")[-1]
        assert told == {"camera": "ok", "microphone": "ok", "speaker": "ok", "connection": "ok"}
        await service.change(states.WAITING)
        await expect(page.get_by_role("heading", name="You’re here, Alex.")).to_be_focused()
        await press(page, "I need more time")
        await arrived(service, "ask_for_time", page)


# Microphones: one that stays silent, and one that is turned up after a while; each with the camera that there is.
SILENT = """
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const context = new AudioContext(), out = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context), volume = new GainNode(context, { gain: 0 });
    tone.connect(volume).connect(out);
    tone.start();
    window.speak = () => (volume.gain.value = 0.5);
    const tracks = wanted.audio ? out.stream.getTracks() : [];
    return new MediaStream([...tracks, ...(wanted.video ? (await real({ video: wanted.video })).getTracks() : [])]);
  };
"""


async def test_a_silent_microphone_is_said_until_it_is_heard_and_keeps_nobody_out(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    async with opened(chromium, "/join", service) as page:
        await page.evaluate(f"() => {{ {SILENT} }}")
        await press(page, "Check my camera and sound")
        said = page.locator(".verdict")
        await expect(said).to_contain_text("Almost there: say a few words")
        await expect(said).to_contain_text("We can’t hear you yet: say a few words", timeout=15_000)
        await expect(said).to_contain_text("Dr. Rivera sees how this went, and nobody else does.")
        await expect(page.get_by_role("button", name="Go to the waiting room")).to_be_enabled()
        await last(service, "report_check", page, microphone="silent")
        await page.evaluate("window.speak()")
        await expect(said).to_contain_text("You’re ready: they will see and hear you.")
        await last(service, "report_check", page, microphone="ok")


async def test_a_picture_left_out_for_a_weak_connection_is_said_once_and_until_it_is_back(chromium: Browser) -> None:
    service = partner(states.ROOM)
    words = "Robin’s picture is paused: your connection is weak. The sound goes on."
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        robin, rivera = page.locator("[data-tile=b]"), page.locator("[data-tile=therapist]")
        await robin.wait_for()
        await page.evaluate(
            """() => {
                 window.said = [];
                 const look = () => document.querySelectorAll('[role=status]').forEach((one) => {
                   if (one.textContent.includes('paused') && window.said.at(-1) !== one.textContent)
                     window.said.push(one.textContent.trim());
                 });
                 const any = { subtree: true, childList: true, characterData: true };
                 new MutationObserver(look).observe(document.body, any);
               }"""
        )
        for paused in ({"b": "slow"}, {"b": "slow"}, {}, {"b": "slow", "therapist": "many"}):
            await service.emit("slots_assigned", {"slots": {"0": "therapist", "1": "b"}, "paused": paused})
        await expect(robin).to_contain_text("Picture paused: your connection is weak. The sound goes on.")
        await expect(rivera).to_contain_text("Seen when they speak")
        await service.emit("slots_assigned", {"slots": {"0": "therapist", "1": "b"}, "paused": {}})
        await expect(robin).not_to_contain_text("Picture paused")
        await expect(rivera).not_to_contain_text("speak")
        assert await page.evaluate("window.said") == [words]


async def test_who_shows_no_picture_has_none_paused(chromium: Browser) -> None:
    service = partner(replace(states.ROOM, people=(states.RIVERA, replace(states.ROBIN, camera=False))))
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await page.locator("[data-tile=b]").wait_for()
        paused = {"b": "slow", "therapist": "slow"}
        await service.emit("slots_assigned", {"slots": {"0": "therapist", "1": "b"}, "paused": paused})
        await expect(page.locator("[data-tile=therapist]")).to_contain_text("Picture paused")
        await expect(page.locator("[data-tile=b]")).not_to_contain_text("Picture paused")


async def test_in_the_middle_of_a_session_a_dead_microphone_is_said_to_both(chromium: Browser) -> None:
    service = partner(states.PARTNERS["room"])
    async with opened(chromium, "/join", service) as page:
        await page.evaluate(
            """() => {
                 const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
                 navigator.mediaDevices.getUserMedia = async (wanted) => {
                   const stream = await real(wanted);
                   window.microphone = stream.getAudioTracks()[0];
                   return stream;
                 };
               }"""
        )
        await press(page, "Go back in")
        await last(service, "report_check", page, microphone="ok", connection="ok")
        await page.evaluate(
            """() => {
                 navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotFoundError'); };
               }"""
        )
        await page.evaluate("window.microphone.dispatchEvent(new Event('ended'))")
        await last(service, "report_check", page, microphone="failed")
        await press(page, "More")
        await page.get_by_role("button", name="Camera, microphone, speaker").click()
        await expect(page.locator(".verdict")).to_contain_text("We can’t hear you yet: plug a microphone in")


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (Check("ok", "ok", "ok", "ok"), "Alex is ready: you will see and hear them."),
        (Check("ok", "silent", "skipped", "ok"), "You may not hear Alex: their microphone has been silent so far."),
        (Check("failed", "ok", "ok", "ok"), "You won’t see Alex yet: their camera doesn’t work."),
        (Check("ok", "ok", "skipped", "failed"), "Sound and picture from Alex don’t reach us yet"),
        (Check("ok", "ok", "skipped", "relay"), "so all goes over the relay."),
    ],
)
async def test_the_therapist_reads_how_each_check_went(chromium: Browser, check: Check, told: str) -> None:
    row = replace(states.ALEX_ROW, check=check)
    service = therapist(replace(states.THERAPIST, partners=(row, states.ROBIN_ROW)))
    async with opened(chromium, "/console", service) as page:
        await expect(page.locator("[data-partner=a]")).to_contain_text(told)


async def test_a_page_that_only_opened_has_said_nothing(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    async with opened(chromium, "/join", service) as page:
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Your session")
        await page.wait_for_timeout(300)
        assert service.commands == []


@pytest.mark.parametrize(("late", "minutes"), [("5 minutes", 5), ("20 minutes", 20)])
async def test_running_late_is_one_tap_and_a_number(chromium: Browser, late: str, minutes: int) -> None:
    service = partner(states.PARTNER)
    async with opened(chromium, "/join", service) as page:
        await press(page, "I’m running late")
        await page.get_by_role("button", name=re.compile(f"^{late}")).click()
        assert await arrived(service, "run_late", page) == {"minutes": minutes}


async def test_who_cannot_come_says_why_and_may_take_it_back(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    async with opened(chromium, "/join", service) as page:
        await press(page, "I can’t come")
        await press(page, "I need some space right now")
        assert await arrived(service, "declare_absence", page) == {"reason": "space"}
        await service.change(replace(states.PARTNER, declared="space"))
        await press(page, "I can come after all")
        await arrived(service, "withdraw_absence", page)


async def test_a_refusal_is_shown_where_the_person_is(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    service.refuse = {"type": "too_late", "message": "That time is too far away."}
    async with opened(chromium, "/join", service) as page:
        await press(page, "I’m running late")
        await page.get_by_role("button", name=re.compile("^10 minutes")).click()
        await expect(page.get_by_role("alert")).to_have_text("That time is too far away.")


async def test_changes_that_got_lost_are_fetched(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.get_by_role("heading", name="You’re here, Alex.")).to_be_visible()
        await service.change(states.HELD, skip=3)
        await expect(page.get_by_role("heading", name="It’s good that you’re here")).to_be_visible()


@pytest.mark.parametrize("yes", [True, False])
async def test_the_attending_partner_answers_yes_or_no(chromium: Browser, yes: bool) -> None:
    service = partner(states.ASKED)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.get_by_role("img", name=re.compile("left to answer"))).to_be_visible()
        await press(page, "Yes" if yes else "Not today")
        assert await arrived(service, "answer_merge", page) == {"question": "q-1", "yes": yes}


async def test_a_held_page_names_nobody_but_the_therapist(chromium: Browser) -> None:
    service = partner(states.HELD)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.get_by_role("heading", name="It’s good that you’re here")).to_be_visible()
        said = await page.inner_text("body")
        assert "Robin" not in said
        assert not re.search(r"partner|solo|alone|joined", said, re.IGNORECASE)


async def test_leaving_turns_the_camera_off(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.locator("video[data-person=you]")).to_be_visible()
        await press(page, "Leave")
        await page.get_by_role("dialog").get_by_role("button", name="Leave").click()
        await arrived(service, "leave", page)
        await expect(page.get_by_role("heading", name="You’ve left.")).to_be_visible()
        assert await page.locator("video").count() == 0


async def test_leaving_quickly_leaves_a_plain_page_and_no_way_back(chromium: Browser) -> None:
    for leave in ("button", "keys"):
        async with opened(chromium, "/join", partner(states.ROOM)) as page:
            await press(page, "Go back in")
            if leave == "button":
                await press(page, "Leave quickly")
            else:
                await page.keyboard.press("Escape")
                await page.keyboard.press("Escape")
            await page.wait_for_url("**/today")
            await expect(page).to_have_title("Today")
            assert "Dyad" not in await page.content()
            await page.go_back()
            assert "/join" not in page.url


async def with_a_word(page: Page, word: str = "Lantern") -> None:
    await press(page, "Go back in")
    await press(page, "Ask for help without a word")
    await page.get_by_label("Or type a word of your own").fill(word)
    await press(page, "Keep this word")


async def test_a_silent_sign_is_sent_by_a_word_or_three_taps_and_shows_nowhere(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await with_a_word(page)
        await expect(page.get_by_text("Camera, sound and connection are fine")).to_be_visible()
        before = await page.locator("main").inner_text()
        await page.keyboard.type("my lantern")
        await arrived(service, "ask_for_help", page)
        await page.locator(".mine").click(click_count=3)
        await page.wait_for_timeout(300)
        assert len(service.given("ask_for_help")) == 2
        assert await page.locator("main").inner_text() == before
        stored = await page.evaluate(
            "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
        )
        assert "antern" not in stored


async def chat_of(page: Page) -> Locator:
    """The field of the room's chat, with the caret in it."""
    await press(page, "More")
    await page.get_by_role("dialog", name="More").get_by_role("button", name="Messages").click()
    field = page.get_by_label("Your message")
    await expect(field).to_be_focused()
    return field


@asynccontextmanager
async def chatting(chromium: Browser) -> AsyncIterator[tuple[FakeService, Page, Locator]]:
    """In the room's chat, with a word of one's own."""
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await with_a_word(page)
        await service.change(states.ROOM)
        yield service, page, await chat_of(page)


async def test_the_word_typed_into_the_chat_is_a_sign_and_is_sent_to_nobody(chromium: Browser) -> None:
    async with chatting(chromium) as (service, page, field):
        await field.press_sequentially("Bring the lantern")
        await arrived(service, "ask_for_help", page)
        await expect(field).to_have_value("Bring the ")
        await page.keyboard.type("dog")
        await page.keyboard.press("Enter")
        await page.keyboard.type("LAN tern")  # alone, and while the line is on its way: there is nothing left to send
        await page.keyboard.press("Enter")
        assert (await arrived(service, "say", page))["text"] == "Bring the dog"
        await page.wait_for_timeout(300)
        assert [len(service.given(name)) for name in ("ask_for_help", "say")] == [2, 1]
        assert "antern" not in str(service.commands).lower()


async def test_the_word_in_the_middle_of_a_line_goes_and_leaves_the_caret_there(chromium: Browser) -> None:
    async with chatting(chromium) as (service, page, field):
        await field.press_sequentially("one two")
        for _ in range(4):
            await page.keyboard.press("ArrowLeft")
        await page.keyboard.type(" lantern")
        await page.keyboard.type("and")
        await expect(field).to_have_value("one and two")
        assert len(service.given("ask_for_help")) == 1


async def test_a_reload_forgets_neither_the_word_nor_the_way_out(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await with_a_word(page)
        await page.wait_for_function("history.state !== null")
        await page.reload()
        await expect(page.get_by_role("heading", name="Welcome back, Alex.")).to_be_visible()
        await page.keyboard.type("lantern")
        await arrived(service, "ask_for_help", page)
        await press(page, "Go back in")
        await service.change(states.ROOM)
        field = await chat_of(page)
        await field.press_sequentially("a lantern")
        await expect(field).to_have_value("a ")
        assert len(service.given("ask_for_help")) == 2
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/today")
        assert await page.evaluate("history.state") is None
        await page.go_back()
        assert "/join" not in page.url


async def test_who_was_muted_and_unseen_is_so_after_a_reload(chromium: Browser) -> None:
    service = partner(states.ROOM)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await press(page, "Mute")
        await press(page, "Camera off")
        await last(service, "set_devices", page, microphone=False, camera=False)
        await page.reload()
        await press(page, "Go back in")
        await expect(page.get_by_role("button", name="Unmute")).to_be_visible()
        assert all(not told["microphone"] and not told["camera"] for told in service.given("set_devices")[-2:])
        await press(page, "Camera on")
        await last(service, "set_devices", page, microphone=False, camera=True)
        await press(page, "Unmute")
        await last(service, "set_devices", page, microphone=True, camera=True)


async def test_a_therapist_who_was_muted_and_unseen_is_so_after_a_reload_and_the_tab_forgets_it_at_the_end(
    chromium: Browser,
) -> None:
    service = therapist(states.THERAPISTS["room"])
    async with opened(chromium, "/console", service) as page:
        await press(page, "Mute")
        await press(page, "Camera off")
        await last(service, "set_devices", page, microphone=False, camera=False)
        await page.reload()
        await expect(page.get_by_role("button", name="Unmute")).to_be_visible()
        await expect(page.get_by_role("button", name="Camera on")).to_be_visible()
        assert all(not told["microphone"] and not told["camera"] for told in service.given("set_devices")[-2:])
        await service.change(states.THERAPISTS["ended"])
        await page.wait_for_function("history.state === null")


async def test_when_the_session_has_ended_the_tab_knows_nothing_of_the_word(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await with_a_word(page)
        await page.wait_for_function("history.state !== null")
        await service.change(replace(states.WAITING, closing="ended"))
        await expect(page.get_by_role("heading", name="Your session has ended.")).to_be_visible()
        await page.wait_for_function("history.state === null")


async def test_the_answer_to_being_safe_leaves_the_same_page_whatever_it_was(chromium: Browser) -> None:
    left = []
    for answer, safe in (("Yes", True), ("No", False)):
        service = partner(replace(states.WAITING, safety="asked"))
        async with opened(chromium, "/join", service) as page:
            await press(page, "Go back in")
            await press(page, answer)
            assert await arrived(service, "answer_safety", page) == {"safe": safe}
            await service.change(states.WAITING)
            await expect(page.get_by_role("heading", name="Are you alone")).to_have_count(0)
            await expect(page.get_by_text("Camera, sound and connection are fine")).to_be_visible()
            left.append(await page.locator("main").inner_text())
    assert left[0] == left[1]


async def test_a_refused_camera_gets_help_and_is_no_bar(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    async with opened(chromium, "/join", service) as page:
        await page.evaluate(
            """() => {
                 navigator.mediaDevices.getUserMedia = async (wanted) => {
                   if (wanted.video) throw new DOMException('no', 'NotAllowedError');
                   return new AudioContext().createMediaStreamDestination().stream;
                 };
               }"""
        )
        await press(page, "Check my camera and sound")
        await expect(page.get_by_role("alert")).to_contain_text("Your browser keeps the camera from us")
        await last(service, "report_check", page, camera="failed")
        await expect(page.locator(".verdict")).to_contain_text("We can’t see you yet: allow the camera")
        await press(page, "Go on without camera")
        await arrived(service, "arrive", page)


async def test_a_lost_connection_is_told_and_comes_back_by_itself(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.get_by_role("heading", name="You’re here, Alex.")).to_be_visible()
        service.away = True
        await service.hang_up()
        await expect(page.get_by_text("Your connection is away")).to_be_visible()
        service.away, service.view = False, states.HELD
        await expect(page.get_by_role("heading", name="It’s good that you’re here")).to_be_visible()
        await expect(page.get_by_text("Your connection is away")).to_be_hidden()


async def test_a_second_device_takes_over_and_the_first_says_so(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await service.emit("closed", {"type": "seat_taken", "message": "Elsewhere."})
        await expect(page.get_by_role("heading", name="You opened this session somewhere else")).to_be_visible()
        assert await page.locator("video").count() == 0


async def test_a_card_rises_and_is_answered_with_one_tap(chromium: Browser) -> None:
    service = therapist(states.THERAPIST)
    async with opened(chromium, "/console", service) as page:
        await expect(page.get_by_text("Waiting for Robin until")).to_be_visible()
        await service.change(states.CARDED)
        await expect(page).to_have_title("● Robin hasn’t come.")
        await expect(page.get_by_role("alert")).to_contain_text("How do you want to go on? 4 minutes to answer.")
        await page.get_by_role("button", name=re.compile("^Wait 5 more minutes")).click()
        assert await arrived(service, "answer_card", page) == {"card": "c-1", "option": "wait"}


async def test_a_grave_answer_can_be_undone(chromium: Browser) -> None:
    service = therapist(states.CARDED)
    async with opened(chromium, "/console", service) as page:
        await page.get_by_role("button", name=re.compile("^See Alex alone")).click()
        await press(page, "Undo")
        await page.get_by_role("button", name=re.compile("^Find a new time")).click()
        assert service.given("answer_card") == []
        assert await arrived(service, "answer_card", page) == {"card": "c-1", "option": "reschedule"}


async def test_a_grave_answer_is_dropped_when_its_card_is_gone(chromium: Browser) -> None:
    service = therapist(states.CARDED)
    async with opened(chromium, "/console", service) as page:
        await page.get_by_role("button", name=re.compile("^Find a new time")).click()
        await service.change(states.THERAPISTS["ready"])
        await expect(page.get_by_text("Everyone is here.")).to_be_visible()
        await page.wait_for_timeout(4_500)
        assert service.given("answer_card") == []


async def test_being_seen_alone_asks_for_a_focus_where_the_plan_was_joint_work(chromium: Browser) -> None:
    service = therapist(states.THERAPISTS["card focus"])
    async with opened(chromium, "/console", service) as page:
        await page.get_by_role("button", name=re.compile("^See Alex alone")).click()
        await press(page, "Coping skills")
        await press(page, "Do it now")
        answer = await arrived(service, "answer_card", page)
        assert answer == {"card": "c-1", "option": "proceed", "focus": "coping_skills"}


async def test_who_waits_is_let_in_one_by_one_or_together(chromium: Browser) -> None:
    service = therapist(states.THERAPISTS["ready"])
    async with opened(chromium, "/console", service) as page:
        await press(page, "Let Robin in")
        assert await arrived(service, "admit", page) == {"participant": "b"}
        await press(page, "Let both in and start")
        await arrived(service, "admit_all", page)


async def test_removing_somebody_is_asked_twice(chromium: Browser) -> None:
    service = therapist(states.THERAPISTS["room"])
    async with opened(chromium, "/console", service) as page:
        await page.locator("[data-partner=b]").get_by_role("button", name="Remove").click()
        await press(page, "Remove Robin")
        assert await arrived(service, "remove", page) == {"participant": "b"}


async def test_the_therapist_approves_in_advance(chromium: Browser) -> None:
    service = therapist(states.THERAPIST)
    async with opened(chromium, "/console", service) as page:
        await page.get_by_role("radio", name=re.compile("Yes, today")).check()
        assert await arrived(service, "approve_solo", page) == {"approval": "granted", "reason": ""}


async def test_times_are_picked_by_keyboard_alone(chromium: Browser) -> None:
    service = FakeService(rest={**TIMES, "/v1/proposal/answer": (200, {"status": "waiting", "starts_at": None})})
    async with opened(chromium, "/times", service) as page:
        await page.get_by_role("checkbox").first.focus()
        for key in ("Space", "Tab", "Tab", "Space", "Tab", "Tab", "Enter"):
            await page.keyboard.press(key)
        await expect(page.get_by_role("heading", name="Thank you, that’s all we need.")).to_be_focused()


async def test_nothing_is_stored_and_the_address_alone_keeps_the_token(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.get_by_role("heading", name="You’re here, Alex.")).to_be_visible()
        left = await page.evaluate(
            "[localStorage.length, sessionStorage.length, document.cookie, document.body.outerHTML]"
        )
        assert left[:3] == [0, 0, ""]
        assert TOKEN not in left[3]


async def test_the_countdown_follows_the_demos_clock(chromium: Browser) -> None:
    service = therapist(states.CARDED)
    service.speed = 60
    service.rest[REDEEM] = link("therapist", name="Dr. Rivera", speed=60)
    async with opened(chromium, "/console", service) as page:
        await expect(page.get_by_text("the clocks run 60 times as fast")).to_be_visible()
        await expect(page.locator(".ring text")).to_have_text("0:00", timeout=8_000)


async def test_a_place_that_the_view_takes_away_is_shown_at_once(chromium: Browser) -> None:
    service = partner(states.ROOM)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await expect(page.get_by_role("heading", name="With Dr. Rivera and Robin")).to_be_visible()
        await service.change(states.WAITING)
        await expect(page.get_by_role("heading", name="You’re here, Alex.")).to_be_visible()
        await service.change(replace(states.WAITING, place=Place.REMOVED))
        await expect(page.get_by_role("heading", name="Your part of this session is over")).to_be_visible()


async def test_a_partner_tells_where_they_are_and_finds_nothing_filled_in_the_next_time(chromium: Browser) -> None:
    service = partner(states.WAITING)
    async with opened(chromium, "/join", service) as page:
        await press(page, "Go back in")
        await press(page, "Tell Dr. Rivera where you are")
        await press(page, "Tell Dr. Rivera")
        await expect(page.get_by_role("alert")).to_contain_text("Please say where you are")
        await page.get_by_label("Where you are").fill("12 Elm Street")
        await page.get_by_label("Somebody we could call").fill("Maria")
        await page.get_by_label("Their phone number").fill("+1 555 010 0188")
        service.rest["PUT /v1/whereabouts"] = (200, {})
        await press(page, "Tell Dr. Rivera")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await service.change(replace(states.WAITING, told_where_at=states.at(11)))
        await expect(page.get_by_text("Dr. Rivera knows where you are.")).to_be_visible()
        await press(page, "I’ve moved")
        for label in ("Where you are", "Somebody we could call", "Their phone number"):
            await expect(page.get_by_label(label)).to_have_value("")


async def test_a_session_begun_a_minute_early_shows_the_time_and_no_loose_end(chromium: Browser) -> None:
    room = states.THERAPISTS["room"]
    early = replace(room, session=replace(room.session, starts_at=NOON + timedelta(minutes=1)), co_present_minutes=0.0)
    async with opened(chromium, "/console", therapist(early)) as page:
        await expect(page.locator(".clockline")).to_have_text(re.compile(r"^\d+:\d\d [AP]M$"))
