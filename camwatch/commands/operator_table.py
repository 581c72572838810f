"""A table of operators to be added, as a CSV file: every problem is named with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from camwatch.auth.accounts import OperatorRow, OperatorTable
from camwatch.auth.names import LONGEST_NAME, check_operator_name, name_key
from camwatch.auth.permissions import OperatorRole
from camwatch.commands.authority import Authority, check_reach
from camwatch.commands.camera_row import literal
from camwatch.commands.table_file import Line, decoded, refused, split_lines
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import tr

MOST_ROWS = 1000
_MOST_COLUMNS = 64
_COLUMNS = ("name", "role")
_ALSO_CALLED = {"user": "name", "username": "name", "user_name": "name"}


def read_operators(
    data: bytes, taken: Collection[str], roles: Sequence[OperatorRole], by: Authority
) -> OperatorTable:
    """Read a table of operators.

    Args:
        data: The file: CSV with commas, semicolons or tabs, and its columns' names in line 1:
            name and role; others are not read.
        taken: The keys of the names that operators have already.
        roles: Those there are; a cell names one by its name or key.
        by: Who adds them.

    Raises:
        InvalidSetting: "file": it is no such table, or larger than is read.
    """
    text, _ = decoded(data)
    _, lines = split_lines(text)
    columns = _header(lines)
    rows = [_row(number, columns, cells, roles, by) for number, cells in _filled(lines)]
    if not rows:
        raise refused(tr("has no user below the names of its columns"))
    return OperatorTable(tuple(_beside_each_other(rows, taken)))


def checked_again(
    table: OperatorTable, taken: Collection[str], roles: Sequence[OperatorRole], by: Authority
) -> list[OperatorRow]:
    """Return the rows of a table that was read earlier, or changed since.

    Raises:
        InvalidSettings: With every problem; the field is "line" and its number.
    """
    if not table.rows:
        raise InvalidSettings([refused(tr("has no user below the names of its columns"))])
    if len(table.rows) > MOST_ROWS:
        raise InvalidSettings(
            [refused(tr("has more than {most_rows} users; split it", most_rows=MOST_ROWS))]
        )
    fresh = [_checked(row.line, row.name, row.role, roles, by) for row in table.rows]
    rows = list(_beside_each_other(fresh, taken))
    problems = [
        InvalidSetting(
            tr("line {line}", line=row.line),
            tr("is refused: {problem}", problem=problem.removesuffix(".")),
        )
        for row in rows
        for problem in row.problems
    ]
    if problems:
        raise InvalidSettings(problems)
    return rows


def _header(lines: Iterator[Line]) -> list[str]:
    cells = next((cells for _, cells in lines if any(cell.strip() for cell in cells)), None)
    if cells is None:
        raise refused(tr("is empty"))
    if len(cells) > _MOST_COLUMNS:
        raise refused(tr("has more than {most_columns} columns", most_columns=_MOST_COLUMNS))
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]
    names = [_ALSO_CALLED.get(name, name) for name in names]
    for name in _COLUMNS:
        if name not in names:
            raise refused(
                tr("has no column “{name}”; its first line must name the columns", name=name)
            )
        if names.count(name) > 1:
            raise refused(tr("has the column “{name}” twice", name=name))
    if "password" in names:
        # It is in a file that lies about; whoever wrote it must learn that it is not needed.
        raise refused(
            tr("has a column “password”; take it out: each user gets a code for the first sign-in")
        )
    return names


def _filled(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines in which something stands."""
    found = 0
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            found += 1
            if found > MOST_ROWS:
                raise refused(tr("has more than {most_rows} users; split it", most_rows=MOST_ROWS))
            yield number, cells


def _row(
    line: int,
    columns: Sequence[str],
    cells: Sequence[str],
    roles: Sequence[OperatorRole],
    by: Authority,
) -> OperatorRow:
    texts = dict(zip(columns, (literal(cell.strip()) for cell in cells), strict=False))
    row = _checked(line, texts.get("name", ""), texts.get("role", ""), roles, by)
    if any(cell.strip() for cell in cells[len(columns) :]):
        problems = (tr("The line has more cells than there are columns."), *row.problems)
        return replace(row, problems=problems)
    return row


def _checked(
    line: int, name: str, wanted: str, roles: Sequence[OperatorRole], by: Authority
) -> OperatorRow:
    problems = []
    shown = name[:LONGEST_NAME]
    try:
        shown = check_operator_name(name)
    except InvalidSetting as error:
        problems.append(tr("The name {reason}.", reason=error.reason))
    role = _named(wanted, roles)
    if role is None:
        said = (
            tr("There is no role “{wanted}”.", wanted=wanted[:LONGEST_NAME])
            if wanted
            else tr("The role is missing.")
        )
        problems.append(said)
    else:
        try:
            check_reach(by, role, "role")
        except InvalidSetting as error:
            problems.append(tr("The role {reason}.", reason=error.reason))
    return OperatorRow(line, shown, "" if role is None else role.key, tuple(problems))


def _named(wanted: str, roles: Sequence[OperatorRole]) -> OperatorRole | None:
    """Return the role of this key or name; keys first, which nobody can give to another."""
    by_key = next((role for role in roles if role.key == wanted), None)
    key = name_key(wanted)
    return by_key or next(
        (role for role in roles if key in {name_key(role.name), name_key(role.title)}), None
    )


def _beside_each_other(
    rows: Sequence[OperatorRow], taken: Collection[str]
) -> Iterator[OperatorRow]:
    """Yield the rows with what is wrong between them and the operators there are."""
    lines: dict[str, int] = {}
    for row in rows:
        key = name_key(row.name)
        problems = list(row.problems)
        if key in taken:
            problems.append(tr("The name is already used by another user."))
        elif key and key in lines:
            problems.append(tr("The name stands in line {lines} as well.", lines=lines[key]))
        lines.setdefault(key, row.line)
        yield replace(row, problems=tuple(problems))
