"""What befalls a room: people meet with and without media, are refused, send nonsense, vanish, or never come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp

from server.bots import Bot, BotRefused, bot

Links = dict[str, Any]
Story = Callable[[Links], Awaitable[None]]


async def they_meet(links: Links) -> None:
    await _meet(links, media=False)


async def they_see_each_other(links: Links) -> None:
    await _meet(links, media=True)


async def _meet(links: Links, *, media: bool) -> None:
    """One partner comes twice, one vanishes without a word, and the therapist ends it."""
    async with bot(links["therapist"]) as host, bot(links["partners"]["a"], 90) as alex:
        await host.join(media=media)
        await _arrives(alex, media=media)
        async with bot(links["partners"]["b"], 180) as robin:
            await _arrives(robin, media=media)
            for key in "ab":
                await host.ask("admit", participant=key)
            await alex.until(lambda view: len(view["people"]) == 2)
            async with bot(links["partners"]["a"], 90) as second:
                await second.join(media=media)
                await asyncio.sleep(0.5)
        await host.ask("end_session")


async def some_are_refused(links: Links) -> None:
    base = links["base_url"]
    for token in ("t" * 43, "x"):
        with suppress(BotRefused):
            await Bot(f"{base}/join#{token}").redeem()
        with suppress(BotRefused):
            await Bot(f"{base}/join#{token}").join(media=False)
    async with bot(links["partners"]["a"]) as alex:
        await _arrives(alex, media=False)
        for wrong in ("admit", "end_session", "nothing_of_the_kind"):
            with suppress(BotRefused):
                await alex.ask(wrong, participant="b")
    await _cancelled(links)


async def some_are_broken(links: Links) -> None:
    """Sockets that say nonsense or nothing, an answer that is no answer, and a connection that is never made."""
    address = f"{links['base_url'].replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http:
        for said in ((), ("nonsense",), ("40/session,{}",), ('40/session,{"token":"x"}', '42/session,["join"]')):
            async with http.ws_connect(address) as socket:
                await socket.receive()
                for line in said:
                    await socket.send_str(line)
                await asyncio.sleep(0.1)
    async with bot(links["partners"]["b"]) as robin:
        await robin.join(media=False)
        await robin.ask("restart_media")
        with suppress(BotRefused):
            await robin.ask("answer_media", sdp="v=0\r\n")
    await _cancelled(links)


async def nobody_comes(links: Links) -> None:
    """The policy ends it."""


STORIES: tuple[Story, ...] = (they_meet, some_are_refused, they_see_each_other, some_are_broken, nobody_comes)


async def _arrives(someone: Bot, *, media: bool) -> None:
    await someone.join(media=media)
    await someone.ask("report_check", camera="ok", microphone="ok", speaker="ok", connection="ok")
    await someone.ask("arrive")


async def _cancelled(links: Links) -> None:
    async with bot(links["therapist"]) as host:
        await host.join(media=False)
        await host.ask("cancel_session")
