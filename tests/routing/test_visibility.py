"""Who sees which lead: `Lead.objects.visible_to(user)` as a table."""

from types import SimpleNamespace

import pytest

from people.choices import Role
from routing.models import Lead, QueueMember
from tests.conftest import make_person
from tests.support import NOW

pytestmark = pytest.mark.django_db
ALL = {"own", "colleague", "other_team", "waits", "waits_elsewhere", "queue_of_owned", "unrouted"}
SEES_ALL = ("revops", "marketing_ops", "sales_ops", "analytics", "cro", "cmo", "finance")


@pytest.fixture
def leads(cast: SimpleNamespace) -> dict[str, Lead]:
    """Leads by what they are to the SDR of team North, who serves emea_sdr; sdr_b of South serves amer_sdr."""
    QueueMember.objects.create(queue="emea_sdr", user=cast.sdr)
    QueueMember.objects.create(queue="amer_sdr", user=cast.sdr_b)
    QueueMember.objects.create(queue="apac_sdr", user=cast.sdr, is_active=False)
    places = {
        "own": (cast.sdr, "emea_sdr"),
        "colleague": (cast.ae, "emea_ae"),
        "other_team": (cast.sdr_b, "amer_sdr"),
        "waits": (None, "emea_sdr"),
        "waits_elsewhere": (None, "amer_sdr"),
        "queue_of_owned": (cast.sdr_b, "emea_sdr"),
        "unrouted": (None, ""),
    }
    return {
        name: Lead.objects.create(company=name, owner=owner, queue=queue, captured_at=NOW, recorded_at=NOW)
        for name, (owner, queue) in places.items()
    }


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("sdr", {"own", "waits"}),
        ("sdr_b", {"other_team", "queue_of_owned", "waits_elsewhere"}),
        ("ae", {"colleague"}),
        ("manager", {"own", "colleague", "waits"}),
        ("manager_b", {"other_team", "queue_of_owned", "waits_elsewhere"}),
        ("enablement", set()),
        *((role, ALL) for role in SEES_ALL),
    ],
)
def test_who_sees_what(cast: SimpleNamespace, leads: dict[str, Lead], who: str, seen: set[str]) -> None:
    visible = Lead.objects.visible_to(getattr(cast, who))
    assert sorted(visible.values_list("company", flat=True)) == sorted(seen)


def test_leaving_a_queue_ends_seeing_it(cast: SimpleNamespace, leads: dict[str, Lead]) -> None:
    QueueMember.objects.filter(user=cast.sdr).update(is_active=False)
    assert set(Lead.objects.visible_to(cast.sdr)) == {leads["own"]}


def test_a_lead_that_moves_on_is_out_of_sight(cast: SimpleNamespace, leads: dict[str, Lead]) -> None:
    Lead.objects.filter(company="own").update(owner=cast.sdr_b)
    assert leads["own"] not in Lead.objects.visible_to(cast.sdr)


@pytest.mark.parametrize("who", ["sdr", "manager", "revops"])
def test_an_inactive_account_sees_nothing(cast: SimpleNamespace, leads: dict[str, Lead], who: str) -> None:
    user = getattr(cast, who)
    user.is_active = False
    user.save()
    assert not Lead.objects.visible_to(user).exists()


def test_a_superuser_sees_all_and_a_manager_without_the_role_only_their_own(
    cast: SimpleNamespace, leads: dict[str, Lead]
) -> None:
    assert Lead.objects.visible_to(make_person("root", is_superuser=True)).count() == len(ALL)
    cast.manager.groups.clear()
    former = type(cast.manager).objects.get(pk=cast.manager.pk)
    assert not former.has_role(Role.SALES_MANAGER)
    assert not Lead.objects.visible_to(former).exists()
