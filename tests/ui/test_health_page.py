"""The Health page, the diagnostics that are seen before they are saved, and a crash that is told."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from camwatch.domain import Role
from camwatch.events import HealthChanged
from camwatch.health import Fact, Finding, Grade, HealthReport, Part
from camwatch.health.bundle import Bundle, BundleFile
from camwatch.health.findings import Change
from camwatch.health.last_run import CrashReport
from camwatch.ui.health.bundle_dialog import BundleDialog, BundleSaver
from camwatch.ui.health.crash_dialog import CrashDialog
from camwatch.ui.health.mark import HealthMark
from camwatch.ui.health.page import HealthPage
from camwatch.ui.health.wording import GRADES, PARTS, look_of
from tests.ui.screen_edges import NOON, CommandDesk, HeldWork, PromptWork, a_session

UTC = ZoneInfo("UTC")
CRASH = CrashReport(
    "r1", "1.2.3", NOON - timedelta(hours=2), NOON, "Segmentation fault", "Thread 1", "e-17", "tail"
)


def report(grade: Grade = Grade.OK, crash: CrashReport | None = None) -> HealthReport:
    changes = {
        Part.DISK: (
            Change(NOON - timedelta(days=2), Part.DISK, Grade.OK),
            Change(NOON - timedelta(days=1), Part.DISK, grade),
        )
    }
    findings = [Finding(part, Grade.OK, "It is so.", facts=(Fact("Number", "7"),)) for part in Part]
    at = list(Part).index(Part.DISK)
    advice = "" if grade is Grade.OK else "Make room."
    since = NOON - timedelta(days=1)
    findings[at] = Finding(Part.DISK, grade, "It fills.", advice, (Fact("Free", "3 MiB"),), since)
    return HealthReport(NOON, tuple(findings), changes, NOON - timedelta(days=2), crash)


@pytest.fixture
def desk() -> CommandDesk:
    made = CommandDesk()
    made.report = report()
    return made


@pytest.fixture
def page(qtbot: QtBot, desk: CommandDesk) -> HealthPage:
    made = HealthPage(desk, a_session(), PromptWork(), zone=UTC)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    return made


def test_each_part_is_told_by_shape_word_and_sentence(page: HealthPage, desk: CommandDesk) -> None:
    page.show()
    assert page.overall.text() == "All is well"
    assert all(card.isVisible() for card in page.cards.values())
    desk.report = report(Grade.FAILED)
    page.look()
    card = page.cards[Part.DISK]
    assert card.state.text() == "Failed"
    assert card.accessibleName() == "Disk: Failed. It fills. Make room."
    assert card.since.text() == "So since 30 Jun 2026, 12:00"
    assert page.overall.text() == "1 thing has failed or wants attention"
    assert len({look_of(grade).icon for grade in Grade}) == len(Grade)
    assert len(GRADES) == len(Grade)
    assert set(PARTS) == set(Part)
    # Where something is wrong the numbers are open, else they are a press away.
    assert card.toggle.isChecked()
    other = page.cards[Part.CLOCK]
    assert not other.toggle.isChecked()
    other.toggle.click()
    page.look()
    assert other.toggle.isChecked()


def test_many_numbers_are_not_all_listed_and_bad_ones_come_first(
    page: HealthPage, desk: CommandDesk
) -> None:
    facts = [Fact(f"Gate {number}", "live", Grade.OK) for number in range(200)]
    facts[150] = Fact("Gate 150", "offline", Grade.FAILED)
    finding = Finding(Part.CAMERAS, Grade.FAILED, "One is down.", facts=tuple(facts))
    known = desk.report.findings
    desk.report = replace(
        desk.report, findings=tuple(finding if one.part is Part.CAMERAS else one for one in known)
    )
    page.show()
    said = [label.text() for label in page.cards[Part.CAMERAS].findChildren(QLabel)]
    assert said.index("Gate 150") < said.index("Gate 0")
    assert "Gate 11" not in said
    assert "188 more are not listed here." in said


def test_the_time_line_shows_when_it_was_how(page: HealthPage, desk: CommandDesk) -> None:
    desk.report = report(Grade.WARNING)
    page.show()
    spans = page.cards[Part.DISK].line.spans
    assert [grade for _, _, grade in spans] == [Grade.OK, Grade.WARNING]
    assert spans[0][1] == spans[1][0] == pytest.approx(2 / 3)
    assert spans[1][1] == 1
    image = page.cards[Part.DISK].line.grab().toImage()
    colors = {image.pixelColor(x, image.height() - 2).name() for x in range(image.width())}
    assert {look_of(Grade.OK).color, look_of(Grade.WARNING).color} <= colors


def test_it_looks_only_while_it_is_shown(qtbot: QtBot, desk: CommandDesk) -> None:
    work = HeldWork()
    page = HealthPage(desk, a_session(), work, zone=UTC)
    qtbot.addWidget(page)
    assert work.waiting == 0
    page.show()
    assert work.waiting == 1
    page.look()
    assert work.waiting == 1  # one look at a time
    page.hide()
    assert not page._timer.isActive()


def test_only_administrators_are_offered_the_diagnostics(qtbot: QtBot, desk: CommandDesk) -> None:
    page = HealthPage(desk, a_session(Role.SUPERVISOR), PromptWork(), zone=UTC)
    qtbot.addWidget(page)
    page.show()
    assert not page.bundle_button.isVisible()


def test_the_bundle_is_seen_and_what_is_left_out_is_not_saved(
    qtbot: QtBot, desk: CommandDesk, tmp_path: Path
) -> None:
    files = (
        BundleFile("about.txt", "What this is", "made here"),
        BundleFile("logs/camwatch.log", "Log", "password=***", 4),
    )
    desk.bundle = Bundle(files, note="The keyring did not answer.")
    dialog = BundleDialog(desk, a_session(), PromptWork())
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.asked[-1] == ("diagnostics", False)
    assert dialog.view.toPlainText() == "made here"
    assert "hidden in 4 places" in dialog.masked.text()
    assert "The keyring did not answer." in dialog.masked.text()
    dialog.names.click()
    assert desk.asked[-1] == ("diagnostics", True)
    log = dialog.tree.topLevelItem(1)
    assert log is not None
    dialog.tree.setCurrentItem(log)
    assert dialog.view.toPlainText() == "password=***"
    log.setCheckState(0, Qt.CheckState.Unchecked)
    dialog.save()
    (saver,) = dialog.findChildren(BundleSaver)
    saver.save(str(tmp_path / "for-support.zip"))
    with zipfile.ZipFile(tmp_path / "for-support.zip") as archive:
        assert archive.namelist() == ["about.txt"]
    assert "for-support.zip" in dialog.notice.text.text()
    first = dialog.tree.topLevelItem(0)
    assert first is not None
    first.setCheckState(0, Qt.CheckState.Unchecked)
    assert not dialog.save_button.isEnabled()


def test_a_crash_is_told_plainly_and_not_again_if_that_is_not_wanted(
    page: HealthPage, desk: CommandDesk, qtbot: QtBot
) -> None:
    desk.report = report(crash=CRASH)
    page.show()
    assert page.crash_button.isVisible()
    made: list[QDialog] = []
    page.dialog_made.connect(made.append)
    page.crash_button.click()
    (dialog,) = made
    assert isinstance(dialog, CrashDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "Segmentation fault" in dialog.text.text()
    assert "error e-17" in dialog.text.text()
    assert "Nothing of this was sent" in dialog.text.text()
    assert "Thread 1" in dialog.view.toPlainText()
    dialog._copy()
    assert "Segmentation fault" in QApplication.clipboard().text()
    dialog.never.click()
    dialog.close_button.click()
    assert ("dismiss_crash",) in desk.asked


def test_a_crash_of_which_nothing_is_known_leads_to_the_diagnostics(
    page: HealthPage, desk: CommandDesk, qtbot: QtBot
) -> None:
    desk.report = report(crash=replace(CRASH, fault="", error_id="", is_dismissed=True))
    page.show()
    made: list[QDialog] = []
    page.dialog_made.connect(made.append)
    page.crash_button.click()
    (dialog,) = made
    assert isinstance(dialog, CrashDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "the power may have failed" in dialog.text.text()
    assert "error" not in dialog.text.text()
    # It is not told of again already, so there is nothing to choose.
    assert dialog.never.isChecked()
    assert not dialog.never.isEnabled()
    assert dialog.close_button.isDefault()
    (bundle,) = (one for one in dialog.findChildren(QPushButton) if "iagnostics" in one.text())
    with qtbot.waitSignal(dialog.bundle_requested):
        bundle.click()
    assert not dialog.isVisible()
    assert ("dismiss_crash",) not in desk.asked


def test_the_mark_says_it_in_words(qtbot: QtBot) -> None:
    mark = HealthMark()
    qtbot.addWidget(mark)
    mark.show_health(
        HealthChanged(NOON, Grade.WARNING, (Part.DISK, Part.LOG), "The disk is nearly full.")
    )
    assert mark.summary == "2 things want attention"
    assert mark.accessibleName() == "2 things want attention. The disk is nearly full."
    mark.show_health(HealthChanged(NOON, Grade.OK))
    assert mark.summary == "All is well"
