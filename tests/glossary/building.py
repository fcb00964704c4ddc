"""Long histories and wide glossaries for tests: rows are sealed directly, which is what publishing ends with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from glossary import registry
from glossary.engine.seal import canonical_json, digest
from glossary.models import Edition, PolicyVersion, VersionTouch
from glossary.queries.chain import edition_header, version_header
from glossary.queries.editions import forget, version_seals
from glossary.services import publish as publishing
from glossary.types import EditionInForce, Publication
from tests.glossary.amending import Change, amended

# Pages ask the clock themselves, so what they show is published in the past of any clock.
EARLIER = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ApprovedWarrant:
    """Allows everything and is sealed in the shape of an approved change request."""

    author: str = "Rosa Okafor"
    contributors: tuple[str, ...] = ("Rosa Okafor",)
    signoffs: tuple[Mapping[str, str], ...] = ()
    emergency: Mapping[str, str] | None = None
    request: int = 12

    def allow(self, digests: Mapping[str, str]) -> None:
        """Everything."""

    def as_json(self) -> dict[str, object]:
        """As sealed."""
        return {
            "kind": "change_request",
            "request": self.request,
            "cycle": 1,
            "author": self.author,
            "contributors": list(self.contributors),
            "signoffs": [dict(item) for item in self.signoffs],
            "emergency": dict(self.emergency) if self.emergency else None,
        }


def signed(duty: str, role: str, by: str, for_whom: str = "") -> dict[str, str]:
    """A sign-off as a warrant has it."""
    at = EARLIER.isoformat()
    return {"duty": duty, "role": role, "by": by, "for": for_whom, "at": at, "digest": "0" * 64}


def many_stages(count: int) -> Change:
    """Adds detours until the glossary has `count` stages."""

    def change(data: dict[str, Any]) -> None:
        model = {k: v for k, v in data["stages"][-1].items() if k not in {"key", "name", "short", "kpis"}}
        for number in range(len(data["stages"]), count):
            data["stages"].append(
                {
                    **model,
                    "key": f"extra_{number}",
                    "name": f"Extra {number}",
                    "short": f"X{number}",
                    "kpis": [],
                }
            )
            data["moves"].append({"from": "lead", "to": f"extra_{number}", "by": ["revops"]})

    return change


def long_history(edition: EditionInForce, count: int, *, begin: datetime = EARLIER) -> None:
    """`count` further versions of the glossary, one a day, each with the definition of MQL worded anew."""
    glossary = edition.document(registry.document_type("glossary").document_class)
    data = json.loads(canonical_json(glossary))
    newest = PolicyVersion.objects.filter(workstream="glossary").order_by("-number")[0]
    last = Edition.objects.order_by("-number")[0]
    seals, versions, editions = version_seals(), [], []
    for step in range(1, count + 1):
        next(stage for stage in data["stages"] if stage["key"] == "mql")["definition"] = f"Wording {step}."
        newest = _version(newest, canonical_json(data), begin + step * DAY)
        seals["glossary", newest.number] = newest.seal
        last = _edition(last, newest, seals)
        versions.append(newest)
        editions.append(last)
    PolicyVersion.objects.bulk_create(versions)
    Edition.objects.bulk_create(editions)
    VersionTouch.objects.bulk_create(
        [VersionTouch(version=version, stage="mql", is_direct=True) for version in versions]
    )
    forget()


def _version(before: PolicyVersion, content: str, at: datetime) -> PolicyVersion:
    version = PolicyVersion(
        workstream=before.workstream,
        number=before.number + 1,
        content=content,
        content_digest=digest(content),
        title=f"Wording {before.number}",
        why="So that it reads better.",
        in_force_from=at,
        published_at=at,
        published_by_name="Rosa Okafor",
        warrant=ApprovedWarrant(signoffs=(signed("approve", "cro", "Carla Moreau"),)).as_json(),
        previous_seal=before.seal,
    )
    publishing._seal(version, version_header(version).seal())
    return version


def _edition(before: Edition, version: PolicyVersion, seals: Mapping[tuple[str, int], str]) -> Edition:
    edition = Edition(
        number=before.number + 1,
        in_force_from=version.in_force_from,
        versions={**before.versions, version.workstream: version.number},
        previous_seal=before.seal,
    )
    publishing._seal(edition, edition_header(edition, seals).seal())
    return edition


def approved(
    edition: EditionInForce, workstream: str, change: Change, warrant: ApprovedWarrant
) -> EditionInForce:
    """Publish a change on the word of `warrant`."""
    document = edition.document(registry.document_type(workstream).document_class)
    return publishing.publish(
        {workstream: amended(document, workstream, change)},
        Publication("Raise the bar", "Too many MQLs were turned down."),
        acting_user=None,
        warrant=warrant,
        now=EARLIER,
    )
