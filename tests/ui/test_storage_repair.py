"""The dialog about a damaged history, over real files."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.commands.repair_desk import RepairDesk
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.errors import DatabaseDamaged
from camwatch.events import Bus, HistoryDamaged
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.banners import Banners
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import text_for
from camwatch.ui.storage_repair.dialog import RepairDialog
from tests.data.values import NOON, Clock, sample, settings
from tests.ui.screen_edges import HeldWork, PromptWork

pytestmark = pytest.mark.sqlite_only

BERLIN = ZoneInfo("Europe/Berlin")


class Bench:
    """A history with one copy, damaged since, and the dialog about it."""

    def __init__(self, folder: Path, work: HeldWork, *, has_copy: bool = True) -> None:
        self.clock = Clock()
        self.file = folder / "camwatch.sqlite3"
        backups = Backups(self.file, folder / "backups", self.clock)
        with Database.open(self.file, clock=self.clock) as database:
            gate = database.cameras.add(settings())
            database.counts.save([sample(gate, second) for second in range(5000)], [])
            if has_copy:
                backups.make()
            database.counts.save([sample(gate, 7200)], [])
        with self.file.open("r+b") as stream:
            stream.seek(-10 * 4096, os.SEEK_END)
            stream.write(b"\xa5" * 4096)
        self.damaged = self.file.read_bytes()
        self.work = work
        self.dialog = RepairDialog(
            RepairDesk(self.file, backups, self.clock), work, "what opening said", BERLIN
        )

    def show(self, qtbot: QtBot) -> RepairDialog:
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        qtbot.waitExposed(self.dialog)
        self.dialog.begin()
        return self.dialog

    def kept(self) -> list[bytes]:
        return [each.read_bytes() for each in self.file.parent.glob("*.corrupt-*Z")]


@pytest.mark.fault("F74")
@pytest.mark.expects_warning
def test_it_says_what_would_be_missing_and_restores_the_copy(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path, PromptWork())
    dialog = bench.show(qtbot)
    assert dialog.title.text() == "The history is damaged"
    assert dialog.restore.button.text() == "&Restore the copy of 2 Mar 2026, 13:00"
    assert "2 Mar 2026, 14:23" in dialog.restore.words.text()  # the last one in the copy
    assert "until 2 Mar 2026, 15:00, is missing" in dialog.restore.words.text()
    assert str(bench.file) in dialog.facts.text()
    assert dialog.focusWidget() is dialog.restore.button
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog.restore.button, Qt.Key.Key_Space)
    assert bench.kept() == [bench.damaged]
    with Database.open(bench.file) as database:
        assert database.check() == "ok"


@pytest.mark.fault("F74")
@pytest.mark.expects_warning
def test_what_can_be_read_is_told_before_going_on(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path, PromptWork())
    dialog = bench.show(qtbot)
    dialog.salvage.button.click()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert "rows were saved" in dialog.notice.title.text()
    assert "could not be read at one place" in dialog.notice.text.text()
    assert dialog.restore.isHidden()
    assert bench.kept() == [bench.damaged]
    with qtbot.waitSignal(dialog.accepted):
        dialog.open_button.click()


@pytest.mark.fault("F75")
@pytest.mark.expects_warning
def test_without_a_copy_nothing_is_begun_anew_by_mistake(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path, PromptWork(), has_copy=False)
    bench.file.write_bytes(b"something else " * 500)
    dialog = bench.show(qtbot)
    assert not dialog.restore.button.isEnabled()
    assert dialog.salvage.isHidden()
    assert dialog.focusWidget() is dialog.quit_button
    dialog.anew.button.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    box.reject()
    assert bench.kept() == []
    dialog.anew.button.click()
    boxes = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    begin = next(one for one in boxes[0].buttons() if one.text() == "Begin a new history")
    with qtbot.waitSignal(dialog.accepted):
        begin.click()
    assert bench.kept() == [b"something else " * 500]


@pytest.mark.expects_warning
def test_it_cannot_be_closed_while_files_are_put_in_place(qtbot: QtBot, tmp_path: Path) -> None:
    work = HeldWork()
    bench = Bench(tmp_path, work)
    dialog = bench.show(qtbot)
    assert dialog.quit_button.isEnabled()  # nothing is changed by looking
    work.finish_all()
    dialog.restore.button.click()
    dialog.reject()
    assert dialog.isVisible()
    assert not dialog.quit_button.isEnabled()
    assert not dialog.anew.button.isEnabled()
    with qtbot.waitSignal(dialog.accepted):
        work.finish_all()


def test_what_cannot_be_done_is_told_and_leaves_the_rest(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path, PromptWork())
    dialog = bench.show(qtbot)
    copy = next((tmp_path / "backups").iterdir())
    with copy.open("r+b") as stream:
        stream.seek(-10 * 4096, os.SEEK_END)
        stream.write(b"\xa5" * 4096)
    dialog.restore.button.click()
    assert dialog.notice.isVisible()
    assert copy.name in dialog.notice.text.text()
    assert dialog.salvage.button.isEnabled()
    assert bench.file.read_bytes() == bench.damaged
    with qtbot.waitSignal(dialog.rejected):
        dialog.quit_button.click()


@pytest.mark.fault("F74")
def test_damage_that_is_found_later_is_told_over_the_window(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = EventBridge(bus)
    banners = Banners(bridge, BERLIN, Banner(Gravity.INFO), Banner(Gravity.INFO), lambda: ())
    qtbot.addWidget(banners)
    bus.publish(HistoryDamaged(NOON, "Tree 14 page 60: btreeInitPage() returns error code 11"))
    qtbot.waitUntil(lambda: "The history is damaged" in banners.damage.text)
    assert "live view and counting go on" in banners.damage.text
    bus.publish(HistoryDamaged(NOON + timedelta(days=1), "ok"))
    qtbot.waitUntil(lambda: banners.damage.text == "")
    bridge.close()


def test_the_error_text_of_damage_names_what_helps() -> None:
    assert "start" in text_for(DatabaseDamaged("x")).what_to_do
