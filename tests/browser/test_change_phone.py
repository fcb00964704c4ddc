"""An approver on a phone: sees what waits, reads what it changes, answers in two taps; nothing sticks out."""

from django.utils import timezone
from playwright.sync_api import expect

from glossary.models import ChangeRequest
from glossary.services.drafting import Texts, change_texts
from glossary.services.submitting import submit
from tests.browser.conftest import PageAs
from tests.browser.test_phone import sticks_out
from tests.browser.watch import Watch
from tests.browser.world import World
from tests.glossary.amending import stage
from tests.glossary.governing import edited, opened, slot

LONG = "Donaudampfschifffahrtsgesellschaftskapitänskajütentürschlüssel" * 3
RTL = "تغيير تعريف العميل المحتمل المؤهل للتسويق " * 6


def proposed(world: World) -> ChangeRequest:
    """A change with texts that no layout likes."""
    author, now = world.cast.revops, timezone.now()

    def change(data: dict[str, object]) -> None:
        stage(data, "mql")["definition"] = f"{LONG} {RTL}"

    request = edited(opened("glossary", author, now=now), change, author, now=now)
    change_texts(request.pk, Texts(f"MQL {LONG}", f"{RTL}\n{LONG}"), acting_user=author, now=timezone.now())
    return submit(request.pk, acting_user=author, now=timezone.now())


def test_an_approver_answers_on_a_phone(world: World, page_as: PageAs, watch: Watch) -> None:
    watch.expected += ["answer 400", "status of 400"]
    request = proposed(world)

    page = page_as("cro", 360)
    expect(page).to_have_url(f"{page.url.split('/changes/')[0]}/changes/")
    assert sticks_out(page) == []
    page.get_by_role("link", name="Approve as CRO").click()

    expect(page.get_by_role("link", name="Waits for you")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="What changes")).to_be_visible()
    assert sticks_out(page) == []
    page.get_by_text("Something is wrong").click()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the reason first")
    assert slot(request, "cro").verdict == ""
    page.get_by_role("button", name="Approve").click()

    expect(page.get_by_text("Approved. Thank you.")).to_be_visible()
    assert slot(request, "cro").verdict == "given"
    for address in ("/changes/", "/changes/?view=open", "/changes/delegations/"):
        page.goto(address)
        assert sticks_out(page) == [], address


def test_the_author_sees_the_pages_fit(world: World, page_as: PageAs) -> None:
    request = proposed(world)
    page = page_as("revops", 360, dark=True)
    for address in (f"/changes/{request.pk}/", "/changes/new/", "/changes/?view=mine"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert sticks_out(page) == [], address
