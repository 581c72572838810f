"""Adding and editing a camera."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.http import CameraStatus
from camwatch.cameras.makes import MAKES, OTHER, Make, make_of
from camwatch.cameras.trial import ConnectionTest
from camwatch.commands import KeepPassword
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    Reason,
    Secret,
    SiteId,
    SourceKind,
    utc_now,
)
from camwatch.errors import (
    DatabaseBusy,
    InvalidSetting,
    InvalidSettings,
    SecretsUnavailable,
)
from camwatch.ui.cameras.editor import CameraEditor
from camwatch.ui.cameras.entries import usb_devices
from camwatch.ui.cameras.form import CameraForm
from camwatch.ui.cameras.trial import facts, size_words
from camwatch.ui.words import REASONS
from tests.ui.scene_edges import Pictures, a_picture
from tests.ui.screen_edges import CommandDesk, HeldWork, PromptWork, a_camera, a_session

PASTED = "http://admin:s%3Acret@192.168.1.64:8080/ISAPI/Streaming/channels/101/picture?x=1"
LOCKED = "The keyring is locked. Unlock it with its own password, and try again."


def open_editor(
    qtbot: QtBot,
    desk: CommandDesk,
    camera: Camera | None = None,
    work: HeldWork | None = None,
    reason: Reason = Reason.NONE,
) -> CameraEditor:
    editor = CameraEditor(
        desk,
        a_session(),
        work or PromptWork(),
        camera,
        sites=["Main site", "Store North"],
        reason=reason,
    )
    qtbot.addWidget(editor)
    editor.show()
    qtbot.waitExposed(editor)
    return editor


def fill(form: CameraForm) -> None:
    form.name.setText("Gate")
    form.location.setText("Back yard")
    form.host.setText("192.168.1.20")


def has_keyboard(widget: QWidget) -> bool:
    return widget.window().focusWidget() is widget


def problems(form: CameraForm) -> dict[str, str]:
    return {name: field.problem for name, field in form.fields.items() if field.problem}


# ---------------------------------------------------------------- adding


def test_a_camera_is_added_as_it_was_entered(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    assert has_keyboard(editor.form.name)
    fill(editor.form)
    editor.form.name.setText("  Gate  ")
    editor.form.site.setEditText("Store North")
    editor.form.username.setText("admin")
    editor.form.password.line.setText(" s3cret ")
    editor.form.interval.setValue(2.5)
    with qtbot.waitSignal(editor.camera_saved) as saved:
        editor.save()
    command, settings, password, keep_in_memory = desk.asked[-1]
    assert command == "add_camera"
    assert settings == CameraSettings(
        name="Gate",
        location="Back yard",
        host="192.168.1.20",
        username="admin",
        interval_s=2.5,
        site="Store North",
    )
    assert password == Secret(" s3cret ")
    assert keep_in_memory is False
    assert editor.result() == QDialog.DialogCode.Accepted
    assert saved.args[0].name == "Gate"


def test_who_sees_only_some_sites_is_offered_one_of_them(qtbot: QtBot) -> None:
    some = replace(a_session(), role=replace(a_session().role, sites=frozenset({SiteId(2)})))
    for who, offered in ((a_session(), ""), (some, "North")):
        editor = CameraEditor(CommandDesk(), who, PromptWork(), None, sites=["North", "South"])
        qtbot.addWidget(editor)
        assert editor.form.site.currentText() == offered


def test_mistakes_are_told_at_their_fields_and_the_first_gets_the_keyboard(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    editor.form.name.setText("Gate")
    editor.form.host.setText("300.1")
    editor.form.snapshot_path.setText("snap.jpg")
    QTest.keyClick(editor.form.name, Qt.Key.Key_Return)
    assert set(problems(editor.form)) == {"location", "host", "snapshot_path"}
    assert problems(editor.form)["location"] == "The location is missing."
    assert problems(editor.form)["snapshot_path"] == "The path of the snapshot must start with /."
    assert has_keyboard(editor.form.location)
    assert editor.form.name.text() == "Gate"
    assert editor.form.host.text() == "300.1"
    assert desk.asked == []
    assert editor.isVisible()
    QTest.keyClicks(editor.form.location, "Y")
    assert "location" not in problems(editor.form)
    assert "host" in problems(editor.form)


def test_a_refusal_from_behind_is_told_at_its_field(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("add_camera", InvalidSetting("name", "is already used by another camera"))
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.save()
    assert problems(editor.form) == {"name": "The name is already used by another camera."}
    assert has_keyboard(editor.form.name)
    assert editor.isVisible()
    editor.form.name.setText("Gate 2")
    editor.save()
    assert desk.asked[-1][1].name == "Gate 2"


def test_a_refusal_of_a_field_that_is_not_shown_is_told_all_the_same(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("add_camera", InvalidSettings([InvalidSetting("colour", "is missing")]))
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.save()
    assert "“colour” is missing." in editor.notice.text.text()
    assert editor.notice.isVisible()


def test_the_dialog_stays_with_all_that_was_typed_when_saving_fails(qtbot: QtBot) -> None:
    work = HeldWork()
    desk = CommandDesk()
    desk.fail("add_camera", DatabaseBusy("locked"))
    editor = open_editor(qtbot, desk, work=work)
    fill(editor.form)
    editor.form.password.line.setText("secret")
    editor.form.username.setText("admin")
    editor.save()
    assert editor.busy.isVisible()
    assert not editor.form.isEnabled()
    editor.save()
    assert work.waiting == 1
    work.finish()
    assert not editor.busy.isVisible()
    assert editor.isVisible()
    assert editor.notice.title.text() == "The database is in use"
    assert editor.form.name.text() == "Gate"
    assert editor.form.password.text() == "secret"
    editor.save()
    work.finish()
    assert editor.result() == QDialog.DialogCode.Accepted


def test_without_a_safe_keyring_the_password_can_be_kept_until_closing(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("add_camera", SecretsUnavailable(LOCKED), SecretsUnavailable(LOCKED))
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.form.username.setText("admin")
    editor.form.password.line.setText("secret")
    assert not editor.keep_in_memory.isVisible()
    editor.save()
    assert editor.notice.title.text() == "Passwords cannot be kept safely on this computer"
    assert "The keyring is locked." in editor.notice.text.text()
    assert editor.keep_in_memory.isVisible()
    assert not editor.keep_in_memory.isChecked()
    editor.save()
    editor.keep_in_memory.click()
    editor.save()
    assert [asked[-1] for asked in desk.asked] == [False, False, True]
    assert editor.result() == QDialog.DialogCode.Accepted


def test_a_save_under_way_cannot_be_cancelled(qtbot: QtBot) -> None:
    work = HeldWork()
    desk = CommandDesk()
    desk.fail("add_camera", DatabaseBusy("locked"))
    editor = open_editor(qtbot, desk, work=work)
    fill(editor.form)
    editor.save()
    assert not editor.cancel_button.isEnabled()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    editor.close()
    assert editor.isVisible()
    work.finish()
    assert editor.notice.title.text() == "The database is in use"
    assert editor.cancel_button.isEnabled()
    editor.cancel_button.click()
    assert not editor.isVisible()
    assert editor.result() == QDialog.DialogCode.Rejected


# ---------------------------------------------------------------- the address


def test_a_pasted_address_is_taken_apart_and_loses_its_password(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    QGuiApplication.clipboard().setText(PASTED)
    form.host.setFocus()
    QTest.keyClick(form.host, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert form.host.text() == "192.168.1.64"
    assert form.scheme.currentText() == "http"
    assert form.port.value() == 8080
    assert form.snapshot_path.text() == "/ISAPI/Streaming/channels/101/picture?x=1"
    assert form.username.text() == "admin"
    assert form.password.text() == "s:cret"
    for line in (form.host, form.snapshot_path):
        assert "cret" not in line.text()


def test_a_pasted_path_names_its_make(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.host.setText("https://cam7.local/axis-cgi/jpg/image.cgi")
    assert form.take_apart()
    assert form.make.currentText() == "Axis"
    assert form.status_path.text() == ""
    assert (form.scheme.currentText(), form.port.value()) == ("https", 443)


@pytest.mark.parametrize(
    "text", ["file:///etc/passwd", "ftp://10.0.0.7/stream", "http://[::1", "http://"]
)
def test_an_address_that_cannot_be_read_is_told_on_leaving_the_field(
    qtbot: QtBot, text: str
) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.form.host.setText(text)
    editor.form.host.editingFinished.emit()
    assert problems(editor.form)["host"].startswith("The address ")
    assert editor.form.host.text() == text
    editor.save()
    assert desk.asked == []
    assert "host" in problems(editor.form)


def test_an_address_that_was_typed_whole_is_taken_apart_before_saving(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.form.host.setText("http://admin:pw@10.0.0.9/pic")
    editor.save()
    _, settings, password, _ = desk.asked[-1]
    assert (settings.host, settings.snapshot_path) == ("10.0.0.9", "/pic")
    assert (settings.username, password) == ("admin", Secret("pw"))


def test_the_port_follows_the_protocol_unless_it_is_its_own(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.scheme.setCurrentText("https")
    assert form.port.value() == 443
    form.port.setValue(8443)
    form.scheme.setCurrentText("http")
    assert form.port.value() == 8443


def test_a_local_address_needs_its_tick_and_says_so(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.form.host.setText("127.0.0.1")
    editor.save()
    assert "local addresses" in problems(editor.form)["host"]
    assert not editor.form.local_warning.isVisible()
    editor.form.allow_local.click()
    assert editor.form.local_warning.isVisible()
    editor.save()
    assert desk.asked[-1][1].allow_local is True


def test_the_danger_of_basic_is_told_when_it_is_ticked(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    assert not form.basic_warning.isVisible()
    form.allow_basic.click()
    assert form.basic_warning.isVisible()
    assert form.settings().allow_basic


@pytest.mark.parametrize(
    "make", [make for make in MAKES if make.offers(SourceKind.SNAPSHOT)], ids=lambda make: make.name
)
def test_a_make_fills_in_its_paths_and_is_known_again(qtbot: QtBot, make: Make) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    number = form.make.findText(make.name)
    form.make.setCurrentIndex(number)
    form.make.activated.emit(number)
    assert form.snapshot_path.text() == make.snapshot_path
    assert form.status_path.text() == make.status_path
    assert make_of(make.snapshot_path, make.status_path) is make


def test_an_ordinary_path_tells_no_make() -> None:
    assert make_of("/snapshot", "/status") is OTHER
    assert make_of("/snapshot", "") is OTHER
    assert make_of("/elsewhere.jpg", "") is OTHER


# ---------------------------------------------------------------- editing


def stored(**settings: object) -> Camera:
    return a_camera(4, "Gate", username="admin", port=8080, **settings)


def test_editing_keeps_the_stored_password_unless_another_is_typed(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk, stored())
    assert editor.form.keep_password.isChecked()
    assert not editor.form.password.isEnabled()
    editor.form.location.setText("Roof")
    editor.save()
    command, camera_id, settings, password, _ = desk.asked[-1]
    assert (command, camera_id) == ("edit_camera", CameraId(4))
    assert settings == replace(stored().settings, location="Roof")
    assert isinstance(password, KeepPassword)


def test_another_password_can_be_entered(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk, stored())
    editor.form.keep_password.click()
    assert editor.form.password.isEnabled()
    editor.form.password.line.setText("new one")
    editor.save()
    assert desk.asked[-1][3] == Secret("new one")


def test_a_stored_password_is_not_taken_to_another_address(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk(), stored())
    form = editor.form
    form.host.setText("10.9.9.9")
    assert not form.keep_password.isChecked()
    assert not form.keep_password.isEnabled()
    assert "enter the password again" in form.fields["password"].problem
    form.host.setText(stored().settings.host)
    assert form.keep_password.isEnabled()


@pytest.mark.parametrize("part", ["port", "scheme"])
def test_a_stored_password_is_not_taken_to_another_onvif_service(qtbot: QtBot, part: str) -> None:
    camera = a_camera(4, username="op", onvif_scheme="http", onvif_port=80)
    editor = open_editor(qtbot, CommandDesk(), camera)
    form = editor.form
    assert form.keep_password.isChecked()
    if part == "port":
        form.more.onvif_port.setValue(8899)
    else:
        form.more.onvif_scheme.setCurrentText("https")
    assert not form.keep_password.isChecked()
    assert "enter the password again" in form.fields["password"].problem


@pytest.mark.parametrize(
    "target",
    ["http://10.9.9.9/", "http://192.168.1.20:81/", "https://192.168.1.20:80/"],
    ids=["host", "port", "scheme"],
)
def test_what_was_typed_for_one_camera_is_not_sent_where_it_points_to(
    qtbot: QtBot, target: str
) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    fill(form)
    form.username.setText("op")
    form.password.line.setText("s3cret")
    form.allow_basic.setChecked(True)
    form.pin = "ab" * 32
    editor.trial.address_chosen.emit(target)
    settings = form.settings()
    assert settings.snapshot_url == f"{settings.origin}/", "the old path is no part of it"
    assert (form.new_password(), settings.pin, settings.allow_basic) == (None, "", False)
    assert "enter the password again" in form.fields["password"].problem
    assert has_keyboard(form.password.line)
    qtbot.waitUntil(lambda: not form.password.line.visibleRegion().isEmpty())


def test_another_protocol_alone_gives_up_a_stored_password(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk(), a_camera(4, username="op", port=8080))
    editor.trial.address_chosen.emit(f"https://{editor.form.host.text()}:8080/a.jpg")
    assert not editor.form.keeps_password


def test_another_path_of_the_same_camera_keeps_its_sign_in(qtbot: QtBot) -> None:
    camera = a_camera(4, username="op", base_path="/one", pin="ab" * 32, allow_basic=True)
    editor = open_editor(qtbot, CommandDesk(), camera)
    editor.trial.address_chosen.emit(f"{camera.settings.origin}/two/snap.jpg?x=1")
    form = editor.form
    assert form.settings().snapshot_url == f"{camera.settings.origin}/two/snap.jpg?x=1"
    assert form.keeps_password
    assert (form.pin, form.allow_basic.isChecked()) == ("ab" * 32, True)
    assert problems(form) == {}


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_whole_address_has_its_base_path_in_it(qtbot: QtBot, scheme: str) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    fill(form)
    form.base_path.setText("/one")
    form.host.setText(f"{scheme}://10.0.0.7/one/snap")
    assert form.take_apart()
    settings = form.settings()
    url = settings.stream_url if settings.kind.is_stream else settings.snapshot_url
    assert url == f"{settings.origin}/one/snap"
    form.base_path.setText("/two")
    form.host.setText(f"{scheme}://10.0.0.7")
    assert form.take_apart()
    assert form.base_path.text() == "/two", "no path says nothing of it"


def test_a_camera_without_sign_in_has_no_password_to_keep(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk, a_camera(4))
    assert not editor.form.keep_password.isVisible()
    assert editor.form.password.isEnabled()
    editor.save()
    assert desk.asked[-1][3] is None


def test_a_missing_password_is_asked_for(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk, stored(), reason=Reason.PASSWORD_MISSING)
    assert not editor.form.keep_password.isChecked()
    assert not editor.form.keep_password.isVisible()
    assert editor.form.password.isEnabled()
    assert has_keyboard(editor.form.password.line)
    editor.form.password.line.setText("entered again")
    editor.save()
    assert desk.asked[-1][3] == Secret("entered again")


def test_a_missing_password_that_is_not_entered_overwrites_nothing(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk, stored(), reason=Reason.PASSWORD_MISSING)
    editor.form.location.setText("Roof")
    editor.test()
    assert desk.asked[-1][2:] == (None, CameraId(4))
    editor.save()
    assert isinstance(desk.asked[-1][3], KeepPassword)


@pytest.mark.parametrize("reason", [Reason.NONE, Reason.UNAUTHORIZED, Reason.TIMEOUT])
def test_for_any_other_reason_the_password_is_kept(qtbot: QtBot, reason: Reason) -> None:
    editor = open_editor(qtbot, CommandDesk(), stored(), reason=reason)
    assert editor.form.keep_password.isChecked()
    assert editor.form.keep_password.isVisible()
    assert has_keyboard(editor.form.name)


def test_a_camera_that_was_replaced_is_no_longer_known_by_its_hardware(qtbot: QtBot) -> None:
    camera = stored(hardware_id="ac:cc:8e:12:34:56")
    editor = open_editor(qtbot, CommandDesk(), camera, reason=Reason.OTHER_DEVICE)
    form = editor.form
    assert form.is_replaced.isVisible()
    assert form.settings() == camera.settings
    form.is_replaced.click()
    assert form.settings() == replace(camera.settings, hardware_id="")
    other = open_editor(qtbot, CommandDesk(), camera, reason=Reason.TIMEOUT)
    form = other.form
    assert not form.is_replaced.isVisible()
    form.host.setText("10.0.0.99")
    assert form.settings().hardware_id == "", "what is at another address may be another device"


# ---------------------------------------------------------------- trying


def jpeg() -> bytes:
    return encode_jpeg(np.full((90, 160, 3), (0, 140, 255), np.uint8))


def test_a_good_trial_shows_the_picture_and_its_facts(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.answer = ConnectionTest(
        Reason.NONE, "", 84.4, 71_234, (1920, 1080), jpeg(), CameraStatus("ready", 200)
    )
    work = HeldWork()
    editor = open_editor(qtbot, desk, work=work)
    fill(editor.form)
    editor.form.username.setText("admin")
    editor.form.password.line.setText("pw")
    editor.trial.button.click()
    assert editor.trial.busy.isVisible()
    assert not editor.trial.button.isEnabled()
    assert editor.form.isEnabled()
    work.finish()
    assert desk.asked[-1][0] == "test_camera"
    assert desk.asked[-1][2:] == (Secret("pw"), None)
    assert not editor.trial.busy.isVisible()
    assert editor.trial.notice.title.text() == "The camera gives pictures."
    assert editor.trial.facts.text().splitlines() == [
        "Picture: 1920 × 1080 pixels, 71 kB",
        "Time: 84 ms",
        "Status: ready",
    ]
    color = editor.trial.preview.grab().toImage().pixelColor(editor.trial.preview.rect().center())
    assert color.red() > 240
    assert 120 < color.green() < 160
    assert color.blue() < 20


def test_a_failed_trial_says_why_and_what_to_do(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.answer = ConnectionTest(Reason.UNAUTHORIZED, "HTTP 401", 30.0)
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.test()
    words = REASONS[Reason.UNAUTHORIZED]
    assert editor.trial.notice.title.text().lower() == f"{words.short} (HTTP 401).".lower()
    assert editor.trial.notice.text.text() == words.advice
    assert editor.trial.preview.picture.isNull()
    assert editor.trial.button.isEnabled()
    assert editor.isVisible()


def test_the_trial_of_a_stored_camera_uses_its_stored_password(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk, stored())
    editor.test()
    assert desk.asked[-1][2:] == (None, CameraId(4))
    editor.form.keep_password.click()
    editor.form.password.line.setText("new one")
    editor.test()
    assert desk.asked[-1][2:] == (Secret("new one"), None)


def test_what_is_entered_wrongly_is_not_tried(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    editor.test()
    assert desk.asked == []
    assert "host" in problems(editor.form)
    assert not editor.trial.busy.isVisible()


def test_the_answer_to_an_older_trial_is_ignored(qtbot: QtBot) -> None:
    desk = CommandDesk()
    work = HeldWork()
    editor = open_editor(qtbot, desk, work=work)
    fill(editor.form)
    editor.test()
    editor.test()
    desk.answer = ConnectionTest(Reason.TIMEOUT, "", 5000.0)
    work.finish(1)
    desk.answer = ConnectionTest(Reason.NONE, "", 10.0, 10, (16, 16), jpeg())
    work.finish(0)
    assert editor.trial.notice.title.text().lower().startswith(REASONS[Reason.TIMEOUT].short)


def test_a_trial_with_other_settings_is_marked_as_old(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    fill(editor.form)
    editor.test()
    assert not editor.trial.words.isVisible()
    editor.form.host.setText("10.0.0.1")
    assert "changed since this trial" in editor.trial.words.text()
    assert editor.trial.words.isVisible()


def test_closing_gives_a_trial_up(qtbot: QtBot) -> None:
    work = HeldWork()
    editor = CameraEditor(CommandDesk(), a_session(), work, None)
    editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fill(editor.form)
    editor.open()
    editor.test()
    with qtbot.waitSignal(editor.destroyed):
        QTest.keyClick(editor, Qt.Key.Key_Escape)
    work.finish_all()
    assert work.waiting == 0


def test_a_trial_is_cancelled_by_the_next_one_and_by_closing(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.test()
    editor.test()
    first, second = desk.cancels
    assert first is not None
    assert second is not None
    assert first.is_set()
    assert not second.is_set()
    editor.cancel_button.click()
    assert second.is_set()


def test_a_trial_is_cancelled_by_saving(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.test()
    editor.save()
    assert [cancel and cancel.is_set() for cancel in desk.cancels] == [True]


def test_facts_tell_a_failing_status_but_do_not_make_it_a_failure() -> None:
    result = ConnectionTest(
        Reason.NONE, "", 12.0, 812, (640, 480), b"", None, Reason.SERVER_ERROR, "HTTP 500"
    )
    assert "640 × 480 pixels, 812 bytes" in facts(result)
    assert "(HTTP 500)" in facts(result)
    assert "all the same" in facts(result)


def test_facts_do_not_take_a_missing_status_page_for_a_missing_picture() -> None:
    result = ConnectionTest(
        Reason.NONE, "", 12.0, 812, (640, 480), b"", None, Reason.NOT_FOUND, "HTTP 404"
    )
    assert facts(result).splitlines()[-1] == (
        "The camera has no status page at this path; that does no harm."
    )


def test_sizes_are_told_in_one_unit() -> None:
    assert size_words(2_400_000) == "2.4 MB"


def test_labels_lead_to_their_fields_and_the_tab_key_follows_the_form(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    for field in form.fields.values():
        assert field.label.buddy() is field.input
        assert field.input.accessibleName() == field.name
    assert form.name.nextInFocusChain() is not None
    form.name.setFocus()
    visited = []
    for _ in range(6):
        form.window().focusNextChild()
        visited.append(form.window().focusWidget())
    chosen = form.kinds.buttons[SourceKind.SNAPSHOT]
    assert visited == [form.site, form.location, form.is_enabled, chosen, form.scheme, form.host]


@pytest.mark.parametrize("camera", [None, a_camera(4, "Gate", username="admin")])
def test_each_key_leads_to_one_place(qtbot: QtBot, camera: Camera | None) -> None:
    editor = open_editor(qtbot, CommandDesk(), camera)
    labels = [label for label in editor.findChildren(QLabel) if label.buddy() is not None]
    texts = [label.text() for label in labels]
    texts += [button.text() for button in editor.findChildren(QAbstractButton)]
    keys = [QKeySequence.mnemonic(text).toString() for text in texts]
    keys = sorted(key for key in keys if key)
    assert len(keys) >= 15
    assert keys == sorted(set(keys))


# ---------------------------------------------------------------- kinds of cameras


def shown_fields(form: CameraForm) -> set[str]:
    return {name for name, field in form.fields.items() if not field.isHidden()} - {
        name
        for section in (form.network, form.computer, form.sign_in, form.more)
        if section.isHidden()
        for name in section.fields
    }


ALWAYS = {"name", "site", "location", "interval_s"}
NETWORKED = {*ALWAYS, "scheme", "host", "port", "make", "username", "password", "base_path"}


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (SourceKind.SNAPSHOT, {*NETWORKED, "snapshot_path", "status_path"}),
        (SourceKind.MJPEG, {*NETWORKED, "stream_path"}),
        (SourceKind.RTSP, {*NETWORKED, "stream_path", "main_path", "transport"}),
        (SourceKind.USB, {*ALWAYS, "device"}),
        (SourceKind.FILE, {*ALWAYS, "file"}),
    ],
)
def test_each_kind_asks_for_what_it_needs(qtbot: QtBot, kind: SourceKind, asked: set[str]) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.kinds.buttons[kind].click()
    assert shown_fields(form) == asked
    assert form.one_session.isVisible() is (kind in {SourceKind.MJPEG, SourceKind.RTSP})
    assert form.loops.isVisible() is (kind is SourceKind.FILE)
    assert form.onvif.isVisible() is kind.is_networked


STORED: dict[SourceKind, dict[str, Any]] = {
    SourceKind.SNAPSHOT: {"snapshot_path": "/a.jpg", "main_path": "/kept", "stream_path": "/too"},
    SourceKind.MJPEG: {"stream_path": "/b.mjpg", "one_session": True, "base_path": "/one"},
    SourceKind.RTSP: {
        "stream_path": "/c?sub=1",
        "main_path": "/c",
        "transport": "udp",
        "scheme": "rtsps",
        "port": 7441,
        "interval_s": 3600.0,
        "onvif_scheme": "https",
        "onvif_port": 8443,
        "onvif_path": "/onvif/two",
        "pin": "ab" * 32,
        "hardware_id": "00:11",
    },
    SourceKind.USB: {"device": "/dev/video2", "host": "", "interval_s": 1 / 3},
    SourceKind.FILE: {"device": "/films/door.mp4", "host": "", "loops": False},
}


@pytest.mark.parametrize("kind", list(SourceKind))
def test_a_camera_of_any_kind_is_shown_and_kept_as_it_is(qtbot: QtBot, kind: SourceKind) -> None:
    camera = a_camera(4, "Gate", kind=kind, **STORED[kind])
    editor = open_editor(qtbot, CommandDesk(), camera)
    form = editor.form
    assert form.settings() == camera.settings


def test_a_pin_can_be_set_from_outside(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk(), a_camera(4, pin="cd" * 32))
    form = editor.form
    assert form.pin == "cd" * 32
    form.pin = "ef" * 32
    assert form.settings().pin == "ef" * 32


def test_a_stream_is_begun_with_several_pictures_a_second(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.kinds.buttons[SourceKind.RTSP].click()
    assert (form.interval.value(), form.settings().interval_s) == (5.0, 0.2)
    assert form.fields["interval_s"].label.text() == "Pi&ctures per second"
    form.interval.setValue(8.0)
    assert form.settings().interval_s == pytest.approx(0.125)
    form.kinds.buttons[SourceKind.SNAPSHOT].click()
    assert form.settings().interval_s == pytest.approx(0.2)
    assert "Time between" in form.fields["interval_s"].name


def test_a_kind_brings_its_protocol_and_usual_port(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.kinds.buttons[SourceKind.RTSP].click()
    assert (form.scheme.currentText(), form.port.value()) == ("rtsp", 554)
    form.scheme.setCurrentText("rtsps")
    assert form.port.value() == 322
    form.port.setValue(9000)
    form.kinds.buttons[SourceKind.MJPEG].click()
    assert (form.scheme.currentText(), form.port.value()) == ("http", 9000)


@pytest.mark.parametrize(
    ("address", "kind", "path"),
    [
        (
            "rtsp://op:pw@10.0.0.7/Streaming/Channels/102",
            SourceKind.RTSP,
            "/Streaming/Channels/102",
        ),
        ("rtsps://10.0.0.7:7441/x?y=1", SourceKind.RTSP, "/x?y=1"),
        ("http://10.0.0.7/axis-cgi/mjpg/video.cgi", SourceKind.MJPEG, "/axis-cgi/mjpg/video.cgi"),
        ("http://10.0.0.7/live.MJPEG", SourceKind.MJPEG, "/live.MJPEG"),
    ],
)
def test_a_pasted_address_sets_the_kind(
    qtbot: QtBot, address: str, kind: SourceKind, path: str
) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.host.setText(address)
    assert form.take_apart()
    assert form.kinds.kind is kind
    assert form.kinds.buttons[kind].isChecked()
    assert form.host.text() == "10.0.0.7"
    assert form.stream_path.text() == path
    assert form.scheme.currentText() == address.partition(":")[0]


def test_a_make_fills_in_both_streams(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    form.kinds.buttons[SourceKind.RTSP].click()
    make = next(make for make in MAKES if make.rtsp_main_path and make.snapshot_path)
    number = form.make.findText(make.name)
    form.make.setCurrentIndex(number)
    form.make.activated.emit(number)
    assert form.stream_path.text() == make.rtsp_path
    assert form.main_path.text() == make.rtsp_main_path
    offered = {form.make.itemText(row) for row in range(form.make.count())}
    assert offered == {"Other", *(make.name for make in MAKES if make.offers(SourceKind.RTSP))}


def test_mistakes_of_other_kinds_are_told_at_their_fields(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    fill(form)
    form.kinds.buttons[SourceKind.FILE].click()
    form.file.line.setText("door.mp4")
    editor.save()
    assert problems(form)["file"].startswith("The file must be a whole path")
    assert has_keyboard(form.file.line)
    form.kinds.buttons[SourceKind.USB].click()
    form.device.setEditText("../x")
    editor.save()
    assert problems(form)["device"].startswith("The device must be a number")
    form.kinds.buttons[SourceKind.RTSP].click()
    form.onvif.click()
    form.more.onvif_path.setText("onvif")
    form.main_path.setText("main")
    editor.save()
    told = problems(form)
    assert told["stream_path"] == "The path of the stream is missing."
    assert told["main_path"] == "The path of the full picture must start with /."
    assert told["onvif_path"] == "The path of ONVIF must start with /."


def test_a_usb_camera_sends_no_password(qtbot: QtBot) -> None:
    desk = CommandDesk()
    editor = open_editor(qtbot, desk)
    fill(editor.form)
    editor.form.password.line.setText("typed before")
    editor.form.kinds.buttons[SourceKind.USB].click()
    editor.form.device.setEditText("0")
    editor.save()
    _, settings, password, _ = desk.asked[-1]
    assert (settings.kind, settings.device, settings.host) == (SourceKind.USB, "0", "")
    assert password is None


def test_the_arrow_keys_choose_a_kind(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form
    with qtbot.waitActive(editor):
        editor.activateWindow()
    form.kinds.buttons[SourceKind.SNAPSHOT].setFocus()
    QTest.keyClick(form.kinds.buttons[SourceKind.SNAPSHOT], Qt.Key.Key_Down)
    assert form.kinds.kind is SourceKind.MJPEG
    assert has_keyboard(form.kinds.buttons[SourceKind.MJPEG])


def test_usb_cameras_are_found_in_the_folder_of_devices(tmp_path: Path) -> None:
    for name in ("video10", "video2", "videobroken", "sda"):
        (tmp_path / name).touch()
    found = [Path(device).name for device in usb_devices(tmp_path)]
    assert found == ["video2", "video10"]
    assert usb_devices(tmp_path / "none") == ["0", "1", "2", "3"]


# ---------------------------------------------------------------- what it sees now


def open_with_pictures(
    qtbot: QtBot, pictures: Pictures, work: HeldWork, desk: CommandDesk | None = None
) -> CameraEditor:
    editor = CameraEditor(
        desk or CommandDesk(), a_session(), work, a_camera(1, "Gate"), pictures=pictures
    )
    qtbot.addWidget(editor)
    editor.show()
    return editor


def test_a_stored_camera_shows_its_newest_picture_with_its_age(qtbot: QtBot) -> None:
    pictures, work = Pictures(None), HeldWork()
    editor = open_with_pictures(qtbot, pictures, work)
    assert editor.trial.words.text() == "No picture has come from this camera yet."
    pictures.picture = a_picture(1)
    assert editor.live is not None
    editor.live.look()
    editor.live.look()
    assert work.waiting == 1
    work.finish()
    color = editor.trial.preview.picture.toImage().pixelColor(20, 20)
    # That picture is not of today, so it is grey and says so.
    assert color.red() == color.green() == color.blue()
    assert color.red() > 100
    assert editor.trial.words.text().startswith("Not live: the last picture is from ")
    editor.live.look()
    assert work.waiting == 0
    pictures.picture = a_picture(2)
    editor.live.look()
    assert work.waiting == 1


def test_a_picture_of_now_is_shown_in_its_colours(qtbot: QtBot) -> None:
    picture = replace(a_picture(), captured_at=utc_now())
    editor = open_with_pictures(qtbot, Pictures(picture), PromptWork())
    color = editor.trial.preview.picture.toImage().pixelColor(20, 20)
    assert color.red() > color.blue() + 100
    assert editor.trial.words.text().startswith("Live picture, ")


def test_a_picture_by_other_settings_does_not_pass_for_one_of_these(qtbot: QtBot) -> None:
    work = HeldWork()
    editor = open_with_pictures(qtbot, Pictures(a_picture()), work)
    editor.form.host.setText("10.0.0.9")
    work.finish()
    assert editor.trial.preview.picture.isNull()
    assert "test the connection" in editor.trial.words.text()
    assert editor.live is not None
    assert not editor.live.is_running


def test_a_trial_takes_the_place_of_the_live_picture(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.answer = ConnectionTest(Reason.NONE, "", 80.0, 71_000, (160, 90), jpeg())
    work = HeldWork()
    editor = open_with_pictures(qtbot, Pictures(a_picture()), work, desk)
    editor.test()
    work.finish_all()
    assert editor.live is not None
    assert not editor.live.is_running
    assert editor.trial.preview.picture.width() == 160
    assert editor.trial.notice.title.text() == "The camera gives pictures."


def test_neither_a_new_camera_nor_one_switched_off_has_a_live_picture(qtbot: QtBot) -> None:
    for camera in (None, a_camera(1, is_enabled=False)):
        editor = CameraEditor(
            CommandDesk(), a_session(), PromptWork(), camera, pictures=Pictures(a_picture())
        )
        qtbot.addWidget(editor)
        assert editor.live is None


def test_a_make_brings_its_port_unless_another_was_entered(qtbot: QtBot) -> None:
    editor = open_editor(qtbot, CommandDesk())
    form = editor.form

    def choose(name: str) -> None:
        number = form.make.findText(name)
        form.make.setCurrentIndex(number)
        form.make.activated.emit(number)

    made = {make.name: make.http_port for make in MAKES if make.offers(SourceKind.SNAPSHOT)}
    other = next(name for name, port in made.items() if port != 80)
    choose(other)
    assert form.port.value() == made[other]
    choose("Axis")
    assert form.port.value() == 80
    form.port.setValue(8081)
    choose(other)
    assert form.port.value() == 8081


@pytest.mark.parametrize(
    ("chosen", "address", "kind"),
    [
        (SourceKind.RTSP, "10.0.0.7/Streaming/Channels/102", SourceKind.RTSP),
        (SourceKind.MJPEG, "10.0.0.7/videostream.cgi", SourceKind.MJPEG),
        (SourceKind.MJPEG, "http://10.0.0.7/axis-cgi/jpg/image.cgi", SourceKind.SNAPSHOT),
        (SourceKind.RTSP, "http://10.0.0.7/picture.jpg", SourceKind.SNAPSHOT),
        (SourceKind.SNAPSHOT, "10.0.0.7/picture.jpg", SourceKind.SNAPSHOT),
    ],
)
def test_the_chosen_kind_stays_unless_the_address_tells_another(
    qtbot: QtBot, chosen: SourceKind, address: str, kind: SourceKind
) -> None:
    editor = open_editor(qtbot, CommandDesk())
    editor.form.kinds.buttons[chosen].click()
    editor.form.host.setText(address)
    assert editor.form.take_apart()
    assert editor.form.kinds.kind is kind
    assert editor.form.host.text() == "10.0.0.7"
