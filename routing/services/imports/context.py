"""What all steps of one import share, and what can come of a row."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from people.models import User
from routing.engine.import_rows import ReadRow, RowError, RowReader
from routing.engine.mapping import MappingSpec


class Outcome(StrEnum):
    """What came of a row; every row has exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row and what came of it; `errors` only for quarantined ones."""

    row: ReadRow
    outcome: Outcome
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportContext:
    """Fixed for the whole run.

    Attributes:
        acting_user: who started it; None = the terminal.
        superseded: identity → number of the last row of the file about the same lead. The last row wins:
            values of earlier ones only fill gaps. So a file that names a lead twice still changes nothing
            when it is imported again.
    """

    spec: MappingSpec
    reader: RowReader
    edition: EditionInForce
    acting_user: User | None
    now: datetime
    superseded: dict[str, int] = field(default_factory=dict)

    @property
    def glossary(self) -> GlossaryDocument:
        """Stages and contract in force when the import runs."""
        return self.edition.document(GlossaryDocument)

    def is_superseded(self, row: ReadRow) -> bool:
        """Whether a later row of the file is about the same lead."""
        return any(self.superseded.get(key, 0) > row.number for key in row.identities)
