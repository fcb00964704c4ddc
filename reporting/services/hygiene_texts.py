"""The hygiene report as a text for the terminal: table, JSON or CSV; all leads are counted."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField
from glossary.queries.editions import edition_at
from reporting.engine.errors import CountingError
from reporting.engine.hygiene.question import By
from reporting.engine.hygiene.tables import COLUMNS, csv_line, flat_rows, hygiene_text
from reporting.engine.reading import read_hygiene
from reporting.services.hygiene import Hygiene
from routing.models import Lead


def hygiene_report(options: Mapping[str, Any], form: str, now: datetime) -> str:
    """The report asked for by since, until, by and field, in the form table, json or csv.

    Raises ParametersRefused or CountingError for what cannot be asked, NoPolicyInForce without policies.
    """
    edition = edition_at(now)
    texts = {name: options[name] for name in ("since", "until") if options.get(name)}
    fields = _fields(edition.document(GlossaryDocument), options.get("field"))
    by = _by(options.get("by"))
    report = Hygiene(Lead.objects.all(), read_hygiene(texts, now), edition, now, "all leads")
    count = report.count(fields, () if by is By.TOTAL else (by,))
    result, rows = report.result(count, fields), flat_rows(fields, count)
    if form == "json":
        return json.dumps({**result, "by": by.value, "rows": rows}, ensure_ascii=False, indent=2)
    if form == "csv":
        out = io.StringIO()
        csv.writer(out).writerows([COLUMNS, *map(csv_line, rows)])
        return out.getvalue().rstrip("\r\n")
    return hygiene_text(result, rows, by)


def _fields(glossary: GlossaryDocument, key: str | None) -> list[ContractField]:
    known = {field.key: field for field in glossary.fields}
    if not key:
        return list(known.values())
    if key not in known:
        raise CountingError("field", key, f"Give one of: {', '.join(known)}.")
    return [known[key]]


def _by(text: str | None) -> By:
    if text and text not in list(By):
        raise CountingError("by", text, f"Give one of: {', '.join(By)}.")
    return By(text or By.TOTAL)
