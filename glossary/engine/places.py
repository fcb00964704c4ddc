"""Every criteria set of a document, wherever it stands."""

from collections.abc import Iterator

from pydantic import BaseModel

from glossary.engine.conditions import When


def criteria_sets(part: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], When]]:
    """Criteria sets of a document or a part of it, each with the names of the attributes that lead to it."""
    if isinstance(part, When):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from criteria_sets(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from criteria_sets(item, path)
