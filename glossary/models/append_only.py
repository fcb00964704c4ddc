"""Rows that are written once: the manager refuses to change or delete them."""

from typing import Any, NoReturn

from django.db import models


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete a row of a log."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A queryset without `update()`, `bulk_update()` and `delete()`.

    This stops mistakes, not attackers: whoever can run SQL can change rows. Sealed rows are protected by
    their signatures (glossary.engine.seal), and current state can be rebuilt from the log.
    """

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed; write a later row instead.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed; write a later row instead.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted; void them by a later row.")
