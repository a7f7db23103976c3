"""How big a thing may grow, what it may be called, and what may not stand in a template. Over a ceiling: split by noun."""

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house.tree import ROOT, python_files, template_files

MODULE, FUNCTION, VIEW, TEMPLATE = 400, 40, 25, 120
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "managers", "base", "core", "tools", "stuff"}
MOCKS = {"unittest.mock", "mock", "pytest_mock"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def offenders(paths: Iterable[Path], faults: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What is wrong, file by file."""
    found = {str(path.relative_to(ROOT)): faults(path.read_text()) for path in paths}
    return {path: wrong for path, wrong in found.items() if wrong}


def functions(source: str) -> list[Function]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Its lines, without decorators and docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def too_long(ceiling: int) -> Callable[[str], list[str]]:
    return lambda source: [node.name for node in functions(source) if length(node) >= ceiling]


def taller(ceiling: int) -> Callable[[str], list[str]]:
    return lambda source: [f"{count} lines"] if (count := len(source.splitlines())) >= ceiling else []


def imports(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return names


def is_view(path: Path) -> bool:
    where = path.relative_to(ROOT)
    return "tests" not in where.parts and (where.stem in {"views", "desk"} or "views" in where.parts)


def test_modules_stay_short() -> None:
    assert offenders(python_files(), taller(MODULE)) == {}


def test_functions_stay_short() -> None:
    assert offenders(python_files(), too_long(FUNCTION)) == {}


def test_views_stay_short() -> None:
    views = list(filter(is_view, python_files()))
    assert views
    assert offenders(views, too_long(VIEW)) == {}


def test_templates_stay_short() -> None:
    templates = list(template_files())
    assert templates
    assert offenders(templates, taller(TEMPLATE)) == {}


def test_the_ceilings_would_notice() -> None:
    steps = "\n".join(f"    step({number})" for number in range(FUNCTION))
    assert too_long(FUNCTION)(f"def long():\n{steps}") == ["long"]
    assert too_long(FUNCTION)(f'def short():\n    """{steps}\n    """\n    step()') == []
    assert taller(3)("a\nb\nc") == ["3 lines"]


def test_modules_are_named_for_nouns() -> None:
    parts = {part for path in python_files() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & BANNED_NAMES == set()


def test_nothing_of_ours_is_mocked() -> None:
    assert offenders(python_files(), lambda source: sorted(imports(source) & MOCKS)) == {}
    assert imports("from unittest import mock") & MOCKS


def test_tests_are_named_with_sentences() -> None:
    def terse(source: str) -> list[str]:
        return [node.name for node in functions(source) if node.name.startswith("test_") and node.name.count("_") < 2]

    assert offenders((path for path in python_files() if path.name.startswith("test_")), terse) == {}


INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "javascript: address": re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on\b"),
    "computed hx-vals": re.compile(r"hx-(vals|headers)\s*=\s*[\"']js:"),
    "trigger filter": re.compile(r"hx-trigger\s*=\s*\"[^\"]*\["),
}


def inline(source: str) -> list[str]:
    return [name for name, pattern in INLINE.items() if pattern.search(source)]


def is_page(path: Path) -> bool:
    """Mail is not: its readers have no style sheet of ours, so it carries its own."""
    return path.suffix == ".html" and ROOT / "templates" / "mail" not in path.parents


def test_pages_hold_nothing_inline() -> None:
    assert offenders(filter(is_page, template_files()), inline) == {}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('<p style="color: red">', "style attribute"),
        ("<style>p{}</style>", "style element"),
        ('<a onclick="go()">', "event handler"),
        ("<script>go()</script>", "inline script"),
        ('<a href="javascript:go()">', "javascript: address"),
        ('<a hx-on:click="go()">', "hx-on"),
        ("""<a hx-vals='js:{a: 1}'>""", "computed hx-vals"),
        ('<a hx-trigger="click[ctrlKey]">', "trigger filter"),
    ],
)
def test_each_inline_thing_would_be_noticed(source: str, fault: str) -> None:
    assert fault in inline(source)
