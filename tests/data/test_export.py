"""Rows for other programs: as files that are read back by somebody else's reader."""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import psutil
import pyarrow.parquet
import pytest

from camwatch.data import export as reading
from camwatch.data.engine import Database
from camwatch.data.export_files import XLSX_ROWS, _XlsxFile, harmless, row_file
from camwatch.domain import BucketSize, Camera, CameraState, Passage, Sample
from camwatch.errors import InvalidSetting
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.history.export_columns import COLUMNS, format_of
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest
from camwatch.scene import Line, Scene, Zone
from tests.data.values import NOON, Clock, change, sample, settings

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def request(content: ExportContent = ExportContent.COUNTS, **changes: Any) -> ExportRequest:
    asked = ExportRequest(
        content, ExportKind.CSV, None, NOON, NOON + HOUR, BucketSize.MINUTE, BERLIN
    )
    return replace(asked, **changes)


def written(database: Database, asked: ExportRequest, folder: Path) -> Path:
    file = folder / f"{asked.content.value}.{asked.kind.value}"
    with file.open("wb") as stream, row_file(asked, stream, folder) as made:
        for rows in database.exports.rows(asked):
            made.write(rows)
    return file


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def read_sheets(file: Path) -> dict[str, list[list[str | float | None]]]:
    """Read a workbook by the standard alone: texts and numbers, nothing else."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    found = {}
    with zipfile.ZipFile(file) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iterfind("m:sheets/m:sheet", space)]
        for number, name in enumerate(names, 1):
            sheet = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            assert sheet.find(".//m:f", space) is None, "a formula"
            assert sheet.find(".//m:hyperlink", space) is None, "a link"
            found[name] = [list(_cells(row, space)) for row in sheet.iterfind(".//m:row", space)]
    return found


def _cells(row: ET.Element, space: dict[str, str]) -> Iterator[str | float | None]:
    column = 0
    for cell in row.iterfind("m:c", space):
        letters = re.sub(r"\d", "", cell.attrib["r"])
        at = 0
        for letter in letters:
            at = at * 26 + ord(letter) - 64
        while column < at - 1:
            yield None
            column += 1
        column += 1
        if cell.attrib.get("t") == "inlineStr":
            yield "".join(cell.itertext())
        else:
            yield float(cell.findtext("m:v", "nan", space))


@pytest.fixture
def measured(database: Database, gate: Camera, clock: Clock) -> Camera:
    """Return a camera that was counted for a minute and a half, and then no more."""
    clock.now = NOON + timedelta(days=1)
    database.counts.save(
        [replace(sample(gate, at, at % 4), is_flagged=at < 30) for at in range(90)],
        [change(gate, 0, CameraState.OK), change(gate, 90, CameraState.OFFLINE)],
    )
    return gate


# ---------------------------------------------------------------- what is in the rows


def test_each_content_has_its_header_whatever_is_in_it(database: Database, tmp_path: Path) -> None:
    for content in ExportContent:
        header = written(database, request(content), tmp_path).read_text("utf-8-sig").splitlines()
        assert header == [",".join(column.name for column in COLUMNS[content])]


def test_the_header_of_counts_is_a_promise() -> None:
    # Whoever changes this raises the version of the content, and tells of it.
    assert [column.name for column in COLUMNS[ExportContent.COUNTS]] == [
        "time_utc",
        "time_local",
        "site",
        "camera",
        "camera_id",
        "bucket_s",
        "mean",
        "peak",
        "lowest",
        "samples",
        "coverage",
        "still",
        "flagged",
        "accuracy",
        "audit",
        "audited_at",
        "corrected",
        "format",
    ]
    assert format_of(ExportContent.COUNTS) == "counts-1"


def test_what_was_not_measured_is_an_empty_cell(
    database: Database, measured: Camera, clock: Clock, tmp_path: Path
) -> None:
    clock.now = NOON + 5 * MINUTE
    rows = read_csv(written(database, request(), tmp_path))
    assert [row["time_utc"] for row in rows] == [f"2026-03-02T12:0{n}:00Z" for n in range(5)]
    assert rows[0]["time_local"] == "2026-03-02T13:00:00+01:00"
    first, second, third = rows[:3]
    assert (first["mean"], first["peak"], first["lowest"], first["samples"]) == (
        "1.5",
        "3",
        "0",
        "60",
    )
    assert (first["coverage"], first["still"], first["flagged"]) == ("1", "0", "0.5")
    assert (second["samples"], second["coverage"], second["flagged"]) == ("30", "0.5", "0")
    unknown = ("mean", "peak", "lowest", "still", "flagged", "accuracy", "audit", "audited_at")
    assert {third[name] for name in unknown} == {""}
    assert (third["coverage"], third["samples"], third["corrected"]) == ("0", "0", "no")
    assert first["camera_id"] == measured.uid
    assert first["format"] == "counts-1"


def test_nothing_is_written_of_the_time_before_a_camera_and_after_it(
    database: Database, gate: Camera, clock: Clock, tmp_path: Path
) -> None:
    clock.now = gate.created_at + timedelta(days=2)
    database.cameras.remove(gate.id)
    clock.now += timedelta(days=2)
    asked = request(
        start=gate.created_at - timedelta(days=3),
        end=gate.created_at + timedelta(days=9),
        size=BucketSize.DAY,
    )
    rows = read_csv(written(database, asked, tmp_path))
    # The day in which it came, one whole one, and the one in which it went.
    assert len(rows) == 3
    assert abs(database.exports.estimate(asked) - 3) <= 1


def test_a_day_without_an_hour_and_one_with_two_of_it(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    clock.now = datetime(2025, 1, 1, tzinfo=UTC)
    database.cameras.add(settings("Gate"))
    clock.now = datetime(2026, 1, 1, tzinfo=UTC)
    for day, hours, gone in (((2025, 3, 30), 23, "T02"), ((2025, 10, 26), 25, "none")):
        start = datetime(*day, tzinfo=BERLIN)
        asked = request(start=start, end=start + timedelta(days=1), size=BucketSize.HOUR)
        rows = read_csv(written(database, asked, tmp_path))
        assert len(rows) == hours
        assert not any(gone in row["time_local"] for row in rows)
        assert len({row["time_utc"] for row in rows}) == hours
        moments = [datetime.fromisoformat(row["time_local"]) for row in rows]
        assert [one.astimezone(UTC) for one in moments] == [
            datetime.fromisoformat(row["time_utc"]) for row in rows
        ]
        days = read_csv(written(database, replace(asked, size=BucketSize.DAY), tmp_path))
        assert [row["bucket_s"] for row in days] == [str(hours * 3600)]


def test_parts_that_are_read_at_once_meet_without_gap_or_double(
    database: Database, gate: Camera, clock: Clock
) -> None:
    # Longer than two parts, across a change of clocks, from the middle of an hour.
    start = gate.created_at + timedelta(minutes=17)
    clock.now = start + timedelta(days=16)
    asked = request(start=start, end=clock.now)
    parts = list(database.exports.rows(asked))
    assert len(parts) > 2
    assert max(map(len, parts)) <= 8 * 1440
    times = [row[0] for part in parts for row in part]
    assert times == [start.replace(second=0) + n * MINUTE for n in range(16 * 1440)]


def test_samples_come_in_pages_and_each_once(
    database: Database, measured: Camera, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "_AT_ONCE", 7)
    rows = read_csv(written(database, request(ExportContent.SAMPLES), tmp_path))
    assert [int(row["people"]) for row in rows] == [at % 4 for at in range(90)]
    assert [row["flagged"] for row in rows] == ["yes"] * 30 + ["no"] * 60
    assert database.exports.estimate(request(ExportContent.SAMPLES)) == 90
    assert rows[0]["interval_s"] == "1"


def test_states_begin_with_the_one_that_held_at_the_start(
    database: Database, measured: Camera, tmp_path: Path
) -> None:
    asked = request(ExportContent.STATES, start=NOON + MINUTE)
    first, second = read_csv(written(database, asked, tmp_path))
    assert (first["state"], first["lasted_s"]) == ("ok", "90")
    assert datetime.fromisoformat(first["time_utc"]) == NOON
    assert (second["state"], second["lasted_s"]) == ("offline", "")


def test_lines_and_zones_have_rows_for_each_version(
    database: Database, gate: Camera, clock: Clock, tmp_path: Path
) -> None:
    clock.now = NOON
    door = Line("Door", (0.5, 0.1), (0.5, 0.9))
    hall = Zone("Hall", ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9)))
    ids = database.scenes.save(gate.id, Scene(lines=(door,), zones=(hall,))).ids
    one = Sample(
        gate.id, NOON, 3, 0.5, 0.01, 30.0, zones=((ids["Hall"], 2),), watched=(ids["Door"],)
    )
    database.counts.save([one], [], [Passage(ids["Door"], NOON, 1, is_inwards=True)])
    clock.now = NOON + 2 * MINUTE
    moved = replace(door, end=(0.5, 0.8))
    database.scenes.save(gate.id, Scene(lines=(moved,), zones=(hall,)))
    clock.now = NOON + 4 * MINUTE
    passed = read_csv(written(database, request(ExportContent.PASSAGES), tmp_path))
    of_old = [row for row in passed if row["place_id"] == str(ids["Door"])]
    assert [(row["inwards"], row["outwards"], row["coverage"]) for row in of_old] == [
        ("1", "0", "0.5"),
        ("", "", "0"),
    ]
    assert {row["place_id"] for row in passed} > {str(ids["Door"])}
    (first, *_) = read_csv(written(database, request(ExportContent.ZONES), tmp_path))
    assert (first["place"], first["place_kind"], first["mean"], first["peak"]) == (
        "Hall",
        "zone",
        "2",
        "2",
    )


def test_corrections_are_in_the_numbers_or_not_and_are_marked_in_both(
    database: Database, measured: Camera, clock: Clock, tmp_path: Path
) -> None:
    clock.now = NOON + 3 * MINUTE
    draft = CorrectionDraft(
        measured.id, None, NOON, NOON + MINUTE, CorrectionKind.EXCLUDE, "A dirty lens."
    )
    database.corrections.add(draft, "ben")
    for is_corrected, mean, people in ((True, "", ""), (False, "1.5", "0")):
        asked = request(with_corrections=is_corrected)
        first, second, _ = read_csv(written(database, asked, tmp_path))
        assert (first["mean"], first["corrected"]) == (mean, "yes")
        assert (second["samples"], second["corrected"]) == ("30", "no")
        single = replace(asked, content=ExportContent.SAMPLES)
        rows = read_csv(written(database, single, tmp_path))
        assert (rows[0]["people"], rows[0]["corrected"]) == (people, "yes")
        assert (rows[60]["people"], rows[60]["corrected"]) == ("0", "no")


# ---------------------------------------------------------------- kinds of files


@pytest.mark.parametrize(
    "name", ["=1+1", "+49", "-x", "@sum", "\tx", "\uff1dSUM(A1)", 'a,b"c', "入口", "مدخل"]
)
def test_no_name_is_a_formula_in_any_kind(
    database: Database, clock: Clock, tmp_path: Path, name: str
) -> None:
    clock.now = NOON
    camera = database.cameras.add(replace(settings("Gate"), name=name))
    clock.now = NOON + MINUTE
    (row,) = read_csv(written(database, request(), tmp_path))
    assert row["camera"] == harmless(camera.name)
    assert not row["camera"].startswith(tuple("=+-@\t\uff1d"))
    sheets = read_sheets(written(database, request(kind=ExportKind.XLSX), tmp_path))
    assert sheets["counts"][1][3] == camera.name
    table = pyarrow.parquet.read_table(
        written(database, request(kind=ExportKind.PARQUET), tmp_path)
    )
    assert table.column("camera").to_pylist() == [camera.name]


def test_parquet_is_typed_and_says_its_version(
    database: Database, measured: Camera, clock: Clock, tmp_path: Path
) -> None:
    clock.now = NOON + 3 * MINUTE
    table = pyarrow.parquet.read_table(
        written(database, request(kind=ExportKind.PARQUET), tmp_path)
    )
    rows = table.to_pylist()
    assert rows[0]["time_utc"] == NOON
    assert rows[0]["mean"] == pytest.approx(1.5)
    assert (rows[2]["mean"], rows[2]["coverage"]) == (None, 0.0)
    assert rows[0]["corrected"] is False
    metadata = table.schema.metadata
    assert metadata[b"camwatch.format"] == b"counts-1"
    assert metadata[b"camwatch.zone"] == b"Europe/Berlin"


def test_workbooks_hold_numbers_as_numbers_and_leave_gaps_empty(
    database: Database, measured: Camera, clock: Clock, tmp_path: Path
) -> None:
    clock.now = NOON + 3 * MINUTE
    header, first, _, third = read_sheets(
        written(database, request(kind=ExportKind.XLSX), tmp_path)
    )["counts"]
    assert header == [column.name for column in COLUMNS[ExportContent.COUNTS]]
    assert first[5:11] == [60.0, 1.5, 3.0, 0.0, 60.0, 1.0]
    assert third[5:11] == [60.0, None, None, None, 0.0, 0.0]


def test_a_workbook_goes_on_in_the_next_sheet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert XLSX_ROWS + 1 == 2**20
    monkeypatch.setattr("camwatch.data.export_files.XLSX_ROWS", 3)
    stream = io.BytesIO()
    made = _XlsxFile(request(ExportContent.STATES), stream, str(tmp_path))
    row = (NOON, NOON, "", "Gate", "uid", "ok", "none", None, "states-1")
    made.write([row] * 7)
    made.finish()
    file = tmp_path / "book.xlsx"
    file.write_bytes(stream.getvalue())
    sheets = read_sheets(file)
    assert {name: len(rows) - 1 for name, rows in sheets.items()} == {
        "states": 3,
        "states 2": 3,
        "states 3": 1,
    }


def test_parquet_without_its_package_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    asked = request(kind=ExportKind.PARQUET)
    with pytest.raises(InvalidSetting, match="pyarrow"), row_file(asked, io.BytesIO(), tmp_path):
        pytest.fail("it is written")


@pytest.mark.fault("L9")
def test_the_memory_does_not_grow_with_the_rows(
    database: Database, gate: Camera, clock: Clock, tmp_path: Path
) -> None:
    start = gate.created_at
    clock.now = start + timedelta(days=30)
    process = psutil.Process()
    asked = request(start=start, end=clock.now)
    count = 0
    before = most = 0
    with (tmp_path / "long.csv").open("wb") as stream, row_file(asked, stream, tmp_path) as made:
        for rows in database.exports.rows(asked):
            made.write(rows)
            count += len(rows)
            now = process.memory_info().rss
            before = before or now  # the first part is what is held at once
            most = max(most, now)
    assert count == 30 * 1440
    # Held as a whole these rows would be more than that.
    assert most - before < 16 * 2**20


def test_places_of_nobody_have_no_rows(database: Database) -> None:
    asked = request(ExportContent.ZONES, camera_ids=())
    assert [row for rows in database.exports.rows(asked) for row in rows] == []
    assert database.exports.estimate(asked) == 0


def test_the_documentation_tells_of_each_column() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/export.md").read_text("utf-8")
    for content in ExportContent:
        (part,) = re.findall(rf"^### `{content.value}`.*?(?=^##)", text, re.DOTALL | re.MULTILINE)
        told = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", part, re.MULTILINE)
        assert told == [(column.name, column.about) for column in COLUMNS[content]]
        assert f"`{format_of(content)}`" in part
