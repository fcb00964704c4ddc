"""The walk that everything is built for: a rep works a broken promise, and the report counts what became of it."""

from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from dispositions.models import Disposition
from routing.choices import ClockState
from routing.models import Lead, SlaClock
from tests.browser.conftest import PageAs
from tests.browser.watch import Watch
from tests.browser.world import World

LATE = "Wanda Silva"


def desk_row(page: Page, name: str) -> Locator:
    """The row of a lead in the list of one's own leads."""
    return page.get_by_role("region", name="Your leads").get_by_role("listitem").filter(has_text=name)


def recycle(page: Page, reason: str, day: date | None = None) -> None:
    """On the lead's page: open the form, choose the reason, send it."""
    act = page.locator("#act-recycle")
    act.locator("summary").first.click()
    act.get_by_label(reason).check()
    if day is not None:
        act.get_by_label("Come back on").fill(day.isoformat())
    act.get_by_role("button", name="Recycle").click()
    page.wait_for_url("**/desk/")


def test_a_breached_lead_is_worked_recycled_and_counted(world: World, page_as: PageAs, worker: None) -> None:
    page = page_as("sdr")
    open_the_breached_lead(page)
    log_a_call(page, world)
    recycle_for_later(page, world)
    find_it_in_the_report(page_as("analytics"))


def open_the_breached_lead(page: Page) -> None:
    """A rep who signs in is led to the desk, where the broken promise comes first."""
    expect(page.get_by_role("heading", name="Desk", exact=True)).to_be_visible()
    first = page.get_by_role("region", name="Your leads").get_by_role("listitem").first
    expect(first).to_contain_text(LATE)
    expect(first).to_contain_text("late")
    first.get_by_role("link", name=LATE, exact=True).click()
    expect(page.get_by_role("heading", name=LATE)).to_be_visible()


def log_a_call(page: Page, world: World) -> None:
    """The page says that it is logged, and the clock has stopped late."""
    page.get_by_label("Call", exact=True).check()
    page.get_by_label("Reached", exact=True).check()
    page.get_by_role("button", name="Log and stay here").click()
    expect(page.get_by_role("status").first).to_contain_text("call logged, reached")
    clock = SlaClock.objects.get(lead=world.late, key="first_touch")
    assert clock.state == ClockState.LATE


def recycle_for_later(page: Page, world: World) -> None:
    """Bad timing, with a day: the lead leaves the desk, and the way back is offered."""
    later = timezone.localdate() + timedelta(days=60)
    recycle(page, "Bad timing", later)
    expect(page.get_by_role("status").first).to_contain_text(LATE)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(desk_row(page, LATE)).to_have_count(0)
    expect(desk_row(page, "Elif Nowak")).to_have_count(1)
    lead = Lead.objects.get(pk=world.late.pk)
    assert (lead.stage, lead.next_touch_on) == ("recycled", later)


def find_it_in_the_report(page: Page) -> None:
    """An analyst asks for the conversion report; the worker computes it, the page shows it by itself."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports").click()
    page.get_by_role("navigation", name="Reports").get_by_role("link", name="Conversion").click()
    page.get_by_role("button", name="Compute now").click()
    standing = page.get_by_role("region", name="Where they stand")
    total = standing.get_by_role("row").filter(has_text="All cohorts")
    expect(total).to_be_visible()
    header = [cell.strip() for cell in standing.get_by_role("columnheader").all_inner_texts()]
    recycled = total.locator("th, td").nth(header.index("Recycled"))
    expect(recycled).to_have_text("1")
    recycled.get_by_role("link").click()
    page.get_by_role("link", name=LATE).click()
    expect(page.get_by_role("heading", name=LATE)).to_be_visible()
    expect(page.get_by_text("Marketing Qualified Lead → Recycled")).to_be_visible()


def test_a_recycled_lead_comes_back_by_undo(world: World, page_as: PageAs) -> None:
    # Given a lead that was recycled a moment ago
    page = page_as("sdr")
    desk_row(page, LATE).get_by_role("link", name=LATE, exact=True).click()
    recycle(page, "No budget")
    expect(desk_row(page, LATE)).to_have_count(0)
    # When it is undone
    page.get_by_role("button", name="Undo").click()
    # Then it is back where it was
    expect(page.get_by_role("status").first).to_contain_text("Marketing Qualified Lead again")
    expect(desk_row(page, LATE)).to_have_count(1)
    assert Lead.objects.get(pk=world.late.pk).stage == "mql"


def test_a_double_click_is_one_decision(world: World, page_as: PageAs) -> None:
    page = page_as("sdr")
    page.goto(f"/desk/leads/{world.late.pk}/?act=recycle")
    page.get_by_label("No need").check()

    page.locator("#act-recycle").get_by_role("button", name="Recycle").dblclick(no_wait_after=True)

    page.wait_for_url("**/desk/")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert Disposition.objects.filter(lead=world.late).count() == 1


def test_two_tabs_with_one_form_make_one_decision(world: World, page_as: PageAs) -> None:
    """The same form sent twice past the browser's own care: the second answer shows the first decision."""
    page = page_as("sdr")
    page.goto(f"/desk/leads/{world.late.pk}/?act=recycle")
    page.get_by_label("No need").check()
    statuses = page.evaluate(
        """async () => {
          const form = document.querySelector("#act-recycle form");
          const send = () => fetch(form.action, { method: "POST", body: new FormData(form) });
          return (await Promise.all([send(), send()])).map((answer) => answer.status);
        }"""
    )

    assert statuses == [200, 200]
    assert Disposition.objects.filter(lead=world.late).count() == 1


def test_what_is_missing_is_asked_for_and_nothing_is_lost(
    world: World, page_as: PageAs, watch: Watch
) -> None:
    watch.expected += ["answer 422", "status of 422"]
    page = page_as("sdr")
    page.goto(f"/desk/leads/{world.late.pk}/?act=recycle")
    act = page.locator("#act-recycle")
    page.get_by_label("Bad timing").check()
    note = act.get_by_role("textbox", name="Note")
    note.fill("They plan for the spring.")
    act.get_by_role("button", name="Recycle").click()

    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Bad timing")).to_be_checked()
    expect(act.get_by_role("textbox", name="Note")).to_have_value("They plan for the spring.")
    assert not Disposition.objects.exists()
