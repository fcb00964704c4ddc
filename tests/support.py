"""What tests share besides fixtures: a fixed moment, where reference data lies, a free warrant."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A Monday within London business hours.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PLAYBOOK_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def reference_data() -> Path:
    """Folder of the real data to run against; may be absent on a machine of an outside contributor."""
    return Path(os.environ.get("CONCORD_REFERENCE_DATA", ROOT.parent / "shared" / "data"))


def design_vectors() -> Path:
    """Folder of the machine-readable worked cases; may be absent likewise."""
    return Path(os.environ.get("CONCORD_DESIGN_VECTORS", ROOT.parent / "shared" / "design" / "vectors"))


class FreeWarrant:
    """Allows everything: lets tests put further versions in force without a change request."""

    def allow(self, digests: Mapping[str, str]) -> None:
        return None

    def as_json(self) -> dict[str, object]:
        return {"kind": "test"}
