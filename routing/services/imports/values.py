"""Which values of a row may go onto a lead that exists."""

from routing.engine.import_rows import ReadRow
from routing.models import Lead
from routing.services.imports.context import ImportContext
from routing.services.writing import REFUSALS, value_of


def values_for(row: ReadRow, lead: Lead | None, context: ImportContext) -> dict[str, object]:
    """The values of `row` that may be stated about `lead`.

    Where a later row of the file is about the same lead, this one only fills gaps. And a file never undoes a
    refusal of consent, unless it says when the consent was given and that was later.
    """
    values = dict(row.values)
    if lead is None:
        return values
    if context.is_superseded(row):
        fields = context.reader.fields
        values = {k: v for k, v in values.items() if k == "email" or value_of(lead, fields[k]) is None}
        if lead.email:
            values.pop("email", None)
    if _would_undo_refusal(row, lead):
        values.pop("consent", None)
    return values


def _would_undo_refusal(row: ReadRow, lead: Lead) -> bool:
    consent = row.values.get("consent")
    if consent is None or consent in REFUSALS or lead.consent not in REFUSALS:
        return False
    return row.captured is None or lead.consent_at is None or row.captured.at <= lead.consent_at
