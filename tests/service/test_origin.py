"""A browser says which page opens a connection: Dyad's own may, over HTTP and HTTPS, and nobody else's."""

from __future__ import annotations

import aiohttp
import pytest

from tests.service.support import house

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("lan", [False, True], ids=["http", "https"])
async def test_only_dyad_s_own_pages_connect(lan: bool) -> None:
    async with house(lan=lan) as home, aiohttp.ClientSession() as http:
        own = home.links.base_url
        target = f"{own}/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(target, headers={"Origin": own}, ssl=False) as socket:
            assert (await socket.receive_str()).startswith("0{")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(target, headers={"Origin": "https://elsewhere.example"}, ssl=False)
