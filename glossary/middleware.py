"""Middleware: the policies in force are read once per request, and a page without sound policies says so."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from glossary.exceptions import ForgedPolicy, NoPolicyInForce
from glossary.queries.editions import memo

logger = logging.getLogger(__name__)


class EditionMemo:
    """Wraps each request in `memo()`; answers 503 where there is no policy that may be used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with memo():
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a missing or forged policy into a page that says what to do."""
        if not isinstance(exception, ForgedPolicy | NoPolicyInForce):
            return None
        logger.error("No usable policy for %s: %s", request.path, exception)
        return render(request, "glossary/unavailable.html", {"reason": str(exception)}, status=503)
