"""Every text that is only marked is asked for in the language where it is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import camwatch

ROOT = Path(camwatch.__file__).parent
LATE = frozenset({"table", "listed", "worded"})
DEFINED = re.compile(r"^(\w+) = marked\(", re.MULTILINE)
FINE = re.compile(
    r"\b(?:tr|stored_text)\(\s*\w+(?:\.\w+)?|^\w+ = marked\(|^from [\w.]+ import .*$", re.MULTILINE
)
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
        if called(node) in {"tr", "stored_text"}:
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


# What would be wrong in another language: a text that code looks into, or glues to something.
LOOKED_INTO = frozenset(
    [
        "capitalize",
        "casefold",
        "endswith",
        "lower",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "split",
        "startswith",
        "swapcase",
        "title",
        "upper",
    ]
)
PERHAPS = re.compile(
    r"\btr\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*(?:==|!=|\+|:|\[|in\b|not\b|\.\w)"
    r"|(?:==|!=|\+|\bin)\s*\(?\s*tr\("
)


def is_tr(node: ast.AST) -> bool:
    """Tell whether this asks for a text."""
    return isinstance(node, ast.Call) and called(node) == "tr"


def is_space(node: ast.AST) -> bool:
    """Tell whether only spaces or line breaks stand here, as between two whole sentences."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
        return isinstance(node, ast.Constant) and str(node.value)[:1].isspace()
    return isinstance(node, ast.Constant) and str(node.value).isspace()


def is_glued(node: ast.AST) -> bool:
    """Tell whether code compares a text, looks into it, or makes it part of another one."""
    match node:
        case ast.Compare():
            return any(map(is_tr, [node.left, *node.comparators]))
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return is_tr(value) and attr in LOOKED_INTO
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return (is_tr(left) and not is_space(right)) or (is_tr(right) and not is_space(left))
        case ast.Dict():
            return any(key is not None and is_tr(key) for key in node.keys)
        case _:
            return False


def test_texts_are_neither_compared_nor_glued() -> None:
    perhaps = {module: text for module, text in sources().items() if PERHAPS.search(text)}
    wrong = [
        f"{module}:{node.lineno}"
        for module, text in perhaps.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.expr) and is_glued(node)
    ]
    assert wrong == []


def test_no_text_hides_in_another() -> None:
    """The collector of texts does not look into f-strings, nor past a backslash at a line's end."""
    hidden = [
        f"{module}:{node.lineno}"
        for module, text in sources().items()
        if re.search(r"""f["'].*\{.*\btr\(["']""", text)
        for whole in ast.walk(ast.parse(text))
        if isinstance(whole, ast.JoinedStr)
        for node in ast.walk(whole)
        if isinstance(node, ast.Call) and is_tr(node) and isinstance(node.args[0], ast.Constant)
    ]
    hidden += [
        module
        for module, text in sources().items()
        if re.search(r"""\b(?:tr|marked)\(\s*\"{3}\\\n""", text)
    ]
    assert hidden == []


@pytest.mark.parametrize(
    "code",
    [
        'field.text() == tr("Always")',
        'tr("The day before").replace("the", "a")',
        'tr("Remove") + name',
        '"a" + tr("b")',
        '{tr("Changed"): 1}',
    ],
)
def test_what_is_compared_or_glued_is_found(code: str) -> None:
    assert PERHAPS.search(code)
    assert any(map(is_glued, ast.walk(ast.parse(code))))
