"""A definition changes: drafted in the admin, signed on phones, then in force for readers, reps and the next lead."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from glossary.models import BackTest, ChangeRequest, SignOff
from glossary.queries.editions import edition_at
from reporting.services.back_testing import compute
from routing.engine.documents import ScoringDocument
from routing.models import Lead
from tests.browser.conftest import PageAs
from tests.browser.world import World
from tests.routing.leads_for_tests import demo, new_lead

LINE = "Industry is media"


def media(email: str, *, asks: bool) -> Lead:
    """A lead from the media that comes in now, asking for a demo or not."""
    now = timezone.now()
    return new_lead(now, behaviours=(demo(now),) if asks else (), email=email, industry="media")


def propose(page: Page, workstream: str, title: str, why: str) -> ChangeRequest:
    """From the list of changes to the hub of the draft in the admin."""
    page.goto("/changes/")
    page.get_by_role("link", name="Propose a change").first.click()
    page.get_by_label("Workstream").select_option(label=workstream)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Open the draft").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("link", name="Edit the draft in the admin").first.click()
    page.wait_for_url("**/admin/glossary/changerequest/**")
    return ChangeRequest.objects.get(title=title)


def submit(page: Page, change: ChangeRequest) -> None:
    """The author reads the diff and submits."""
    page.goto(f"/changes/{change.pk}/")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("In review").first).to_be_visible()


def approve_on_a_phone(page: Page, change: ChangeRequest, words: str) -> None:
    """From the list on the start page in two clicks."""
    expect(page.get_by_role("heading", name="Changes", exact=True)).to_be_visible()
    page.get_by_role("link", name="Approve as").click()
    expect(page.locator("main")).to_contain_text(words)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert change.signoffs.filter(signer__isnull=False, voided_at=None).exists()


def validate(page: Page, change: ChangeRequest, finding: str) -> None:
    """Finance reads what the worker measured and writes what it found; without the one or the other it is not sent."""
    page.goto(f"/changes/{change.pk}/")
    expect(page.get_by_text("There is no finished back-test of exactly this content.")).to_be_visible()
    expect(page.get_by_role("button", name="Validate with this finding")).to_be_disabled()
    for row in BackTest.objects.waiting():
        assert compute(row.pk, now=timezone.now())
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Your finding rests on")).to_be_visible()
    page.get_by_label("Your finding").fill(finding)
    page.get_by_role("button", name="Validate with this finding").click()
    expect(page.get_by_text("Everyone has signed.")).to_be_visible()
    assert SignOff.objects.get(request=change, role="finance", voided_at=None).note == finding


def put_in_force(page: Page, change: ChangeRequest) -> None:
    """Whoever may propose publishes once everybody has signed."""
    page.goto(f"/changes/{change.pk}/")
    page.get_by_role("button", name="Put in force now").click()
    expect(page.get_by_text("Went in force as")).to_be_visible()


def test_a_disqualifier_goes_in_force_everywhere(world: World, page_as: PageAs) -> None:
    # Given: media houses become MQLs today, and a rep holds a lead that is not one yet
    before, waiting = media("ada@radio.example", asks=True), media("pia@print.example", asks=False)
    assert (before.stage, waiting.stage) == ("mql", "lead")
    # When RevOps adds a disqualifier in the admin and submits
    author = page_as("revops")
    change = propose(
        author, "Glossary & data contract", "Media houses are no MQLs", "Reps lose a day a week on them."
    )
    add_the_disqualifier(author)
    submit(author, change)
    # And CRO and CMO approve on their phones, and Finance validates
    for username in ("cro", "cmo"):
        approve_on_a_phone(page_as(username, width=360), change, LINE)
    validate(page_as("finance"), change, "No reported number of the past changes.")
    put_in_force(author, change)
    # Then the glossary says so, and since which version
    reader = page_as("enablement")
    reader.goto("/glossary/mql/")
    expect(reader.locator("main")).to_contain_text(f"Not if {LINE}")
    expect(reader.get_by_role("link", name="glossary v2").first).to_be_visible()
    # And the rep reads it where the lead is worked
    rep = page_as("sdr")
    rep.goto(f"/desk/leads/{waiting.pk}/")
    expect(rep.locator("main")).to_contain_text(LINE)
    # And the next lead is judged by it
    assert media("po@film.example", asks=True).stage == "lead"
    # And the change log names everyone
    reader.goto("/changelog/glossary/2/")
    for name in ("Rosa Okafor", "cro", "cmo", "finance"):
        expect(reader.locator("main")).to_contain_text(name)
    expect(reader.locator("main")).to_contain_text("Reps lose a day a week on them.")


def add_the_disqualifier(page: Page) -> None:
    """Stages → MQL → Entry criteria → a new one; a value that does not fit is refused with a sentence."""
    page.get_by_role("link", name="Stages").first.click()
    page.get_by_role("link", name="Marketing Qualified Lead").first.click()
    page.get_by_text("Entry criteria", exact=True).first.click()
    page.get_by_text("Add another Criterion").click()
    row = page.locator("[name^='criteria-'][name$='-field']:not([name*='__prefix__'])").last
    prefix = str(row.get_attribute("name")).removesuffix("-field")
    page.locator(f"[name='{prefix}-kind']").select_option("disqualifier")
    page.locator(f"[name='{prefix}-place']").select_option("none")
    row.select_option("industry")
    page.locator(f"[name='{prefix}-op']").select_option("is")
    page.locator(f"[name='{prefix}-value']").fill("press")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#term_form")).to_contain_text("not among the values")
    page.locator(f"[name='{prefix}-value']").fill("media")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("changed successfully")).to_be_visible()


def test_marketing_ops_raises_the_threshold_with_the_cmo_and_finance(world: World, page_as: PageAs) -> None:
    # Given Marketing Ops, who is no administrator
    author = page_as("marketing_ops")
    change = propose(author, "Scoring & ICP", "A higher bar", "Sales takes half of those below 70.")
    author.get_by_role("link", name="Thresholds").first.click()
    author.get_by_role("link", name="mql").first.click()
    author.get_by_label("Score").fill("70")
    author.get_by_role("button", name="Save", exact=True).click()
    submit(author, change)
    # Then the charter asks the CMO and Finance only; the CRO has nothing to sign
    binding = SignOff.objects.filter(request=change, duty__in=("approve", "validate"))
    assert {signoff.role for signoff in binding} == {"cmo", "finance"}
    onlooker = page_as("cro", width=360)
    onlooker.goto(f"/changes/{change.pk}/")
    expect(onlooker.locator("main")).to_contain_text("70")
    expect(onlooker.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    # When they sign and it is published
    approve_on_a_phone(page_as("cmo", width=360), change, "tightened")
    validate(page_as("finance"), change, "Fewer MQLs from today on; nothing before changes.")
    put_in_force(author, change)
    # Then it holds
    assert edition_at(timezone.now()).document(ScoringDocument).thresholds["mql"] == 70
    author.goto("/glossary/mql/")
    expect(author.locator("main")).to_contain_text("Intent score is at least 70")
