"""Files are rooms: one subject, and small enough to keep in mind."""

import ast
from pathlib import Path

import pytest

from tests.support import ROOT

APPS = ("config", "people", "notifications", "glossary", "routing", "dispositions", "reporting")
LIMITS = {"source": 300, "tests": 400, "template": 120, "function": 50, "class": 200}


def source_files() -> list[Path]:
    folders = [*APPS, "benchmarks", "bin"]
    return [p for f in folders for p in (ROOT / f).rglob("*.py") if "migrations" not in p.parts]


def too_long(files: list[Path], limit: int) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {count} lines, at most {limit}"
        for path in files
        if (count := len(path.read_text().splitlines())) > limit
    ]


def test_files_are_found() -> None:
    assert len(source_files()) > 50


def test_source_files() -> None:
    assert too_long(source_files(), LIMITS["source"]) == []


def test_test_files() -> None:
    assert too_long(list((ROOT / "tests").rglob("*.py")), LIMITS["tests"]) == []


def test_templates() -> None:
    assert too_long(list((ROOT / "templates").rglob("*.html")), LIMITS["template"]) == []


@pytest.mark.parametrize(
    ("kinds", "limit"),
    [((ast.FunctionDef, ast.AsyncFunctionDef), LIMITS["function"]), ((ast.ClassDef,), LIMITS["class"])],
)
def test_definitions(kinds: tuple[type[ast.AST], ...], limit: int) -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines, at most {limit}"
        for path in source_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and isinstance(node, kinds)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > limit
    ]
    assert long == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(p.relative_to(ROOT)) for p in source_files() if not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []
