"""Fixed vocabularies of the desk."""

from django.db.models import TextChoices


class DispositionKind(TextChoices):
    """What a rep decided."""

    ACCEPT = "accept", "Accepted"
    QUALIFY = "qualify", "Qualified"
    RECYCLE = "recycle", "Recycled"
    DISQUALIFY = "disqualify", "Disqualified"
    HAND_OVER = "hand_over", "Handed over"
    OPEN = "open", "Opportunity opened"
    WIN = "won", "Won"
    LOSE = "lost", "Lost"


class ActionKind(TextChoices):
    """Next actions that the system carries out."""

    NURTURE = "nurture", "Nurture and come back"
    ENRICH = "enrich", "Find what is missing, then route again"
    SUPPRESS = "suppress", "Suppress"
    REROUTE = "reroute", "Route again"
    MERGE = "merge", "Merge into another lead"


class ActionState(TextChoices):
    """Life of an action."""

    PENDING = "pending", "To do"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    PARKED = "parked", "Parked after repeated failure"
