"""RevOps brings a file in: upload, preview, start, summary, quarantine, a row put right."""

import re

from playwright.sync_api import expect

from routing.models import Lead
from tests.browser.conftest import PageAs
from tests.browser.watch import Watch
from tests.browser.world import World

FILE = """Email;First Name;Last Name;Company;Country;Lead Source
nora.lind@boreal-works.example;Nora;Lind;Boreal Works;Sweden;Partner
this is no address;Ivo;Marin;Sierra Capital;Croatia;Referral
pia.voss@kestrel-data.example;Pia;Voss;Kestrel Data;Germany;Event
"""
GOOD, BAD = "ivo.marin@sierra-capital.example", "this is no address"


def test_a_file_travels_from_upload_to_a_mended_row(world: World, page_as: PageAs, worker: None) -> None:
    # Given RevOps on the import page, reached by the menu
    page = page_as("revops")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Import").click()
    # When a file is uploaded
    page.get_by_label("File").set_input_files(
        {"name": "fair.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Upload and look").click()
    # Then the preview shows its rows and proposes what the headings mean
    expect(page.get_by_role("heading", name="fair.csv")).to_be_visible()
    expect(page.get_by_label("Email", exact=True)).to_have_value("field:email")
    expect(page.get_by_label("Company", exact=True)).to_have_value("field:company")
    expect(page.get_by_text("Boreal Works").first).to_be_visible()
    assert not Lead.objects.filter(company="Boreal Works").exists()
    # When it is started, then the page follows the worker to the summary by itself
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Every row read was created")).to_be_visible()
    expect(page.locator("[data-count=rows_created]")).to_have_text("2")
    expect(page.locator("[data-count=rows_quarantined]")).to_have_text("1")
    # And what could not be taken waits in the quarantine, with the reason
    page.get_by_role("link", name="See why and fix them").click()
    row = page.get_by_role("row").filter(has_text="fair.csv")
    expect(row).to_contain_text(BAD)
    row.get_by_role("link", name="Fix").click()
    # When the row is put right
    expect(page.get_by_label("Email")).to_have_value(BAD)
    page.get_by_label("Email").fill(GOOD)
    page.get_by_role("button", name="Try again").click()
    # Then it is a lead, and the quarantine is empty
    expect(page.get_by_role("status")).to_contain_text("was taken in")
    expect(page.get_by_text("Nothing waits here")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Leads").click()
    page.get_by_label("E-mail, company or name").fill("sierra")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Ivo Marin").click()
    expect(page.get_by_text(GOOD).first).to_be_visible()


def test_a_file_of_random_bytes_is_refused_in_words(world: World, page_as: PageAs, watch: Watch) -> None:
    page = page_as("revops")
    watch.expected += ["answer 422", "status of 422"]
    page.goto("/leads/import/")
    page.get_by_label("File").set_input_files(
        {"name": "photo.csv", "mimeType": "text/csv", "buffer": bytes(range(256)) * 64}
    )

    page.get_by_role("button", name="Upload and look").click()

    expect(page.locator(".c-errors")).to_contain_text(re.compile("no text|not text|binary", re.IGNORECASE))
