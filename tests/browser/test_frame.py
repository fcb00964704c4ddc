"""The frame around every page: menus that open, themes, signing out, the phone's drawer, the error page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PageAs
from tests.browser.watch import Watch
from tests.browser.world import World

NARROW = 360


def test_the_account_menu_opens_switches_the_theme_and_signs_out(world: World, page_as: PageAs) -> None:
    # Given a signed-in rep
    page = page_as("sdr")
    # When the account menu is opened and dark is chosen
    page.locator("summary.c-menu__button").click()
    page.get_by_role("button", name="Dark").click()
    # Then the page is dark, also after a reload
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    page.reload()
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    # And light again on request; Escape closes the menu and gives the focus back
    page.locator("summary.c-menu__button").click()
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).not_to_have_class(re.compile(r"\bdark\b"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator("summary.c-menu__button")).to_be_focused()
    # When signing out, then the pages are closed again
    page.locator("summary.c-menu__button").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")
    page.goto("/me/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_system_preference_makes_it_dark(world: World, page_as: PageAs) -> None:
    page = page_as("sdr", dark=True)

    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    ground = page.evaluate("getComputedStyle(document.querySelector('.c-page')).backgroundColor")
    lightness = page.evaluate(
        """(colour) => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
          return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }""",
        ground,
    )
    assert lightness < 64, ground


def test_the_menu_is_a_drawer_on_a_phone(world: World, page_as: PageAs) -> None:
    page = page_as("sdr", NARROW)
    page.goto("/glossary/")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox")
    expect(link).to_be_hidden()

    page.get_by_role("button", name="Open or close the menu").click()
    expect(link).to_be_visible()
    page.get_by_role("button", name="Close the menu", exact=True).click()
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Open or close the menu").click()
    link.click()

    expect(page).to_have_url(re.compile("/inbox/$"))


def test_the_menu_folds_away_on_a_desk(world: World, page_as: PageAs) -> None:
    page = page_as("sdr")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_visible()

    page.get_by_role("button", name="Open or close the menu").click()

    expect(menu).to_be_hidden()


@pytest.mark.parametrize("who", ["revops", "sdr"])
def test_every_entry_of_the_menu_opens(world: World, page_as: PageAs, who: str) -> None:
    page = page_as(who)
    entries = page.get_by_role("navigation", name="Main").get_by_role("link")
    addresses = [entry.get_attribute("href") for entry in entries.all()]
    assert len(addresses) > 4

    for address in addresses:
        answer = page.goto(str(address))
        assert answer is not None
        assert answer.ok, address
        expect(page.get_by_role("heading").first).to_be_visible()


def test_a_wrong_address_leads_back(world: World, page_as: PageAs, watch: Watch) -> None:
    page = page_as("sdr")
    watch.expected += ["404"]

    page.goto("/no/such/page/")
    page.get_by_role("link").first.click()

    expect(page.get_by_role("heading").first).to_be_visible()
    assert any("answer 404" in fault for fault in watch.faults)


def test_a_wrong_password_is_said(world: World, open_page: PageAs) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_label("Username").fill("sdr")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
