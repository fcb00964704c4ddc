"""Everyone reads the definitions: the glossary, a stage, the version it stands in."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PageAs
from tests.browser.world import World


def test_from_the_glossary_to_a_stage_to_its_version(world: World, page_as: PageAs) -> None:
    # Given somebody who only reads: the glossary is their start page
    page = page_as("enablement")
    expect(page.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()
    # When a stage is opened
    page.get_by_role("link", name="Marketing Qualified Lead").last.click()
    # Then it says in words what it takes
    expect(page.get_by_role("heading", name="Marketing Qualified Lead")).to_be_visible()
    expect(page.get_by_text("Intent score is at least 65")).to_be_visible()
    expect(page.get_by_role("link", name="Sales Accepted Lead")).to_be_visible()
    # When the version is opened
    page.get_by_role("link", name="glossary v1").click()
    # Then the document, its digest and its seal are there
    expect(page.get_by_role("heading", name="Glossary & data contract v1")).to_be_visible()
    page.get_by_text("Digest and seal").click()
    expect(page.get_by_text(re.compile("^[0-9a-f]{64}$")).first).to_be_visible()
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Change log").click()
    expect(page.locator(".c-feed .c-badge").filter(has_text="in force")).to_have_count(6)


def test_what_is_long_can_be_opened(world: World, page_as: PageAs) -> None:
    """Every fold of a lead's story opens on a click."""
    page = page_as("revops")
    page.goto(f"/leads/{world.late.pk}/")

    folds = page.locator("main details:not(.c-menu)")
    assert folds.count() >= 2
    for fold in folds.all():
        fold.locator("summary").click()
        expect(fold.locator(":scope > :not(summary)").first).to_be_visible()
