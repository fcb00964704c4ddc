"""Fields whose past no log keeps: whatever is judged by them is judged by their values of today."""

from collections.abc import Mapping, Sequence

from glossary.engine.fields import DERIVED_FIELDS, ContractField
from routing.engine.replay.definition import Definition, all_reads
from routing.engine.replay.history import LOGGED

# Derived from what is logged, or kept for good from the capture on; a state of an address is logged as a value is.
_KNOWN = LOGGED | {"age_days", "email_domain", "captured_at", "email_status", "icp_grade", "intent_score"}


def keeps_history(key: str, fields: Mapping[str, ContractField]) -> bool:
    """Whether the log tells what a field was at any moment. `fields`: contract and derived fields by key."""
    return key in _KNOWN or (key in fields and key not in DERIVED_FIELDS)


def fields_without_history(definitions: Sequence[Definition], stages: Sequence[str]) -> list[str]:
    """Labels, in order, of the fields that judging these stages reads as they are today."""
    fields = {key: field for side in definitions for key, field in side.glossary.field_by_key.items()}
    read = all_reads(definitions, stages).fields
    unlogged = [key for key in sorted(read) if not keeps_history(key, fields)]
    return [fields[key].label if key in fields else key for key in unlogged]
