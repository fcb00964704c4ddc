"""Checks of criteria against the data contract, shared by every document that holds criteria."""

from collections.abc import Iterable, Iterator, Mapping

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion
from glossary.engine.countries import COUNTRY_CODES
from glossary.engine.fields import OPS_BY_TYPE, ContractField, FieldType, Op
from glossary.types import Finding

COMPARING = frozenset({Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN})


def check_criteria(
    where: str,
    criteria: Iterable[FieldCriterion | BehaviourCriterion],
    fields: Mapping[str, ContractField],
) -> list[Finding]:
    """What is wrong with the field criteria of one place: unknown fields, operators, values, late fields.

    Args:
        where: path of the place, e.g. `scoring.fit.A`.
        fields: contract and derived fields by key.
    """
    found = []
    for criterion in criteria:
        if isinstance(criterion, FieldCriterion):
            found += [Finding(where, message) for message in _problems(criterion, fields)]
    return found


def _problems(criterion: FieldCriterion, fields: Mapping[str, ContractField]) -> Iterator[str]:
    field = fields.get(criterion.field)
    if field is None:
        yield f"the field {criterion.field!r} is not in the data contract; add it, or use one that is"
        return
    if field.after_outcome:
        yield (
            f"the field {field.key!r} is only known after the outcome, so it cannot decide what comes before "
            "it; use a field that is known at the time"
        )
    offered = OPS_BY_TYPE[field.type]
    if criterion.op not in offered:
        yield (
            f"{field.key} {criterion.op.value}: a {field.type.value} field cannot be compared like that; "
            f"it offers {', '.join(sorted(offered))}"
        )
    elif criterion.op in COMPARING:
        values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
        for value in values:
            problem = value_problem(field, value)
            if problem:
                yield f"{field.key} {criterion.op.value} {value!r}: {problem}"


def value_problem(field: ContractField, value: object) -> str:
    """Why a field of this type can never have this value; empty when it can."""
    if field.type is FieldType.CHOICE:
        return _choice_problem(field, value)
    if field.type is FieldType.COUNTRY:
        fits = value in COUNTRY_CODES
        return "" if fits else "it is no ISO 3166 country code; use two capital letters such as GB"
    expected = _EXPECTED[field.type]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number if expected is float else isinstance(value, expected)
    return "" if fits else _NOT_EXPECTED[expected]


_EXPECTED: dict[FieldType, type] = {
    FieldType.TEXT: str,
    FieldType.EMAIL: str,
    FieldType.DOMAIN: str,
    FieldType.NUMBER: float,
    FieldType.BOOLEAN: bool,
    FieldType.DATE: str,
}
_NOT_EXPECTED: dict[type, str] = {
    str: "it is not a text; put it in quotes",
    float: "it is not a number",
    bool: "it is neither true nor false",
}


def _choice_problem(field: ContractField, value: object) -> str:
    if value in field.values:
        return ""
    if str(value) in field.aliases:
        return f"this is another spelling of {field.aliases[str(value)]!r}; use that"
    return f"it is not among the values of the field: {', '.join(field.values)}"
