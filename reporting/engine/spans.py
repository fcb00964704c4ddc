"""Spans of time in the words of the SLA report."""

from reporting.engine.figures import figure

_UNITS = ((3600, "h"), (60, "min"))


def span_text(seconds: float | None) -> str:
    """Seconds as hours, minutes or seconds with one decimal: 5400 is '1.5 h'; 'n/a' for None."""
    if seconds is None:
        return "n/a"
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{figure(seconds / size, 1)} {unit}"
    return f"{figure(seconds, 0)} s"
