"""The page about accuracy: badges, what changed since, reports, and what each role may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from camwatch.accuracy import AuditKind, AuditReport, PictureTruth, Step, TruePassage, Truth
from camwatch.accuracy.plan import RecordingState
from camwatch.auth.session import Session
from camwatch.domain import Camera, Role, utc_now
from camwatch.errors import DatabaseBusy
from camwatch.scene import Direction
from camwatch.ui.accuracy.audit_wizard import AuditWizard
from camwatch.ui.accuracy.film_step import FilmStep
from camwatch.ui.accuracy.page import AccuracyPage
from camwatch.ui.accuracy.recording_step import RecordingStep
from camwatch.ui.accuracy.report_saving import ReportSaver, file_name
from camwatch.ui.accuracy.table_model import Column
from camwatch.ui.accuracy.threshold_dialog import ThresholdDialog
from tests.ui.audit_bench import AuditBench, audit_setup
from tests.workers.audit_site import a_plan

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[AuditBench]:
    bench = AuditBench(tmp_path)
    yield bench
    bench.stop()


@pytest.fixture
def open_page(qtbot: QtBot, bench: AuditBench) -> Callable[..., AccuracyPage]:
    """Return what opens the page and waits until it has read."""
    pages: list[AccuracyPage] = []

    def open_it(session: Session | None = None) -> AccuracyPage:
        if not bench.recordings.is_open:
            bench.start()
            qtbot.waitUntil(lambda: bench.recordings.is_open)
        page = AccuracyPage(
            bench.commands, session or bench.session, bench.pool, bench.bridge, zone=BERLIN
        )
        pages.append(page)
        qtbot.addWidget(page)
        bench.recordings.changed.connect(page.on_recording_changed)
        page.resize(1280, 724)
        page.show()
        qtbot.waitUntil(page.busy.isHidden)
        return page

    return open_it


Open = Callable[..., AccuracyPage]


def audit(bench: AuditBench, camera: Camera, counts: list[int], people: int = 1) -> AuditReport:
    """Store an audit in which there were always so many people."""
    opened = bench.record(counts=counts, every_s=1.0, camera=camera.id)
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0.0, people),))
    report = bench.commands.store_audit(bench.session, opened.recording, truth, "Rain")
    for file in opened.folder.iterdir():
        file.unlink()
    opened.folder.rmdir()
    return report


def cell(page: AccuracyPage, name: str, column: Column) -> str:
    for row in range(page.shown.rowCount()):
        if page.shown.index(row, Column.NAME).data() == name:
            return str(page.shown.index(row, column).data())
    raise AssertionError(f"{name} is not there")


def choose(qtbot: QtBot, page: AccuracyPage, name: str) -> None:
    for row in range(page.shown.rowCount()):
        if page.shown.index(row, Column.NAME).data() == name:
            page.table.setCurrentIndex(page.shown.index(row, 0))
    camera = page.chosen_camera()
    assert camera is not None
    assert camera.name == name


def click(button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(qtbot: QtBot, parent: QWidget, words: str) -> None:
    qtbot.waitUntil(lambda: bool(parent.findChildren(QMessageBox)))
    (box,) = parent.findChildren(QMessageBox)
    (button,) = [one for one in box.buttons() if one.text() == words]
    click(button)


def words_on(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_badges_are_in_the_table(qtbot: QtBot, bench: AuditBench, open_page: Open) -> None:
    hall = bench.add_camera("Hall")
    audit(bench, hall, [1] * 110 + [2] * 10)
    page = open_page()
    assert cell(page, "Gate", Column.ACCURACY) == "Not audited yet"
    day = utc_now().astimezone(BERLIN).day
    badge = cell(page, "Hall", Column.ACCURACY)
    assert badge.startswith("92 % ± ")
    assert f"audited {day} " in badge
    assert badge.endswith("daylight")
    assert cell(page, "Hall", Column.SINCE) == "Nothing"
    assert page.summary.text() == "1 of 2 cameras audited"


def test_what_changed_since_is_named(qtbot: QtBot, bench: AuditBench, open_page: Open) -> None:
    audit(bench, bench.camera, [1] * 60)
    bench.setup = replace(audit_setup(), threshold=0.5, model="other")
    page = open_page()
    assert cell(page, "Gate", Column.SINCE) == "The model and the threshold"
    assert "the model and the threshold" in page.detail.warning.text()
    bench.setup = None
    page.reload()
    qtbot.waitUntil(lambda: "not counted now" in cell(page, "Gate", Column.SINCE))


def test_without_an_audit_it_says_what_one_is(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    page = open_page()
    text = words_on(page)
    assert "An audit tells how right the numbers of a camera are." in text
    assert page.detail.audit_button.text() == "Start an &audit…"
    assert not page.detail.pdf_button.isEnabled()


def test_the_report_of_the_chosen_camera_is_shown(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    hall = bench.add_camera("Hall")
    report = audit(bench, hall, [1, 3] * 60)
    page = open_page()
    choose(qtbot, page, "Hall")
    qtbot.waitUntil(lambda: page.detail.report == report)
    qtbot.waitUntil(lambda: "Daylight" in words_on(page.detail))  # once it is laid out
    text = words_on(page.detail)
    assert "On average 1.0 people were there, and the program showed 2.0." in text
    assert "It counts too many people on the whole." in text
    assert "1 or 2 people" in text
    assert "maria counted people in view" in text
    assert "“Rain”" in text
    assert len(page.detail.report_view.chart.plot.intervals) == len(report.intervals)
    plot = page.detail.report_view.chart.plot
    QTest.mouseMove(plot, plot.rect().center())
    qtbot.waitUntil(lambda: "there, " in page.detail.report_view.chart.hint.text())


def test_older_audits_can_be_looked_at(qtbot: QtBot, bench: AuditBench, open_page: Open) -> None:
    first = audit(bench, bench.camera, [1] * 60)
    second = audit(bench, bench.camera, [2] * 60)
    page = open_page()
    qtbot.waitUntil(lambda: page.detail.report == second)
    assert page.detail.history.count() == 2
    page.detail.history.setCurrentRow(1)
    assert page.detail.report == first
    assert "showed 1.0" in page.detail.report_view.summary.text()


def test_passages_say_in_and_out(qtbot: QtBot, bench: AuditBench, open_page: Open) -> None:
    passages = [(5.0, Direction.IN), (20.0, Direction.OUT), (40.0, Direction.IN)]
    opened = bench.record(AuditKind.PASSAGES, counts=[1] * 60, every_s=1.0, passages=passages)
    truth = Truth(
        AuditKind.PASSAGES,
        passages=(TruePassage(5.2, Direction.IN), TruePassage(30.0, Direction.OUT)),
    )
    bench.commands.store_audit(bench.session, opened.recording, truth)
    page = open_page()
    qtbot.waitUntil(lambda: page.detail.report is not None)
    said = page.detail.report_view.summary.text()
    assert "In: 1, counted 2. Out: 1, counted 1. 1 missed, 2 counted without anybody." in said


def test_the_page_says_how_a_recording_is_and_goes_on_with_it(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    page = open_page()
    uid = bench.recordings.start_recording(
        a_plan(seconds=600, camera=bench.camera.id), audit_setup()
    )
    qtbot.waitUntil(lambda: cell(page, "Gate", Column.RECORDING) == "Recording, 10 min left")
    assert page.detail.audit_button.text() == "See the &recording…"
    click(page.detail.audit_button)
    assert page.wizard is not None
    wizard = page.wizard
    qtbot.waitUntil(lambda: isinstance(wizard.step, RecordingStep))
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.findChildren(AuditWizard))
    bench.commands.stop_recording(bench.session, uid)
    qtbot.waitUntil(lambda: "no pictures" in cell(page, "Gate", Column.RECORDING))


def test_the_badge_is_there_once_an_audit_is_stored(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    bench.record(counts=[1] * 60, every_s=1.0)
    page = open_page()
    assert cell(page, "Gate", Column.RECORDING) == "Ready to count"
    told: list[object] = []
    page.badges_changed.connect(told.append)
    click(page.detail.audit_button)
    wizard = page.wizard
    assert wizard is not None
    qtbot.waitUntil(lambda: isinstance(wizard.step, FilmStep))
    film = wizard.step
    assert isinstance(film, FilmStep)
    QTest.keyClick(film, Qt.Key.Key_1)
    while not film.is_whole:
        QTest.keyClick(film, Qt.Key.Key_Period)
    wizard.show_result()
    qtbot.waitUntil(lambda: not isinstance(wizard.step, FilmStep))
    wizard.store()
    qtbot.waitUntil(lambda: cell(page, "Gate", Column.ACCURACY).startswith("100 % ± "))
    assert cell(page, "Gate", Column.RECORDING) == ""
    assert page.wizard is None
    assert told


def test_a_viewer_sees_and_cannot_audit(qtbot: QtBot, bench: AuditBench, open_page: Open) -> None:
    audit(bench, bench.camera, [1] * 60)
    bench.record()
    page = open_page(bench.sign_in("otto", Role.VIEWER))
    qtbot.waitUntil(lambda: page.detail.report is not None)
    assert page.notice.isHidden()
    assert page.table.isColumnHidden(Column.RECORDING)
    for button in (page.detail.audit_button, page.detail.threshold_button, page.detail.pdf_button):
        assert not button.isVisible()
    assert "and not make any" in words_on(page)
    page.open_audit()
    assert page.wizard is None


def test_recordings_that_were_deleted_for_their_age_are_told_once(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    bench.record(started_at=utc_now() - timedelta(days=8))
    page = open_page()
    assert "nobody counted for 7 days were deleted" in page.notice.title.text()
    assert "Gate, people in view" in page.notice.text.text()
    click(page.notice.button)
    qtbot.waitUntil(page.busy.isHidden)
    assert page.notice.isHidden()


def test_kept_pictures_can_be_deleted(qtbot: QtBot, bench: AuditBench, open_page: Open) -> None:
    audit(bench, bench.camera, [1] * 60)
    opened = bench.record()
    page = open_page()
    bench.commands.keep_recording(bench.session, opened.status.uid)
    qtbot.waitUntil(page.detail.delete_kept.isVisible)
    click(page.detail.delete_kept)
    answer(qtbot, page, "Delete pictures")
    qtbot.waitUntil(lambda: not opened.folder.exists())
    qtbot.waitUntil(lambda: not page.detail.delete_kept.isVisible())


def test_a_signed_report_is_saved(
    qtbot: QtBot, bench: AuditBench, open_page: Open, tmp_path: Path
) -> None:
    report = audit(bench, bench.camera, [1] * 60)
    page = open_page()
    qtbot.waitUntil(lambda: page.detail.report is not None)
    click(page.detail.pdf_button)
    (saver,) = page.findChildren(ReportSaver)
    assert saver.selectedFiles()[0].endswith(file_name(report, BERLIN))
    file = tmp_path / "report.pdf"
    saver.selectFile(str(file))
    saver.fileSelected.emit(str(file))
    qtbot.waitUntil(lambda: page.notice.title.text() == "The signed report is saved")
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"/ByteRange" in data
    assert bench.database.audit.newest(1)[0].action == "sign_report"
    qtbot.waitUntil(lambda: not page.findChildren(ReportSaver))  # its work is done
    click(page.detail.pdf_button)
    (saver,) = page.findChildren(ReportSaver)
    saver.fileSelected.emit(str(tmp_path / "no" / "report.pdf"))
    qtbot.waitUntil(lambda: page.notice.title.text() == "The report was not saved")


def test_a_better_threshold_is_suggested_and_applied(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    # Everybody is seen with 0.9 and everything else with 0.3, which counts as well at 0.25.
    bench.setup = audit_setup(threshold=0.25)
    opened = bench.record(AuditKind.PICTURES, counts=[2] * 150, every_s=30.0)
    setup = audit_setup(threshold=0.25)
    recording = replace(
        opened.recording,
        setup=setup,
        pictures=tuple(replace(one, raw=3, shown=3) for one in opened.recording.pictures),
    )
    truth = Truth(AuditKind.PICTURES, pictures=tuple(_two(index) for index in range(150)))
    bench.commands.store_audit(bench.session, recording, truth)
    page = open_page()
    click(page.detail.threshold_button)
    (dialog,) = page.findChildren(ThresholdDialog)
    qtbot.waitUntil(dialog.busy.isHidden)
    advice = bench.commands.threshold_advice(bench.session, bench.camera.id)
    assert advice.suggested is not None
    assert advice.suggested > 0.3
    assert f"{advice.suggested:.2f} instead of 0.25" in dialog.heading.text()
    assert "1.00 people too many are counted" in dialog.sentence.text()
    assert "150 pictures with 300 people" in dialog.rests_on.text()
    click(dialog.apply_button)
    answer(qtbot, dialog, "Change it")
    qtbot.waitUntil(
        lambda: (
            bench.commands.scene(bench.session, bench.camera.id).scene.threshold
            == pytest.approx(advice.suggested)
        )
    )


def _two(index: int) -> PictureTruth:
    return PictureTruth(index, 2)


def test_without_audits_no_threshold_is_suggested(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    page = open_page()
    click(page.detail.threshold_button)
    (dialog,) = page.findChildren(ThresholdDialog)
    qtbot.waitUntil(dialog.busy.isHidden)
    assert dialog.heading.text() == "No audit tells yet"
    assert not dialog.apply_button.isVisible()


def test_trouble_with_the_history_is_told_and_read_again(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    page = open_page()
    page._on_failed(DatabaseBusy("held by another program"))
    assert page.notice.title.text() == "The database is in use"
    click(page.notice.button)
    qtbot.waitUntil(page.notice.isHidden)


def test_nothing_is_read_before_anybody_looks(qtbot: QtBot, bench: AuditBench) -> None:
    page = AccuracyPage(bench.commands, bench.session, bench.pool, bench.bridge, zone=BERLIN)
    qtbot.addWidget(page)
    assert page.model.rowCount() == 0
    assert page.busy.isHidden()
    # Of which camera is not known yet: what is offered would do nothing.
    assert not page.detail.audit_button.isEnabled()
    assert not page.detail.threshold_button.isEnabled()


def test_a_recording_that_ends_while_nobody_looks_is_there_afterwards(
    qtbot: QtBot, bench: AuditBench, open_page: Open
) -> None:
    page = open_page()
    page.hide()
    plan = a_plan(seconds=0.4, camera=bench.camera.id)
    uid = bench.recordings.start_recording(plan, audit_setup())
    qtbot.waitUntil(lambda: bench.recordings.progress(uid).state is RecordingState.READY)
    page.show()
    qtbot.waitUntil(lambda: "no pictures" in cell(page, "Gate", Column.RECORDING))
