"""Fixed vocabularies of leads, routing and clocks. Stages, queues and reasons are policy, not code."""

from django.db.models import TextChoices


class Consent(TextChoices):
    """Consent state of a person."""

    UNKNOWN = "", "Unknown"
    GRANTED = "granted", "Granted"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EmailStatus(TextChoices):
    """What is known of the address."""

    UNKNOWN = "", "Not checked"
    VALID = "valid", "Valid"
    INVALID = "invalid", "Invalid"


class Origin(TextChoices):
    """Where a log row comes from."""

    SYSTEM = "system", "Rules"
    PERSON = "person", "A person"
    IMPORT = "import", "Imported history"


class TouchKind(TextChoices):
    """Ways to reach a person."""

    CALL = "call", "Call"
    EMAIL = "email", "E-mail"
    MEETING = "meeting", "Meeting"
    MESSAGE = "message", "Message"


class TouchResult(TextChoices):
    """What came of a touch."""

    SENT = "sent", "Sent"
    REACHED = "reached", "Reached"
    VOICEMAIL = "voicemail", "Left a message"
    NO_ANSWER = "no_answer", "No answer"
    BOUNCED = "bounced", "Bounced"


class AssignmentCause(TextChoices):
    """Why a lead was assigned."""

    ROUTED = "routed", "Routed by rules"
    DRAINED = "drained", "Taken from the queue"
    REROUTED = "rerouted", "Routed anew"
    MANUAL = "manual", "Assigned by hand"
    MERGED = "merged", "Merged"


class ClockState(TextChoices):
    """Verdict of a clock. Overdue is running past its due time: time decides it, not a column."""

    RUNNING = "running", "Running"
    MET = "met", "Met"
    LATE = "late", "Met late"
    VOID = "void", "Void"


class AttemptState(TextChoices):
    """Verdict of one owner's attempt."""

    RUNNING = "running", "Running"
    MET = "met", "Met"
    LATE = "late", "Met late"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ImportState(TextChoices):
    """Life of an import."""

    UPLOADED = "uploaded", "Uploaded"
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class QuarantineState(TextChoices):
    """Life of a refused row."""

    OPEN = "open", "To be fixed"
    FIXED = "fixed", "Fixed and taken in"
    DISCARDED = "discarded", "Discarded"
