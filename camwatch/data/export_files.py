"""Files of rows for other programs: CSV, Parquet, XLSX. Each holds only few rows in memory."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from camwatch.errors import InvalidSetting
from camwatch.history.export_columns import COLUMNS, Column, ColumnKind, format_of
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest

if TYPE_CHECKING:
    from camwatch.data.export import Cell, Row

XLSX_ROWS = 1_048_575
"""A sheet of a workbook holds so many rows, besides its header; what is more goes on in the next."""

XLSX_MOST_ROWS = 4 * XLSX_ROWS
"""A workbook of more rows can be opened by hardly any computer, and takes very long to write."""

NO_PARQUET = "needs the package pyarrow, which is not installed; choose CSV, or install it"

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheet programs take for a formula; also as wide letters of East Asian keyboards."""

_DIGITS = 4
_GROUP_ROWS = 20_000


def has_parquet() -> bool:
    """Tell whether Parquet files can be written here."""
    try:
        return importlib.util.find_spec("pyarrow") is not None
    except ValueError:  # it is said to be missing
        return False


class RowFile(ABC):
    """A file that takes rows."""

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""

    @abstractmethod
    def finish(self) -> None:
        """Write what is still held back. Not called when the file is given up."""


@contextmanager
def row_file(request: ExportRequest, stream: BinaryIO, folder: Path) -> Iterator[RowFile]:
    """Give a file that takes rows; when the block ends well it is whole.

    Args:
        request: What is written, and as which kind.
        stream: Where to; can be sought in.
        folder: Where more files may be for as long as it is written.

    Raises:
        InvalidSetting: The kind of file needs a package that is not there.
        OSError: It cannot be written.
    """
    match request.kind:
        case ExportKind.CSV:
            made: RowFile = _CsvFile(request, stream)
            yield made
            made.finish()
        case ExportKind.PARQUET:
            made = _ParquetFile(request, stream)
            yield made
            made.finish()
        case ExportKind.XLSX:
            with tempfile.TemporaryDirectory(prefix=".camwatch-", dir=folder) as aside:
                made = _XlsxFile(request, stream, aside)
                yield made
                made.finish()


# ---------------------------------------------------------------- cells as text


def moment_text(at: datetime) -> str:
    """Return a moment in UTC, to the second, or to the millisecond where that says more."""
    spec = "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def local_text(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment on the clocks of a zone, with their distance to UTC."""
    spec = "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(zone).isoformat(timespec=spec)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _number(value: Any) -> str:
    return f"{round(value, _DIGITS):.{_DIGITS}f}".rstrip("0").rstrip(".")


def _yes_no(value: Any) -> str:
    return "yes" if value else "no"


def _texts(request: ExportRequest) -> list[Callable[[Any], str]]:
    """Return for each column what makes a text of a cell."""
    zone = request.zone
    by_kind: dict[ColumnKind, Callable[[Any], str]] = {
        ColumnKind.MOMENT: moment_text,
        ColumnKind.LOCAL: lambda at: local_text(at, zone),
        ColumnKind.NAME: harmless,
        ColumnKind.WORD: str,
        ColumnKind.WHOLE: str,
        ColumnKind.REAL: _number,
        ColumnKind.SHARE: _number,
        ColumnKind.YES_NO: _yes_no,
    }
    return [by_kind[column.kind] for column in COLUMNS[request.content]]


# ---------------------------------------------------------------- the kinds


