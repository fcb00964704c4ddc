"""The data contract: field types, what each type may be compared with, and the derived fields."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from glossary.engine.base import Key, Line, Part, Prose


class FieldType(StrEnum):
    """Types of contract fields."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DATE = "date"
    COUNTRY = "country"
    EMAIL = "email"
    DOMAIN = "domain"


class Op(StrEnum):
    """Operators of the criteria language."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_DAYS = "within_days"
    OLDER_THAN_DAYS = "older_than_days"
    IS_FREE_MAIL = "is_free_mail"


KNOWING = frozenset({Op.IS_KNOWN, Op.IS_UNKNOWN})
EQUALITY = frozenset({Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN})
PREFIX = frozenset({Op.CONTAINS, Op.STARTS_WITH})
OPS_BY_TYPE: dict[FieldType, frozenset[Op]] = {
    FieldType.TEXT: KNOWING | EQUALITY | PREFIX,
    FieldType.NUMBER: KNOWING | EQUALITY | {Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN},
    FieldType.BOOLEAN: KNOWING | {Op.IS, Op.IS_NOT},
    FieldType.CHOICE: KNOWING | EQUALITY,
    FieldType.DATE: KNOWING | {Op.BEFORE, Op.AFTER, Op.BETWEEN, Op.WITHIN_DAYS, Op.OLDER_THAN_DAYS},
    FieldType.COUNTRY: KNOWING | EQUALITY,
    FieldType.EMAIL: KNOWING | EQUALITY | PREFIX,
    FieldType.DOMAIN: KNOWING | EQUALITY | PREFIX | {Op.IS_FREE_MAIL},
}


class Store(StrEnum):
    """Where the value of a contract field lives on the lead."""

    COLUMN = "column"
    ATTRIBUTE = "attribute"


class ContractField(Part):
    """One field of the data contract.

    `strict` applies to choices: a strict field refuses a value outside the list; another one keeps it as it
    came, visible and apart, for the hygiene page to show.
    """

    key: Key
    label: Line
    type: FieldType
    values: tuple[Line, ...] = ()
    aliases: dict[str, Line] = Field(default_factory=dict)
    strict: bool = True
    store: Store = Store.ATTRIBUTE
    help: Prose = ""
    personal: bool = False
    keep_days: Annotated[int, Field(ge=1)] | None = None
    after_outcome: bool = False

    @model_validator(mode="after")
    def _choices_have_values(self) -> Self:
        if self.type is FieldType.CHOICE and not self.values:
            raise ValueError(f"field {self.key!r} is a choice and lists no values")
        if self.values and self.type is not FieldType.CHOICE:
            raise ValueError(f"field {self.key!r} lists values but its type is {self.type.value}, not choice")
        strangers = sorted(set(self.aliases.values()) - set(self.values)) if self.values else []
        if strangers:
            raise ValueError(f"aliases of {self.key!r} lead to unlisted values: {', '.join(strangers)}")
        return self


def _derived(key: str, label: str, kind: FieldType, values: tuple[str, ...] = ()) -> ContractField:
    return ContractField(key=key, label=label, type=kind, values=values, store=Store.COLUMN)


# Known of every lead without being asked for: computed at intake, by scoring or by routing.
DERIVED_FIELDS: dict[str, ContractField] = {
    field.key: field
    for field in (
        _derived("icp_grade", "ICP grade", FieldType.CHOICE, ("A", "B", "C", "D")),
        _derived("intent_score", "Intent score", FieldType.NUMBER),
        _derived("email_domain", "E-mail domain", FieldType.DOMAIN),
        _derived("age_days", "Days since capture", FieldType.NUMBER),
        _derived("owner", "Owner", FieldType.TEXT),
        _derived("territory", "Territory", FieldType.TEXT),
        _derived("stage", "Stage", FieldType.TEXT),
        # The first human outbound touch of the current pass; automatic mails and replies do not count.
        _derived("first_touch_at", "First touch", FieldType.DATE),
    )
}
