"""What leads do: written once, then judged."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from glossary.queries.editions import edition_at, memo
from routing.engine.evaluate import BehaviourFact
from routing.exceptions import IntakeRefused
from routing.models import Behaviour
from routing.services.case import Case
from routing.services.locking import locked_survivor
from routing.services.qualify import follow_rules
from routing.types import BehaviourInput, FieldError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAX_PROPERTIES = 50
_MAX_TEXT = 500


@memo()
@transaction.atomic
def record_behaviour(
    lead_id: int,
    name: str,
    *,
    occurred_at: datetime,
    now: datetime,
    properties: Mapping[str, object] | None = None,
    external_key: str = "",
) -> Behaviour:
    """Write down what a lead did, then let the rules judge it.

    A merged lead's behaviour reaches its survivor. The same `external_key` twice is one behaviour and
    changes nothing. Raises IntakeRefused naming every wrong value, RoutingRefused for an unknown lead.
    """
    item = BehaviourInput(name, occurred_at, properties or {}, external_key)
    errors = behaviour_errors([item], now)
    if errors:
        raise IntakeRefused(errors)
    case = Case(locked_survivor(lead_id), edition_at(now), now)
    behaviour, created = _write_once(case, item)
    if created:
        follow_rules(case)
        case.save()
    return behaviour


def write_behaviours(case: Case, items: Sequence[BehaviourInput]) -> int:
    """Write checked behaviours of the lead, unjudged; returns how many are new."""
    return sum(_write_once(case, item)[1] for item in items)


def behaviour_errors(items: Sequence[BehaviourInput], now: datetime) -> list[FieldError]:
    """What is wrong with the behaviours: name, time, properties, key; empty when they can be taken."""
    return [error for item in items for error in _problems(item, now)]


def _problems(item: BehaviourInput, now: datetime) -> list[FieldError]:
    found = []
    if not _NAME.fullmatch(item.name):
        message = f"{item.name[:60]!r} is no behaviour. Use lower-case letters, digits and _: demo_request"
        found.append(FieldError("behaviour", item.name[:60], message))
    if item.occurred_at.tzinfo is None or item.occurred_at > now:
        message = f"{item.occurred_at} is no past instant with a time zone. Send when it happened, in UTC"
        found.append(FieldError("occurred_at", str(item.occurred_at), message))
    if len(item.external_key) > 200 or "\x00" in item.external_key:
        found.append(
            FieldError("external_key", item.external_key[:60], "send at most 200 characters of plain text")
        )
    if len(item.properties) > _MAX_PROPERTIES or not all(map(_is_plain, item.properties.items())):
        message = f"send at most {_MAX_PROPERTIES} plain values of at most {_MAX_TEXT} characters each"
        found.append(FieldError("properties", str(dict(item.properties))[:80], message))
    return found


def _is_plain(pair: tuple[object, object]) -> bool:
    key, value = pair
    texts = [part for part in (key, value) if isinstance(part, str)]
    kinds = isinstance(key, str) and isinstance(value, str | int | float | bool)
    finite = not isinstance(value, float) or math.isfinite(value)
    return kinds and finite and all(len(text) <= _MAX_TEXT and "\x00" not in text for text in texts)


def _write_once(case: Case, item: BehaviourInput) -> tuple[Behaviour, bool]:
    """The behaviour's row, and whether it is new: one with a key of its sender may be there already."""
    row = Behaviour(
        lead=case.lead,
        name=item.name,
        occurred_at=item.occurred_at,
        recorded_at=case.now,
        properties=dict(item.properties),
        external_key=item.external_key,
    )
    known = _insert_once(row)
    if known is not None:
        return known, False
    case.did(BehaviourFact(row.name, row.occurred_at, row.recorded_at, row.properties))
    return row, True


def _insert_once(row: Behaviour) -> Behaviour | None:
    """Insert the row; or the row that has its key already."""
    if not row.external_key:
        row.save(force_insert=True)
        return None
    same = Behaviour.objects.filter(lead=row.lead, name=row.name, external_key=row.external_key)
    known: Behaviour | None = same.first()
    if known is None:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # an import wrote it just now
            known = same.get()
    return known
