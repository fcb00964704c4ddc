"""The warrant of a change request: what publish() asks before it seals anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from glossary.choices import Duty, Verdict
from glossary.engine.charter import CharterDocument
from glossary.engine.seal import instant_text
from glossary.exceptions import PublishRefused
from glossary.models import ChangeRequest, SignOff
from glossary.queries.rights import emergency_roles
from glossary.queries.standing import contributor_identities, fault, lacking, people_of, round_of
from glossary.types import Warrant


@dataclass
class ApprovedRequest(Warrant):
    """Allows exactly the signed content of one change request, while its signers still may sign."""

    request: ChangeRequest
    charter: CharterDocument
    signoffs: list[SignOff] = field(default_factory=list)

    def allow(self, digests: Mapping[str, str]) -> None:
        """Raise PublishRefused with everything that is missing. Asked under the lock of the line."""
        if dict(digests) != {self.request.workstream: self.request.digest}:
            raise PublishRefused("The content to publish is not the content that was signed.")
        self.signoffs = round_of(self.request)
        missing = self.missing()
        if missing:
            raise PublishRefused(f"Not published: {'; '.join(missing)}.")

    def missing(self) -> list[str]:
        """What the charter still asks for, in sentences."""
        return lacking(self.request, self.charter, self.signoffs)

    def as_json(self) -> dict[str, object]:
        """Who proposed, who wrote, who signed what: sealed with the version."""
        given = [s for s in self.signoffs if s.verdict == Verdict.GIVEN]
        return {
            "kind": "change_request",
            "request": self.request.pk,
            "cycle": self.request.cycle,
            "author": self.request.author_name,
            "contributors": [row.name for row in self.request.contributors.all()],
            "signoffs": [_line(signoff) for signoff in given],
            "emergency": self.emergency(),
        }

    def emergency(self) -> dict[str, str] | None:
        """None: everybody has signed."""
        return None


@dataclass
class EmergencyRequest(ApprovedRequest):
    """Allows the content on the word of several people now; the charter's sign-offs must follow."""

    def faulty(self) -> list[tuple[SignOff, str]]:
        """Taken seats that do not count, and why."""
        wrote, counted, found = contributor_identities(self.request), set[str](), []
        roles = emergency_roles(self.charter, self.request.workstream)
        for signoff in self._taken():
            problem = fault(signoff, self.request.digest, wrote, counted, roles)
            if problem:
                found.append((signoff, problem))
            else:
                counted |= people_of(signoff)
        return found

    def missing(self) -> list[str]:
        """Faults of the emergency seats, and how many people are missing."""
        problems = [problem for _, problem in self.faulty()]
        short = self.charter.emergency.people - len(self._taken())
        return [*problems, f"{short} more must agree to the emergency"] if short > 0 else problems

    def _taken(self) -> list[SignOff]:
        return [s for s in self.signoffs if s.duty == Duty.EMERGENCY and s.verdict == Verdict.GIVEN]

    def emergency(self) -> dict[str, str] | None:
        """The reason, and by when it must be ratified."""
        by = self.request.ratify_by
        return {"why": self.request.emergency_why, "ratify_by": instant_text(by) if by else ""}


def _line(signoff: SignOff) -> dict[str, object]:
    rests_on = {"back_test": signoff.back_test_id} if signoff.back_test_id else {}
    return {
        "duty": signoff.duty,
        "role": signoff.role,
        "by": signoff.signer_name,
        "for": str(signoff.on_behalf_of or ""),
        "at": instant_text(signoff.decided_at) if signoff.decided_at else "",
        "digest": signoff.digest,
        "note": signoff.note,
        **rests_on,
    }
