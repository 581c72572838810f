"""The printed report: what it says, and that it is made beside the GUI thread, on white paper."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from pytestqt.qtbot import QtBot

from camwatch.accuracy import AuditKind, AuditReport, PictureTruth, Step, Truth
from camwatch.auth.signing import SigningKey
from camwatch.detect.audit import Audit, compare
from camwatch.ui.accuracy.pdf import render_pdf
from camwatch.ui.accuracy.pdf_chart import CHART_WH, chart_image
from camwatch.ui.accuracy.pdf_text import report_html
from camwatch.workers.base import Worker
from tests.accuracy.values import (
    IN,
    OUT,
    REPORT_UID,
    START,
    Way,
    picture,
    recording,
    true_passages,
)

ZONE = ZoneInfo("Europe/Berlin")
KEY = SigningKey("ab12cd34" * 8, START, is_lasting=True)
AUDIT = Audit(REPORT_UID, START, "Ada & Co", "<b>busy</b>")


def passages() -> AuditReport:
    ways: list[Way] = [(10.0 * index + 5, IN if index % 2 else OUT) for index in range(60)]
    recorded = recording(
        AuditKind.PASSAGES,
        [picture(t_s) for t_s in range(600)],
        duration_s=600,
        passages=ways[:-3],
    )
    return compare(recorded, Truth(AuditKind.PASSAGES, passages=true_passages(ways)), AUDIT)


def occupancy(people: int) -> AuditReport:
    recorded = recording(
        AuditKind.OCCUPANCY, [picture(t_s, people) for t_s in range(300)], duration_s=300
    )
    return compare(recorded, Truth(AuditKind.OCCUPANCY, steps=(Step(0, people),)), AUDIT)


def pictures(count: int) -> AuditReport:
    recorded = recording(
        AuditKind.PICTURES, [picture(60 * one, 1) for one in range(count)], duration_s=60 * count
    )
    truth = tuple(PictureTruth(one, 1) for one in range(count))
    return compare(recorded, Truth(AuditKind.PICTURES, pictures=truth), AUDIT)


class Renderer(Worker):
    """Renders as the screens' background does."""

    def __init__(self, render: Callable[[], bytes]) -> None:
        super().__init__("renderer")
        self._render = render
        self.pdf = b""

    def work(self) -> None:
        self.pdf = self._render()


def beside_the_gui_thread(qtbot: QtBot, report: AuditReport) -> bytes:
    renderer = Renderer(lambda: render_pdf(report, ZONE, KEY))
    with qtbot.waitSignal(renderer.finished):
        renderer.start()
    renderer.wait()
    return renderer.pdf


@pytest.mark.parametrize("make", [passages, lambda: occupancy(3), lambda: pictures(40)])
def test_a_report_has_two_pages_and_is_made_beside_the_gui_thread(
    qtbot: QtBot, make: Callable[[], AuditReport]
) -> None:
    reader = PdfFileReader(io.BytesIO(beside_the_gui_thread(qtbot, make())))
    assert reader.root["/Pages"]["/Count"] == 2


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not there")
def test_a_reader_finds_the_result_on_white_paper_even_if_the_window_is_dark(
    qapp: QGuiApplication, tmp_path: Path
) -> None:
    before = qapp.palette()
    dark = QPalette(before)
    dark.setColor(QPalette.ColorRole.Text, QColor("white"))
    qapp.setPalette(dark)
    try:
        pdf = render_pdf(passages(), ZONE, KEY)
    finally:
        qapp.setPalette(before)
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "How right are the counts of “Entrance”?" in text
    assert "60 people passed, and the program counted 57." in text
    assert "95 %" in text
    assert "12 Nov 2026, 10:00, 10 min" in text  # Berlin's clock
    assert "Missed: 9:35 in, 9:45 out, 9:55 in." in text
    assert "ab12cd34 ab12cd34" in text
    assert "page 2 of 2" in text
    subprocess.run(["pdftoppm", "-r", "50", "-gray", str(file), str(tmp_path / "p")], check=True)
    _, size, _, data = (tmp_path / "p-1.pgm").read_bytes().split(b"\n", 3)
    width, height = (int(side) for side in size.split())
    page = np.frombuffer(data, np.uint8).reshape(height, width)
    title = page[round(height * 0.055) : round(height * 0.09)]
    assert page.mean() > 200  # paper
    assert (title < 60).mean() > 0.02  # ink


def test_what_people_wrote_is_shown_and_not_obeyed(qtbot: QtBot) -> None:
    report = replace(passages(), camera_name="<script>x</script>", place="a<b")
    text = report_html(report, ZONE, KEY)
    assert "&lt;script&gt;x" in text
    assert "<script" not in text
    assert "a&lt;b" in text
    assert "&lt;b&gt;busy&lt;/b&gt;" in text
    assert "Ada &amp; Co" in text


def test_an_unsigned_report_and_a_passing_key_are_named(qtbot: QtBot) -> None:
    assert "is not signed" in report_html(passages(), ZONE, None)
    assert "no keyring" not in report_html(passages(), ZONE, KEY)
    assert "no keyring" in report_html(passages(), ZONE, replace(KEY, is_lasting=False))


def test_there_is_no_percentage_of_nobody_and_a_warning_of_too_little(qtbot: QtBot) -> None:
    nobody = report_html(occupancy(0), ZONE, KEY)
    assert "Nobody was there" in nobody
    assert 'class="number"' not in nobody
    assert "nobody came" in nobody
    few = report_html(pictures(6), ZONE, KEY)
    assert "Only 6 pictures were compared" in few
    assert render_pdf(occupancy(0), ZONE, KEY).startswith(b"%PDF-")


def test_the_chart_shows_what_was_missed(qtbot: QtBot) -> None:
    image = chart_image(passages())
    scale = image.width() // CHART_WH[0]
    real, counted = QColor("#b8c4d0"), QColor("#0b5cad")
    left, right, bottom = 34, CHART_WH[0] - 8, CHART_WH[1] - 22
    wide = (right - left) / 60

    def colours(interval: int) -> set[str]:
        x = round((left + wide * (interval + 0.5)) * scale)
        return {image.pixelColor(x, y).name() for y in range(20 * scale, bottom * scale + 4)}

    assert {real.name(), counted.name()} <= colours(10)
    middle = round((left + wide * 10.5) * scale), round((24 + bottom) / 2 * scale)
    assert image.pixelColor(*middle) == real
    top_y = range(20 * scale, round(40 * scale))
    last = round((left + wide * 59.5) * scale)
    assert counted.name() not in {image.pixelColor(last, y).name() for y in top_y}
    assert counted.name() in colours(59)  # at zero
