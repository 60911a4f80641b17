"""Every page in every state, on a narrow phone and a desktop, light and dark, from left and right: readable by all,
never sideways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.session.views import PartnerView, TherapistView
from tests.web import states
from tests.web.clinic_states import SIGNED
from tests.web.fake_service import TOKEN, FakeService, link, problem, serving

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
Scheme = Literal["light", "dark"]
SIZES = [(320, 640), (1280, 800)]
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules of axe-core: all of them once, and again those whose outcome a direction or a scheme can change.
RULES: dict[str, dict[Scheme, list[str]]] = {
    "ltr": {"light": ALL, "dark": ["color-contrast", "link-in-text-block"]},
    "rtl": {"light": ["color-contrast", "target-size"], "dark": ["color-contrast"]},
}
Act = Callable[[Page], Awaitable[None]]


async def nothing(page: Page) -> None:
    """The page as it opens."""


def press(*names: str) -> Act:
    async def act(page: Page) -> None:
        for name in names:
            await page.get_by_role("button", name=name, exact=True).first.click()

    return act


def press_about(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("button", name=name).first.click()

    return act


def more(row: str, first: str = "") -> Act:
    """A row of the room's “More”."""

    async def act(page: Page) -> None:
        if first:
            await press(first)(page)
        await press("More")(page)
        await page.get_by_role("dialog", name="More").get_by_role("button", name=row).click()

    return act


def unfold(*names: str) -> Act:
    async def act(page: Page) -> None:
        for name in names:
            await page.locator("summary", has_text=name).first.click()

    return act


@dataclass(frozen=True)
class Case:
    """`path` opened with `view` and `rest`, after `act`, shows the heading `shows`, or says it.

    `line` is the page's connection: it comes up, never does, or is lost after `act`.
    """

    path: str
    shows: str
    view: PartnerView | TherapistView | None = None
    rest: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    act: Act = nothing
    token: str = TOKEN
    speed: float = 1
    closed: dict[str, Any] | None = None
    line: Literal["up", "away", "lost"] = "up"


EXPECTED = ("Failed to load resource", "WebSocket connection to")  # what Chromium itself says of a network
REDEEM = "/v1/links/redeem"
PARTNER = {REDEEM: link("partner")}
STAFF = {REDEEM: link("therapist", name="Dr. Rivera"), "/v1/sessions": (200, states.SESSIONS)}
NOTHING: dict[str, Any] = {"zone": "America/New_York", "items": []}
TEAM = {
    REDEEM: link("team", "team"),
    "/v1/sessions": (200, states.SESSIONS),
    "/v1/reviews": (200, NOTHING),
    "/v1/undelivered": (200, {"messages": []}),
}
TIMES = {REDEEM: link("partner", "proposal"), "/v1/proposal": (200, states.PROPOSAL)}
ANSWER = {REDEEM: link("partner", "answer")}
PORTAL = {REDEEM: link("client", "portal"), "/v1/portal": (200, SIGNED)}
LINK = states.PARTNERS["link"]
back = press("Go back in")


def join(shows: str, state: str, act: Act = nothing, **more: Any) -> Case:
    return Case("/join", shows, states.PARTNERS[state], PARTNER, act, **more)


def console(shows: str, state: str, act: Act = nothing, **more: Any) -> Case:
    return Case("/console", shows, states.THERAPISTS[state], STAFF, act, **more)


def standing_in(told: dict[str, Any], shows: str) -> Case:
    refused = {"type": "not_hosting", "message": "Somebody else is holding this session now."}
    rest = {**STAFF, "/v1/hosting": (200, told)}
    return Case("/console", shows, states.THERAPISTS["waiting"], rest, closed=refused)


def answer(shows: str, act: Act = nothing, **changes: Any) -> Case:
    return Case("/answer", shows, rest={**ANSWER, "/v1/answer": (200, states.ANSWER | changes)}, act=act)


async def by_text(page: Page) -> None:
    await unfold("How we remind you")(page)
    await page.get_by_label("By text message").check()


async def try_it(page: Page) -> None:
    await page.get_by_label("First reminder to them").fill("3")
    await page.get_by_label("First reminder to them").press("Enter")
    await page.get_by_text("As a file, with clauses of your own").click()
    await page.get_by_role("button", name="Try this change").click()


async def adopting(page: Page) -> None:
    await try_it(page)
    await page.get_by_role("button", name="Let it count from now on").click()


def policy(shows: str, act: Act = nothing, **answers: dict[str, Any]) -> Case:
    told = {"check": states.CHECKED, "prove": states.PROOF, "differences": states.DIFFERENCES, "year": states.YEAR}
    rest: dict[str, tuple[int, dict[str, Any]]] = {
        REDEEM: link("administrator", "policy"),
        "/v1/policy": (200, states.IN_FORCE),
        **{f"/v1/policy/{what}": (200, body) for what, body in {**told, **answers}.items()},
    }
    return Case("/policy", shows, rest=rest, act=act)


