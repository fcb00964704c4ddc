"""Text as Concord keeps and compares it: cleaned at the door, folded for comparing without case.

Databases fold differently (SQLite's LIKE knows ASCII only), so Python folds once and both compare the result:
docs/decisions/0002-folded-text.md.
"""

from collections.abc import Mapping

from glossary.engine.fields import DERIVED_FIELDS, ContractField
from glossary.engine.text import clean, fold

__all__ = ["clean", "email_domain", "fold", "folded_values"]


def email_domain(email: object) -> str:
    """What stands behind the last @ of an address, in lower case; empty when there is none."""
    return clean(email).rpartition("@")[2].lower() if "@" in str(email or "") else ""


def folded_values(lead_values: Mapping[str, object], fields: Mapping[str, ContractField]) -> dict[str, str]:
    """What belongs into `Lead.folded` of a lead with these values.

    Args:
        lead_values: all values of the lead by field key (columns, attributes, `email_domain`); others than
            known texts have nothing to fold and are left out.
        fields: the contract. Every text of it is folded, whatever its type today: a later version of the
            contract may open a choice for free text, and nothing has to be folded anew then.
    """
    keys = (key for key in {**DERIVED_FIELDS, **fields} if key in lead_values)
    return {key: fold(value) for key in keys if isinstance(value := lead_values[key], str) and value}
