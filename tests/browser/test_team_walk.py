"""A manager sees what is late and gives a lead to somebody else."""

from playwright.sync_api import expect

from routing.models import Lead
from tests.browser.conftest import PageAs
from tests.browser.world import World


def test_a_manager_gives_the_late_lead_to_somebody_else(world: World, page_as: PageAs) -> None:
    # Given the manager of the late lead's owner, led to the team by signing in
    page = page_as("manager")
    expect(page.get_by_role("heading", name="Team", exact=True)).to_be_visible()
    late = page.get_by_role("region", name="Late now").get_by_role("row").filter(has_text="Wanda Silva")
    expect(late).to_contain_text("Ava Novak")
    # Then nothing of another team's leads is there
    expect(page.get_by_text("Mariam Lopez")).to_have_count(0)
    # When it is given to Jonas
    late.get_by_role("combobox").select_option(label="Jonas Weber")
    late.get_by_role("button", name="Give").click()
    # Then it is his, and the page says so
    expect(page.get_by_role("status")).to_contain_text("Jonas Weber")
    expect(page.get_by_role("row").filter(has_text="Wanda Silva").first).to_contain_text("Jonas Weber")
    assert Lead.objects.get(pk=world.late.pk).owner == world.cast.ae
