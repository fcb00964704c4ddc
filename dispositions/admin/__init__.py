"""The admin of dispositions: decisions to read, and the drafts of reason codes."""

from dispositions.admin import decisions, drafts

__all__ = ["decisions", "drafts"]
