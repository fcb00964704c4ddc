"""Which versions that a report covers went in force as an emergency: marked on the report for good."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from glossary.models import Edition, PolicyVersion


def emergency_notes(editions: Iterable[int]) -> list[str]:
    """A sentence for each version in force under one of `editions` (numbers) that was published in an emergency.

    Read from what was sealed with the version, so the same run says the same for ever, ratified or not since.
    """
    maps = Edition.objects.filter(number__in=list(editions)).values_list("versions", flat=True)
    wanted = {(key, number) for versions in maps for key, number in versions.items()}
    if not wanted:
        return []
    of_these = reduce(or_, (Q(workstream=key, number=number) for key, number in sorted(wanted)))
    rows = PolicyVersion.objects.filter(of_these).defer("content").order_by("in_force_from", "workstream")
    return [
        f"{row.get_workstream_display()} v{row.number} went in force as an emergency on "
        f"{row.in_force_from:%d %b %Y}, before everybody had signed: {row.warrant['emergency']['why']}"
        for row in rows
        if row.warrant.get("emergency")
    ]
