"""Looking at a camera's certificate, and trusting it or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from camwatch.cameras.pinning import CertificateFacts, grouped
from camwatch.cameras.trial import ConnectionTest
from camwatch.domain import Camera, CameraState, Reason, Role
from camwatch.errors import DatabaseBusy
from camwatch.events import Bus, CameraStateChanged
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.certificate import CertificateDialog, in_lines
from camwatch.ui.cameras.editor import CameraEditor
from camwatch.ui.cameras.page import CamerasPage
from tests.ui.screen_edges import NOON, CommandDesk, HeldWork, PromptWork, a_camera, a_session

NOW = datetime.now(UTC)
FACTS = CertificateFacts(
    "3f" * 16 + "a1" * 16,
    "CAM <b>7</b>",
    "CAM <b>7</b>",
    NOW - timedelta(days=30),
    NOW + timedelta(days=300),
    is_self_signed=True,
    problem="self-signed certificate",
)
OLD = "ab" * 32
UNKNOWN = ConnectionTest(Reason.CERTIFICATE_UNKNOWN, "self-signed", 20.0, certificate=FACTS)
CHANGED = ConnectionTest(Reason.CERTIFICATE_CHANGED, "was, is", 20.0, certificate=FACTS)
FINE = ConnectionTest(Reason.NONE, "", 20.0, 900, (64, 48), certificate=FACTS)


def shown(widget: QWidget) -> str:
    """Return all words that can be read."""
    labels = widget.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(widget))


def secure(**settings: str) -> Camera:
    return a_camera(1, scheme="https", port=443, **settings)


def open_editor(qtbot: QtBot, desk: CommandDesk, camera: Camera) -> CameraEditor:
    editor = CameraEditor(desk, a_session(), PromptWork(), camera, sites=[])
    qtbot.addWidget(editor)
    editor.show()
    qtbot.waitExposed(editor)
    return editor


@pytest.mark.fault("F38")
def test_an_unknown_certificate_is_shown_in_the_trial_and_trusted_with_the_camera(
    qtbot: QtBot,
) -> None:
    desk = CommandDesk([secure()])
    editor = open_editor(qtbot, desk, desk.stored[0])
    desk.answer = UNKNOWN
    editor.test()
    panel = editor.trial.certificate
    words = shown(panel)
    assert panel.isVisible()
    assert "CAM <b>7</b>" in words
    assert in_lines(FACTS.fingerprint) in words
    assert "itself" in words
    assert f"{FACTS.not_after:%Y-%m-%d}" in words
    assert "self-signed certificate" in editor.trial.notice.title.text()
    desk.answer = FINE
    panel.trust_button.click()
    tried = desk.asked[-1]
    assert (tried[0], tried[1].pin) == ("test_camera", FACTS.fingerprint), "tried again with it"
    assert editor.trial.notice.title.text() == "The camera gives pictures."
    assert "once the camera is saved" in shown(panel)
    editor.save()
    saved = next(one for one in desk.asked if one[0] == "edit_camera")
    assert saved[2].pin == FACTS.fingerprint


@pytest.mark.fault("F39")
def test_a_changed_certificate_stands_beside_the_trusted_one(qtbot: QtBot) -> None:
    desk = CommandDesk([secure(pin=OLD)])
    editor = open_editor(qtbot, desk, desk.stored[0])
    desk.answer = CHANGED
    editor.test()
    words = shown(editor.trial.certificate)
    assert words.index(in_lines(OLD)) < words.index(in_lines(FACTS.fingerprint))
    assert "neither the password nor a request" in words
    assert not editor.trial.certificate.forget_button.isVisible()


def test_a_trusted_certificate_can_be_forgotten(qtbot: QtBot) -> None:
    desk = CommandDesk([secure(pin=FACTS.fingerprint)])
    editor = open_editor(qtbot, desk, desk.stored[0])
    desk.answer = FINE
    editor.test()
    panel = editor.trial.certificate
    assert not panel.trust_button.isVisible()
    desk.answer = UNKNOWN
    panel.forget_button.click()
    assert editor.form.settings().pin == ""
    assert desk.asked[-1][1].pin == ""
    assert panel.trust_button.isVisible()


@pytest.mark.parametrize(
    "result",
    [
        ConnectionTest(Reason.NONE, "", 20.0),
        ConnectionTest(Reason.TIMEOUT, "no answer", 20.0),
        replace(FINE, certificate=replace(FACTS, problem="")),
    ],
)
def test_without_a_question_there_is_no_certificate_to_see(
    qtbot: QtBot, result: ConnectionTest
) -> None:
    desk = CommandDesk([secure()])
    editor = open_editor(qtbot, desk, desk.stored[0])
    desk.answer = result
    editor.test()
    assert not editor.trial.certificate.isVisible()
    assert editor.trial.preview.isVisible()


@pytest.mark.fault("F29")
def test_the_address_that_a_camera_points_to_can_be_taken_over(qtbot: QtBot) -> None:
    camera = a_camera(1, username="operator")
    desk = CommandDesk([camera])
    editor = open_editor(qtbot, desk, camera)
    target = "https://192.168.1.21:8443/new/snap.jpg?ch=1"
    desk.answer = ConnectionTest(
        Reason.REDIRECT, "HTTP 302 to https://192.168.1.21", 9.0, redirect=target
    )
    editor.test()
    asked = len(desk.asked)
    assert target in editor.trial.notice.text.text()
    editor.trial.notice.button.click()
    entered = editor.form.settings()
    assert (entered.scheme, entered.host, entered.port) == ("https", "192.168.1.21", 8443)
    assert entered.snapshot_path == "/new/snap.jpg?ch=1"
    assert not editor.form.keeps_password, "the password is not for another origin"
    assert len(desk.asked) == asked, "nobody goes there by itself"


@pytest.mark.fault("F32")
def test_without_a_usable_address_none_is_offered(qtbot: QtBot) -> None:
    desk = CommandDesk([secure()])
    editor = open_editor(qtbot, desk, desk.stored[0])
    desk.answer = ConnectionTest(Reason.REDIRECT, "HTTP 302 to http://x, out of encryption", 9.0)
    editor.test()
    assert editor.trial.notice.isVisible()
    assert not editor.trial.notice.button.isVisible()


# ---------------------------------------------------------------- the dialog


def open_dialog(qtbot: QtBot, desk: CommandDesk, work: HeldWork | None = None) -> CertificateDialog:
    dialog = CertificateDialog(desk, a_session(), work or PromptWork(), desk.stored[0])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


@pytest.mark.fault("F39")
def test_the_dialog_trusts_what_it_showed(qtbot: QtBot) -> None:
    desk = CommandDesk([secure(pin=OLD)])
    desk.answer = CHANGED
    dialog = open_dialog(qtbot, desk)
    assert in_lines(OLD) in shown(dialog)
    assert in_lines(FACTS.fingerprint) in shown(dialog)
    told: list[Camera] = []
    dialog.certificate_trusted.connect(told.append)
    # By now the camera may show another; what the operator saw is what counts.
    desk.answer = replace(CHANGED, certificate=replace(FACTS, fingerprint="00" * 32))
    dialog.trust_button.click()
    assert desk.asked[-1] == ("trust_certificate", desk.stored[0].id, FACTS.fingerprint)
    assert told[0].settings.pin == FACTS.fingerprint
    assert not dialog.isVisible()


def test_the_dialog_says_when_there_is_nothing_to_trust(qtbot: QtBot) -> None:
    desk = CommandDesk([secure()])
    desk.answer = ConnectionTest(Reason.TIMEOUT, "no answer within 5 s", 5000.0)
    dialog = open_dialog(qtbot, desk)
    assert "no answer within 5 s" in dialog.notice.title.text()
    assert not dialog.trust_button.isVisible()
    desk.answer = UNKNOWN
    dialog.notice.button.click()
    assert dialog.trust_button.isVisible()


def test_the_dialog_stays_when_trusting_fails(qtbot: QtBot) -> None:
    desk = CommandDesk([secure()])
    desk.answer = UNKNOWN
    dialog = open_dialog(qtbot, desk)
    desk.fail("trust_certificate", DatabaseBusy("locked"))
    dialog.trust_button.click()
    assert dialog.isVisible()
    assert dialog.notice.isVisible()
    assert dialog.trust_button.isEnabled()


def test_closing_the_dialog_gives_the_question_up(qtbot: QtBot) -> None:
    desk = CommandDesk([secure()])
    work = HeldWork()
    dialog = open_dialog(qtbot, desk, work)
    dialog.reject()
    work.finish_all()
    (cancel,) = desk.cancels
    assert cancel is not None
    assert cancel.is_set()


# ---------------------------------------------------------------- the list


@pytest.mark.fault("F39")
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.VIEWER])
def test_the_list_offers_the_certificate_of_a_camera_that_shows_another(
    qtbot: QtBot, role: Role
) -> None:
    camera = secure(pin=OLD)
    desk, bus = CommandDesk([camera]), Bus()
    desk.answer = CHANGED
    bridge = EventBridge(bus)
    page = CamerasPage(desk, a_session(role), PromptWork(), bridge)
    qtbot.addWidget(page)
    page.show()
    page.table.choose([camera.id])
    button = page.certificate.button
    assert not button.isVisible()
    changed = (CameraState.TLS_CHANGED, Reason.CERTIFICATE_CHANGED)
    bus.publish(CameraStateChanged(NOON, camera.id, *changed, NOON, "was, is"))
    qtbot.waitUntil(button.isVisible)
    assert button.isEnabled() is (role is Role.ADMINISTRATOR)
    if role is Role.ADMINISTRATOR:
        button.click()
        (dialog,) = page.findChildren(CertificateDialog)
        assert grouped(FACTS.fingerprint)[:23] in shown(dialog)
        dialog.reject()
    bridge.close()
