"""What every test can count on: programs of its own, no task left behind, and no skip that goes unseen."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support import ports
from tests.support.again import over_real_processes, ran_again
from tests.support.postgres import PostgresServer, postgres_running
from tests.support.redis import RedisServer, redis_running
from tests.support.skips import not_allowed, skip_reasons
from tests.support.tasks import leaked_tasks

if TYPE_CHECKING:
    from playwright.async_api import Browser

FAILED = pytest.StashKey[bool]()


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Ask for as many free TCP ports as the test needs."""
    return ports.free_port


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One for the whole run, fast because nothing of it is durable; each test makes databases of its own in it."""
    with postgres_running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A database of the newest schema, to make others from."""
    from server.adapters.sql import migrate_database

    name = postgres_server.database()
    with ThreadPoolExecutor(1) as elsewhere:  # here a loop may be running
        elsewhere.submit(lambda: asyncio.run(migrate_database(postgres_server.url(name)))).result()
    return name


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A fresh database of the newest schema."""
    name = postgres_server.database(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty record, of one kind of database after the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest_asyncio.fixture
async def chromium(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """A browser process of the test's own; if the test fails, its pages are kept as pictures in test-results/.

    Where the test has the machine alone, since it measures, the camera is as quick as a browser's usual synthetic one.
    """
    # Imported here: most runs need no browser, and playwright takes a while to load.
    from tests.support.browser import CALM, chromium_running, keep_screenshots

    alone = request.node.get_closest_marker("alone") is not None
    async with chromium_running(*([] if alone else [CALM])) as browser:
        yield browser
        if request.node.stash.get(FAILED, False):
            folder = request.config.rootpath / "test-results"
            for path in await keep_screenshots(browser, folder, request.node.nodeid):
                print(f"Screenshot: {path}")


@pytest_asyncio.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    yield
    if left := await leaked_tasks():
        pytest.fail("tasks left running:\n  " + "\n  ".join(left))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            # First to be set up is last to be torn down: by then a test's own fixtures must have ended their tasks.
            item.fixturenames.insert(0, "no_leaked_tasks")
        if over_real_processes(item.path, item.config.rootpath) and item.get_closest_marker("flaky") is None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reasons = skip_reasons(reporter.stats.get("skipped", [])) if reporter else {}
    if session.exitstatus == pytest.ExitCode.OK and not_allowed(reasons, os.environ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = skip_reasons(terminalreporter.stats.get("skipped", []))
    terminalreporter.section("What was skipped, and why")
    if not reasons:
        terminalreporter.line("Nothing.")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} × {reason}")
    terminalreporter.section("What failed at first and was run again")
    again = ran_again(terminalreporter.stats.get("rerun", []))
    if not again:
        terminalreporter.line("Nothing.")
    for test, why in again.items():
        terminalreporter.line(f"{test}\n{why}", yellow=True)
    if refused := not_allowed(reasons, os.environ):
        terminalreporter.line("")
        terminalreporter.line(
            f"CI=true: this run fails, since these reasons are not allowed: {'; '.join(refused)}", red=True
        )
