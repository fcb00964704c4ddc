"""A back-test in a browser: asked for, computed by a worker, read, opened to its leads; on a phone it fits."""

from django.utils import timezone
from playwright.sync_api import expect

from glossary.models import BackTest
from glossary.queries.editions import edition_at
from reporting.services.back_testing import compute
from tests.browser.conftest import PageAs
from tests.browser.test_phone import sticks_out
from tests.browser.world import World
from tests.reporting.back_test.scene import NOW, asked, crowd, lower_bar


def past(world: World) -> None:
    """Many leads of the last months, and a second version of the scoring to compare with."""
    edition = edition_at(world.late.captured_at)
    lower_bar(edition)
    crowd(300, edition)


def test_versions_are_compared_by_a_worker_and_open_to_leads(
    world: World, page_as: PageAs, worker: None
) -> None:
    # Given RevOps on the list of the back-tests, that is empty
    past(world)
    page = page_as("revops")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports").click()
    page.get_by_role("navigation", name="Reports").get_by_role("link", name="Back-tests").click()
    expect(page.get_by_text("No back-test was asked for yet")).to_be_visible()
    # When one is asked for, then the worker computes it and the page shows it by itself
    asked(now=timezone.now())
    page.reload()
    page.get_by_role("link", name="#").click()
    expect(page.get_by_role("heading", name="Who is in")).to_be_visible()
    # And a number opens to its leads
    page.get_by_role("link", name="open the list").first.click()
    expect(page.get_by_role("columnheader", name="What became of it")).to_be_visible()


def test_on_a_phone_in_the_dark_nothing_sticks_out(world: World, page_as: PageAs) -> None:
    past(world)
    done = asked()
    page = page_as("revops", 360, dark=True)
    addresses = (f"/reports/back-tests/{done.pk}/", "/reports/back-tests/")
    for address in addresses:
        page.goto(address)
        assert sticks_out(page) == [], address

    assert compute(done.pk, now=NOW)

    leads = f"/reports/back-tests/{done.pk}/leads/?stage=mql&kind=gained"
    for address in (*addresses, leads):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert sticks_out(page) == [], address
    assert BackTest.objects.get().result is not None
