"""The dialog about the history: what it says, what it asks before it deletes, what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import Permission
from camwatch.domain import Secret
from camwatch.errors import (
    ChangedMeanwhile,
    DiskFull,
    InvalidSetting,
    InvalidSettings,
    StorageError,
)
from camwatch.history.keeping import DatabaseServer, Retention, RetentionPreview, RowClass, Tls
from camwatch.ui.header import Header
from camwatch.ui.pages import PAGES
from camwatch.ui.storage import words
from camwatch.ui.storage.dialog import StorageDialog
from tests.commands.values import NOON
from tests.ui.live_edges import session
from tests.ui.screen_edges import HeldWork
from tests.ui.storage_edges import STATIONS, STATUS, StorageDeskOfTests

BERLIN = ZoneInfo("Europe/Berlin")
SERVER = DatabaseServer("db.example.com", 5433, "counts", "clerk", Tls.ENCRYPT)


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.desk = StorageDeskOfTests()
        self.work = HeldWork()
        self.dialog = StorageDialog(self.desk, session(), self.work, BERLIN)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.work.finish_all()

    def open(self, page: int) -> None:
        self.dialog.tabs.setCurrentIndex(page)

    def read_again(self) -> None:
        self.dialog.read()
        self.work.finish_all()

    def texts(self) -> str:
        QApplication.processEvents()  # new labels are shown then
        shown = [one.text() for one in self.dialog.findChildren(QLabel) if one.isVisible()]
        return "\n".join(shown).replace("\u200b", "")

    def answer(self, words: str) -> None:
        """Press a button of the question that is open."""
        question = self.dialog.question
        assert question is not None
        (button,) = [one for one in question.buttons() if one.text() == words]
        button.click()

    def asked(self, what: str) -> list[tuple[object, ...]]:
        return [one for one in self.desk.asked if one[0] == what]


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(qtbot)
    yield bench
    bench.dialog._is_discarding = True


# ---------------------------------------------------------------- how it is


def test_it_says_where_the_history_is_and_what_is_in_it(bench: Bench) -> None:
    said = bench.texts()
    for part in (
        "What is counted is saved, last at 13:00:00.",
        "no fault inside",
        "/home/operator/.local/share/CamWatch/camwatch.sqlite3",
        "SQLite 3.40.1",
        "1.3 GiB",
        "About 77.4 million",
        "Since 16 Feb 2026, kept for 2 weeks",
        "kept for ever",
    ):
        assert part in said, part
    assert not bench.dialog.state_page.rebuild_button.isVisible()


def test_what_is_wrong_is_said_first(bench: Bench) -> None:
    bench.desk.status = replace(
        STATUS,
        warnings=("Only 300 MiB are free.",),
        verdict="row 17 missing",
        workstations=STATIONS,
        rebuild_s=40,
    )
    bench.read_again()
    said = bench.texts()
    for part in ("The history has faults inside.", "row 17 missing", "Only 300 MiB are free."):
        assert part in said
    assert "guard-desk (this computer)" in said
    assert bench.dialog.state_page.rebuild_button.isVisible()
    bench.desk.status = replace(STATUS, waiting_rows=1200, spooled_rows=1000)
    bench.read_again()
    assert "is not saved now" in bench.texts()
    assert "Only 300 MiB" not in bench.texts()


def test_the_file_is_written_anew_only_after_a_question(bench: Bench) -> None:
    bench.desk.status = replace(STATUS, rebuild_s=40)
    bench.read_again()
    bench.dialog.state_page.rebuild_button.click()
    bench.answer("Cancel")
    assert bench.work.waiting == 0
    bench.dialog.state_page.rebuild_button.click()
    bench.answer("Write it anew")
    bench.work.finish_all()
    assert bench.asked("rebuild")
    assert not bench.dialog.state_page.rebuild_button.isVisible()


def test_a_check_tells_what_it_found(bench: Bench) -> None:
    bench.dialog.state_page.check_button.click()
    bench.work.finish_all()
    assert "There is no fault inside the history." in bench.texts()


def test_a_history_that_cannot_be_read_is_told_and_looked_at_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.is_away = True
    bench.read_again()
    assert "The database cannot be used" in bench.texts()
    bench.desk.is_away = False
    bench.dialog.notice.button.click()
    bench.work.finish_all()
    assert "The database cannot be used" not in bench.texts()


# ---------------------------------------------------------------- how long


def enter_a_week(bench: Bench) -> None:
    bench.open(1)
    bench.dialog.retention_page.boxes[RowClass.SAMPLES].setValue(7)


def preview(bench: Bench, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bench.work.waiting == 1)
    bench.work.finish_all()


def test_a_shorter_time_is_previewed_asked_for_and_applied(bench: Bench, qtbot: QtBot) -> None:
    page = bench.dialog.retention_page
    enter_a_week(bench)
    assert not page.apply_button.isEnabled()
    preview(bench, qtbot)
    said = "Deletes about 38.7 million single measurements, and frees about 1020 MiB."
    assert said in bench.texts()
    page.apply_button.click()
    question = bench.dialog.question
    assert question is not None
    assert said in question.informativeText()
    bench.answer("Keep it")
    assert not bench.asked("set")
    page.apply_button.click()
    bench.answer("Delete")
    bench.work.finish_all()
    assert bench.asked("set") == [("set", Retention(sample_days=7), bench.desk.preview)]
    assert "This holds from now on." in bench.texts()
    assert not page.is_changed


def test_what_deletes_nothing_is_not_asked_for(bench: Bench, qtbot: QtBot) -> None:
    bench.desk.preview = RetentionPreview((), 0)
    bench.open(1)
    page = bench.dialog.retention_page
    page.boxes[RowClass.SAMPLES].setValue(30)
    preview(bench, qtbot)
    page.apply_button.click()
    bench.work.finish_all()
    assert bench.asked("set") == [("set", Retention(sample_days=30), bench.desk.preview)]


def test_an_answer_about_what_is_no_longer_entered_is_not_shown(bench: Bench, qtbot: QtBot) -> None:
    enter_a_week(bench)
    qtbot.waitUntil(lambda: bench.work.waiting == 1)
    bench.dialog.retention_page.boxes[RowClass.SAMPLES].setValue(8)
    bench.work.finish()
    assert bench.dialog.retention_page.preview is None
    assert not bench.dialog.retention_page.apply_button.isEnabled()


def test_refused_values_are_told_at_their_fields_and_stay(bench: Bench, qtbot: QtBot) -> None:
    bench.desk.error = InvalidSettings([InvalidSetting("minute_days", "must be longer")])
    enter_a_week(bench)
    preview(bench, qtbot)
    page = bench.dialog.retention_page
    assert page.fields["minute_days"].problem == "Minutes must be longer."
    assert page.entered() == Retention(sample_days=7)
    assert not page.apply_button.isEnabled()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InvalidSettings([InvalidSetting("settings.toml", "cannot be changed")]), "settings.toml"),
        (ChangedMeanwhile("What would be deleted"), "meanwhile"),
    ],
)
def test_what_was_entered_stays_when_it_cannot_be_applied(
    bench: Bench, qtbot: QtBot, error: InvalidSettings | ChangedMeanwhile, said: str
) -> None:
    enter_a_week(bench)
    preview(bench, qtbot)
    page = bench.dialog.retention_page
    page.apply_button.click()
    bench.desk.error = error
    bench.answer("Delete")
    bench.work.finish()
    bench.desk.error = None
    assert said in bench.texts()
    assert page.entered() == Retention(sample_days=7)
    assert page.is_changed


def test_hours_are_kept_for_ever_or_for_a_time(bench: Bench) -> None:
    bench.open(1)
    page = bench.dialog.retention_page
    assert page.for_ever.isChecked()
    assert not page.boxes[RowClass.HOURS].isVisible()
    told = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    assert "= 10.0 years" not in told, "for ever is not ten years"
    page.for_ever.setChecked(False)
    page.boxes[RowClass.HOURS].setValue(1000)
    assert page.entered() == Retention(hour_days=1000)
    page.reset_button.click()
    assert page.entered() == Retention()
    assert not page.is_changed


def test_a_new_status_does_not_overwrite_what_is_being_entered(bench: Bench) -> None:
    enter_a_week(bench)
    bench.read_again()
    assert bench.dialog.retention_page.entered() == Retention(sample_days=7)


# ---------------------------------------------------------------- copies


def test_copies_are_listed_made_and_deleted(bench: Bench) -> None:
    bench.open(2)
    page = bench.dialog.copies_page
    assert page.model.rows() == 3
    assert not page.delete_button.isEnabled()
    page.make_button.click()
    assert page.busy.isVisible()
    assert not page.make_button.isEnabled()
    bench.work.finish_all()
    assert "The copy is made, and has no fault inside." in bench.texts()
    assert page.model.rows() == 4
    page.table.selectRow(0)
    page.delete_button.click()
    bench.answer("Delete")
    bench.work.finish_all()
    assert page.model.rows() == 3
    assert len(bench.asked("delete")) == 1


def test_a_copy_that_cannot_be_made_says_why(bench: Bench) -> None:
    bench.open(2)
    bench.desk.error = DiskFull("There is no room left for the copy.")
    bench.dialog.copies_page.make_button.click()
    bench.work.finish_all()
    assert "no room left" in bench.texts()
    assert bench.dialog.copies_page.make_button.isEnabled()


def test_without_copies_it_says_when_there_will_be_one(bench: Bench) -> None:
    bench.desk.status = replace(STATUS, backups=())
    bench.read_again()
    bench.open(2)
    assert "There is no copy yet" in bench.texts()
    bench.desk.status = replace(STATUS, engine="PostgreSQL", backups=())
    bench.read_again()
    assert "The server makes its own copies" in bench.texts()
    assert not bench.dialog.copies_page.make_button.isVisible()


# ---------------------------------------------------------------- where


def enter_server(bench: Bench) -> None:
    bench.open(3)
    page = bench.dialog.place_page
    page.server_choice.setChecked(True)
    for line, text in (
        (page.host, SERVER.host),
        (page.database, SERVER.database),
        (page.user, SERVER.user),
        (page.password.line, "hidden words"),
    ):
        line.setText(text)
    page.port.setValue(SERVER.port)
    page.tls.setCurrentIndex(1)


def test_a_server_is_tried_and_used_from_the_next_start(bench: Bench) -> None:
    enter_server(bench)
    page = bench.dialog.place_page
    page.try_button.click()
    bench.work.finish_all()
    assert "PostgreSQL 15.14 answers." in bench.texts()
    page.use_button.click()
    bench.answer("Use it")
    bench.work.finish_all()
    secret = Secret("hidden words")
    assert [one[0] for one in bench.desk.asked if one[0] in {"try", "use"}] == ["try", "use"]
    for asked in (*bench.asked("try"), *bench.asked("use")):
        assert asked[1] == SERVER
        assert isinstance(asked[2], Secret)
        assert asked[2].reveal() == secret.reveal()
    assert "From the next start on the history is kept in the server db.example.com." in (
        bench.texts()
    )
    assert page.password.text() == ""
    assert not page.is_changed


def test_without_a_password_the_one_that_is_kept_is_meant(bench: Bench) -> None:
    enter_server(bench)
    bench.dialog.place_page.password.line.clear()
    bench.dialog.place_page.try_button.click()
    bench.work.finish_all()
    assert bench.asked("try") == [("try", SERVER, None)]


def test_what_is_missing_is_told_at_its_field(bench: Bench) -> None:
    bench.open(3)
    page = bench.dialog.place_page
    page.server_choice.setChecked(True)
    page.try_button.click()
    assert page.fields["host"].problem == "Host is needed."
    assert bench.work.waiting == 0


@pytest.mark.parametrize(
    "error",
    [
        StorageError("The server does not answer."),
        InvalidSettings([InvalidSetting("history.server_host", "is no name of a computer")]),
    ],
)
def test_what_was_typed_stays_when_the_server_is_refused(
    bench: Bench, error: StorageError | InvalidSettings
) -> None:
    enter_server(bench)
    bench.desk.error = error
    page = bench.dialog.place_page
    page.try_button.click()
    bench.work.finish_all()
    said = bench.texts()
    assert "does not answer" in said or page.fields["host"].problem
    assert page.entered() == SERVER
    assert page.password.text() == "hidden words"


def test_certificates_matter_only_where_they_are_checked(bench: Bench) -> None:
    bench.open(3)
    page = bench.dialog.place_page
    page.server_choice.setChecked(True)
    assert page.ca_file.isEnabled()
    page.tls.setCurrentIndex(2)
    assert not page.ca_file.isEnabled()
    assert "Anybody on the way can read" in bench.texts()


def test_back_to_the_file(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.status = replace(STATUS, server=SERVER)
    bench.read_again()
    page = bench.dialog.place_page
    assert page.entered() == SERVER
    page.file_choice.setChecked(True)
    assert not page.try_button.isVisibleTo(page)
    page.use_button.click()
    bench.answer("Use it")
    bench.work.finish_all()
    assert bench.asked("use") == [("use", None, None)]


# ---------------------------------------------------------------- all of it


def test_workstations_have_a_page_only_where_there_are_several(bench: Bench) -> None:
    place = bench.dialog.tabs.indexOf(bench.dialog.stations_page)
    assert not bench.dialog.tabs.isTabVisible(place)
    bench.desk.status = replace(STATUS, workstations=STATIONS)
    bench.read_again()
    assert bench.dialog.tabs.isTabVisible(place)
    bench.open(place)
    assert "guard-desk (this computer)" in bench.texts()


def test_what_was_entered_is_not_lost_by_escape(bench: Bench) -> None:
    enter_a_week(bench)
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    assert bench.dialog.isVisible()
    bench.answer("Keep editing")
    assert bench.dialog.isVisible()
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    bench.answer("Discard")
    assert not bench.dialog.isVisible()


def test_every_part_has_a_name_and_letters_are_not_used_twice(bench: Bench) -> None:
    tabs = bench.dialog.tabs
    letters = [_letter(tabs.tabText(index)) for index in range(tabs.count())]
    assert len(set(letters)) == len(letters)
    for index in range(tabs.count()):
        bench.open(index)
        page = tabs.widget(index)
        assert page is not None
        if index == 3:
            bench.dialog.place_page.server_choice.setChecked(True)
        buttons: list[QAbstractButton] = page.findChildren(QAbstractButton)
        parts: list[QAbstractButton | QLabel] = [*buttons, *page.findChildren(QLabel)]
        used = [one.text() for one in parts if one.isVisible() and _letter(one.text())]
        found = [_letter(text) for text in used]
        assert len(set(found)) == len(found), used
        assert not set(found) & set(letters), used
        for button in page.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.text() or button.accessibleName()


def _letter(text: str) -> str:
    place = text.replace("&&", "").find("&")
    return text.replace("&&", "")[place + 1].lower() if place >= 0 else ""


def test_only_who_may_manage_the_history_finds_the_way_here(qtbot: QtBot) -> None:
    for may in (True, False):
        one = session()
        if not may:
            less = replace(one.role, permissions=one.role.permissions - {Permission.MANAGE_HISTORY})
            one = replace(one, role=less)
        header = Header(PAGES, one)
        qtbot.addWidget(header)
        menu = header._operator.menu()
        assert menu is not None
        found = [one for one in menu.actions() if one.text() == "History and storage…"]
        assert len(found) == int(may)
        for action in found:
            with qtbot.waitSignal(header.storage_requested):
                action.trigger()


def test_numbers_are_said_as_people_say_them() -> None:
    assert [words.days(count) for count in (1, 7, 14, 90, 396, 1000)] == [
        "",
        "1 week",
        "2 weeks",
        "3 months",
        "13 months",
        "2.7 years",
    ]
    assert words.about(9999) == "9\u202f999"
    assert words.about(98_432) == "about 98\u202f000"
    assert words.size(900) == "1 KiB"
    assert words.size(5 * 2**30) == "5.0 GiB"
    both = RetentionPreview(((RowClass.SAMPLES, 60), (RowClass.MINUTES, 1)), 2000)
    assert words.deletes(both) == (
        "Deletes 60 single measurements and 1 minute, and frees about 2 KiB."
    )
    assert words.moment_of(NOON + timedelta(hours=1), BERLIN).startswith("2 Mar 2026, 14:")
