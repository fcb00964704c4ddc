"""The timeline of a change request: rounds apart, edits of one person in a row as one line."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from glossary.choices import EventKind
from glossary.models import ChangeRequest
from glossary.queries.timeline import timeline, why_back
from glossary.services.submitting import submit
from glossary.services.timeline import tell
from glossary.types import EditionInForce
from tests.glossary.governing import answered, edited, opened
from tests.glossary.pages.requests_for_tests import rename
from tests.support import NOW

pytestmark = pytest.mark.django_db


def test_edits_in_a_row_are_one_line(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = opened("glossary", cast.revops)
    for minute, who in enumerate((cast.revops, cast.revops, cast.cro, cast.revops)):
        moment = NOW + timedelta(minutes=minute)
        tell(request, EventKind.EDITED, acting_user=who, now=moment, note=f"at {minute}")

    (draft,) = timeline(request)

    assert [(line.who, line.count, line.note) for line in draft.lines] == [
        ("revops", 1, "at 3"),
        ("cro", 1, "at 2"),
        ("revops", 2, "at 1"),
        ("revops", 1, "On glossary v1"),
    ]
    assert draft.lines[2].since == NOW
    assert draft.lines[2].at == NOW + timedelta(minutes=1)


def test_rounds_stand_apart_and_say_why_it_came_back(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = edited(opened("glossary", cast.revops), rename("mql", "Warm lead"), cast.revops)
    submit(request.pk, acting_user=cast.revops, now=NOW)
    answered(request, "cro", cast.cro, "changes", "Name the field.", now=NOW + timedelta(minutes=1))
    request = ChangeRequest.objects.get(pk=request.pk)

    rounds = timeline(request)
    back = why_back(request, rounds)

    assert [cycle.number for cycle in rounds] == [1, 0]
    assert back is not None
    assert (back.who, back.note) == ("cro", "Name the field.")

    submit(request.pk, acting_user=cast.revops, now=NOW + timedelta(minutes=2))
    request.refresh_from_db()
    assert why_back(request, timeline(request)) is None
