"""Shows a camera's certificate, for an administrator to compare and to trust."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.pinning import CertificateFacts, grouped
from camwatch.cameras.trial import ConnectionTest
from camwatch.domain import Camera, CameraId, CameraSettings, Reason, Secret, utc_now
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import reason_sentence, text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.words import REASONS

_BYTES_A_LINE = 8
_WIDTH = 680
_CERTIFICATE_REASONS = frozenset({Reason.CERTIFICATE_UNKNOWN, Reason.CERTIFICATE_CHANGED})
_MAY_NOT = marked(
    "Your role does not let you trust certificates. An administrator can give you another role."
)

_UNKNOWN = marked(
    "Nobody that this computer knows vouches for it; with most cameras that is so. Compare the "
    "fingerprint with the one on the camera's own page, or look at both from a computer that is "
    "connected to the camera directly. If you trust it, pictures are taken only from whoever "
    "shows this very certificate."
)
_CHANGED = marked(
    "A camera gets a new certificate when it is reset, updated or replaced. If nobody did that, "
    "somebody else may be answering for it: find out before you trust it. Nothing was sent to it, "
    "neither the password nor a request."
)
_TRUSTED = marked("Pictures are taken only from whoever shows this very certificate.")
_TRUSTED_ONCE_SAVED = marked(
    "Pictures are taken only from whoever shows this very certificate, once the camera is saved."
)


def in_lines(fingerprint: str) -> str:
    """Write a fingerprint in lines of eight bytes: "AB:CD:…"."""
    pairs = grouped(fingerprint).split(":")
    rows = (pairs[at : at + _BYTES_A_LINE] for at in range(0, len(pairs), _BYTES_A_LINE))
    return "\n".join(":".join(row) for row in rows)


def is_about_certificate(result: ConnectionTest) -> bool:
    """Tell whether a trial failed for a certificate that can be looked at."""
    return result.reason in _CERTIFICATE_REASONS and result.certificate is not None


def _fingerprint_label(fingerprint: str, parent: QWidget) -> QLabel:
    label = QLabel(in_lines(fingerprint), parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.fixed_font())
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setAccessibleName(tr("SHA-256 fingerprint {grouped}", grouped=grouped(fingerprint)))
    return label


def _validity(facts: CertificateFacts) -> str:
    if facts.not_before is None or facts.not_after is None:
        return tr("cannot be read")
    text = tr(
        "{not_before:%Y-%m-%d} to {not_after:%Y-%m-%d}",
        not_before=facts.not_before,
        not_after=facts.not_after,
    )
    return tr("{text} (expired)", text=text) if facts.is_expired(utc_now()) else text


def _facts_of(facts: CertificateFacts) -> list[tuple[str, str]]:
    issuer = tr("itself") if facts.is_self_signed else facts.issuer
    return [
        (tr("Issued to"), facts.subject or tr("cannot be read")),
        (tr("Issued by"), issuer or tr("cannot be read")),
        (tr("Valid"), _validity(facts)),
    ]


class CertificateView(QWidget):
    """What a certificate says, and the fingerprint of the one trusted before it.

    Args:
        facts: Of the certificate that the camera shows.
        pin: Fingerprint that was trusted; "" if none was.
        is_wide: There is room for both side by side.
    """

    def __init__(
        self, facts: CertificateFacts, pin: str, parent: QWidget | None = None, *, is_wide: bool
    ) -> None:
        super().__init__(parent)
        is_change = bool(pin) and pin != facts.fingerprint
        space = theme.current().space
        rows = QGridLayout()
        rows.setHorizontalSpacing(2 * space)
        rows.setVerticalSpacing(space // 2)
        rows.setColumnStretch(1, 1)
        for row, (name, said) in enumerate(_facts_of(facts)):
            rows.addWidget(plain_label(name, "muted", self), row, 0, Qt.AlignmentFlag.AlignTop)
            rows.addWidget(plain_label(said, "", self), row, 1)
        prints = QHBoxLayout() if is_wide else QVBoxLayout()
        prints.setSpacing(3 * space if is_wide else space)
        if is_change:
            prints.addLayout(self._print(tr("Trusted until now"), pin))
        prints.addLayout(self._print(tr("Shown now") if is_change else "", facts.fingerprint))
        prints.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(rows)
        column.addLayout(prints)

    def _print(self, when: str, fingerprint: str) -> QVBoxLayout:
        title = tr("{when}: SHA-256", when=when) if when else tr("SHA-256 fingerprint")
        column = QVBoxLayout()
        column.setSpacing(theme.current().space // 2)
        heading = plain_label(title, "muted", self)
        heading.setWordWrap(False)
        column.addWidget(heading)
        column.addWidget(_fingerprint_label(fingerprint, self))
        return column


class CertificatePanel(QFrame):
    """The part of a camera's trial that shows its certificate.

    Signals:
        trusted: Its fingerprint; the operator trusts it from now on.
        forgotten: The operator does not trust any one certificate any more.
    """

    trusted = Signal(str)
    forgotten = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: CertificateView | None = None
        self.explanation = plain_label("", "muted", self)
        self.trust_button = QPushButton(tr("Trust this certificate"), self)
        self.trust_button.setAutoDefault(False)
        self.trust_button.clicked.connect(self._on_trust)
        self.forget_button = QPushButton(tr("Forget the trusted certificate"), self)
        self.forget_button.setAutoDefault(False)
        self.forget_button.clicked.connect(self.forgotten)
        self._fingerprint = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.current().space)
        self._column.addWidget(self.explanation)
        self._column.addWidget(self.trust_button)
        self._column.addWidget(self.forget_button)
        self.hide()

    def show_result(self, result: ConnectionTest, pin: str) -> None:
        """Show the certificate that a trial met, if it matters.

        Args:
            result: Of the trial.
            pin: Fingerprint that is trusted; "" if none is.
        """
        self.clear()
        facts = result.certificate
        is_problem = is_about_certificate(result)
        is_pinned = facts is not None and facts.fingerprint == pin
        if facts is None or not (is_problem or is_pinned):
            return
        self._fingerprint = facts.fingerprint
        if is_problem:
            is_change = result.reason is Reason.CERTIFICATE_CHANGED
            self.explanation.setText(tr(_CHANGED) if is_change else tr(_UNKNOWN))
        else:
            self.explanation.setText(tr(_TRUSTED_ONCE_SAVED))
        self.trust_button.setVisible(is_problem)
        self.forget_button.setVisible(is_pinned)
        self.view = CertificateView(facts, pin if is_problem else "", self, is_wide=False)
        self._column.insertWidget(0, self.view)
        self.show()

    def clear(self) -> None:
        """Show nothing."""
        self.hide()
        if self.view is not None:
            self.view.deleteLater()
            self.view = None

    @Slot()
    def _on_trust(self) -> None:
        self.trusted.emit(self._fingerprint)


class CertificateCommands(Protocol):
    """What the dialog asks of `camwatch.commands.Commands`."""

    def test_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        camera_id: CameraId | None = None,
        *,
        cancel: threading.Event | None = None,
    ) -> ConnectionTest:
        """Try a camera once."""
        ...

    def trust_certificate(self, session: Session, camera_id: CameraId, fingerprint: str) -> Camera:
        """Trust a camera's certificate."""
        ...


