"""Text as Concord keeps and compares it: cleaned at the door, folded for comparing without case.

Databases fold differently (SQLite's LIKE knows ASCII only), so Python folds once and both compare the result:
docs/decisions/0002-folded-text.md.
"""

import unicodedata
from collections.abc import Mapping

from glossary.engine.fields import DERIVED_FIELDS, ContractField


def clean(value: object) -> str:
    """`value` as text that every database can hold: Unicode NFC, trimmed; None is the empty text.

    NUL characters and lone surrogates are dropped: PostgreSQL stores neither.
    """
    return "" if value is None else storable(str(value)).strip()


def storable(text: str) -> str:
    """`text` in NFC without NUL characters and lone surrogates; white space stays as it is."""
    if text.isascii():
        return text.replace("\0", "")
    kept = text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return unicodedata.normalize("NFC", kept)


def fold(value: object) -> str:
    """`value` for comparing without case: NFC, `str.casefold`, NFC again as folding can take signs apart."""
    if value is None:
        return ""
    text = storable(str(value))
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


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
