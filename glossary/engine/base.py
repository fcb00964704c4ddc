"""What every policy document is made of: frozen models, keys, and findings of checks."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from glossary.types import Finding

__all__ = ["Finding", "Key", "Line", "Part", "PolicyDocument", "Prose", "duplicates", "require_unique"]

# A key is an identity: it never changes, whatever the name becomes.
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True)]


class Part(BaseModel):
    """A frozen piece of a policy document; unknown keys are refused, so a typing error cannot hide."""

    # Defaults are validated too: a document then reads back from its JSON to exactly the same JSON.
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class PolicyDocument(Part):
    """The root of one workstream's document."""

    def named_thresholds(self) -> dict[str, float]:
        """Thresholds that criteria of any document may refer to by key; most documents have none."""
        return {}

    def named_kpis(self) -> dict[str, str]:
        """Labels of the KPIs that stages may refer to by key; most documents have none."""
        return {}

    def named_behaviours(self) -> tuple[str, ...]:
        """Behaviours that criteria of any document may ask for; most documents name none."""
        return ()


def duplicates(keys: list[str]) -> list[str]:
    """Keys that occur more than once, sorted."""
    return sorted({key for key in keys if keys.count(key) > 1})


def require_unique(keys: list[str], what: str) -> None:
    """Raise ValueError naming the keys of `what` that occur twice."""
    twice = duplicates(keys)
    if twice:
        raise ValueError(f"{what} must have different keys; these occur twice: {', '.join(twice)}")
