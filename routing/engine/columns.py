"""Which fields of the data contract may live in columns of a lead, and of which type they must then be."""

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import FieldType, Store
from glossary.types import Documents, Finding

TEXT, NUMBER, CHOICE = FieldType.TEXT, FieldType.NUMBER, FieldType.CHOICE
EITHER = frozenset({TEXT, CHOICE})
COLUMN_TYPES: dict[str, frozenset[FieldType]] = {
    "email": frozenset({FieldType.EMAIL}),
    "email_status": frozenset({CHOICE}),
    "first_name": frozenset({TEXT}),
    "last_name": frozenset({TEXT}),
    "job_title": frozenset({TEXT}),
    "phone": frozenset({TEXT}),
    "company": frozenset({TEXT}),
    "website": frozenset({FieldType.DOMAIN, TEXT}),
    "industry": EITHER,
    "employees": frozenset({NUMBER}),
    "annual_revenue": frozenset({NUMBER}),
    "country": frozenset({FieldType.COUNTRY}),
    "region": EITHER,
    "segment": EITHER,
    "buying_role": EITHER,
    "source": EITHER,
    "channel": EITHER,
    "campaign": EITHER,
    "consent": frozenset({CHOICE}),
    "opportunity_id": frozenset({TEXT}),
    "amount": frozenset({NUMBER}),
}
# What the system itself keeps of a lead: no contract field may be called like it.
# fmt: off
RESERVED = frozenset(
    [
        "id", "lead", "stage", "stage_entered_at", "pass_number", "owner", "queue", "territory",
        "score", "scored_at", "icp_grade", "intent_score", "version", "edition", "suppressed",
        "suppressed_reason", "merged_into", "merged_at", "captured_at", "recorded_at",
        "is_imported", "attributes", "folded",
    ]
)
# fmt: on


def check_columns(documents: Documents) -> list[Finding]:
    """Contract fields that leads have no column for, or one of another type, or whose name is taken."""
    found = []
    for field in documents.get(GlossaryDocument).fields:
        where = f"glossary.fields.{field.key}"
        if field.key in RESERVED:
            found.append(Finding(where, "this name belongs to the system; give the field another key"))
        elif field.store is Store.COLUMN and field.key not in COLUMN_TYPES:
            found.append(Finding(where, "leads have no such column; store the field as an attribute"))
        elif field.store is Store.ATTRIBUTE and field.key in COLUMN_TYPES:
            found.append(Finding(where, "leads have a column for it; store the field as a column"))
        elif field.key in COLUMN_TYPES and field.type not in COLUMN_TYPES[field.key]:
            fits = " or ".join(sorted(COLUMN_TYPES[field.key]))
            found.append(Finding(where, f"its column holds no {field.type.value}; the type must be {fits}"))
    return found
