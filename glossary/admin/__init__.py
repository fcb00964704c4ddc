"""The admin of the policies: what is published (to read), change requests (to read), drafts (to edit)."""

from glossary.admin import drafts, published, requests

__all__ = ["drafts", "published", "requests"]
