"""Choices of the policies: workstreams, states of change requests and back-tests, duties and verdicts of sign-offs."""

from django.db.models import TextChoices


class Workstream(TextChoices):
    """One line of numbered versions each."""

    CHARTER = "charter", "Charter"
    GLOSSARY = "glossary", "Glossary & data contract"
    SCORING = "scoring", "Scoring & ICP"
    ROUTING = "routing", "Routing & SLAs"
    DISPOSITIONS = "dispositions", "Disposition reasons"
    REPORTING = "reporting", "Reporting & audits"


class RequestState(TextChoices):
    """Life of a change request. Whatever is not open never changes again."""

    DRAFT = "draft", "Draft"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


# The author may edit; an edit of one that is under review takes it back to draft.
DRAFTING = frozenset({RequestState.DRAFT, RequestState.CHANGES_REQUESTED})
UNDER_REVIEW = frozenset({RequestState.IN_REVIEW, RequestState.APPROVED, RequestState.SCHEDULED})
OPEN = DRAFTING | UNDER_REVIEW


class Duty(TextChoices):
    """What a sign-off is asked for. Only consulting does not hold a publication up."""

    APPROVE = "approve", "Approve"
    VALIDATE = "validate", "Validate"
    CONSULT = "consult", "Consult"
    EMERGENCY = "emergency", "Emergency"


BINDING = frozenset({Duty.APPROVE, Duty.VALIDATE})


class Verdict(TextChoices):
    """What a signer said. Empty = still owed."""

    GIVEN = "given", "Given"
    CHANGES = "changes", "Changes requested"
    REJECTED = "rejected", "Rejected"


class EventKind(TextChoices):
    """What the timeline of a change request tells."""

    OPENED = "opened", "Opened"
    EDITED = "edited", "Edited"
    SUBMITTED = "submitted", "Submitted for review"
    SIGNED = "signed", "Signed"
    VOIDED = "voided", "Sign-offs void"
    CHANGES = "changes", "Changes requested"
    REJECTED = "rejected", "Rejected"
    APPROVED = "approved", "Approved"
    SCHEDULED = "scheduled", "Scheduled"
    REBASED = "rebased", "Merged with the version in force"
    CONFLICT = "conflict", "Conflict with the version in force"
    PUBLISHED = "published", "Published"
    EMERGENCY = "emergency", "Emergency"
    RATIFIED = "ratified", "Ratified"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
    REFUSED = "refused", "Refused"
    HELD = "held", "Not put in force"


class JobState(TextChoices):
    """Life of a back-test. Done, failed and cancelled never change again."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


WAITING_JOBS = frozenset({JobState.QUEUED, JobState.RUNNING})
