"""The leads that the rows of a chunk are about: found in a few queries, kept up as rows add to them."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Coalesce

from routing.engine.history import Fact
from routing.engine.import_rows import ReadRow, RowError
from routing.models import Behaviour, ExternalId, Lead, StageEntry


class KnownLeads:
    """An index by external id and by address; merged leads stand for their survivor."""

    def __init__(self, rows: Iterable[ReadRow]) -> None:
        rows = list(rows)
        self._by_identity: dict[str, Lead] = {}
        self._instances: dict[int, Lead] = {}
        self._former: set[str] = set()
        _lock(rows)
        self._load_external(rows)
        self._load_emails(rows)
        self.facts: dict[int, list[Fact]] = defaultdict(list)
        # Also facts that were voided, or stand on a merged duplicate: a file does not bring them back.
        self.told: dict[int, list[Fact]] = defaultdict(list)
        self.behaviours: set[tuple[int, str, str]] = set()
        self._load_entries()
        if any(row.behaviours for row in rows):
            self._load_behaviours()

    def find(self, row: ReadRow) -> tuple[Lead | None, RowError | None]:
        """The lead of a row; or why it cannot be told whose it is."""
        found = {id(lead): lead for key in row.identities if (lead := self._by_identity.get(key)) is not None}
        if len(found) <= 1:
            return next(iter(found.values()), None), None
        external = row.external[1] if row.external else ""
        return None, RowError(
            "email",
            "",
            row.email,
            f"The id {external!r} belongs to one lead and the address {row.email!r} to another. "
            "Merge the two leads, or correct the row.",
        )

    def add(self, row: ReadRow, lead: Lead) -> None:
        """From now on the identities of `row` mean `lead`."""
        for key in row.identities:
            self._by_identity[key] = lead

    def is_former(self, row: ReadRow) -> bool:
        """Whether the address of the row is that of a merged lead."""
        return f"e:{row.email}" in self._former

    def knows_external(self, row: ReadRow) -> bool:
        """Whether the external id of the row is recorded already."""
        return row.external is None or f"x:{row.external[1]}" in self._by_identity

    def _one(self, lead: Lead) -> Lead:
        survivor = lead.merged_into or lead
        return self._instances.setdefault(survivor.pk, survivor)

    def _load_external(self, rows: list[ReadRow]) -> None:
        wanted = [row.external for row in rows if row.external]
        if not wanted:
            return
        system = wanted[0][0]
        found = ExternalId.objects.filter(system=system, value__in={value for _, value in wanted})
        for item in found.select_related("lead__merged_into"):
            self._by_identity[f"x:{item.value}"] = self._one(item.lead)

    def _load_emails(self, rows: list[ReadRow]) -> None:
        emails = {row.email for row in rows if row.email}
        if not emails:
            return
        for lead in Lead.objects.standing().filter(email__in=emails):
            self._by_identity[f"e:{lead.email}"] = self._one(lead)
        merged = Lead.objects.filter(email__in=emails, merged_into__isnull=False).select_related(
            "merged_into"
        )
        for lead in merged.order_by("merged_at", "id"):
            key = f"e:{lead.email}"
            if key not in self._by_identity or key in self._former:
                self._former.add(key)
                self._by_identity[key] = self._one(lead)

    def _load_entries(self) -> None:
        ids = list(self._instances)
        if not ids:
            return
        entries = StageEntry.objects.filter(
            Q(lead__in=ids) | Q(lead__merged_into__in=ids), voids__isnull=True
        )
        columns = (
            "id",
            "lead_id",
            "lead__merged_into_id",
            "to_stage",
            "occurred_at",
            "date_only",
            "pass_number",
        )
        for pk, lead, survivor, stage, at, date_only, number, voided in entries.values_list(
            *columns, "voided_by"
        ):
            fact = Fact(stage, at, date_only, pk, number)
            self.told[survivor or lead].append(fact)
            if voided is None and survivor is None:
                self.facts[lead].append(fact)

    def _load_behaviours(self) -> None:
        found = Behaviour.objects.filter(lead__in=list(self._instances)).exclude(external_key="")
        self.behaviours = set(found.values_list("lead_id", "name", "external_key"))


def _lock(rows: list[ReadRow]) -> None:
    """Hold the leads, in the order of their ids: what is written later rests on what is read now."""
    emails = {row.email for row in rows if row.email}
    external = [row.external for row in rows if row.external]
    found: set[int] = set()
    survivor = Coalesce("merged_into_id", "id")
    if emails:
        found.update(Lead.objects.filter(email__in=emails).values_list(survivor, flat=True))
    if external:
        known = ExternalId.objects.filter(system=external[0][0], value__in={value for _, value in external})
        found.update(known.values_list(Coalesce("lead__merged_into_id", "lead_id"), flat=True))
    if found:
        held = Lead.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk")
        list(held)
