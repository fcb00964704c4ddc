"""Fixtures of the walks. Everything in this folder carries the mark `browser`.

The pages come from a threaded live server in this process. Imports, reports, notifications and next actions are
carried out by a real Celery worker process, reached through the real broker by the nudges that the services
send: nothing is called behind the browser's back. Both need a database that other processes can open, so
SQLite is a file here.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.servers import CHROMIUM_FLAGS, celery_worker, chromium
from tests.browser.watch import Watch
from tests.browser.world import PASSWORD, World, build

FOLDER = Path(__file__).parent
PATIENCE = 60_000  # milliseconds; a busy machine is no fault
HEIGHTS = {360: 740}

PageAs = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lives here."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A database file instead of memory: the worker is another process."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.VAR_DIR / "walks.sqlite3")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all walks, with a profile of its own."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium was found; install one or set CONCORD_CHROMIUM")
    # Playwright keeps an event loop in this thread; Django's guard would take the tests for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS, timeout=PATIENCE)
        yield started
        started.close()


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A Celery worker process for walks that ask for computed or imported things."""
    with celery_worker(tmp_path / "worker.log"):
        yield


@pytest.fixture
def world(transactional_db: None, cast: SimpleNamespace) -> World:
    """The company of the walks."""
    return build(cast)


@pytest.fixture
def watch(live_server: LiveServer) -> Iterator[Watch]:
    """Fails the test whose pages complained, even where the walk saw nothing of it."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():  # type: ignore[attr-defined]  # SQLite only
        # Threads on one connection would mix their transactions, and the worker could not see it at all.
        pytest.skip("the walks need a database file: run them alone, bin/test --only browser")
    watching = Watch(live_server.url)
    yield watching
    faults = watching.unexpected()
    assert not faults, "\n".join(faults)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, watch: Watch) -> Iterator[PageAs]:
    """A function that opens an empty page: width in CSS pixels, dark or light."""
    contexts = []

    def opened(width: int = 1440, *, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/London",
            has_touch=width < 640,
        )
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page_as(open_page: PageAs) -> PageAs:
    """A function that signs somebody in through the real sign-in page and leaves them on their start page."""

    def signed_in(username: str, width: int = 1440, *, dark: bool = False, password: str = PASSWORD) -> Page:
        page = open_page(width, dark=dark)
        page.goto("/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "/account/login/" not in address)
        return page

    return signed_in
