"""A CSV file with a table: its text in any usual encoding, its lines with their numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from camwatch.errors import InvalidSetting
from camwatch.language import tr

LARGEST_BYTES = 10 * 1024 * 1024
_MOST_LINES = 20_000
"""With the empty ones: what only looks like a list is given up early."""

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_QUOTED = re.compile(r'"[^"]*"')
_LONGEST_HEADER = 2048
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def refused(reason: str) -> InvalidSetting:
    """Return what is wrong with the file as a whole."""
    return InvalidSetting("file", reason)


def decoded(data: bytes) -> tuple[str, str]:
    """Return the file's text and its encoding."""
    if len(data) > LARGEST_BYTES:
        raise refused(tr("is larger than {value} MiB", value=LARGEST_BYTES // 1024 // 1024))
    if data.startswith(_WORKBOOKS):
        raise refused(tr("is a workbook or an archive; save it as CSV in the spreadsheet program"))
    marked = next((name for mark, name in _ENCODINGS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    raise refused(tr("is not a text file; save the list as CSV, in UTF-8"))


Line = tuple[int, list[str]]


def split_lines(text: str) -> tuple[str, Iterator[Line]]:
    """Return what stands between cells, and the lines with their numbers."""
    start = 1
    first, _, rest = text.partition("\n")
    if re.fullmatch(r'"?sep=[,;\t]"?\s*', first, re.IGNORECASE):  # as spreadsheets write it
        delimiter = first.partition("=")[2][0]
        text, start = rest, 2
    else:
        bare = _QUOTED.sub("", text.lstrip()[:_LONGEST_HEADER].partition("\n")[0])
        delimiter = max(DELIMITERS, key=bare.count)
    return delimiter, _read(text, delimiter, start)


def _read(text: str, delimiter: str, start: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = start
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + start
            if number > _MOST_LINES:
                raise refused(
                    tr("has more than {most_lines} lines; split it", most_lines=_MOST_LINES)
                )
    except csv.Error as error:
        raise refused(
            tr(
                "cannot be read from line {number} on ({error}); look for a quotation mark "
                "without its partner",
                number=number,
                error=error,
            )
        ) from None
