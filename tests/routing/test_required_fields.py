"""Required fields per stage: advance() refuses with the whole list, what is missing apart from what is not valid."""

from types import SimpleNamespace
from typing import Any

import pytest

from glossary.types import EditionInForce
from routing.exceptions import AdvanceRefused
from routing.models import Lead, StageEntry
from routing.services.advance import advance
from routing.services.intake import intake
from routing.services.qualify import qualify
from tests.glossary.amending import publish_change, stage
from tests.routing.leads_for_tests import PERSON, minutes, new_mql, owned_mql, stages, step
from tests.support import NOW

pytestmark = pytest.mark.django_db
REQUIRED = ("plan", "engine", "seats", "opted_in", "renewal", "home", "site", "work_email")
GOOD: dict[str, object] = {
    "plan": "gold", "engine": "google", "seats": 12, "opted_in": False, "renewal": "2026-12-01", "home": "GB",
    "site": "acme.com", "work_email": "ann@acme.example",
}  # fmt: skip
SAYS: dict[str, tuple[object, str]] = {
    "plan": (7, "Plan is not valid: 7 is not a text; save it again as '7'"),
    "engine": (
        "Google",
        "Engine is not valid: 'Google' is not one of google, bing; save it again as 'google'",
    ),
    "seats": ("12", "Seats is not valid: '12' is not a number; save it again as 12"),
    "opted_in": ("yes", "Opted in is not valid: 'yes' is not yes or no; save it again as True"),
    "renewal": ("soon", "Renewal is not valid: 'soon' is not a date"),
    "home": (
        "England",
        "Home is not valid: 'England' is not a two-letter country code; save it again as 'GB'",
    ),
    "site": ("acme", "Site is not valid: 'acme' is not a web domain"),
    "work_email": ("ann@", "Work e-mail is not valid: 'ann@' is not an e-mail address"),
}


def eight_required_fields(data: dict[str, Any]) -> None:
    kinds = {"plan": "text", "seats": "number", "opted_in": "boolean", "renewal": "date", "home": "country",
             "site": "domain", "work_email": "email"}  # fmt: skip
    labels = {"work_email": "Work e-mail"}
    data["fields"] += [
        {
            "key": key,
            "label": labels.get(key, key.replace("_", " ").capitalize()),
            "type": kind,
            "store": "attribute",
        }
        for key, kind in kinds.items()
    ]
    data["fields"].append(
        {"key": "engine", "label": "Engine", "type": "choice", "values": ["google", "bing"],
         "aliases": {"Google Ads": "google"}, "store": "attribute"}
    )  # fmt: skip
    stage(data, "sal")["required_fields"] = list(REQUIRED)


@pytest.fixture
def edition(playbook: EditionInForce) -> EditionInForce:
    return publish_change(playbook, "glossary", eight_required_fields, now=NOW)


def ready(cast: SimpleNamespace, **attributes: object) -> Lead:
    """An MQL of the SDR, touched, that only its attributes may hold back."""
    lead = owned_mql(cast.sdr, NOW + minutes(1))
    Lead.objects.filter(pk=lead.pk).update(attributes=attributes)
    return lead


def refusal(lead: Lead, cast: SimpleNamespace) -> AdvanceRefused:
    with pytest.raises(AdvanceRefused) as refused:
        step(lead, "sal", cast.sdr, NOW + minutes(2))
    return refused.value


def said(lines: list[str]) -> list[str]:
    return [f"Anna Berg cannot enter SAL yet: {line}" for line in lines]


def test_everything_that_is_missing_is_said_at_once(edition: EditionInForce, cast: SimpleNamespace) -> None:
    lead = ready(cast)

    refused = refusal(lead, cast)

    labels = ("Plan", "Engine", "Seats", "Opted in", "Renewal", "Home", "Site", "Work e-mail")
    assert refused.messages == said([f"{label} is not known" for label in labels])
    assert refused.verdict is not None
    assert (refused.verdict["missing"], refused.verdict["invalid"]) == (list(labels), [])


def test_everything_that_is_not_valid_is_said_at_once(edition: EditionInForce, cast: SimpleNamespace) -> None:
    lead = ready(cast, **{key: value for key, (value, _) in SAYS.items()})

    refused = refusal(lead, cast)

    assert refused.messages == said([SAYS[key][1] for key in REQUIRED])
    assert refused.verdict is not None
    assert refused.verdict["missing"] == []


def test_missing_and_invalid_are_told_apart(edition: EditionInForce, cast: SimpleNamespace) -> None:
    lead = ready(cast, **{**GOOD, "seats": None, "site": "", "home": "England"})

    assert refusal(lead, cast).messages == said(["Seats is not known", "Site is not known", SAYS["home"][1]])
    assert not StageEntry.objects.filter(lead=lead, to_stage="sal").exists()


@pytest.mark.parametrize("key", REQUIRED)
@pytest.mark.parametrize("kind", ["missing", "invalid"])
def test_each_type_holds_the_gate_alone(
    edition: EditionInForce, cast: SimpleNamespace, key: str, kind: str
) -> None:
    value = None if kind == "missing" else SAYS[key][0]
    lead = ready(cast, **{**GOOD, key: value})

    assert len(refusal(lead, cast).messages) == 1
    Lead.objects.filter(pk=lead.pk).update(attributes=GOOD)
    assert step(lead, "sal", cast.sdr, NOW + minutes(3)).to_stage == "sal"


@pytest.mark.parametrize("spelling", ["GOOGLE", "google ads", " Google  ", "GOOGLE ADS"])
def test_the_door_reads_any_spelling_and_the_gate_then_opens(
    edition: EditionInForce, cast: SimpleNamespace, spelling: str
) -> None:
    lead = ready(cast, **{**GOOD, "engine": None})
    refusal(lead, cast)

    intake({"email": PERSON["email"], "engine": spelling}, acting_user=None, now=NOW + minutes(2))

    lead.refresh_from_db()
    assert lead.attributes["engine"] == "google"
    assert step(lead, "sal", cast.sdr, NOW + minutes(3)).to_stage == "sal"


def test_a_value_off_the_list_of_a_choice_that_is_not_strict_holds_nobody_back(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    publish_change(
        playbook, "glossary", lambda data: stage(data, "sal").update(required_fields=["industry"]), now=NOW
    )
    lead = owned_mql(cast.sdr, NOW + minutes(1))
    Lead.objects.filter(pk=lead.pk).update(industry="Space mining")

    assert step(lead, "sal", cast.sdr, NOW + minutes(2)).to_stage == "sal"


def test_the_rules_wait_for_required_fields_too(playbook: EditionInForce) -> None:
    lead = new_mql(country=None)
    assert stages(lead) == ["inquiry", "lead"]
    Lead.objects.filter(pk=lead.pk).update(country="ZZ")
    assert qualify(lead.pk, now=NOW + minutes(1)) == []
    intake({"email": PERSON["email"], "country": "Germany"}, acting_user=None, now=NOW + minutes(2))
    assert stages(lead) == ["inquiry", "lead", "mql"]


def test_a_bounced_address_is_not_valid(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    Lead.objects.filter(pk=lead.pk).update(email_status="invalid")

    with pytest.raises(
        AdvanceRefused, match=r"E-mail is not valid: mail to anna\.berg@acme-tools\.example came back"
    ):
        advance(lead.pk, "sal", acting_user=cast.sdr, now=NOW + minutes(1))
