"""Importing a list of users, and the one-time codes that come of it."""

from __future__ import annotations

import csv
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.auth.accounts import OneTimeCode
from camwatch.domain import Secret
from camwatch.errors import DatabaseBusy
from camwatch.ui.operators.codes_dialog import CodesDialog, codes_table
from camwatch.ui.operators.import_dialog import LARGEST_BYTES, ImportUsersDialog
from camwatch.ui.operators.import_table import Column, ImportModel
from tests.ui.operator_edges import OperatorDesk
from tests.ui.screen_edges import NOON, HeldWork, PromptWork, a_session
from tests.ui.users_bench import BERLIN, UsersBench, click, click_row, clipboard, users_bench

GOOD = "name,role\nuwe,Viewer\nvera,gatekeeper\n"
BAD = "maria,Viewer\nbad name,Boss\n"


@pytest.fixture
def bench(qtbot: QtBot) -> UsersBench:
    return users_bench(qtbot)


def looking_at(bench: UsersBench, data: str, folder: Path) -> ImportUsersDialog:
    """Return the dialog as it shows what a file holds."""
    file = folder / "users.csv"
    file.write_text(data, encoding="utf-8")
    click(bench.page.import_button)
    dialog = bench.dialog(ImportUsersDialog)
    dialog.look_at(file)
    return dialog


def test_at_first_there_is_an_example_and_nobody_to_add(bench: UsersBench) -> None:
    click(bench.page.import_button)
    dialog = bench.dialog(ImportUsersDialog)
    assert dialog.example.isVisible()
    assert not dialog.import_button.isEnabled()
    click(dialog.choose_button)
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    chooser.reject()


def test_a_clean_list_is_added_and_its_codes_are_shown(bench: UsersBench, tmp_path: Path) -> None:
    dialog = looking_at(bench, GOOD, tmp_path)
    assert dialog.summary.text() == "2 users can be added"
    assert [dialog.shown.index(row, Column.ROLE).data() for row in range(2)] == [
        *("Viewer", "Gatekeeper")
    ]
    assert "uwe" not in bench.names()
    click(dialog.import_button)
    codes = bench.dialog(CodesDialog)
    model = codes.table.model()
    assert [[model.index(row, column).data() for column in range(2)] for row in range(2)] == [
        ["uwe", "lusab-babad-gutih-t0001"],
        ["vera", "lusab-babad-gutih-t0002"],
    ]
    assert {"uwe", "vera"} <= set(bench.names())


def test_problems_come_first_are_told_in_full_and_keep_everybody_out(
    bench: UsersBench, tmp_path: Path
) -> None:
    dialog = looking_at(bench, GOOD + BAD, tmp_path)
    assert [dialog.shown.index(row, Column.LINE).data() for row in range(4)] == [*"4523"]
    assert dialog.summary.text() == "2 of 4 users have problems, so nobody can be added yet"
    assert not dialog.import_button.isEnabled()
    assert "all are added, or nobody" in dialog.import_button.toolTip()
    click_row(dialog.table, 1)
    assert "There is no role “Boss”." in dialog.about.text()
    assert "The name may have only letters" in dialog.about.text()
    click(dialog.only_problems)
    assert dialog.shown.rowCount() == 2
    dialog.add()
    assert bench.desk.count_of("import_operators") == 0


@pytest.mark.parametrize(
    ("data", "words"), [("", "has no columns"), ("a,b\n1,2\n", "has no columns")]
)
def test_a_file_that_is_no_list_is_refused_in_words(
    bench: UsersBench, tmp_path: Path, data: str, words: str
) -> None:
    dialog = looking_at(bench, data, tmp_path)
    assert words in dialog.notice.text.text()
    assert dialog.example.isVisible()
    assert not dialog.import_button.isEnabled()


def test_a_list_without_users_says_so(bench: UsersBench, tmp_path: Path) -> None:
    dialog = looking_at(bench, "name,role\n", tmp_path)
    assert dialog.summary.text() == "There is no user in the list"
    assert not dialog.import_button.isEnabled()


def test_a_file_that_cannot_be_read_is_told(bench: UsersBench, tmp_path: Path) -> None:
    dialog = looking_at(bench, GOOD, tmp_path)
    dialog.look_at(tmp_path / "missing.csv")
    assert "cannot be read" in dialog.notice.text.text()
    assert not dialog.import_button.isEnabled()


