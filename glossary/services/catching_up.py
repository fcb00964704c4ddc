"""Catching up: what a request under review has to become before anybody signs or publishes it."""

from datetime import datetime

from glossary.choices import EventKind
from glossary.engine.seal import digest
from glossary.models import ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.proposals import proposed
from glossary.services.drafting import rows_digest
from glossary.services.rounds import back_to_makers, rebase


def catch_up(request: ChangeRequest, now: datetime) -> str:
    """Why what was submitted is not what would be published now, and move the request along; empty when it is.

    Edited past the application, in conflict with the version in force, or said by that already: back to those
    who wrote it. Made for another version: merged with the one in force, and a new round begins.
    """
    if digest(request.content) != request.digest or rows_digest(request) != request.digest:
        reason = "The draft was edited past the application; it must be submitted again."
        back_to_makers(request, EventKind.VOIDED, reason, now)
        return reason
    found = proposed(request, edition_at(now))
    if found.conflicts:
        labels = ", ".join(conflict.label for conflict in found.conflicts)
        reason = f"Version {found.live_number} went in force first and changed the same: {labels}."
        back_to_makers(request, EventKind.CONFLICT, reason, now)
        return reason
    if not found.is_stale or found.document is None:
        return ""
    if found.document == found.live:
        reason = f"Version {found.live_number} went in force first and says all of this already."
        back_to_makers(request, EventKind.CONFLICT, reason, now)
        return reason
    rebase(request, found, now)
    return (
        f"Version {found.live_number} went in force first. The change was merged with it and is in review "
        "again: nobody has signed the merged content yet."
    )
