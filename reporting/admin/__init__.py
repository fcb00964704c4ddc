"""The admin of reporting: the drafts of its policy."""

from reporting.admin import drafts

__all__ = ["drafts"]
