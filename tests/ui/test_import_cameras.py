"""Importing and exporting lists of cameras in the window: real commands, threads and files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.commands.camera_table import read_list, save_list
from camwatch.domain import Role
from camwatch.errors import InvalidSetting
from camwatch.events import Bus
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.export_saver import ExportSaver
from camwatch.ui.cameras.find_dialog import FindDialog
from camwatch.ui.cameras.import_dialog import ImportDialog
from camwatch.ui.cameras.import_table import Column, ImportModel
from camwatch.ui.cameras.page import CamerasPage
from tests.ui.many_edges import ManyBench, many_bench
from tests.ui.screen_edges import CommandDesk, PromptWork, a_session

GOOD = """\
name,location,site,address,username,password
Gate,Yard,North,http://10.0.0.7/a.jpg,op,canary-1
Hall,House,North,rtsp://op:canary-2@10.0.0.8/sub,,
"""
BAD = "Roof,,South,http://127.1/a,a:b,canary-3\nRamp,Yard,,10.0.0.7/a.jpg,,\n"


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[ManyBench]:
    with many_bench(tmp_path) as bench:
        yield bench


def looking_at(qtbot: QtBot, bench: ManyBench, data: str | bytes, folder: Path) -> ImportDialog:
    """Return the dialog, once it shows what a file holds."""
    file = folder / "list.csv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    dialog = ImportDialog(bench.commands, bench.session, bench.pool)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.look_at(file)
    qtbot.waitUntil(dialog.busy.isHidden)
    return dialog


def test_at_first_there_is_an_example_and_nothing_to_import(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = ImportDialog(bench.commands, bench.session, bench.pool)
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.example.isVisible()
    assert not dialog.import_button.isEnabled()
    dialog.choose_button.click()
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    chooser.reject()


def test_a_clean_list_is_imported_after_it_was_looked_at(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    dialog = looking_at(qtbot, bench, GOOD, tmp_path)
    assert dialog.summary.text() == "All 2 cameras can be added"
    assert not dialog.only_problems.isVisible()
    assert not dialog.good_button.isVisible()
    assert bench.cameras() == []
    with qtbot.waitSignal(dialog.imported) as imported:
        dialog.import_button.click()
    assert [camera.name for camera in imported.args[0]] == ["Gate", "Hall"]
    assert sorted(bench.keyring.entries.values()) == ["canary-1", "canary-2"]
    assert not dialog.isVisible()


@pytest.mark.fault("F135")
def test_problems_come_first_are_told_in_full_and_keep_the_list_out(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    dialog = looking_at(qtbot, bench, GOOD + BAD, tmp_path)
    shown = dialog.table.shown
    assert [shown.index(row, Column.NAME).data() for row in range(4)] == [
        *("Roof", "Ramp", "Gate", "Hall")
    ]
    assert dialog.summary.text() == "3 cameras can be added, 1 has a problem"
    assert "Location: is missing" in dialog.about.text()
    assert "Username: must not contain a colon" in dialog.about.text()
    assert not dialog.import_button.isEnabled()
    dialog.only_problems.setChecked(True)
    assert shown.rowCount() == 1
    dialog.only_problems.setChecked(False)
    assert shown.rowCount() == 4
    with qtbot.waitSignal(dialog.imported):
        dialog.good_button.click()
    assert [camera.name for camera in bench.cameras()] == ["Gate", "Hall", "Ramp"]


@pytest.mark.fault("F135")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "workbook"),
        (b"a,b\n1,2\n", "no column “name”"),
        (b"name,address\n" + b"x,y\n" * 100_000, "more than 1000 cameras"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path, data: bytes, words: str
) -> None:
    dialog = looking_at(qtbot, bench, data, tmp_path)
    assert words in dialog.notice.text.text()
    assert dialog.example.isVisible()
    assert not dialog.import_button.isEnabled()


def test_another_file_takes_the_place_of_the_first(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    dialog = looking_at(qtbot, bench, GOOD + BAD, tmp_path)
    dialog.look_at(tmp_path / "missing.csv")
    qtbot.waitUntil(dialog.busy.isHidden)
    assert "cannot be read" in dialog.notice.text.text()
    assert dialog.about.text() == ""
    other = tmp_path / "other.csv"
    other.write_bytes(GOOD.replace("site", "zone").encode())
    dialog.look_at(other)
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert dialog.notice.text.text() == "Not read: “zone”."


def test_stopping_leaves_nothing_and_it_can_be_imported_again(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    dialog = looking_at(qtbot, bench, GOOD, tmp_path)
    bench.keyring.may_write.clear()
    dialog.import_button.click()
    qtbot.waitUntil(lambda: bench.keyring.writes == 1)
    assert dialog.running.isVisible()
    dialog.reject()
    assert dialog.isVisible()
    assert not dialog.stop_button.isEnabled()
    bench.keyring.may_write.set()
    qtbot.waitUntil(lambda: dialog.notice.title.text() == "Stopped")
    assert (bench.cameras(), bench.keyring.entries) == ([], {})
    with qtbot.waitSignal(dialog.imported):
        dialog.import_button.click()


@pytest.mark.expects_warning
def test_without_a_keyring_passwords_can_be_kept_in_memory(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    dialog = looking_at(qtbot, bench, GOOD, tmp_path)
    bench.keyring.refuses = OSError("the wallet is full")
    dialog.import_button.click()
    qtbot.waitUntil(dialog.keep_in_memory.isVisible)
    assert bench.cameras() == []
    dialog.keep_in_memory.setChecked(True)
    with qtbot.waitSignal(dialog.imported):
        dialog.import_button.click()


def test_the_model_keeps_qts_rules(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = ImportModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.set_rows(read_list((GOOD + BAD).encode(), []).rows)
    model.set_rows(())


def test_texts_of_a_list_stay_plain_text_and_passwords_are_not_shown(qtbot: QtBot) -> None:
    model = ImportModel()
    rows = read_list(
        b"name,location,address,username,password\n"
        b"<b>Gate</b>,Yard,http://10.0.0.7/a?pwd=canary,op,canary\n"
        b"Hall,Yard,http://op:canary@127.0.0.1/a,,\n",
        [],
    ).rows
    model.set_rows(rows)
    for row in range(2):
        for column in Column:
            index = model.index(row, column)
            hint = index.data(Qt.ItemDataRole.ToolTipRole)
            assert "canary" not in f"{index.data()}{hint}"
            assert "<b>" not in hint


# ---------------------------------------------------------------- export


def page_of(qtbot: QtBot, bench: ManyBench) -> CamerasPage:
    page = CamerasPage(bench.commands, bench.session, bench.pool, EventBridge(bench.bus))
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    return page


def test_the_list_is_saved_without_passwords(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    bench.commands.import_cameras(
        bench.session, bench.commands.preview_import(bench.session, GOOD.encode())
    )
    page = page_of(qtbot, bench)
    page.many.export_action.trigger()
    saver = page.findChild(ExportSaver)
    assert saver is not None
    saver.save(str(tmp_path / "out.csv"))
    qtbot.waitUntil(lambda: page.many.notice.title.text() == "The list is saved as out.csv.")
    assert "No password is in it" in page.many.notice.text.text()
    data = (tmp_path / "out.csv").read_bytes()
    assert b"canary" not in data
    assert len(read_list(data, []).good) == 2
    page.many.notice.button.click()
    assert not page.many.notice.isVisible()
    page.many.export_list()
    again = page.findChildren(ExportSaver)[-1]
    again.save(str(tmp_path / "no such folder" / "out.csv"))
    qtbot.waitUntil(lambda: "cannot be written" in page.many.notice.text.text())


def test_a_file_that_cannot_be_written_stays_what_it_was(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.mkdir()
    with pytest.raises(InvalidSetting):
        save_list(file, b"new")
    assert list(tmp_path.iterdir()) == [file]


# ---------------------------------------------------------------- the page


def test_the_page_leads_to_both_dialogs_and_tells_what_came_of_them(
    qtbot: QtBot, bench: ManyBench, tmp_path: Path
) -> None:
    page = page_of(qtbot, bench)
    page.many.find_action.trigger()
    wizard = page.findChild(FindDialog)
    assert wizard is not None
    assert wizard.isVisible()
    wizard.reject()
    page.many.import_action.trigger()
    dialog = page.findChild(ImportDialog)
    assert dialog is not None
    file = tmp_path / "list.csv"
    file.write_text(GOOD, "utf-8")
    dialog.look_at(file)
    qtbot.waitUntil(dialog.import_button.isEnabled)
    dialog.import_button.click()
    qtbot.waitUntil(page.many.notice.isVisible)
    assert page.many.notice.title.text() == "2 cameras are added."
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPERVISOR])
def test_who_may_not_edit_cannot_even_open_the_menu(qtbot: QtBot, role: Role) -> None:
    work = PromptWork()
    page = CamerasPage(CommandDesk(), a_session(role), work, EventBridge(Bus()))
    qtbot.addWidget(page)
    assert not page.many.button.isEnabled()
    assert "Your role does not let you" in page.many.button.toolTip()
