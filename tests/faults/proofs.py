"""Which tests prove which rows of the list of faults, read from the tests' own sources."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def proofs(folder: Path = TESTS) -> Mapping[str, frozenset[str]]:
    """Return for each row's id the tests that carry its mark.

    Marks are read where they are written: at a test, a class of tests, a module's
    `pytestmark`, a parameter, or a list of parameters that the module gives a name. So the list
    does not depend on which tests were chosen to run.

    Returns:
        Names such as "cameras/test_http.py::test_a_closed_port_is_refused", by row.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {
            target.id: _rows([node.value], {})
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        of_module = named.get("pytestmark", frozenset())
        for name, own in _tests(tree.body, of_module, named):
            for row in own:
                found[row].add(f"{file.relative_to(folder).as_posix()}::{name}")
    return {row: frozenset(tests) for row, tests in found.items()}


def short_name(node_id: str) -> str:
    """Return a node id of pytest as `proofs` names the test: without folder and parameters."""
    return node_id.partition("[")[0].removeprefix("tests/")


def _tests(
    body: Iterable[ast.stmt],
    outer: frozenset[str],
    named: Mapping[str, frozenset[str]],
    of_class: str = "",
) -> Iterator[tuple[str, frozenset[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            own = outer | _rows(node.decorator_list, named)
            yield from _tests(node.body, own, named, f"{of_class}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test"
        ):
            yield f"{of_class}{node.name}", outer | _rows(node.decorator_list, named)


def _rows(nodes: Iterable[ast.AST], named: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the ids in all calls of `….fault(…)` below, also behind the module's own names."""
    found: set[str] = set()
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                found |= named.get(part.id, frozenset())
            elif (
                isinstance(part, ast.Call)
                and isinstance(part.func, ast.Attribute)
                and part.func.attr == "fault"
            ):
                found |= {
                    argument.value
                    for argument in part.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                }
    return frozenset(found)
