"""Tables of the policies: what is sealed and in force, change requests with their sign-offs, and draft rows."""

from glossary.models.back_tests import BackTest
from glossary.models.drafts_charter import CharterSettings, RaciEntry, RhythmBeat
from glossary.models.drafts_glossary import (
    Confirmation,
    ContractField,
    Criterion,
    RequiredField,
    StageMove,
    Term,
)
from glossary.models.editions import Edition
from glossary.models.requests import ChangeRequest, Comment, Contributor, RequestEvent
from glossary.models.signoffs import Acknowledgement, Delegation, SignOff
from glossary.models.touches import VersionTouch
from glossary.models.versions import PolicyVersion

__all__ = [
    "Acknowledgement",
    "BackTest",
    "ChangeRequest",
    "CharterSettings",
    "Comment",
    "Confirmation",
    "ContractField",
    "Contributor",
    "Criterion",
    "Delegation",
    "Edition",
    "PolicyVersion",
    "RaciEntry",
    "RequestEvent",
    "RequiredField",
    "RhythmBeat",
    "SignOff",
    "StageMove",
    "Term",
    "VersionTouch",
]
