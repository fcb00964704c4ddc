"""Values inside the JSON columns of the lead, in SQL: NULL unless the value is of the kind asked for.

Django's key transforms compare whatever is there; a text "12" in a number field must be no number here, as it
is none to routing.engine.values.
"""

from typing import Any, ClassVar, NoReturn

from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Field, FloatField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

from routing.engine.values import LARGEST_NUMBER

Sql = tuple[str, tuple[str | int, ...]]


class JsonValue(Func):
    """The value of `key` in the JSON column `column`.

    Args:
        column: name of a JSON column of the lead; may be reached over a relation.
        key: one level deep; letters, digits, `_`, `.`, `-` (the documents refuse others).
    """

    # {x} = the column, {k} = the key (a path on SQLite).
    postgresql: ClassVar[str]
    sqlite: ClassVar[str]
    result: "ClassVar[type[Field[Any, Any]]]"

    def __init__(self, column: str, key: str) -> None:
        super().__init__(F(column), output_field=self.result())
        self.key = key

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any) -> NoReturn:
        raise NotSupportedError(f"Criteria on attributes need SQLite or PostgreSQL, not {connection.vendor}.")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        return self._filled(compiler, self.postgresql, self.key)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        return self._filled(compiler, self.sqlite, f'$."{self.key}"')

    def _filled(self, compiler: SQLCompiler, template: str, key: str) -> Sql:
        column, params = compiler.compile(self.get_source_expressions()[0])
        return template.format(x=column, k="%s"), (*params, key) * template.count("{k}")


class JsonText(JsonValue):
    """A text that is not empty, else NULL."""

    postgresql = "CASE WHEN jsonb_typeof({x} -> {k}) = 'string' THEN NULLIF({x} ->> {k}, '') END"
    sqlite = "CASE WHEN JSON_TYPE({x}, {k}) = 'text' THEN NULLIF(JSON_EXTRACT({x}, {k}), '') END"
    result = TextField


class JsonNumber(JsonValue):
    """A number as a double, else NULL."""

    # CASE keeps its order: what is no number, or too large for a double, is never cast.
    postgresql = (
        "CASE WHEN jsonb_typeof({x} -> {k}) = 'number' THEN "
        f"CASE WHEN abs(({{x}} ->> {{k}})::numeric) < {LARGEST_NUMBER:.0e} "
        "THEN ({x} ->> {k})::double precision END END"
    )
    sqlite = (
        "CASE WHEN JSON_TYPE({x}, {k}) IN ('integer', 'real') THEN "
        f"CASE WHEN abs(CAST(JSON_EXTRACT({{x}}, {{k}}) AS REAL)) < {LARGEST_NUMBER:.0e} "
        "THEN CAST(JSON_EXTRACT({x}, {k}) AS REAL) END END"
    )
    result = FloatField


class JsonTruth(JsonValue):
    """True or false, else NULL."""

    postgresql = "CASE WHEN jsonb_typeof({x} -> {k}) = 'boolean' THEN ({x} ->> {k})::boolean END"
    sqlite = "CASE JSON_TYPE({x}, {k}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
    result = BooleanField


class JsonKnown(JsonValue):
    """Whether there is any value: neither absent, nor JSON null, nor the empty text. Never NULL."""

    postgresql = "(COALESCE({x} ->> {k}, '') <> '')"
    sqlite = "(COALESCE(JSON_EXTRACT({x}, {k}), '') <> '')"
    result = BooleanField
