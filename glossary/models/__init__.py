"""Tables of the policies: what is sealed and in force. Drafts and change requests join them later."""

from glossary.models.editions import Edition
from glossary.models.versions import PolicyVersion

__all__ = ["Edition", "PolicyVersion"]
