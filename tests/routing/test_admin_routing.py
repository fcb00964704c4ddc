"""The admin of routing: by role, read-only logs, calendars by revision, the two ways out of a routing error."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from glossary.types import EditionInForce
from routing.models import BusinessCalendar, CalendarRevision, NamedAccount, QueueMember, RoutingError
from routing.services.assign import route
from routing.services.calendars import ensure_standard_calendars
from tests.routing.scene import a_lead, serve
from tests.support import NOW

pytestmark = pytest.mark.django_db

EDITED = ["queuemember", "namedaccount", "businesscalendar"]
READ_ONLY = ["routingerror", "assignment", "slaclock", "stageentry", "lead"]
HOURS = {f"hours_{day}": "09:00-17:00" for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR = {
    "name": "London",
    "zone": "Europe/London",
    "holiday_country": "GB",
    "holiday_subdivision": "ENG",
    **HOURS,
}
NO_INLINES = {f"revisions-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}


@pytest.fixture
def office(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> Client:
    """Signed in as RevOps."""
    client.force_login(cast.revops)
    return client


@pytest.mark.parametrize("model", [*EDITED, *READ_ONLY])
def test_every_list_opens_for_revops(office: Client, cast: SimpleNamespace, model: str) -> None:
    serve("emea_sdr", cast.sdr)
    route(a_lead().pk, now=NOW)

    assert office.get(reverse(f"admin:routing_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_logs_are_only_read(office: Client, model: str) -> None:
    assert office.get(reverse(f"admin:routing_{model}_add")).status_code == 403


def test_a_lead_opens_but_is_not_changed(office: Client) -> None:
    lead = a_lead()
    address = reverse("admin:routing_lead_change", args=[lead.pk])

    assert office.get(address).status_code == 200
    assert office.post(address, {"stage": "won"}).status_code == 403
    lead.refresh_from_db()
    assert lead.stage == "lead"


@pytest.mark.parametrize("model", [*EDITED, *READ_ONLY])
def test_staff_without_the_role_sees_nothing(cast: SimpleNamespace, client: Client, model: str) -> None:
    cast.enablement.is_staff = True
    cast.enablement.save()
    client.force_login(cast.enablement)

    assert client.get(reverse(f"admin:routing_{model}_changelist")).status_code == 403


def test_every_action_declares_its_permission() -> None:
    for model, model_admin in admin.site._registry.items():
        for function, name, _ in model_admin._get_base_actions():  # type: ignore[attr-defined]  # not in the stubs
            if name != "delete_selected":
                assert getattr(function, "allowed_permissions", None), f"{model.__name__}.{name}"


def test_a_member_joins_a_queue_of_the_policy(office: Client, cast: SimpleNamespace) -> None:
    address = reverse("admin:routing_queuemember_add")
    member = {"queue": "emea_sdr", "user": cast.sdr.pk, "weight": 2, "is_active": "on"}

    refused = office.post(address, {**member, "queue": "nowhere"})
    office.post(address, member)

    assert "Select a valid choice" in refused.text
    joined = QueueMember.objects.get()
    assert (joined.queue, joined.weight, joined.was_away) == ("emea_sdr", 2, True)
    assert joined.history.get().history_user == cast.revops


def test_new_hours_are_a_new_revision(office: Client) -> None:
    ensure_standard_calendars(now=NOW)
    calendar = BusinessCalendar.objects.get(key="london")
    address = reverse("admin:routing_businesscalendar_change", args=[calendar.pk])
    assert "09:00-17:00" in office.get(address).text

    office.post(
        address,
        {
            **CALENDAR,
            **NO_INLINES,
            "hours_fri": "09:00-12:00, 13:00-15:00",
            "overrides": "2026-12-24: 09:00-13:00",
        },
    )

    revision = calendar.revisions.get(number=2)
    assert revision.spec["windows"]["fri"] == [["09:00", "12:00"], ["13:00", "15:00"]]
    assert revision.spec["overrides"] == {"2026-12-24": [["09:00", "13:00"]]}


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("zone", "Europe/Londn", "is not an IANA time zone"),
        ("hours_mon", "17:00-09:00", "not after it opens"),
        ("hours_mon", "nine to five", "hours_mon"),
        ("holidays", "24.12.2026", "is not a date"),
        ("overrides", "2026-13-01: 09:00-10:00", "overrides"),
        ("holiday_country", "XX", "is not known"),
    ],
)
def test_wrong_hours_are_told_at_their_field(office: Client, field: str, value: str, complaint: str) -> None:
    ensure_standard_calendars(now=NOW)
    calendar = BusinessCalendar.objects.get(key="london")
    address = reverse("admin:routing_businesscalendar_change", args=[calendar.pk])

    page = office.post(address, {**CALENDAR, **NO_INLINES, field: value})

    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert field in errors
    assert complaint in str(errors)
    assert CalendarRevision.objects.filter(calendar=calendar).count() == 1


def test_an_error_is_routed_again_or_marked(office: Client, cast: SimpleNamespace) -> None:
    first, second = a_lead(1), a_lead(2, region="")
    for lead in (first, second):
        route(lead.pk, now=NOW)
    serve("emea_sdr", cast.sdr)
    address = reverse("admin:routing_routingerror_changelist")
    everything = list(RoutingError.objects.values_list("pk", flat=True))

    routed = office.post(address, {"action": "route_again", "_selected_action": everything}, follow=True)
    assert "Placed: 1. Still without a place: 1." in routed.text
    office.post(address, {"action": "mark_resolved", "_selected_action": everything})

    first.refresh_from_db()
    assert first.owner == cast.sdr
    assert not RoutingError.objects.filter(resolved_at__isnull=True).exists()
    assert RoutingError.objects.get(lead=second).resolved_by == cast.revops


def test_people_and_roles_open_for_administrators(
    client: Client, cast: SimpleNamespace, playbook: EditionInForce
) -> None:
    cast.revops.is_superuser = True
    cast.revops.save()
    client.force_login(cast.revops)

    for name in ("people_user", "people_team", "auth_group", "notifications_notification"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:people_user_change", args=[cast.sdr.pk])).status_code == 200
    assert client.get(reverse("admin:people_user_add")).status_code == 200


def test_a_named_account_is_kept_as_the_rules_compare_it(office: Client, cast: SimpleNamespace) -> None:
    """An address copied from the browser must not make an account that nobody ever matches."""
    account = {"domain": "https://www.Acme-Tools.example/about", "name": "Acme", "owner": cast.ae.pk}
    assert office.post(reverse("admin:routing_namedaccount_add"), account).status_code == 302

    lead = a_lead(email="ann@acme-tools.example", email_domain="acme-tools.example")
    assert route(lead.pk, now=NOW).owner == cast.ae


def test_a_free_mail_domain_is_no_named_account(office: Client, cast: SimpleNamespace) -> None:
    account = {"domain": "Gmail.com", "name": "Everybody", "owner": cast.ae.pk}
    answer = office.post(reverse("admin:routing_namedaccount_add"), account)

    assert "free-mail provider" in answer.content.decode()
    assert not NamedAccount.objects.exists()


def test_an_old_state_is_read_and_never_sent_back(office: Client, cast: SimpleNamespace) -> None:
    member = QueueMember.objects.create(queue="emea_sdr", user=cast.sdr, weight=1)
    member.weight = 5
    member.save()
    oldest = member.history.earliest("history_date")
    address = reverse("admin:routing_queuemember_simple_history", args=[member.pk, oldest.pk])
    sent = {"queue": "emea_sdr", "user": cast.sdr.pk, "weight": 1, "is_active": "on"}

    assert office.get(address).status_code == 200
    assert office.post(address, sent).status_code == 403
    member.refresh_from_db()
    assert member.weight == 5
