"""An administrator and a camera with a certificate of its own making, in the whole program."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.auth.accounts import AuditQuery
from camwatch.domain import AuditEntry, CameraState
from camwatch.ui.cameras.certificate import CertificateDialog, in_lines
from camwatch.ui.cameras.editor import CameraEditor
from tests.end_to_end.test_chain import Watch, sign_in_for_the_first_time, watch
from tests.support.tls_camera import TlsCamera, certificate

__all__ = ["watch"]

pytestmark = [pytest.mark.end_to_end, pytest.mark.expects_warning]

FIRST, SECOND = certificate("camera 7"), certificate("camera 7")


def only(page: QWidget, kind: type[QWidget]) -> QWidget:
    (found,) = page.findChildren(kind)
    return found


@pytest.mark.fault("F38", "F39")
def test_a_certificate_is_trusted_changes_and_is_trusted_anew(qtbot: QtBot, watch: Watch) -> None:
    sign_in_for_the_first_time(qtbot, watch)
    window, session = watch.application.window, watch.session
    assert window is not None
    assert session is not None
    page = window.cameras_page

    def audited(action: str) -> list[AuditEntry]:
        entries = watch.commands.find_audit_entries(session, AuditQuery())
        return [entry for entry in entries if entry.action == action]

    with TlsCamera(FIRST) as camera:
        # First time: the trial shows the certificate, and the camera is saved with it.
        page.add_camera()
        editor = only(page, CameraEditor)
        assert isinstance(editor, CameraEditor)
        form, trial = editor.form, editor.trial
        form.name.setText("Gate")
        form.location.setText("Yard")
        form.allow_local.setChecked(True)
        form.host.setText(f"https://127.0.0.1:{camera.port}/snapshot")
        trial.button.click()
        qtbot.waitUntil(trial.certificate.isVisible, timeout=10_000)
        view = trial.certificate.view
        assert view is not None
        assert camera.received == b"", "nothing is said to a stranger"
        trial.certificate.trust_button.click()
        qtbot.waitUntil(lambda: not trial.preview.picture.isNull(), timeout=10_000)
        editor.save()
        qtbot.waitUntil(
            lambda: bool(watch.states) and watch.states[-1].state is CameraState.OK, timeout=15_000
        )
        (stored,) = watch.commands.cameras(session)
        assert stored.settings.pin == FIRST.fingerprint

        # Somebody else answers, or the camera was replaced: nobody can know but an administrator.
        camera.shown = SECOND
        camera.hang_up()
        qtbot.waitUntil(
            lambda: watch.shown_state(stored) is CameraState.TLS_CHANGED, timeout=15_000
        )
        said = camera.received
        qtbot.waitUntil(lambda: bool(audited("camera_blocked")), timeout=10_000)
        (entry,) = audited("camera_blocked")
        assert (entry.actor, entry.target) == ("system", "Gate")

        # The list offers to look at it, and to trust it.
        qtbot.waitUntil(lambda: page.model.rowCount() == 1)
        page.table.choose([stored.id])
        page.certificate.button.click()
        dialog = only(page, CertificateDialog)
        assert isinstance(dialog, CertificateDialog)
        qtbot.waitUntil(dialog.trust_button.isVisible, timeout=10_000)
        assert dialog.view is not None
        assert camera.received == said, "looking at it says nothing either"
        shown = "\n".join(
            str(label.property("text")) for label in dialog.view.findChildren(QWidget)
        )
        assert in_lines(FIRST.fingerprint) in shown
        assert in_lines(SECOND.fingerprint) in shown
        dialog.trust_button.click()
        qtbot.waitUntil(lambda: watch.shown_state(stored) is CameraState.OK, timeout=15_000)
    (trusted,) = audited("trust_certificate")
    assert trusted.details["certificate"] != trusted.details["certificate_before"]
    assert watch.commands.cameras(session)[0].settings.pin == SECOND.fingerprint
