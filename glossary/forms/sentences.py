"""What a document class finds wrong with a value, said so that the person at the form can mend it."""

from collections.abc import Callable, Mapping
from typing import Any

KEY_HELP = "begin with a small letter, then small letters, digits and _; at most 40"


def sentence(problem: Mapping[str, Any]) -> str:
    """One sentence for a problem as pydantic reports it (`type`, `msg`, `input`, `ctx`)."""
    say = _SENTENCES.get(str(problem["type"]))
    limits = problem.get("ctx") or {}
    given = problem["input"]
    text = say(limits, given) if say else f"{_shown(given)}{problem['msg']}"
    text = text.removeprefix("Value error, ").strip()
    text = f"{text[:1].upper()}{text[1:]}"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _shown(given: object) -> str:
    return f"“{given}”: " if isinstance(given, str | int | float) and not isinstance(given, bool) else ""


def _pattern(_limits: Mapping[str, Any], given: object) -> str:
    return f"“{given}” cannot be a key: {KEY_HELP}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any], object], str]] = {
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda limits, given: "This is needed; write something",
    "string_too_long": lambda limits, given: (
        f"This is too long: at most {limits['max_length']} characters can be kept"
    ),
    "missing": lambda limits, given: "This is needed",
    "too_short": lambda limits, given: "Name at least one",
    "greater_than_equal": lambda limits, given: f"{given} is too small; it must be {limits['ge']} or more",
    "greater_than": lambda limits, given: f"{given} is too small; it must be more than {limits['gt']}",
    "less_than_equal": lambda limits, given: f"{given} is too large; it must be {limits['le']} or less",
    "less_than": lambda limits, given: f"{given} is too large; it must be less than {limits['lt']}",
    "value_error": lambda limits, given: str(limits.get("error", "This cannot be used")),
    "enum": lambda limits, given: (
        f"“{given}” is not offered; choose one of {limits.get('expected', 'the list')}"
    ),
    "literal_error": lambda limits, given: (
        f"“{given}” is not offered; choose one of {limits.get('expected', 'the list')}"
    ),
}
