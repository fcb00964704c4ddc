"""The what-if page in a browser: a worker draws the curve, the slider moves the threshold, a click opens a draft."""

import re

from playwright.sync_api import Page, expect

from glossary.queries.editions import edition_at
from reporting.models import ReportRun
from tests.browser.conftest import PageAs
from tests.browser.world import World
from tests.reporting.what_if.crowd import crowd, drawn

CHART = "Chart.getChart(document.querySelector('canvas[data-chart]'))"
MARKS = f"{CHART}.options.plugins.marks.lines.map(({{ at, label }}) => [at, label])"


def curve(world: World) -> ReportRun:
    """A finished curve over many leads."""
    crowd(120, edition_at(world.late.captured_at))
    return drawn()


def spot(page: Page, name: str) -> str:
    """What the page says in one spot."""
    return page.locator(f"[data-what={name}]").first.inner_text()


def test_a_curve_is_asked_for_drawn_and_leads_to_a_draft(world: World, page_as: PageAs, worker: None) -> None:
    # Given RevOps on the report
    page = page_as("revops")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports").click()
    page.get_by_role("navigation", name="Reports").get_by_role("link", name="What if").click()
    # When the curve is asked for, then the worker draws it and the page shows it by itself
    page.get_by_role("button", name="Compute now").click()
    expect(page.get_by_role("heading", name="What it would mean")).to_be_visible()
    expect(page.locator("#what-if-change")).to_have_text("This is the threshold in force.")
    # And a change of scoring is a click away
    page.get_by_role("link", name="Propose this change").click()
    expect(page.get_by_label("Workstream")).to_have_value("scoring")


def test_the_slider_moves_texts_chart_and_address_without_the_server(world: World, page_as: PageAs) -> None:
    # Given a curve on its permalink
    run = curve(world)
    page = page_as("revops")
    page.goto(f"/reports/what-if/{run.pk}/")
    page.wait_for_function(CHART)
    slider = page.get_by_role("slider", name="Move the threshold")
    expect(slider).to_have_value("65")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # When it is moved by keyboard to 25
    slider.focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    # Then texts, field, address and chart stand at 25, and the server was asked nothing
    expect(page.locator("#what-if-change")).to_contain_text("more leads")
    expect(page.get_by_label("Threshold to look at")).to_have_value("25")
    expect(slider).to_have_attribute("aria-valuetext", "25")
    page.wait_for_url(re.compile(r"\?at=25$"))
    marks = page.evaluate(MARKS)
    assert marks == [[65, "in force: 65"], [25, "chosen: 25"]]
    # A browser looks for the icon of each new address.
    assert [address for address in asked if "/static/img/" not in address] == []
    # And what was shown live is what the server says of that address
    live = {name: spot(page, name) for name in ("at", "per_week", "volume", "precision", "recall", "change")}
    page.reload()
    expect(slider).to_have_value("25")
    assert {name: spot(page, name) for name in live} == live


def test_a_typed_threshold_moves_the_slider(world: World, page_as: PageAs) -> None:
    run = curve(world)
    page = page_as("revops", 360)
    page.goto(f"/reports/what-if/{run.pk}/")

    page.get_by_label("Threshold to look at").fill("20.3")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("slider", name="Move the threshold")).to_have_value("20")
    expect(page.get_by_label("Threshold to look at")).to_have_value("20")
    page.wait_for_url(re.compile(r"\?at=20$"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
