"""Printed reports: what a reader finds on their pages, and that they are made beside the window."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from PySide6.QtGui import QGuiApplication

from camwatch.history.reports import Report, ReportSpan
from camwatch.ui.report import canvas
from camwatch.ui.report.content import pieces_of
from camwatch.ui.report.pages import ReportPages, render_images, render_pdf
from camwatch.ui.report.pieces import on_pages
from camwatch.ui.report.words import change
from tests.support.reports import nothing_measured, report

DAY = date(2026, 3, 4)
NAMES = (
    "مدخل المتجر الشمالي",
    "入口カメラ・北側の大きな扉",
    "X" * 100,
    "A very long name of a camera that hangs above the third door of the northern hall",
)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not there"
)
pytestmark = pytest.mark.usefixtures("qapp")


def text_of(one: Report, folder: Path) -> str:
    file = folder / "report.pdf"
    file.write_bytes(render_pdf(one))
    return subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout


@needs_poppler
def test_a_reader_finds_totals_with_their_coverage_and_all_tables(tmp_path: Path) -> None:
    one = report(ReportSpan.WEEK, DAY, ("Entrance", "Hall"), gaps=range(50, 60), extras=2)
    text = text_of(one, tmp_path)
    for expected in (
        "Store North, week of 2 March 2026",
        "2 Mar 2026 to 8 Mar 2026",
        "Europe/Berlin, UTC+01:00 at the start",
        "9 Mar 2026 06:00 by anna",
        "known for 91 %",
        "against 9.7 the week before (97 % known)",
        "countable for 81 %",
        "96 % of people in view,",
        "Taken out: it is a",
        "+12 in, -3 out",
        "17 more were raised; they are in the inbox.",
        "page 1 of 2",
        "page 2 of 2",
    ):
        assert expected in text
    assert "not over yet" not in text


def test_a_time_that_runs_is_held_against_the_same_part_of_the_one_before() -> None:
    whole = report(ReportSpan.DAY, DAY)
    made_at = whole.start + timedelta(hours=9, minutes=10)
    one = report(ReportSpan.DAY, DAY, made_at=made_at)
    same_hours = sum(bucket.mean or 0.0 for bucket in one.before[:36]) / 36
    said = change(one)
    assert f"against {same_hours:.1f} a day before by then (" in said
    all_day = sum(bucket.mean or 0.0 for bucket in one.before) / len(one.before)
    assert f"{same_hours:.1f}" != f"{all_day:.1f}"
    little = replace(one, occupancy=tuple(replace(b, coverage=0.3) for b in one.occupancy))
    assert "against" not in change(little), "of a third that is known, no percent can be told"


@needs_poppler
def test_what_is_not_known_is_never_a_zero(tmp_path: Path) -> None:
    one = nothing_measured(report(ReportSpan.WEEK, DAY, ("Entrance",)))
    text = text_of(one, tmp_path)
    assert text.count("not known") >= 7
    assert "the week before: not known" in text
    assert "known for 0 %" in text


@needs_poppler
def test_without_a_camera_the_report_says_so(tmp_path: Path) -> None:
    text = text_of(report(ReportSpan.MONTH, DAY, ()), tmp_path)
    assert "There was no camera in this time." in text
    assert "page 1 of 1" in text


@needs_poppler
def test_a_time_that_is_not_over_says_until_when_it_tells(tmp_path: Path) -> None:
    now = datetime(2026, 3, 5, 9, tzinfo=UTC)
    text = text_of(report(ReportSpan.WEEK, DAY, ("Entrance",), made_at=now), tmp_path)
    assert "not over yet, so these are the numbers until 5 Mar 2026 10:00" in text


@needs_poppler
def test_many_cameras_go_on_on_more_pages_each_with_the_head_of_the_table(tmp_path: Path) -> None:
    names = [f"Camera {number:02}" for number in range(64)]
    text = text_of(report(ReportSpan.MONTH, DAY, names), tmp_path)
    pages = text.rstrip("\f\n").split("\f")
    assert len(pages) == 5
    assert sum("Accuracy" in page for page in pages) == 2
    assert [text.count(f"{name}: Door") for name in names] == [1] * 64


def test_the_file_has_a_title_and_no_page_is_too_long() -> None:
    one = report(ReportSpan.DAY, DAY, NAMES, site="متجر الشمال", extras=3)
    reader = PdfFileReader(io.BytesIO(render_pdf(one)))
    info = reader.trailer["/Info"].get_object()
    assert str(info["/Title"]) == one.title
    assert str(info["/Creator"]).startswith("CamWatch ")
    assert reader.root["/Pages"]["/Count"] == ReportPages(one).count
    for page in on_pages(pieces_of(one)):
        top, last = page[-1]
        assert top + last.height <= canvas.HEIGHT


@pytest.mark.parametrize("gaps", [(), range(40, 80)])
def test_gaps_are_hatched(gaps: range | tuple[int, ...]) -> None:
    one = replace(report(ReportSpan.WEEK, DAY, ("Entrance",), gaps=gaps), before=())
    (image, *_), _ = render_images(one, 794, 1)
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    # Of the chart of people in view: within the gap, between two lines of its scale.
    part = bits[340:400, 270:330, :3].astype(int)
    is_grey = (np.ptp(part, axis=2) < 30) & (part[..., 1] < 235)
    assert (is_grey.mean() > 0.05) == bool(len(gaps))


def test_a_report_is_drawn_in_any_thread() -> None:
    one = report(ReportSpan.DAY, DAY)
    made: list[bytes] = []
    thread = threading.Thread(target=lambda: made.append(render_pdf(one)))
    thread.start()
    thread.join()
    assert made[0].startswith(b"%PDF-")
    assert QGuiApplication.instance() is not None