CASES: dict[str, Case] = {
    "index": Case("/", "Video sessions for couples"),
    "join without link": Case("/join", "Please open your own link", token=""),
    "join expired": Case("/join", "This link is too old", rest={REDEEM: problem("link_expired")}),
    "join connecting": join("Hello Alex. One moment", "link", line="away"),
    "join link": join("Your session began today at 3:00", "link"),
    "join fast": Case("/join", "Your session began", LINK, {REDEEM: link("partner", speed=60)}, speed=60),
    "join link late": join("Your session began today", "link late"),
    "join late": join("How late, about?", "link", press("I’m running late")),
    "join absence": join("What fits best?", "link", press("I can’t come")),
    "join declared": join("Thank you for telling us", "declared"),
    "join check": join("Let’s see if everything works", "link", press("Check my camera and sound")),
    "join waiting": join("You’re here, Alex.", "waiting", back),
    "join waiting lost": join("Your connection is away", "waiting", back, line="lost"),
    "join waiting asked": join("You’re here, Alex.", "waiting asked", back),
    "join leaving": join("Leave now?", "waiting", press("Go back in", "Leave")),
    "join where": join("Where are you right now?", "waiting", press("Go back in", "Tell Dr. Rivera where you are")),
    "join safe": join("Are you alone, and OK to talk?", "waiting first", back),
    "join quiet": join("Ask for help without a word", "waiting", press("Go back in", "Ask for help without a word")),
    "join room safe": join("Are you alone, and OK to talk?", "room safe", back),
    "today": Case("/today", "", token=""),
    "join apart": join("Your session", "room apart", back),
    "join aside": join("With Dr. Rivera", "room aside", back),
    "join over": join("With Dr. Rivera and Robin", "room over", back),
    "join held": join("It’s good that you’re here", "held", back),
    "join back": join("Welcome back, Alex.", "waiting"),
    "join helper": join("Your session began today", "helper link"),
    "join helper waiting": join("You’re here, Noor.", "helper waiting", back),
    "join helper closing": join("This session isn’t held today.", "helper closing"),
    "join office": join("You’re here, Alex.", "office"),
    "join room": join("With Dr. Rivera and Robin", "room", back),
    "join room alone": join("Your session", "room alone", back),
    "join room lost": join("With Dr. Rivera and Robin", "room lost", back),
    "join room away": join("Your connection is away", "room", back, line="lost"),
    "join room asked": join("May they join you now?", "room asked", back),
    "join room more": join("More", "room", press("Go back in", "More")),
    "join room devices": join(
        "Camera, microphone, speaker", "room", more("Camera, microphone, speaker", first="Go back in")
    ),
    "join room messages": join("Messages", "room", more("Messages", first="Go back in")),
    "join closing": join("We’ll find a new time.", "closing"),
    "join removed": join("Your part of this session is over", "removed"),
    "console connecting": console("One moment", "waiting", line="away"),
    "console away": console("Your connection is away", "room", line="lost"),
    "console waiting": console("Alex & Robin", "waiting"),
    "console room more": console("More", "room", press("More")),
    "console room messages": console("Messages", "room", more("Messages")),
    "console helpers": console("Alex & Robin", "waiting helpers"),
    "console card interpreter": console("The interpreter isn’t here either.", "card interpreter"),
    "console stand in": standing_in(states.HOSTING, "Dr. Rivera isn’t there."),
    "console signs": console("Alex asks for help, without a word.", "signs"),
    "console aside": console("You’re with Alex alone.", "aside"),
    "console where": Case(
        "/console",
        "Where Alex is",
        states.THERAPISTS["ready"],
        {**STAFF, "/v1/whereabouts": (200, {"partners": {"a": states.WHERE}})},
        press("Where is Alex?"),
    ),
    "console held by another": standing_in(
        states.HOSTING | {"host": "Dr. Marsh", "host_here": True}, "Dr. Marsh is holding this session."
    ),
    "console card": console("Robin hasn’t come.", "card"),
    "console card undo": console("Robin hasn’t come.", "card", press_about("See Alex alone")),
    "console card focus": console("Robin hasn’t come.", "card focus", press_about("See Alex alone")),
    "console why": console("Robin hasn’t come.", "card", unfold("Why am I asked?", "What Dyad decided, and why")),
    "console card s1": console("Robin has come and waits in private.", "card s1"),
    "console card merge pending": console("Robin has come", "card merge pending"),
    "console ready": console("Alex & Robin", "ready"),
    "console room": console("Alex & Robin", "room"),
    "console ending": console("End the session for everyone?", "room", press("End session")),
    "console ended": console("What follows", "ended"),
    "console taken": Case("/console", "This link was taken back", rest={REDEEM: problem("link_revoked")}),
    "times open": Case("/times", "Which of these times work", rest=TIMES),
    "times wish": Case("/times", "Which other times would work?", rest=TIMES, act=press("None of these work")),
    "times wish es": Case(
        "/times",
        "¿Qué otras horas le irían bien?",
        rest={**TIMES, "/v1/proposal": (200, states.PROPOSAL | {"language": "es"})},
        act=press("Ninguna me va bien"),
    ),
    "times closed": Case(
        "/times",
        "These times are no longer open",
        rest={**TIMES, "/v1/proposal": (200, states.PROPOSAL | {"status": "closed"})},
    ),
    "times used": Case("/times", "You’ve already answered", rest={REDEEM: problem("link_used")}),
    "answer": answer("Tuesday, March 3 at 3:00"),
    "answer spanish": answer("martes, 3 de marzo", language="es"),
    "answer yes": answer("Tuesday, March 3", press("I’ll be there"), said="yes"),
    "answer late": answer("How late, about?", press("I’ll be late")),
    "answer said late": answer("Tuesday, March 3", said="late", late_until=states.at(1450).isoformat(), open=True),
    "answer cant": answer("What fits best?", press("I can’t come")),
    "answer over": answer("Thank you for telling us.", state="over", said="cant"),
    "answer begun": answer("Tuesday, March 3", state="begun", open=True),
    "portal": Case("/portal", "Hello Alex", rest=PORTAL, act=by_text),
    "team": Case(
        "/team",
        "Sessions",
        rest={**TEAM, **{f"/v1/sessions/s-{n}/explain": (200, states.EXPLAINED) for n in range(3)}},
        act=unfold("What Dyad decided, and why"),
    ),
    "team unsent": Case(
        "/team",
        "Messages that did not go out",
        rest={**TEAM, "/v1/undelivered": (200, states.UNSENT)},
    ),
    "team review": Case(
        "/team",
        "To look at together",
        rest={**TEAM, "/v1/reviews": (200, states.REVIEWS)},
        act=unfold("Session by session", "What was said before"),
    ),
    "team review again": Case(
        "/team",
        "Looked at",
        rest={**TEAM, "/v1/reviews": (200, {**states.REVIEWS, "items": [states.LOOKED_AT]})},
        act=press("Look at it again"),
    ),
    "policy": policy("Try a change"),
    "policy faults": policy("Try a change", check=states.FAULTY),
    "policy tried": policy("What would a year look like?", try_it),
    "policy broken": policy("Is it safe?", try_it, prove=states.BROKEN_PROOF),
    "policy adopting": policy("Let ours, version 1 count?", adopting),
    "messages": Case(
        "/messages", "Messages sent", rest={**TEAM, "/v1/demo/messages": (200, states.messages("http://d"))}
    ),
}


