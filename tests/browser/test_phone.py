"""A phone's width: every main page keeps within the screen, for every kind of reader."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs
from tests.browser.world import World

WIDTH = 360
PAGES = {
    "sdr": [
        "/desk/",
        "/desk/leads/{late}/",
        "/desk/leads/{late}/?act=recycle",
        "/leads/",
        "/leads/{late}/",
        "/glossary/",
        "/glossary/mql/",
        "/changelog/",
        "/changelog/scoring/compare/",
        "/raci/",
        "/reports/",
        "/inbox/",
        "/me/",
    ],
    "manager": [
        "/team/",
        "/inbox/",
        "/reports/conversion/",
        "/reports/sla/",
        "/reports/hygiene/",
        "/reports/what-if/",
    ],
    "revops": ["/leads/import/", "/leads/quarantine/", "/changelog/routing/1/"],
}


def sticks_out(page: Page) -> list[str]:
    """What reaches beyond the right edge of the screen, outermost first; scrolling boxes may hold more."""
    found: list[str] = page.evaluate(
        """() => {
          const edge = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= edge) return [];
          return [...document.querySelectorAll("body *")]
            .filter((box) => box.getBoundingClientRect().right > edge + 1 && !box.closest(".c-table-scroll, .c-tabs"))
            .map((box) => `${box.tagName}.${box.className} "${(box.textContent || "").trim().slice(0, 40)}"`);
        }"""
    )
    return found


@pytest.mark.parametrize("who", list(PAGES))
def test_pages_fit(world: World, page_as: PageAs, who: str) -> None:
    page = page_as(who, WIDTH)
    wide: dict[str, list[str]] = {}
    for pattern in PAGES[who]:
        address = pattern.format(late=world.late.pk)
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide[address] = sticks_out(page)
    assert wide == {}


def test_the_sign_in_page_fits(world: World, open_page: PageAs) -> None:
    page = open_page(WIDTH)
    page.goto("/account/login/")

    expect(page.get_by_role("button", name="Sign in")).to_be_in_viewport()
    assert sticks_out(page) == []
