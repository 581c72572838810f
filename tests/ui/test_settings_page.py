"""The page of the settings, how the screen looks, and the workspace file, in real widgets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.settings_described import DESCRIBED
from camwatch.commands.workspace_diff import DiffItem, Part, Verdict, WorkspaceDiff
from camwatch.config import Display, Settings
from camwatch.data.workspaces import WorkspaceSteps
from camwatch.domain import Role
from camwatch.errors import ChangedMeanwhile, InvalidSetting, InvalidSettings
from camwatch.ui.forms import CalmComboBox, CalmSpinBox
from camwatch.ui.settings.appearance import AppearanceDialog
from camwatch.ui.settings.finding import found_settings
from camwatch.ui.settings.page import SettingsPage
from camwatch.ui.settings.workspace_dialog import WorkspaceDialog
from tests.ui.screen_edges import CommandDesk, HeldWork, a_session

FROZEN = "cameras.frozen_after"
UTC = ZoneInfo("UTC")


class Bench:
    """A page with its commands."""

    def __init__(self, qtbot: QtBot, session: Session | None = None) -> None:
        self.desk, self.work = CommandDesk(), HeldWork()
        self.session = session or a_session(Role.ADMINISTRATOR)
        self.page = SettingsPage(self.desk, self.session, self.work)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 800)
        self.page.show()
        self.work.finish_all()

    def enter(self, key: str, value: int) -> None:
        box = self.page._rows[key].entry.input
        assert isinstance(box, CalmSpinBox)
        box.setValue(value)

    def shown(self) -> set[str]:
        return {key for key, row in self.page._rows.items() if row.isVisibleTo(self.page)}

    def save(self) -> None:
        self.page.save_button.click()
        self.work.finish_all()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_all_settings_are_there_and_each_has_a_name_to_be_heard(bench: Bench) -> None:
    assert bench.shown() == {one.key for one in DESCRIBED}
    for row in bench.page._rows.values():
        assert row.entry.input.accessibleName() == row.state.about.title


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("identical pictures", FROZEN),
        ("frozen_after", FROZEN),
        ("COLOURS", "display.theme"),
        ("high contrast", "display.theme"),
        ("everything goes", ""),
    ],
)
def test_a_setting_is_found_by_what_is_said_of_it(bench: Bench, words: str, key: str) -> None:
    bench.page.search.setText(words)
    bench.page._filter()
    assert (key in bench.shown()) is bool(key)
    assert len(bench.shown()) < 6
    assert bench.page.empty.isVisibleTo(bench.page) is not bool(key)


def test_a_change_is_saved_undone_and_nothing_else_written(bench: Bench) -> None:
    bench.enter(FROZEN, 30)
    assert bench.page.save_button.isVisibleTo(bench.page)
    bench.save()
    assert bench.desk.asked[-2] == ("change_settings", {FROZEN: 30}, "as it is")
    assert not bench.page.save_button.isVisibleTo(bench.page)
    assert "Identical pictures" in bench.page.notice.text.text()
    bench.page.only_changed.setChecked(True)
    assert bench.shown() == {FROZEN}
    bench.page.notice.button.click()
    bench.work.finish_all()
    assert bench.desk.settings == Settings()


def test_the_default_comes_back_as_nothing_written(bench: Bench) -> None:
    bench.enter(FROZEN, 30)
    bench.save()
    bench.page._rows[FROZEN].default_button.click()
    bench.save()
    assert ("change_settings", {FROZEN: None}, "as it is") in bench.desk.asked


def test_a_refused_value_is_told_at_its_field(bench: Bench) -> None:
    line = bench.page._rows["display.time_zone"].entry.input
    assert isinstance(line, QLineEdit)
    line.setText("Mars/Base")
    line.textEdited.emit("Mars/Base")
    bench.desk.fail(
        "change_settings", InvalidSettings([InvalidSetting("display.time_zone", "is none")])
    )
    bench.save()
    row = bench.page._rows["display.time_zone"]
    assert row.message.text() == "is none"
    assert row.message.isVisibleTo(bench.page)
    assert line.text() == "Mars/Base"
    bench.page.discard_button.click()
    assert line.text() == ""


def test_what_was_entered_stays_when_the_file_was_changed_meanwhile(bench: Bench) -> None:
    bench.enter(FROZEN, 30)
    bench.desk.fail("change_settings", ChangedMeanwhile("settings.toml"))
    bench.save()
    assert bench.page.edited == {FROZEN: 30}
    assert "changed meanwhile" in bench.page.notice.title.text()


def test_looks_are_told_and_the_page_of_the_next_window_is_where_this_was(
    bench: Bench, qtbot: QtBot
) -> None:
    told: list[Display] = []
    bench.page.appearance_changed.connect(told.append)
    bench.page.search.setText("colours")
    bench.page._filter()
    box = bench.page._rows["display.theme"].entry.input
    assert isinstance(box, CalmComboBox)
    box.setCurrentIndex(box.findData("light"))
    box.activated.emit(box.currentIndex())
    bench.save()
    assert [one.theme for one in told] == ["light"]
    other = Bench(qtbot)
    other.page.return_to(bench.page.place)
    other.page.reload()
    other.work.finish_all()
    assert other.page.search.text() == "colours"
    assert "display.theme" in other.shown()
    assert other.page.notice.button.text() == "Undo"


def test_a_setting_of_a_dialog_is_shown_and_leads_there(bench: Bench) -> None:
    wanted: list[str] = []
    bench.page.dialog_wanted.connect(wanted.append)
    row = bench.page._rows["history.sample_days"]
    row.open_button.click()
    bench.page.links.buttons["vault"].click()
    assert wanted == ["storage", "vault"]
    assert not row.is_edited


def test_what_a_role_may_not_change_is_read_only_and_says_why(qtbot: QtBot) -> None:
    boss = a_session(Role.ADMINISTRATOR)
    may = boss.role.permissions - {Permission.MANAGE_SECURITY}
    bench = Bench(qtbot, replace(boss, role=replace(boss.role, permissions=may)))
    row = bench.page._rows["security.lock_after_min"]
    assert not row.entry.input.isEnabled()
    assert "role" in row.note.text()
    assert "login_service" not in bench.page.links.buttons


def test_settings_are_found_from_elsewhere(bench: Bench) -> None:
    found = found_settings(bench.session)
    assert {one.key for one in found if one.key} == {one.key for one in DESCRIBED}
    assert all(one.title and one.description for one in found)
    assert found_settings(a_session(Role.VIEWER)) == ()
    bench.page.show_setting(FROZEN)
    assert bench.shown() == {FROZEN}


def test_appearance_is_read_chosen_and_told(qtbot: QtBot) -> None:
    desk, work = CommandDesk(), HeldWork()
    dialog = AppearanceDialog(desk, a_session(Role.VIEWER), work)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    work.finish_all()
    assert dialog.focusWidget() is dialog.language.buttons["auto"]
    QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert dialog.focusWidget() is dialog.theme.buttons["dark"]
    told: list[Display] = []
    dialog.saved.connect(told.append)
    dialog.theme.buttons["contrast"].click()
    dialog.text_size.buttons["150"].click()
    dialog.motion.setChecked(True)
    dialog.do_button.click()
    work.finish_all()
    wanted = Display(theme="contrast", text_percent=150, reduced_motion=True)
    assert told == [wanted]
    assert desk.asked[-1] == ("set_appearance", wanted)


def test_a_workspace_is_looked_at_brought_in_and_rolled_back(qtbot: QtBot, tmp_path: Path) -> None:
    desk, work = CommandDesk(), HeldWork()
    desk.difference = WorkspaceDiff(
        (
            DiffItem(Part.CAMERAS, Verdict.ADDED, "Yard", needs_password=True),
            DiffItem(Part.CAMERAS, Verdict.CHANGED, "Gate", (("location", "Hall", "Yard"),)),
            DiffItem(Part.RULES, Verdict.REFUSED, "Full", reason="names what is not there"),
            DiffItem(Part.SETTINGS, Verdict.SAME, FROZEN),
        ),
        WorkspaceSteps(),
        (),
        "as seen",
    )
    file = tmp_path / "workspace.json"
    file.write_text(json.dumps({}))
    dialog = WorkspaceDialog(desk, a_session(Role.ADMINISTRATOR), work, UTC)
    qtbot.addWidget(dialog)
    dialog.show()
    work.finish_all()
    assert dialog.back_button.text() == "&Roll back the import of 2026-07-01 12:00"
    dialog.read(str(file))
    work.finish_all()
    texts = dialog.list.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive, 0)
    shown = [one.text(0) for one in texts]
    assert "New: Yard" in shown
    assert "Cannot be taken: Full" in shown
    assert f"The same: {FROZEN}" not in shown
    assert not dialog.parts[Part.RULES].isEnabled()
    dialog.import_button.click()
    work.finish_all()
    assert ("import_workspace", b"{}", frozenset({Part.CAMERAS}), "as seen") in desk.asked
    assert "Yard" in dialog.notice.text.text()
    dialog.back_button.click()
    box = dialog.findChild(QMessageBox)
    assert box is not None
    assert "2026-07-01 12:00" in box.text()
    next(one for one in box.buttons() if one.text() == "Roll back").click()
    work.finish_all()
    assert ("take_back_workspace", 7) in desk.asked
    assert "Gate" in dialog.notice.text.text()
