"""The harness itself: a leak fails, a skip is listed and fails on CI, what a test starts ends with it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser
from redis.asyncio import Redis

from tests.architecture.imports import ROOT
from tests.support.programs import running
from tests.support.redis import RedisServer

LEAK = """
import asyncio, pytest, pytest_asyncio

@pytest_asyncio.fixture
async def server():
    task = asyncio.create_task(asyncio.sleep(60))
    yield
    task.cancel()

@pytest.mark.asyncio
async def test_leaks():
    test_leaks.task = asyncio.create_task(asyncio.sleep(60), name="forgotten")

@pytest.mark.asyncio
async def test_tidies_up(server):
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()

def test_without_a_loop():
    pass
"""

SKIP = """
import pytest

def test_runs():
    pass

@pytest.mark.skip(reason="no moon tonight")
def test_waits():
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_known_fault():
    assert False
"""

SKIPPED_MODULE = "import pytest\npytest.skip('nothing here today', allow_module_level=True)\n"

BROWSER = """
import pytest

@pytest.mark.asyncio
async def test_looks(chromium):
    page = await chromium.new_page()
    await page.set_content("<p>here</p>")
    assert False
"""


def run_pytest(folder: Path, source: str, *, ci: bool = False) -> subprocess.CompletedProcess[str]:
    """Run these tests under the project's own settings and conftest, in a process of their own."""
    (folder / "test_inner.py").write_text(source, encoding="utf-8")
    (folder / "conftest.py").write_text("from tests.conftest import *  # noqa: F403\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    environment = {**os.environ, "CI": "true" if ci else "", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", "test_inner.py"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_leaked_task_fails_its_test_and_no_other(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, LEAK)
    assert ran.returncode == 1, ran.stdout
    assert "3 passed, 1 error" in ran.stdout
    assert "ERROR at teardown of test_leaks" in ran.stdout
    assert "forgotten" in ran.stdout


def test_skips_are_listed_just_before_the_closing_line(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, SKIP)
    assert ran.returncode == 0, ran.stdout
    assert "What was skipped, and why" in ran.stdout
    assert "1 × no moon tonight" in ran.stdout
    assert "× known" not in ran.stdout
    assert "1 passed, 1 skipped, 1 xfailed" in ran.stdout.splitlines()[-1]


@pytest.mark.parametrize(("source", "reason"), [(SKIP, "no moon tonight"), (SKIPPED_MODULE, "nothing here today")])
def test_a_skip_fails_the_run_on_ci(source: str, reason: str, tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, source, ci=True)
    assert ran.returncode != 0, ran.stdout
    assert f"these reasons are not allowed: {reason}" in ran.stdout


def test_a_run_without_skips_passes_on_ci(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, "def test_runs():\n    pass\n", ci=True)
    assert ran.returncode == 0, ran.stdout
    assert "Nothing." in ran.stdout


def test_a_free_port_can_be_bound(free_port: Callable[[], int]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_a_program_that_never_listens_is_reported_with_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no thanks'); raise SystemExit(3)"]
    with (
        pytest.raises(RuntimeError, match=r"(?s)ended with 3.*no thanks"),
        running(command, port=1, log=tmp_path / "log"),
    ):
        pass


@pytest.mark.asyncio
async def test_redis_is_real_and_forgets_on_a_restart(redis_server: RedisServer) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        await redis.set("key", "value")
        assert await redis.get("key") == b"value"
    await asyncio.to_thread(redis_server.stop)
    await asyncio.to_thread(redis_server.start)
    async with Redis.from_url(redis_server.url) as redis:
        assert await redis.get("key") is None


@pytest.mark.e2e
@pytest.mark.asyncio
async def test_chromium_has_a_camera_and_a_microphone(chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.route("https://dyad.test/", lambda route: route.fulfill(body="<p>here</p>", content_type="text/html"))
    await page.goto("https://dyad.test/")
    kinds = await page.evaluate(
        """navigator.mediaDevices.getUserMedia({audio: true, video: true})
           .then(stream => stream.getTracks().map(track => track.kind).sort())"""
    )
    assert kinds == ["audio", "video"]


@pytest.mark.e2e
def test_a_failed_browser_test_leaves_a_screenshot(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, BROWSER)
    assert ran.returncode == 1, ran.stdout
    (picture,) = (tmp_path / "test-results").glob("*.png")
    assert str(picture) in ran.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
