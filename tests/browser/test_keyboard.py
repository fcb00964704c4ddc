"""The desk without a mouse: move, open, touch, recycle, undo, help; the focus can be seen."""

from playwright.sync_api import Page, expect

from dispositions.models import Disposition
from routing.models import Lead, Touch
from tests.browser.conftest import PageAs
from tests.browser.world import World

LATE = "Wanda Silva"


def focused_row(page: Page) -> str:
    """Words of the desk row that holds the focus; '' for none."""
    words: str = page.evaluate("document.activeElement.closest('[data-row]')?.innerText ?? ''")
    return words


def is_outlined(page: Page) -> bool:
    """Whether an outline is drawn around what holds the focus, or around the box it stands in."""
    drawn: bool = page.evaluate(
        """() => {
          const here = document.activeElement;
          return [here, here.closest("label"), here.closest("[data-row]")]
            .filter(Boolean)
            .some((box) => getComputedStyle(box).outlineStyle !== "none");
        }"""
    )
    return drawn


def walk_to(page: Page, name: str) -> None:
    """Press j until the row of a lead holds the focus."""
    page.keyboard.press("j")
    while name not in focused_row(page):
        before = focused_row(page)
        page.keyboard.press("j")
        assert focused_row(page) != before, f"{name} is not on the desk"
    assert is_outlined(page)


def test_j_and_k_walk_the_rows(world: World, page_as: PageAs) -> None:
    page = page_as("sdr")

    page.keyboard.press("j")
    assert LATE in focused_row(page)
    assert is_outlined(page)
    page.keyboard.press("j")
    second = focused_row(page)
    page.keyboard.press("k")

    assert second
    assert LATE not in second
    assert LATE in focused_row(page)


def test_a_touch_is_logged_by_keys_alone(world: World, page_as: PageAs) -> None:
    # Given the lead, opened with Enter
    page = page_as("sdr")
    walk_to(page, LATE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=LATE)).to_be_visible()
    # When t puts the cursor into the form, Space chooses, Tab goes on and Enter sends
    page.keyboard.press("t")
    expect(page.locator("#act-touch input[name=kind]:focus")).to_have_count(1)
    assert is_outlined(page)
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("#act-touch input[name=result]:focus")).to_have_count(1)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    # Then it is logged
    assert Touch.objects.filter(lead=world.late, by=world.cast.sdr).count() == 1


def test_a_lead_is_recycled_and_brought_back_by_keys_alone(world: World, page_as: PageAs) -> None:
    # Given r on the row, which opens the lead with the form ready
    page = page_as("sdr")
    walk_to(page, LATE)
    page.keyboard.press("r")
    expect(page.locator("#act-recycle [name=reason]:focus")).to_have_count(1)
    # When a reason is chosen and sent
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("No need")).to_be_checked()
    assert is_outlined(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert Disposition.objects.get(lead=world.late).kind == "recycle"
    # Then u takes it back
    page.keyboard.press("u")
    expect(page.get_by_role("status").first).to_contain_text("Undone")
    assert Lead.objects.get(pk=world.late.pk).stage == "mql"


def test_help_opens_and_closes(world: World, page_as: PageAs) -> None:
    page = page_as("sdr")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    assert focused_row(page) == ""
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_letters_typed_into_a_field_are_letters(world: World, page_as: PageAs) -> None:
    page = page_as("sdr")
    page.goto(f"/desk/leads/{world.late.pk}/?act=recycle")
    note = page.locator("#act-recycle").get_by_role("textbox", name="Note")
    page.get_by_label("No need").check()
    note.click()
    page.keyboard.type("just a quick word, truly?")

    expect(note).to_have_value("just a quick word, truly?")
    expect(page.locator("#act-recycle")).to_be_visible()


def test_the_first_tab_offers_to_skip_to_the_content(world: World, page_as: PageAs) -> None:
    page = page_as("sdr")
    page.goto("/glossary/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
