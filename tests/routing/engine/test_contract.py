"""normalise(): every type of the data contract, what it reads and what it refuses."""

from decimal import Decimal

import pytest
from django.db.models import Field
from hypothesis import given
from hypothesis import strategies as st

from glossary.engine.fields import DERIVED_FIELDS, ContractField, FieldType, Store
from routing.engine.contract import COLUMN_LENGTH, COLUMN_NUMBERS, normalise
from routing.models import Lead

FIELDS = {
    **DERIVED_FIELDS,
    **{
        field.key: field
        for field in (
            ContractField(key="email", label="E-mail", type=FieldType.EMAIL, store=Store.COLUMN),
            ContractField(key="phone", label="Phone", type=FieldType.TEXT, store=Store.COLUMN),
            ContractField(key="company", label="Company", type=FieldType.TEXT, store=Store.COLUMN),
            ContractField(key="website", label="Website", type=FieldType.DOMAIN, store=Store.COLUMN),
            ContractField(key="country", label="Country", type=FieldType.COUNTRY, store=Store.COLUMN),
            ContractField(key="employees", label="Employees", type=FieldType.NUMBER, store=Store.COLUMN),
            ContractField(key="budget", label="Budget", type=FieldType.NUMBER),
            ContractField(key="renewal", label="Renewal", type=FieldType.DATE),
            ContractField(key="partner", label="Partner", type=FieldType.BOOLEAN),
            ContractField(
                key="industry",
                label="Industry",
                type=FieldType.CHOICE,
                values=("software", "retail"),
                aliases={"Software & IT": "software"},
            ),
            ContractField(
                key="source", label="Source", type=FieldType.CHOICE, values=("social",), strict=False
            ),
        )
    },
}


@pytest.mark.parametrize(
    ("key", "raw", "expected"),
    [
        ("email", "  Ann.O'Hara@EXAMPLE.com ", "ann.o'hara@example.com"),
        ("company", "  Cafe\u0301 Noir ", "Caf\u00e9 Noir"),
        ("company", "unknown", "unknown"),
        ("website", "https://www.Acme.co.uk/path?q=1", "acme.co.uk"),
        ("website", "acme.com:8080", "acme.com"),
        ("country", "gb", "GB"),
        ("country", "Deutschland", "DE"),
        ("country", "United States", "US"),
        ("country", "UK", "GB"),
        ("country", "日本", "JP"),
        ("employees", "1,250", 1250),
        ("employees", 1250, 1250),
        ("employees", "1 250", 1250),
        ("employees", "12.0", 12),
        ("budget", "1.250,50", 1250.5),
        ("budget", "1.250.000", 1250000),
        ("budget", "1250.125", 1250.125),
        ("budget", 1.125, 1.125),
        ("budget", Decimal("1.250"), 1.25),
        ("budget", "0.125", 0.125),
        ("budget", "€ 1,250,000.5", 1250000.5),
        ("budget", "12,5", 12.5),
        ("budget", "-3", -3),
        ("renewal", "2026-11-22", "2026-11-22"),
        ("renewal", "2026-11-22T09:30:00Z", "2026-11-22"),
        ("renewal", "22.11.2026", "2026-11-22"),
        ("renewal", "3.4.2026", "2026-04-03"),
        ("renewal", "22/11/2026", "2026-11-22"),
        ("renewal", "11/22/2026", "2026-11-22"),
        ("renewal", "04/04/2026", "2026-04-04"),
        ("partner", "Yes", True),
        ("partner", False, False),
        ("partner", "nein", False),
        ("industry", "SOFTWARE", "software"),
        ("industry", "software & it", "software"),
        ("source", "Smoke signals", "Smoke signals"),
    ],
)
def test_values_are_read(key: str, raw: object, expected: object) -> None:
    result = normalise({key: raw}, FIELDS)
    assert result.errors == []
    assert result.values[key] == expected
    assert type(result.values[key]) is type(expected)


@pytest.mark.parametrize(
    ("key", "raw", "hint"),
    [
        ("email", "ann@", "e-mail"),
        ("email", "ann@localhost", "e-mail"),
        ("website", "not a site", "acme.com"),
        ("country", "Germny", "germany"),
        ("employees", "12.5", "whole number"),
        ("employees", "1.250", "Write 1250 or 1.25"),
        ("budget", "12.000", "Write 12000 or 12"),
        ("budget", "€ 1.250", "can be read as two numbers"),
        ("employees", "3000000000", "between 0 and"),
        ("employees", "nan", "number"),
        ("budget", "1_000", "number"),
        ("budget", "inf", "out of range"),
        ("renewal", "03/04/2026", "2026-04-03 or 2026-03-04"),
        ("renewal", "31.02.2026", "2026-11-22"),
        ("renewal", "22.11.26", "2026-11-22"),
        ("renewal", "soon", "2026-11-22"),
        ("partner", "maybe", "yes or no"),
        ("industry", "softwear", "'software'"),
        ("company", "x" * 201, "at most 200"),
        ("company", {"name": "Acme"}, "single value"),
        ("queue", "emea", "decided by Concord"),
        ("age_days", 3, "decided by Concord"),
        ("indutsry", "retail", "'industry'"),
    ],
)
def test_values_are_refused_with_the_way_out(key: str, raw: object, hint: str) -> None:
    result = normalise({key: raw}, FIELDS)
    assert [error.field for error in result.errors] == [key]
    assert hint in result.errors[0].message
    assert result.values == {}


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0"])
def test_blank_is_no_statement(blank: object) -> None:
    assert normalise(dict.fromkeys(("email", "company", "employees"), blank), FIELDS) == normalise({}, FIELDS)


@pytest.mark.parametrize(
    ("phone", "country", "expected", "notes"),
    [
        ("+44 20 7946 0958", None, "+442079460958", 0),
        ("020 7946 0958", "GB", "+442079460958", 0),
        ("(212) 555-0123", "United States", "+12125550123", 0),
        ("020 7946 0958", None, "020 7946 0958", 1),
        ("call me", "GB", "call me", 1),
    ],
)
def test_phones_become_international_where_they_can_be_read(
    phone: str, country: str | None, expected: str, notes: int
) -> None:
    result = normalise({"phone": phone, "country": country}, FIELDS)
    assert (result.values["phone"], len(result.notes)) == (expected, notes)


@given(payload=st.dictionaries(st.text(max_size=12) | st.sampled_from(sorted(FIELDS)), st.text(max_size=40)))
def test_no_text_breaks_it_and_what_it_keeps_it_keeps_again(payload: dict[str, object]) -> None:
    first = normalise(payload, FIELDS)
    assert len(first.values) + len(first.errors) <= len(payload)
    again = normalise(first.values, FIELDS)
    assert (again.values, again.errors) == (first.values, [])


def test_the_limits_are_those_of_the_columns() -> None:
    for key, length in COLUMN_LENGTH.items():
        column = Lead._meta.get_field(key)
        assert isinstance(column, Field)
        assert column.max_length == length, key
    for key in COLUMN_NUMBERS:
        assert Lead._meta.get_field(key) is not None
