"""A back-test as a text for the terminal: table, JSON or CSV; computed at once and not stored, or a stored one."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from glossary.choices import JobState, Workstream
from glossary.engine.seal import canonical_json
from glossary.models import BackTest, ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.proposals import proposal_of
from glossary.types import EditionInForce
from reporting.engine.back_test.text import back_test_csv, back_test_text
from reporting.engine.errors import CountingError
from reporting.engine.reading import read_hygiene
from reporting.exceptions import ReportRefused
from reporting.services.measuring import measure
from routing.engine.comparisons import CriterionError

SIDES = (Workstream.GLOSSARY.value, Workstream.SCORING.value)
USUAL = timedelta(days=365)


def back_test_report(options: Mapping[str, Any], form: str, now: datetime) -> str:
    """The back-test that is asked for by `stored`, `change`, or `before` and `after`, in the form table, json or csv.

    Raises ParametersRefused or CountingError for what cannot be asked, PolicyError for definitions that cannot be
    used.
    """
    result = _stored(options["stored"]) if options.get("stored") else _computed(options, now)
    if form == "json":
        return json.dumps(result, ensure_ascii=False, indent=2)
    return back_test_csv(result).rstrip("\r\n") if form == "csv" else back_test_text(result)


def _stored(text: str) -> dict[str, Any]:
    row = BackTest.objects.filter(pk=_number("stored", text)).first()
    if row is None:
        raise CountingError("stored", text, "There is no such back-test; /reports/back-tests/ lists them.")
    if row.state != JobState.DONE or row.result is None:
        raise CountingError(
            "stored", text, f"It is {row.get_state_display().lower()} and has no result {row.error}".strip()
        )
    return dict(row.result)


def _computed(options: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    edition = edition_at(now)
    row = _change(options, edition, now) if options.get("change") else _versions(options, edition)
    row.since, row.until = _window(options, now)
    row.as_of = now
    try:
        return dict(measure(row, told=lambda _: None).result)
    except CriterionError as error:
        raise ReportRefused(str(error)) from error


def _change(options: Mapping[str, Any], edition: EditionInForce, now: datetime) -> BackTest:
    """A change as it would be published now; what is in force or closed, beside the version that it was made for."""
    request = ChangeRequest.objects.filter(pk=_number("change", options["change"])).first()
    if request is None or request.workstream not in SIDES:
        raise CountingError(
            "change", options["change"], "Give the number of a change of the glossary or the scoring."
        )
    found = proposal_of(request, now).proposed
    if found.document is None:
        raise CountingError("change", request.pk, "Its draft has to be mended before it can be measured.")
    made_for = {**edition.versions, request.workstream: found.live_number}
    before = {f"{side}_before": made_for[side] for side in SIDES}
    after = {f"{side}_after": edition.versions[side] for side in SIDES if side != request.workstream}
    return BackTest(
        request=request,
        workstream=request.workstream,
        content=canonical_json(found.document),
        digest=found.digest,
        **before,
        **after,
    )


def _versions(options: Mapping[str, Any], edition: EditionInForce) -> BackTest:
    sides: dict[str, int] = {}
    for name in ("before", "after"):
        numbers = {side: edition.versions[side] for side in SIDES} | _pairs(name, options.get(name))
        sides |= {f"{side}_{name}": number for side, number in numbers.items()}
    if all(sides[f"{side}_before"] == sides[f"{side}_after"] for side in SIDES):
        raise CountingError(
            "after",
            options.get("after"),
            "Both sides are the same. Name another version, such as --before scoring=1, or a --change.",
        )
    return BackTest(**sides)


def _pairs(name: str, text: str | None) -> dict[str, int]:
    """`glossary=7,scoring=5` as numbers; what is not named is as it is in force."""
    found = {}
    for part in filter(None, (text or "").split(",")):
        side, _, number = part.strip().partition("=")
        if side not in SIDES or not number.isascii() or not number.isdigit():
            raise CountingError(name, text, "Give versions such as glossary=7,scoring=5.")
        found[side] = int(number)
    return found


def _number(name: str, text: object) -> int:
    given = str(text)
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise CountingError(name, text, "Give a number, such as 12.")
    return int(given)


def _window(options: Mapping[str, Any], now: datetime) -> tuple[date, date]:
    """The days asked for; the last 365 days up to yesterday, by UTC days."""
    texts = {name: options[name] for name in ("since", "until") if options.get(name)}
    asked = read_hygiene(texts, now)
    today = now.astimezone(UTC).date()
    since, until = asked.since or today - USUAL, asked.until or today - timedelta(days=1)
    if since > until:
        raise CountingError(
            "until", until, f"The window begins on {since}; give a later day or another --since."
        )
    return since, until
