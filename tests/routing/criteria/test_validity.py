"""How a field stands: not known, not accepted, off its list, valid; the same in Python and in SQL."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary.engine.fields import ContractField, FieldType, Store
from routing.engine.contract import normalise
from routing.engine.validity import INVALID, MISSING, UNLISTED, VALID, fault_of, standing_of
from routing.models import Lead
from routing.queries.facts import field_values
from routing.queries.validity import accepted, filled, standing, valid
from tests.routing.criteria.strategies import wild
from tests.support import NOW


def field(key: str, kind: str, **more: Any) -> ContractField:
    return ContractField.model_validate({"key": key, "label": key.title(), "type": kind, **more})


LISTED = {"values": ("google", "bing"), "aliases": {"G": "google", "Google Ads": "google"}}
FIELDS = {
    item.key: item
    for item in (
        field("plan", "text"),
        field("seats", "number"),
        field("opted_in", "boolean"),
        field("renewal", "date"),
        field("engine", "choice", **LISTED),
        field("engine_as_it_came", "choice", strict=False, **LISTED),
        field("home", "country"),
        field("site", "domain"),
        field("work_email", "email"),
        field("email", "email", store="column"),
        field("industry", "choice", strict=False, store="column", **LISTED),
        field("region", "choice", store="column", **LISTED),
        field("employees", "number", store="column"),
        field("country", "country", store="column"),
        field("website", "domain", store="column"),
        field("company", "text", store="column"),
    )
}
COLUMNS = [key for key, item in FIELDS.items() if item.store is Store.COLUMN]
SHAPES = (
    "google", "Google", "bing", "GB", "gb", "XK", "AN", "XX", "acme.com", "acme", "a.b.", ".com", "a..b", "http://a.b",
    "münchen.de", "a@b.co", "a@b", "@b.co", "a@b@c.co", "a b@c.co", "a@b c.co", "ä@ö.de", "a@b.co\n", "a\u00a0b.co",
    "a@b.co\u2003", "2026-02-29", "2024-02-29", "x" * 30,
)  # fmt: skip
values = st.sampled_from(SHAPES) | wild


@st.composite
def leads(draw: st.DrawFn) -> Lead:
    kept = {key: draw(values) for key in FIELDS if key not in COLUMNS and draw(st.booleans())}
    kept["work_email_status"] = draw(st.sampled_from(("invalid", "valid", "", None, 3)))
    texts = {key: draw(st.just("") | st.sampled_from(SHAPES)) for key in COLUMNS if key != "employees"}
    texts["country"] = texts["country"][:2]
    lead = Lead(captured_at=NOW, recorded_at=NOW, attributes=kept, **texts)
    lead.employees = draw(st.none() | st.integers(0, 3))
    lead.email_status = draw(st.sampled_from(("", "valid", "invalid")))
    return lead


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(drawn=st.lists(leads(), min_size=5, max_size=15, unique_by=lambda lead: lead.email))
def test_python_and_sql_agree_on_every_kind_of_value(drawn: list[Lead]) -> None:
    with transaction.atomic():
        # Given leads with values of every kind, also those that no door would let in
        Lead.objects.bulk_create(drawn)
        for key, item in FIELDS.items():
            # When both say how each field stands
            said = dict(Lead.objects.annotate(how=standing(item, NOW)).values_list("pk", "how"))
            chosen = {
                name: set(Lead.objects.filter(test(item, NOW)).values_list("pk", flat=True))
                for name, test in (("filled", filled), ("accepted", accepted), ("valid", valid))
            }
            for lead in drawn:
                # Then they say the same
                how = standing_of(item, field_values(lead))
                kept = (key, field_values(lead).get(key))
                assert said[lead.pk] == how, kept
                assert (lead.pk in chosen["filled"]) == (how != MISSING), kept
                assert (lead.pk in chosen["accepted"]) == (how in {UNLISTED, VALID}), kept
                assert (lead.pk in chosen["valid"]) == (how == VALID), kept
        transaction.set_rollback(True)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(key=st.sampled_from(sorted(FIELDS)), raw=st.sampled_from(SHAPES) | st.text(max_size=30) | st.emails())
def test_what_the_door_lets_in_is_accepted(key: str, raw: str) -> None:
    """A gate never holds a value against a lead that the door kept for that very field."""
    kept = normalise({key: raw}, FIELDS).values
    if key in kept:
        assert fault_of(FIELDS[key], kept[key], kept) == ""
        assert standing_of(FIELDS[key], kept) in {VALID, UNLISTED}


@pytest.mark.parametrize(
    ("key", "value", "how", "said"),
    [
        ("engine", "google", VALID, ""),
        ("engine", "Google", INVALID, "'Google' is not one of google, bing; save it again as 'google'"),
        (
            "engine",
            "google ads",
            INVALID,
            "'google ads' is not one of google, bing; save it again as 'google'",
        ),
        ("engine", "ask", INVALID, "'ask' is not one of google, bing"),
        ("engine", 3, INVALID, "3 is not a text"),
        ("engine_as_it_came", "Google", UNLISTED, ""),
        ("engine_as_it_came", True, INVALID, "True is not a text"),
        ("home", "England", INVALID, "'England' is not a two-letter country code; save it again as 'GB'"),
        ("home", "gb", INVALID, "'gb' is not a two-letter country code; save it again as 'GB'"),
        ("home", "XX", INVALID, "'XX' is not a two-letter country code"),
        ("seats", "12", INVALID, "'12' is not a number; save it again as 12"),
        ("seats", 0, VALID, ""),
        ("opted_in", False, VALID, ""),
        ("opted_in", "yes", INVALID, "'yes' is not yes or no; save it again as True"),
        ("renewal", "22.11.2026", INVALID, "'22.11.2026' is not a date; save it again as '2026-11-22'"),
        ("renewal", "2026-02-30", INVALID, "'2026-02-30' is not a date"),
        (
            "site",
            "http://acme.com/x",
            INVALID,
            "'http://acme.com/x' is not a web domain; save it again as 'acme.com'",
        ),
        ("work_email", "ann@localhost", INVALID, "'ann@localhost' is not an e-mail address"),
        ("plan", "", MISSING, None),
        ("plan", None, MISSING, None),
    ],
)
def test_a_fault_is_named_with_the_way_out(key: str, value: object, how: str, said: str | None) -> None:
    assert standing_of(FIELDS[key], {key: value}) == how
    if said is not None:
        assert fault_of(FIELDS[key], value, {}) == said


def test_an_address_is_worth_nothing_once_mail_came_back() -> None:
    values = {"work_email": "a@b.co", "work_email_status": "invalid"}
    assert standing_of(FIELDS["work_email"], values) == INVALID
    assert fault_of(FIELDS["work_email"], "a@b.co", values) == "mail to a@b.co came back"


def test_every_type_has_its_test() -> None:
    assert {item.type for item in FIELDS.values()} == set(FieldType)