@asynccontextmanager
async def shown(browser: Browser, case: Case, width: int, scheme: Scheme) -> AsyncIterator[Page]:
    """The case's page, open, acted upon, and without a word in the browser's console."""
    height = dict(SIZES).get(width, 844)
    given = FakeService(case.view, case.rest, case.speed, closed=case.closed, away=case.line == "away")
    async with serving(given) as service:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", locale="en-US"
        )
        try:
            page = await context.new_page()
            complaints: list[str] = []
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(f"{service.url}{case.path}" + (f"#{case.token}" if case.token else ""))
            await case.act(page)
            if case.line == "lost":
                await expect(page.get_by_role("heading").first).to_be_visible()
                await expect(page.get_by_role("heading", name="One moment")).to_have_count(0)
                service.away = True
                await service.hang_up()
            said = page.get_by_role("status").filter(has_text=case.shows)
            await expect(page.get_by_role("heading", name=case.shows).or_(said).first).to_be_visible()
            yield page
            assert [said for said in complaints if not said.startswith(EXPECTED)] == []
        finally:
            await context.close()


@pytest.mark.e2e
@pytest.mark.asyncio
@pytest.mark.parametrize("name", CASES)
async def test_page(name: str, chromium: Browser) -> None:
    async with shown(chromium, CASES[name], SIZES[0][0], "light") as page:
        await suits_everybody(page)


async def suits_everybody(page: Page, name: str = "") -> None:
    """In both sizes, both schemes and both directions."""
    # Through the evaluation of the test, since the page's own policy lets no other script in.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for direction, schemes in RULES.items():
            await page.evaluate("direction => document.documentElement.dir = direction", direction)
            where = f"{name} {width} px, {direction}"
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, where
            assert await too_small(page) == [], where
            for scheme, rules in schemes.items():
                await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert await faults(page, rules) == [], f"{where}, {scheme}"


async def faults(page: Page, rules: Sequence[str] = ALL) -> list[str]:
    """What axe-core finds: rule, element, why."""
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules})", list(rules))
    return [
        f"{rule['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


async def too_small(page: Page) -> list[str]:
    """Buttons that a thumb could miss."""
    found: list[str] = await page.evaluate(
        """[...document.querySelectorAll('button, select, summary, a.btn, footer a')]
          .filter((e) => e.checkVisibility())
          .filter((e) => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
          .map((e) => e.textContent)"""
    )
    return found
