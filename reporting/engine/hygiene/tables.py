"""The hygiene report as flat rows, for CSV, JSON and the terminal: one per field, source and month asked for."""

from collections.abc import Sequence

from glossary.engine.fields import ContractField
from reporting.engine.conversion_result import Json
from reporting.engine.csv_table import cell
from reporting.engine.hygiene.counting import HygieneCount
from reporting.engine.hygiene.question import By
from reporting.engine.hygiene.result import BLANK, Report, rates_json
from reporting.engine.text_table import text_table

NUMBERS = ("leads", "filled", "filled_percent", "valid", "valid_percent", "only", "among")
COLUMNS = ("field", "label", "source", "month", *NUMBERS)
_HEADINGS = ("leads", "filled", "%", "valid", "%", "held only by it", "among others")


def flat_rows(fields: Sequence[ContractField], count: HygieneCount) -> list[Json]:
    """A row per field and place, in the order of the contract, then of source and month."""
    order = {field.key: number for number, field in enumerate(fields)}
    labels = {field.key: field.label for field in fields}
    counted = [item for item in count.fields.items() if item[0][0] in order and item[1].leads]
    return [
        {
            "field": key,
            "label": labels[key],
            "source": place.source,
            "month": place.month,
            **rates_json(found),
        }
        for (key, place), found in sorted(counted, key=lambda item: (order[item[0][0]], item[0][1]))
    ]


def csv_line(row: Json) -> list[str]:
    """The cells of a row, in the order of COLUMNS."""
    return [cell(row[name]) for name in COLUMNS]


def hygiene_text(result: Report, rows: Sequence[Json], by: By) -> str:
    """The report for a reader at a terminal: the sentence, the rows, the steps, how it was counted."""
    definitions = result["definitions"]
    named = [] if by is By.TOTAL else [by.value]
    table = text_table(
        ["field", *named, *_HEADINGS],
        [[str(row["label"]), *_row_name(row, by), *_numbers(row)] for row in rows],
    )
    return "\n".join(
        [
            "Data hygiene",
            "",
            f"Rule: {result['rule']}",
            f"As of: {result['as_of']} (zone of the report: {result['zone']})",
            f"Definitions: {definitions['words']}; counted with edition {definitions['counted_with_edition']}",
            "",
            str(result["sentence"]),
            "",
            *table,
            "",
            *_steps(result),
        ]
    )


def _row_name(row: Json, by: By) -> list[str]:
    return [] if by is By.TOTAL else [str(row[by.value]) or BLANK]


def _numbers(row: Json) -> list[str]:
    return [f"{row[name]:,}" if isinstance(row[name], int) else str(row[name]) for name in NUMBERS]


def _steps(result: Report) -> list[str]:
    rows = [
        [f"{step['from']} → {step['to']}", *(f"{step[name]:,}" for name in ("leads", "held", "by_gaps"))]
        for step in result["steps"]
    ]
    return text_table(["step", "leads", "held back", "by gaps alone"], rows)
