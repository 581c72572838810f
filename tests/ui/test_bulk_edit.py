"""Changing several cameras at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.commands.camera_bulk import BulkChange
from camwatch.domain import Camera, CameraId, Role, Secret, SourceKind
from camwatch.errors import GivenUp, InvalidSetting, InvalidSettings, SecretsUnavailable
from camwatch.ui.cameras.bulk_edit import BulkEditDialog, present_values
from camwatch.ui.cameras.removal import names_in_short
from tests.ui.screen_edges import CommandDesk, HeldWork, PromptWork, a_camera, a_session
from tests.ui.test_camera_list import Bench, press, question_of, three

CAMERAS = [
    a_camera(1, "Gate", username="op", site="Store North"),
    a_camera(2, "Hall", username="op", site="Store North", interval_s=5.0),
    a_camera(3, "Yard", kind=SourceKind.RTSP, scheme="rtsp", stream_path="/s", interval_s=0.2),
]


def open_dialog(
    qtbot: QtBot,
    desk: CommandDesk,
    work: HeldWork | None = None,
    cameras: list[Camera] = CAMERAS,
) -> BulkEditDialog:
    dialog = BulkEditDialog(
        desk, a_session(), work or PromptWork(), cameras, ["Main site", "Store North"]
    )
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def test_nothing_is_changed_that_is_not_ticked(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = open_dialog(qtbot, desk)
    assert not dialog.save_button.isEnabled()
    assert "Nothing is ticked" in dialog.summary.text()
    dialog.save()
    assert desk.asked == []
    assert dialog.change().is_empty


def test_what_is_entered_is_ticked_and_told_before_it_is_done(qtbot: QtBot) -> None:
    desk = CommandDesk(CAMERAS)
    dialog = open_dialog(qtbot, desk)
    dialog.site.setEditText("Main site")
    dialog.watched.setCurrentIndex(1)
    dialog.interval.setValue(2.0)
    dialog.username.setText("viewer")
    dialog.password.line.setText("s3cret")
    dialog.transport.setCurrentIndex(1)
    dialog.changes["allow_basic"].box.click()
    said = dialog.summary.text()
    assert said == (
        "For 3 cameras: the site becomes “Main site”; they are switched off; a picture is "
        "counted every 2 s; they are asked as “viewer” with the new password; RTSP streams come "
        "over UDP; Basic sign-in without encryption is not allowed. All else stays as it is with "
        "each of them."
    )
    with qtbot.waitSignal(dialog.cameras_saved) as saved:
        dialog.save()
    assert desk.asked[-1] == (
        "edit_cameras",
        (CameraId(1), CameraId(2), CameraId(3)),
        BulkChange(
            site="Main site",
            is_enabled=False,
            interval_s=2.0,
            username="viewer",
            password=Secret("s3cret"),
            transport="udp",
            allow_basic=False,
        ),
        False,
    )
    assert len(saved.args[0]) == 3
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_a_tick_that_is_taken_back_changes_nothing(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, CommandDesk())
    dialog.username.setText("viewer")
    assert dialog.change() == BulkChange(username="viewer")
    assert "each keeps its password" in dialog.summary.text()
    dialog.username.clear()
    assert "taken away" in dialog.summary.text()
    dialog.changes["username"].box.click()
    assert dialog.change().is_empty


def test_what_the_cameras_have_now_is_told(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, CommandDesk())
    now = {name: change.now.text() for name, change in dialog.changes.items()}
    assert now["site"] == "Now: Store North (2), the default site (1)"
    assert now["is_enabled"] == "Now: Watched"
    assert now["interval_s"] == "Now: every 1 s (1), every 5 s (1), 5 times a second (1)"
    assert now["username"] == "Now: op (2), no sign-in (1)"
    assert present_values("abcdde") == "Now: d (2), a (1), b (1) and 2 more"


def test_the_transport_is_asked_of_rtsp_streams_only(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, CommandDesk(), cameras=CAMERAS[:2])
    assert not dialog.transport.isEnabled()
    assert dialog.changes["transport"].now.text() == "None of these is an RTSP stream"


def test_streams_alone_are_asked_for_pictures_per_second(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, CommandDesk(), cameras=[CAMERAS[2], CAMERAS[2]])
    assert dialog.changes["interval_s"].box.text() == "&Pictures per second"
    dialog.interval.setValue(8.0)
    assert dialog.change().interval_s == pytest.approx(0.125)


def test_a_refusal_names_the_camera_and_keeps_what_was_entered(qtbot: QtBot) -> None:
    desk = CommandDesk()
    refused = InvalidSettings([InvalidSetting("username", "is missing")], "Yard")
    desk.fail("edit_cameras", refused)
    dialog = open_dialog(qtbot, desk)
    dialog.password.line.setText("new")
    dialog.save()
    assert dialog.isVisible()
    assert dialog.notice.title.text() == "“Yard” cannot be changed like this, so none was"
    assert "The user name is missing." in dialog.notice.text.text()
    assert dialog.password.text() == "new"
    assert dialog.save_button.isEnabled()


def test_a_change_under_way_can_be_given_up(qtbot: QtBot) -> None:
    desk, work = CommandDesk(), HeldWork()
    desk.fail("edit_cameras", GivenUp())
    dialog = open_dialog(qtbot, desk, work)
    dialog.site.setEditText("Main site")
    dialog.save()
    assert dialog.busy.isVisible()
    assert not dialog.site.isEnabled()
    assert dialog.cancel_button.text() == "Give up"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    work.finish()
    cancel = desk.cancels[-1]
    assert cancel is not None
    assert cancel.is_set()
    assert "nothing was changed" in dialog.notice.text.text()
    dialog.cancel_button.click()
    assert not dialog.isVisible()


def test_without_a_keyring_the_password_can_be_kept_until_closing(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("edit_cameras", SecretsUnavailable("The keyring is locked."))
    dialog = open_dialog(qtbot, desk)
    dialog.password.line.setText("new")
    dialog.save()
    assert dialog.keep_in_memory.isVisible()
    dialog.keep_in_memory.click()
    dialog.save()
    assert desk.asked[-1][-1] is True


# ---------------------------------------------------------------- from the list


def test_several_rows_are_changed_and_stay_chosen(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    page = bench.page
    assert not page.bulk_button.isEnabled()
    page.table.choose([CameraId(1), CameraId(3)])
    assert page.bulk_button.text() == "&Change 2 cameras…"
    assert not page.edit_button.isEnabled()
    assert page.chosen_camera() is None
    page.table.activated.emit(page.model.index(0, 0))
    dialog = page.findChild(BulkEditDialog)
    assert dialog is not None
    dialog.watched.setCurrentIndex(1)
    dialog.save()
    command, ids, change, _ = bench.desk.asked[-3]
    assert (command, ids, change) == (
        "edit_cameras",
        (CameraId(1), CameraId(3)),
        BulkChange(is_enabled=False),
    )
    assert [camera.name for camera in page.table.chosen()] == ["Gate", "Yard"]


def test_several_cameras_are_removed_with_one_question(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.page.table.choose([CameraId(1), CameraId(2)])
    with qtbot.waitActive(bench.page):
        bench.page.activateWindow()
    bench.page.table.setFocus()
    QTest.keyClick(bench.page.table, Qt.Key.Key_Delete)
    assert len(bench.page.findChildren(QMessageBox)) == 1
    question = question_of(bench)
    assert question.text() == "Remove 2 cameras?"
    assert "Gate, hall." in question.informativeText()
    assert question.defaultButton().text() == "Keep them"
    press(question, "Remove 2 cameras")
    assert ("remove_cameras", (CameraId(1), CameraId(2))) in bench.desk.asked
    assert bench.names() == ["Yard"]


def test_many_names_are_cut_short() -> None:
    many = [a_camera(number) for number in range(1, 13)]
    assert names_in_short(many).endswith("Camera 8 and 4 more")