class _CsvFile(RowFile):
    """UTF-8 with a mark, commas, a point in numbers, lines end as RFC 4180 has it."""

    def __init__(self, request: ExportRequest, stream: BinaryIO) -> None:
        self._stream = stream
        self._texts = _texts(request)
        # Without the mark, spreadsheet programs take UTF-8 for the computer's old encoding.
        stream.write("\ufeff".encode())
        self._put([[column.name for column in COLUMNS[request.content]]])

    def write(self, rows: Sequence[Row]) -> None:
        texts = self._texts
        self._put(
            [
                ["" if cell is None else text(cell) for text, cell in zip(texts, row, strict=True)]
                for row in rows
            ]
        )

    def _put(self, rows: Sequence[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        # A lone half of a character pair, as a damaged name may hold, is no UTF-8.
        self._stream.write(text.getvalue().encode("utf-8", "backslashreplace"))

    def finish(self) -> None:
        pass


class _XlsxFile(RowFile):
    """A workbook; cells of text are never formulas or links, whatever they begin with."""

    def __init__(self, request: ExportRequest, stream: BinaryIO, aside: str) -> None:
        xlsxwriter = importlib.import_module("xlsxwriter")
        self._content = request.content
        self._texts = _texts(request)
        self._kinds = [column.kind for column in COLUMNS[request.content]]
        self._book = xlsxwriter.Workbook(
            stream, {"constant_memory": True, "tmpdir": aside, "strings_to_numbers": False}
        )
        self._book.use_zip64()
        self._book.set_properties(
            {
                "title": f"CamWatch {format_of(request.content)}",
                "comments": f"Local times are those of {request.zone.key}.",
            }
        )
        self._bold = self._book.add_format({"bold": True})
        self._sheets = 0
        self._sheet: Any = None
        self._row = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        name = self._content.value + (f" {self._sheets}" if self._sheets > 1 else "")
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for index, column in enumerate(COLUMNS[self._content]):
            self._sheet.set_column(index, index, _WIDTHS.get(column.kind, 11))
            self._sheet.write_string(0, index, column.name, self._bold)
        self._row = 1

    def write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if self._row > XLSX_ROWS:
                self._begin_sheet()
            for index, cell in enumerate(row):
                if cell is not None:
                    self._put(index, cell)
            self._row += 1

    def _put(self, index: int, cell: Cell) -> None:
        kind = self._kinds[index]
        if kind in _NUMBERS:
            self._sheet.write_number(self._row, index, cell)
        elif kind is ColumnKind.NAME:
            self._sheet.write_string(self._row, index, cell)  # text stays text here
        else:
            self._sheet.write_string(self._row, index, self._texts[index](cell))

    def finish(self) -> None:
        self._book.close()


_NUMBERS = frozenset({ColumnKind.WHOLE, ColumnKind.REAL, ColumnKind.SHARE})
_WIDTHS = {ColumnKind.MOMENT: 22, ColumnKind.LOCAL: 27, ColumnKind.NAME: 24, ColumnKind.WORD: 14}


class _ParquetFile(RowFile):
    """Typed columns, compressed; moments are moments in UTC."""

    def __init__(self, request: ExportRequest, stream: BinaryIO) -> None:
        if not has_parquet():
            raise InvalidSetting("file_kind", NO_PARQUET)
        self._arrow = arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
        columns = COLUMNS[request.content]
        self._zone = request.zone
        self._local = [column.kind is ColumnKind.LOCAL for column in columns]
        self._schema = arrow.schema(
            [arrow.field(column.name, _arrow_type(arrow, column)) for column in columns],
            metadata={
                "camwatch.format": format_of(request.content),
                "camwatch.zone": request.zone.key,
            },
        )
        self._file = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._held: list[Any] = []
        self._rows = 0

    def write(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        cells = zip(*rows, strict=True)
        arrays = [
            self._arrow.array(
                [local_text(one, self._zone) for one in column] if is_local else column,
                type=field.type,
            )
            for column, field, is_local in zip(cells, self._schema, self._local, strict=True)
        ]
        self._held.append(self._arrow.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows += len(rows)
        if self._rows >= _GROUP_ROWS:
            self._put()

    def _put(self) -> None:
        table = self._arrow.Table.from_batches(self._held, schema=self._schema)
        self._file.write_table(table, row_group_size=self._rows or None)
        self._held, self._rows = [], 0

    def finish(self) -> None:
        if self._rows:
            self._put()
        self._file.close()


def _arrow_type(arrow: Any, column: Column) -> Any:
    match column.kind:
        case ColumnKind.MOMENT:
            return arrow.timestamp("ms", tz="UTC")
        case ColumnKind.WHOLE:
            return arrow.int64()
        case ColumnKind.REAL | ColumnKind.SHARE:
            return arrow.float64()
        case ColumnKind.YES_NO:
            return arrow.bool_()
        case _:
            return arrow.string()


ROW_BYTES: dict[tuple[ExportKind, ExportContent], int] = {
    (ExportKind.CSV, ExportContent.COUNTS): 190,
    (ExportKind.CSV, ExportContent.PASSAGES): 190,
    (ExportKind.CSV, ExportContent.ZONES): 205,
    (ExportKind.CSV, ExportContent.SAMPLES): 170,
    (ExportKind.CSV, ExportContent.STATES): 150,
}
"""Of a row of CSV, about; the other kinds are so much smaller:"""

SHRINKS = {ExportKind.CSV: 1.0, ExportKind.PARQUET: 0.08, ExportKind.XLSX: 0.45}


def file_bytes(request: ExportRequest, rows: int) -> int:
    """Return about how large a file becomes, with all that is beside it while it is written."""
    wide = ROW_BYTES[ExportKind.CSV, request.content]
    return round(4096 + rows * wide * SHRINKS[request.kind])