def test_a_huge_file_is_refused_and_not_cut(bench: UsersBench, tmp_path: Path) -> None:
    """Cut at any place it might look like a sound list of fewer users."""
    dialog = looking_at(bench, "name,role\n" + "jo,Viewer\n" * (LARGEST_BYTES // 10), tmp_path)
    assert "too large for a list of users" in dialog.notice.text.text()
    assert bench.desk.count_of("preview_operators") == 0


def test_a_name_of_ten_thousand_letters_makes_nothing_wider(
    bench: UsersBench, tmp_path: Path
) -> None:
    dialog = looking_at(bench, f"name,role\n{'x' * 10_000},{'y' * 10_000}\n", tmp_path)
    assert dialog.minimumSizeHint().width() <= 900
    assert len(dialog.shown.index(0, Column.NAME).data()) <= 100


def test_what_goes_wrong_while_adding_is_told_and_it_can_be_tried_again(
    bench: UsersBench, tmp_path: Path
) -> None:
    dialog = looking_at(bench, GOOD, tmp_path)
    bench.desk.trouble.append(("import_operators", DatabaseBusy("x")))
    click(dialog.import_button)
    assert dialog.notice.title.text() == "The database is in use"
    click(dialog.import_button)
    assert bench.is_open(CodesDialog)


def test_a_list_that_is_refused_meanwhile_adds_nobody(bench: UsersBench, tmp_path: Path) -> None:
    dialog = looking_at(bench, GOOD, tmp_path)
    bench.desk.add_operator(a_session(), "uwe", "viewer")
    click(dialog.import_button)
    assert "in use by another user" in dialog.notice.text.text()
    assert not bench.is_open(CodesDialog)


def test_while_users_are_added_the_dialog_stays(qtbot: QtBot, tmp_path: Path) -> None:
    """Closed, the codes would be lost."""
    work = HeldWork()
    bench = users_bench(qtbot, work=work)
    work.finish_all()
    dialog = looking_at(bench, GOOD, tmp_path)
    work.finish_all()
    click(dialog.import_button)
    dialog.reject()
    dialog.close()
    assert dialog.isVisible()
    work.finish()
    assert bench.is_open(CodesDialog)


def test_the_model_keeps_to_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model = ImportModel({"viewer": "Viewer"})
    model.set_records(OperatorDesk().preview_operators(a_session(), (GOOD + BAD).encode()).rows)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


# ---------------------------------------------------------------- codes


CODES = [
    OneTimeCode("vera", Secret("AAAA-BBBB"), NOON + timedelta(hours=72)),
    OneTimeCode("@home", Secret("-CCC-DDDD"), NOON + timedelta(hours=72)),
]


@pytest.fixture
def codes(qtbot: QtBot) -> CodesDialog:
    dialog = CodesDialog(PromptWork(), CODES, BERLIN)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_all_codes_can_be_copied_at_once(codes: CodesDialog) -> None:
    click(codes.copy_button)
    assert clipboard() == "vera\tAAAA-BBBB\n@home\t-CCC-DDDD\n"
    click(codes.close_button)
    assert not codes.isVisible()


def test_a_saved_file_is_for_its_owner_only_and_says_what_it_is(
    codes: CodesDialog, tmp_path: Path
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("old")
    file.chmod(0o644)
    codes.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [
        ["name", "one_time_code", "valid_until"],
        ["vera", "AAAA-BBBB", "2026-07-04T12:00:00+00:00"],
        ["'@home", "-CCC-DDDD", "2026-07-04T12:00:00+00:00"],
    ]
    assert "whoever reads the file can sign in" in codes.notice.text.text()
    assert "Delete it" in codes.notice.text.text()


def test_a_file_that_cannot_be_written_is_told(codes: CodesDialog, tmp_path: Path) -> None:
    codes.save(tmp_path / "missing" / "codes.csv")
    assert "cannot be written" in codes.notice.text.text()
    click(codes.close_button)
    assert codes.isVisible(), "nothing was kept, so it warns once"


def test_closing_without_keeping_the_codes_warns_once(codes: CodesDialog) -> None:
    click(codes.close_button)
    assert codes.isVisible()
    assert codes.notice.title.text() == "The codes were neither copied nor saved"
    click(codes.close_button)
    assert not codes.isVisible()


def test_the_file_dialog_says_what_is_saved(codes: CodesDialog) -> None:
    click(codes.save_button)
    chooser = codes.findChild(QFileDialog)
    assert chooser is not None
    assert "whoever reads the file can sign in" in chooser.windowTitle()
    chooser.reject()


def test_codes_stand_in_no_representation() -> None:
    assert "AAAA" not in repr(CODES)
    assert b"AAAA-BBBB" in codes_table(CODES)


def test_codes_are_sorted_by_name(codes: CodesDialog) -> None:
    codes.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert codes.table.model().index(0, 0).data() == "@home"
