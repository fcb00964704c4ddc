"""What can go wrong with policies, in words for the person who has to act."""

from collections.abc import Sequence
from typing import Protocol


class Problem(Protocol):
    """A finding of a check: where it is, and what is wrong."""

    @property
    def where(self) -> str: ...

    @property
    def message(self) -> str: ...


class PolicyError(Exception):
    """Base of everything that is refused about policies."""


class DocumentRefused(PolicyError):
    """A document, or the edition that would result from it, does not pass its checks.

    Attributes:
        findings: every problem found, each with its place and the way out.
    """

    def __init__(self, findings: Sequence[Problem]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{finding.where}: {finding.message}" for finding in self.findings))


class PublishRefused(PolicyError):
    """Publishing is not allowed now: no warrant, a wrong date, or another version came first."""


class NotAllowed(PolicyError):
    """This person may not do that. A page answers 403; the attempt is in the timeline."""


class RequestRefused(PolicyError):
    """An act that does not fit the change request as it stands, or input that cannot be used."""


class StaleContent(PolicyError):
    """What was on the page is not what would be signed or published now. A page answers 409 and shows the new."""

    def __init__(
        self,
        message: str = "The content changed since the page was shown. Look at the new one and answer again.",
    ) -> None:
        super().__init__(message)


class NoPolicyInForce(PolicyError):
    """No edition covers the moment that was asked for."""


class HeadUnreadable(PolicyError):
    """A file is no exported head, or not one of ours."""


class ForgedPolicy(PolicyError):
    """A sealed row does not match its seal or its signature; what it says is not used.

    Attributes:
        link: the row, e.g. `glossary v3` or `edition 4`.
        reason: what does not match.
    """

    def __init__(self, link: str, reason: str) -> None:
        self.link, self.reason = link, reason
        super().__init__(
            f"{link} is not what was published: {reason}. It is refused. Run `manage.py verify_policies` and "
            "restore the row from a backup."
        )
