"""Many rows as one: the texts of a group joined into a single one, which is far quicker to read than the rows."""

from typing import Any

from django.db.models import Aggregate, TextField
from django.db.models.sql.compiler import SQLCompiler

SEPARATOR = ";"


class JoinedText(Aggregate):
    """The texts of a group with `SEPARATOR` between them, in the order in which the database meets the rows.

    Several of these in one query follow the same order. For texts that cannot hold the separator.
    """

    function = "STRING_AGG"
    template = f"%(function)s(%(expressions)s, '{SEPARATOR}')"
    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        """SQLite has another name for it."""
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **context)
