"""One service for the tests that only look; each of the others has its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.service.support import House, house


@pytest_asyncio.fixture
async def shared_home() -> AsyncIterator[House]:
    async with house() as opened:
        yield opened
