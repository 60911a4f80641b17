"""However many are in the room, each has a picture and not a stripe, and nobody's name is covered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Browser

from tests.web import states
from tests.web.fake_service import TOKEN, serving
from tests.web.test_behaviour import partner, therapist

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

NAMES = ("Robin", "Kim", "Sam", "Jo", "Noor")
SHAPES = """[...document.querySelectorAll('[data-tile]')].map((tile) => {
  const [box, name, own] = [tile, tile.querySelector('b'), document.querySelector('.tile.mine')].map(
    (e) => e.getBoundingClientRect());
  const covered = name.right > own.left && name.bottom > own.top && name.left < own.right && name.top < own.bottom;
  return [box.width / box.height, covered];
})"""


@pytest.mark.parametrize("count", range(1, 7))
async def test_everybody_has_a_picture(count: int, chromium: Browser) -> None:
    others = tuple(
        replace(states.ROBIN, key=key, name=name) for key, name in zip("bcdef", NAMES[: count - 1], strict=False)
    )
    service = partner(replace(states.ROOM, people=(states.RIVERA, *others)))
    async with serving(service):
        page = await chromium.new_page(reduced_motion="reduce")
        await page.goto(f"{service.url}/join#{TOKEN}")
        await page.get_by_role("button", name="Go back in").click()
        await page.get_by_label("Your own picture").wait_for()
        for width, height in ((320, 640), (360, 740), (1280, 800)):
            await page.set_viewport_size({"width": width, "height": height})
            shapes = await page.evaluate(SHAPES)
            assert len(shapes) == count
            assert all(0.4 < shape < 2.7 and not covered for shape, covered in shapes), (width, shapes)
        await page.close()


async def test_a_therapist_sees_five_of_a_group(chromium: Browser) -> None:
    group = tuple(replace(states.ROBIN, key=key, name=name) for key, name in zip("bcdef", NAMES, strict=True))
    service = therapist(replace(states.THERAPISTS["room"], people=group))
    async with serving(service):
        page = await chromium.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 800})
        await page.goto(f"{service.url}/console#{TOKEN}")
        await page.get_by_label("Your own picture").wait_for()
        shapes = await page.evaluate(SHAPES)
        assert len(shapes) == 5
        assert all(0.4 < shape < 3.2 and not covered for shape, covered in shapes), shapes
        await page.close()
