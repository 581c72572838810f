"""Every text that is only marked is asked for in the language where it is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import camwatch

ROOT = Path(camwatch.__file__).parent
LATE = frozenset({"table", "listed", "worded"})
DEFINED = re.compile(r"^(\w+) = marked\(", re.MULTILINE)
FINE = re.compile(r"\btr\(\s*\w+(?:\.\w+)?|^\w+ = marked\(|^from [\w.]+ import .*$", re.MULTILINE)
IMPORTED = re.compile(r"^from [\w.]+ import \([^)]*\)", re.MULTILINE)
STATEMENTS = re.compile(r"\n(?=[^\s)\]}])")

# Put together with others, each of which is asked for by itself.
SENTENCES = {("camwatch.data.postgres_faults", "BY_ITSELF")}


@cache
def sources() -> Mapping[str, str]:
    """Return the code that has texts, by the names of its modules."""
    found = {}
    for file in ROOT.rglob("*.py"):
        text = file.read_text("utf-8")
        if file.name != "language.py":
            name = ".".join(("camwatch", *file.relative_to(ROOT).with_suffix("").parts))
            found[name.removesuffix(".__init__")] = text
    return found


def called(node: ast.AST) -> str:
    """Return the name of what is called; "" if nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def bare(tree: ast.AST) -> Iterator[ast.Name | ast.Attribute]:
    """Go through what is read of some code, but not into what `tr` is given."""
    left = [tree]
    while left:
        node = left.pop()
        if called(node) == "tr":
            continue
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node
        left += ast.iter_child_nodes(node)


def shown_as_they_are(module: str, text: str, marked: set[tuple[str, str]]) -> Iterator[str]:
    """Name the lines in which a marked constant is not given to `tr`."""
    tree = ast.parse(text)
    local = {name: (where, name) for where, name in marked if where == module}
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                shown = one.asname or one.name
                modules[shown] = f"{node.module}.{one.name}"
                if (node.module, one.name) in marked:
                    local[shown] = (str(node.module), one.name)
    for read in bare(tree):
        if isinstance(read, ast.Name):
            is_marked = read.id in local
        else:
            is_marked = (modules.get(getattr(read.value, "id", ""), ""), read.attr) in marked
        if is_marked:
            yield f"{module}:{read.lineno}"


def asked_early(node: ast.AST) -> bool:
    """Tell whether a statement asks for a text at once, not when it is used."""
    if called(node) in LATE or isinstance(node, ast.Lambda):
        return False
    return called(node) == "tr" or any(map(asked_early, ast.iter_child_nodes(node)))


def test_marked_constants_are_shown_in_the_language() -> None:
    marked = {
        (module, name) for module, text in sources().items() for name in DEFINED.findall(text)
    } - SENTENCES
    assert len(marked) > 100
    # To read all the code takes long: only that is where a name stands elsewhere too.
    any_of_them = re.compile(rf"\b({'|'.join({name for _, name in marked})})\b")
    forgotten = [
        line
        for module, text in sources().items()
        if any_of_them.search(IMPORTED.sub("", FINE.sub("", text)))
        for line in shown_as_they_are(module, text, marked)
    ]
    assert forgotten == []


def test_no_text_is_asked_for_when_a_module_is_read() -> None:
    statements = [
        (module, statement)
        for module, text in sources().items()
        for statement in STATEMENTS.split(text)
        if re.match(r"[\w@]", statement) and "tr(" in statement
    ]
    early = [
        f"{module}: {statement[:60]}"
        for module, statement in statements
        if not re.match(r"@|def |async def |class ", statement)
        and asked_early(ast.parse(statement))
    ]
    # What stands in a class is indented once; a method's code is twice.
    early += [
        f"{module}: {line}"
        for module, statement in statements
        if statement.startswith("class ")
        for line in statement.splitlines()
        if re.match(r"    \w+(: .*)? = .*\btr\(", line)
    ]
    assert early == []