class CertificateDialog(QDialog):
    """Asks a stored camera for its certificate, and lets it be trusted.

    Signals:
        certificate_trusted: The Camera as it is stored now.
    """

    certificate_trusted = Signal(object)

    def __init__(
        self,
        commands: CertificateCommands,
        session: Session,
        background: Background,
        camera: Camera,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera = camera
        self._facts: CertificateFacts | None = None
        self._cancel = threading.Event()
        self.view: CertificateView | None = None
        self.setWindowTitle(tr("Certificate of {name}", name=camera.name))
        self.setMinimumWidth(theme.px(_WIDTH))
        self._build()
        self.ask()

    def _build(self) -> None:
        space = theme.current().space
        heading = plain_label(tr("Certificate of {name}", name=self._camera.name), "title", self)
        address = plain_label(self._camera.settings.origin, "muted", self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.ask)
        self.explanation = plain_label(tr("The camera is being asked …"), "muted", self)
        self.busy = BusyBar(self)
        self.trust_button = QPushButton(tr("&Trust this certificate"), self)
        self.trust_button.setAutoDefault(False)
        self.trust_button.hide()
        self.trust_button.clicked.connect(self.trust)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        buttons.addWidget(self.trust_button)
        buttons.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        self._column.setSpacing(space + space // 2)
        for part in (heading, address, self.notice, self.explanation, self.busy):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._column.addLayout(buttons)

    @Slot()
    def ask(self) -> None:
        """Ask the camera in the background; closing gives it up."""
        self.notice.hide()
        self.busy.show()
        camera, cancel = self._camera, self._cancel
        self._background.run(
            lambda: self._commands.test_camera(
                self._session, camera.settings, None, camera.id, cancel=cancel
            ),
            self._on_answer,
            self._on_failed,
            owner=self,
        )

    def _on_answer(self, result: ConnectionTest) -> None:
        self.busy.hide()
        facts = self._facts = result.certificate
        pin = self._camera.settings.pin
        if self.view is not None:
            self.view.deleteLater()
            self.view = None
        if facts is None:
            self.explanation.hide()
            self.notice.show_text(
                "error",
                reason_sentence(result.reason, result.detail)
                if not result.is_ok
                else tr("The camera is not asked over https, so it shows no certificate."),
                REASONS[result.reason].advice,
                action="" if result.is_ok else tr("Ask again"),
            )
            return
        self.view = CertificateView(facts, pin, self, is_wide=True)
        self._column.insertWidget(self._column.indexOf(self.explanation), self.view)
        if is_about_certificate(result):
            is_change = result.reason is Reason.CERTIFICATE_CHANGED
            self.notice.show_text("warning", reason_sentence(result.reason))
            self.explanation.setText(tr(_CHANGED) if is_change else tr(_UNKNOWN))
            self.trust_button.show()
        else:
            self.notice.show_text("ok", tr("The camera's certificate is trusted."))
            self.explanation.setText(tr(_TRUSTED) if pin else "")
        self.explanation.setVisible(bool(self.explanation.text()))

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.trust_button.setEnabled(True)
        self.notice.show_error(text_for(error), action=tr("Ask again"))

    @Slot()
    def trust(self) -> None:
        """Trust what is shown, not what the camera may show by now."""
        if self._facts is None:
            return
        fingerprint = self._facts.fingerprint
        self.busy.show()
        self.trust_button.setEnabled(False)
        self._background.run(
            lambda: self._commands.trust_certificate(self._session, self._camera.id, fingerprint),
            self._on_trusted,
            self._on_failed,
            owner=self,
        )

    def _on_trusted(self, camera: Camera) -> None:
        self.accept()
        self.certificate_trusted.emit(camera)

    def done(self, result: int, /) -> None:
        """Close, and give up a question that is still open."""
        self._cancel.set()
        super().done(result)


class CertificateAction(QObject):
    """The button of the list of cameras that opens the dialog.

    It is there only while the chosen camera's certificate is in question.

    Args:
        page: On which the button is; it also owns the dialogs.
        chosen: Returns the camera that is selected.
        reason_of: Returns why a camera is in its state.
    """

    def __init__(  # noqa: PLR0917 - as the other actions of the page
        self,
        commands: CertificateCommands,
        session: Session,
        background: Background,
        page: QWidget,
        chosen: Callable[[], Camera | None],
        reason_of: Callable[[CameraId], Reason],
    ) -> None:
        super().__init__(page)
        self._commands = commands
        self._session = session
        self._background = background
        self._page = page
        self._chosen = chosen
        self._reason_of = reason_of
        self._may_trust = session.may(Permission.EDIT_CAMERAS)
        self.button = QPushButton(icons.icon("badge-check"), tr("Certi&ficate…"), page)
        self.button.setIconSize(icons.button_size())
        self.button.setToolTip(
            tr("Look at the camera's certificate") if self._may_trust else tr(_MAY_NOT)
        )
        self.button.clicked.connect(self.open)
        self.button.hide()

    def update(self) -> None:
        """Show the button while there is something to decide."""
        camera = self._chosen()
        is_asked = camera is not None and self._reason_of(camera.id) in _CERTIFICATE_REASONS
        self.button.setVisible(is_asked)
        self.button.setEnabled(self._may_trust)

    @Slot()
    def open(self) -> None:
        """Open the dialog for the chosen camera."""
        camera = self._chosen()
        if camera is None or not self._may_trust:
            return
        dialog = CertificateDialog(
            self._commands, self._session, self._background, camera, self._page
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
