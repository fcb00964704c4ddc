"""What leads do: written once, then judged."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from routing.exceptions import IntakeRefused
from routing.models import Behaviour, Lead
from routing.services.locking import locked_survivor
from routing.services.qualify import qualify
from routing.types import BehaviourInput, FieldError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAX_PROPERTIES = 50
_MAX_TEXT = 500


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
    lead = locked_survivor(lead_id)
    behaviour, created = _write_once(lead, item, now)
    if created:
        qualify(lead.pk, now=now)
    return behaviour


def write_behaviours(lead: Lead, items: Sequence[BehaviourInput], now: datetime) -> int:
    """Write checked behaviours of a locked lead, unjudged; returns how many are new."""
    return sum(_write_once(lead, item, now)[1] for item in items)


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


def _write_once(lead: Lead, item: BehaviourInput, now: datetime) -> tuple[Behaviour, bool]:
    if item.external_key:
        known = Behaviour.objects.filter(lead=lead, name=item.name, external_key=item.external_key).first()
        if known is not None:
            return known, False
    row = Behaviour(
        lead=lead,
        name=item.name,
        occurred_at=item.occurred_at,
        recorded_at=now,
        properties=dict(item.properties),
        external_key=item.external_key,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        found: Behaviour = Behaviour.objects.get(lead=lead, name=item.name, external_key=item.external_key)
        return found, False
    return row, True
