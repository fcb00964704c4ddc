"""The pictures of the README, taken from the demo at a fixed moment: only with CONCORD_PICTURES=1.

`CONCORD_PICTURES=1 bin/test --only browser -- tests/browser/test_pictures.py` writes them into docs/pictures/.
Without it the same pages are walked with a small demo and the pictures are thrown away.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Page, expect

from config.demo.cast import PASSWORD
from reporting.tasks import run_reports
from tests.browser.conftest import PageAs
from tests.support import ROOT

WANTED = bool(os.environ.get("CONCORD_PICTURES"))
LEADS = 2500 if WANTED else 25
# A Monday morning in London: what came in over the weekend is due, some of it is late.
UNTIL = datetime(2026, 11, 16, 9, 40, tzinfo=UTC)
MOST_BYTES = 300_000


@pytest.fixture
def demo(transactional_db: None) -> Iterator[None]:
    """The demo organisation, and the moment at which its year ends."""
    with time_machine.travel(UNTIL, tick=True):
        call_command("demo", leads=LEADS, until=UNTIL, verbosity=0)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    chosen = ROOT / "docs" / "pictures" if WANTED else tmp_path
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def take(page: Page, path: Path) -> None:
    """Take what is on the screen, small enough for a README."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, animations="disabled", caret="hide")
    assert 10_000 < path.stat().st_size < MOST_BYTES, path.name


def test_pictures(demo: None, page_as: PageAs, folder: Path) -> None:
    # Given the demo; when its pages are opened by those who work with them
    rep = page_as("ava", password=PASSWORD)
    rep.clock.set_system_time(UNTIL)
    expect(rep.get_by_role("heading", name="Desk", exact=True)).to_be_visible()
    take(rep, folder / "desk.png")
    rep.locator("[data-row] a[data-open]").first.click()
    expect(rep.get_by_role("heading", name="What happened")).to_be_visible()
    take(rep, folder / "lead.png")
    rep.goto("/glossary/")
    expect(rep.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()
    take(rep, folder / "glossary.png")
    approver = page_as("cro", password=PASSWORD)
    approver.get_by_role("link", name="Approve as CRO").click()
    expect(approver.get_by_role("heading", name="Schools are no MQLs")).to_be_visible()
    take(approver, folder / "change.png")
    reader = page_as("analytics", password=PASSWORD)
    reader.goto("/reports/conversion/?from=mql&to=sal&by=month")
    reader.get_by_role("button", name="Compute now").click()
    run_reports()
    reader.reload()
    expect(reader.get_by_role("heading", name="How this was counted")).to_be_attached()
    take(reader, folder / "reports.png")
    # Then there is a picture of each
    assert {path.name for path in folder.glob("*.png")} >= {
        "desk.png",
        "lead.png",
        "change.png",
        "glossary.png",
        "reports.png",
    }
