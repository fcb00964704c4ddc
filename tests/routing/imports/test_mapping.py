"""Mappings: written wrong they say where; proposed ones know the exports of HubSpot and Salesforce."""

import csv

import pytest

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from routing.engine.mapping_files import MappingRefused, parse_mapping, parse_mapping_text, problems
from routing.engine.propose import Proposal, propose
from tests.routing.imports.files import EXAMPLES, example, history_mapping
from tests.support import reference_data

with_reference = pytest.mark.skipif(not reference_data().exists(), reason="no reference data on this machine")


@pytest.fixture
def glossary(playbook: EditionInForce) -> GlossaryDocument:
    """The glossary in force."""
    return playbook.document(GlossaryDocument)


def headings_of(name: str) -> list[str]:
    """Headings of one of the reference files; a missing one fails the test."""
    with (reference_data() / "crm_headers" / name).open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def targets(proposal: Proposal) -> dict[str, dict[str, object]]:
    """Heading → proposed target, without the ignored ones."""
    found = {item.heading: item.target.model_dump(exclude_defaults=True) for item in proposal.items}
    return {heading: target for heading, target in found.items() if "ignore" not in target}


@with_reference
def test_hubspot_export_is_recognised(glossary: GlossaryDocument) -> None:
    proposal = propose(headings_of("hubspot_contacts_export_header.csv"), glossary.fields, glossary.stages)
    entered = 'Date entered "{} (Lifecycle Stage Pipeline)"'
    assert proposal.system == "hubspot"
    assert targets(proposal) == {
        "Record ID": {"external_id": True},
        "First Name": {"field": "first_name"},
        "Last Name": {"field": "last_name"},
        "Email": {"field": "email"},
        "Phone Number": {"field": "phone"},
        "Company Name": {"field": "company"},
        entered.format("Marketing Qualified Lead"): {"stage_entered": "mql"},
        entered.format("Sales Qualified Lead"): {"stage_entered": "sql"},
        entered.format("Opportunity"): {"stage_entered": "opportunity"},
        entered.format("Customer"): {"stage_entered": "won"},
        "Original Traffic Source": {"field": "source"},
        "Original Traffic Source Drill-Down 1": {"field": "campaign"},
        "Create Date": {"captured_at": True},
    }
    owner = next(item for item in proposal.items if item.heading == "Contact owner")
    assert "given by routing" in owner.reason


@with_reference
def test_hubspot_labels_and_internal_names_mean_the_same(glossary: GlossaryDocument) -> None:
    with (reference_data() / "crm_headers" / "hubspot_contact_properties.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = {
        "email": "email",
        "firstname": "first_name",
        "company": "company",
        "jobtitle": "job_title",
        "country": "country",
        "hs_analytics_source": "source",
        "numemployees": "employees",
        "annualrevenue": "annual_revenue",
        "industry": "industry",
        "hs_buying_role": "buying_role",
    }
    by_name = targets(propose([row["internal_name"] for row in rows], glossary.fields, glossary.stages))
    by_label = targets(propose([row["label"] for row in rows], glossary.fields, glossary.stages))
    label_of = {row["internal_name"]: row["label"] for row in rows}
    for name, field in wanted.items():
        assert by_name[name] == {"field": field}
        assert by_label[label_of[name]] == {"field": field}
    assert by_name["hs_v2_date_entered_customer"] == {"stage_entered": "won"}
    assert by_name["hs_object_id"] == {"external_id": True}
    assert by_name["hs_email_optout"]["field"] == "consent"
    # Nothing else of the 313 properties is taken for something it is not.
    assert len(by_name) < 35


@with_reference
def test_salesforce_export_is_recognised(glossary: GlossaryDocument) -> None:
    proposal = propose(headings_of("DataExport_Lead_header.csv"), glossary.fields, glossary.stages)
    found = targets(proposal)
    assert proposal.system == "salesforce"
    assert proposal.spec().blanks == ("000000000000000AAA",)
    assert found["Id"] == {"external_id": True}
    assert found["LeadSource"] == {"field": "source"}
    assert found["NumberOfEmployees"] == {"field": "employees"}
    assert found["CreatedDate"] == {"captured_at": True}
    assert "OwnerId" not in found
    assert "Status" not in found


def test_alike_headings_and_strangers(glossary: GlossaryDocument) -> None:
    found = targets(propose(["E-Mail", "Job titel", "Shoe size"], glossary.fields, glossary.stages))
    assert found == {"E-Mail": {"field": "email"}, "Job titel": {"field": "job_title"}}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples_of_the_documentation_fit_the_playbook(path: object, glossary: GlossaryDocument) -> None:
    spec = example(getattr(path, "stem", ""))
    assert problems(spec, list(spec.columns), glossary) == []
    assert parse_mapping(spec.as_json()) == spec


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mode: leads\ncolumns: [", "no valid YAML or JSON in line"),
        ("- 1", "must be a YAML or JSON object"),
        ("mode: lead\ncolumns: {E: {field: email}}", "mode: Input should be 'leads' or 'outcomes'"),
        ("colums: {}\ncolumns: {E: {field: email}}", "colums: is not known here"),
        ("columns: {E: {feld: email}}", "columns.E: a column needs exactly one of: field, external_id"),
        ("columns: {E: {field: email, format: x}}", "columns.E.format: is not known here"),
        ("columns: {E: {field: company}}", "no column identifies the lead"),
        ("columns: {E: {external_id: true}}", "external_system must name the system"),
        (
            "columns: {E: {field: email}, F: {field: email}}",
            "more than one column is mapped to the field email",
        ),
        ("columns: {E: {field: email}, D: {stage_entered: mql, zone: Mars}}", "'Mars' is not a time zone"),
        ("columns: {E: &a {field: email}, F: *a}", "YAML aliases"),
        (
            "columns: {E: {field: email}}\nconstants: {email: x@example.com}",
            "from a column and from a constant",
        ),
    ],
)
def test_a_wrong_mapping_says_what_and_where(text: str, words: str) -> None:
    with pytest.raises(MappingRefused) as refusal:
        parse_mapping_text(text, "old.yaml")
    assert words in str(refusal.value)


def test_mapping_against_file_and_policy(glossary: GlossaryDocument) -> None:
    spec = history_mapping(
        columns={
            "id": {"external_id": True},
            "E-mail adress": {"field": "email"},
            "when": {"stage_entered": "mqll"},
            "boss": {"field": "owner"},
            "firm": {"field": "compny"},
        }
    )
    found = problems(spec, ["id", "Email address", "when", "boss", "firm", "x"], glossary)
    assert "no column 'E-mail adress'; the nearest heading is 'Email address'" in found[0]
    assert "says nothing about these columns: Email address, x" in found[1]
    assert "'mqll'" in found[2]
    assert "Known stages: inquiry, lead, mql" in found[2]
    assert "'owner'" in found[3]
    assert "decided by Concord" in found[3]
    assert "Did you mean 'company'?" in found[4]
