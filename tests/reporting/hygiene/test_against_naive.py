"""The database counts what a plain loop over the leads counts: fill, validity, and what each gap costs."""

import pytest

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from reporting.engine.hygiene.question import By, Gap, GapKind, HygieneQuestion
from reporting.services.hygiene import Hygiene
from routing.models import Lead
from tests.glossary.amending import publish_change
from tests.reporting.hygiene.people import CANDIDATES, Naive, contract_with_every_type, crowd
from tests.support import NOW

pytestmark = pytest.mark.django_db
SEEDS = (1, 2, 3)


@pytest.fixture
def edition(playbook: EditionInForce) -> EditionInForce:
    return publish_change(playbook, "glossary", contract_with_every_type, now=NOW)


def hygiene(edition: EditionInForce) -> Hygiene:
    return Hygiene(Lead.objects.all(), HygieneQuestion(), edition, NOW, "all leads")


@pytest.mark.parametrize("seed", SEEDS)
def test_rates_by_source_and_month(edition: EditionInForce, seed: int) -> None:
    crowd(150, edition, seed)
    fields = edition.document(GlossaryDocument).fields
    naive = Naive(edition, list(Lead.objects.all()))

    count = hygiene(edition).count(fields, (By.SOURCE, By.MONTH))

    for field in fields:
        expected = naive.rates(field)
        found = {tuple(place): c for (key, place), c in count.fields.items() if key == field.key and c.leads}
        assert {place: (c.leads, c.filled, c.valid) for place, c in found.items()} == expected, field.key


@pytest.mark.parametrize("seed", SEEDS)
def test_what_each_gap_costs(edition: EditionInForce, seed: int) -> None:
    crowd(400, edition, seed)
    fields = [f for f in edition.document(GlossaryDocument).fields if not f.after_outcome]
    naive = Naive(edition, list(Lead.objects.all()))
    report = hygiene(edition)

    count, met = report.count(fields), {GapKind.ONLY: 0, GapKind.AMONG: 0}

    for key in (field.key for field in fields if field.key in CANDIDATES):
        for kind, expected in ((GapKind.ONLY, naive.held_only(key)), (GapKind.AMONG, naive.held_among(key))):
            assert set(report.behind(Gap(key, kind)).values_list("pk", flat=True)) == expected, (key, kind)
            assert getattr(count.of(key), kind.value) == len(expected), (key, kind)
            met[kind] += len(expected)
    assert min(met.values()) > 15
    assert sum(step.by_gaps for step in count.steps.values()) == len(naive.held_by_gaps()) > 10
    assert sum(step.held for step in count.steps.values()) == len(
        [lead for lead, target in naive.held() if target.short != "WON"]
    )


@pytest.mark.parametrize("kind", [GapKind.MISSING, GapKind.INVALID])
def test_the_leads_behind_a_gap_in_one_source_and_month(edition: EditionInForce, kind: GapKind) -> None:
    crowd(150, edition, 4)
    report, opened = hygiene(edition), 0
    fields = edition.document(GlossaryDocument).fields
    count = report.count(fields, (By.SOURCE, By.MONTH))

    for (key, place), cell in count.fields.items():
        if key in {"plan", "industry", "email", "seats"} and cell.leads:
            found = report.behind(Gap(key, kind, place.source, place.month))
            wanted = cell.leads - cell.filled if kind is GapKind.MISSING else cell.filled - cell.valid
            assert found.count() == wanted, (key, place)
            opened += wanted
    assert opened > 10
