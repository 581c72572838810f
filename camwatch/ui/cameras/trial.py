"""The panel that tries a camera and shows what came of it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from camwatch.cameras.trial import ConnectionTest
from camwatch.domain import Reason
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.cameras.certificate import CertificatePanel, is_about_certificate
from camwatch.ui.error_text import ErrorText, reason_sentence, text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.words import REASONS

_PREVIEW = QSize(320, 180)


def size_words(size_bytes: int) -> str:
    """Say the size of a file: "812 bytes", "71 kB", "2.4 MB"."""
    if size_bytes < 1000:
        return tr("{size_bytes} bytes", size_bytes=size_bytes)
    if size_bytes < 1_000_000:
        return tr("{value:.0f} kB", value=size_bytes / 1000)
    return tr("{value:.1f} MB", value=size_bytes / 1_000_000)


def facts(result: ConnectionTest) -> str:
    """Say what came, a line each: size, time, and what the camera says of itself."""
    lines = []
    if result.wh is not None:
        width, height = result.wh
        size = size_words(result.size_bytes)
        lines.append(
            tr("Picture: {width} × {height} pixels, {size}", width=width, height=height, size=size)
        )
    lines.append(tr("Time: {milliseconds:.0f} ms", milliseconds=result.milliseconds))
    if result.status is not None:
        said = result.status.text or tr("HTTP {http_status}", http_status=result.status.http_status)
        lines.append(tr("Status: {said}", said=said))
    elif result.status_reason is Reason.NOT_FOUND:
        lines.append(tr("The camera has no status page at this path; that does no harm."))
    elif result.status_reason is not Reason.NONE:
        why = reason_sentence(result.status_reason, result.status_detail)
        lines.append(tr("Status: none. {why} Pictures are counted all the same.", why=why))
    return "\n".join(lines)


class Preview(QWidget):
    """The picture that came, in its own shape, or a sign that there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = QPixmap()
        self.setMinimumSize(_PREVIEW)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Picture of the camera"))

    def heightForWidth(self, width: int, /) -> int:
        """Keep the shape of a camera's picture."""
        return width * 9 // 16

    def show_jpeg(self, data: bytes) -> None:
        """Show a picture that CamWatch made itself; b"" takes it away."""
        self.picture = QPixmap()
        if data:
            self.picture.loadFromData(data, "JPEG")
        self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the picture."""
        tokens = theme.on_pictures()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.picture))
            painter.drawRoundedRect(QRectF(self.rect()), tokens.radius, tokens.radius)
            if self.picture.isNull():
                size = 32
                icon = icons.pixmap("video-off", size, tokens.disabled, self.devicePixelRatioF())
                painter.drawPixmap((self.width() - size) // 2, (self.height() - size) // 2, icon)
            else:
                fitted = self.picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRectF(
                    (self.width() - fitted.width()) / 2,
                    (self.height() - fitted.height()) / 2,
                    fitted.width(),
                    fitted.height(),
                )
                painter.drawPixmap(place, self.picture, QRectF(self.picture.rect()))


class TrialPanel(QFrame):
    """Shows the trial of a connection, from the button to the picture or the reason.

    Signals:
        requested: The operator wants to try the camera.
        address_chosen: The address that the camera points to; the operator wants that one.
    """

    requested = Signal()
    address_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.preview = Preview(self)
        self.busy = BusyBar(self)
        self.button = QPushButton(tr("&Test connection"), self)
        self.button.setIcon(icons.icon("plug-zap"))
        self.button.setIconSize(icons.button_size())
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.requested)
        self.words = plain_label(
            tr("Try the camera before you save it: one picture is fetched."), "muted", self
        )
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._on_address_chosen)
        self._redirect = ""
        self.certificate = CertificatePanel(self)
        self.facts = plain_label("", "", self)
        self.facts.hide()
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(self.preview)
        column.addWidget(self.busy)
        column.addWidget(self.button)
        column.addWidget(self.words)
        column.addWidget(self.notice)
        column.addWidget(self.certificate)
        column.addWidget(self.facts)
        column.addStretch(1)

    def begin(self) -> None:
        """Show that the camera is being asked."""
        self._clear()
        self.busy.show()
        self.button.setEnabled(False)
        self.words.setText(tr("The camera is being asked …"))
        self.words.show()

    def _clear(self) -> None:
        self.busy.hide()
        self.button.setEnabled(True)
        self.words.hide()
        self.notice.hide()
        self.facts.hide()
        self.certificate.clear()
        self.preview.show()
        self.preview.show_jpeg(b"")

    def show_result(self, result: ConnectionTest, pin: str = "") -> None:
        """Show the picture with its facts, or why there is none and what to do.

        Args:
            result: Of the trial.
            pin: Fingerprint of the certificate that is trusted; "" if none is.
        """
        self._clear()
        self._redirect = result.redirect
        if result.is_ok:
            self.preview.show_jpeg(result.preview)
            self.notice.show_text("ok", tr("The camera gives pictures."))
        elif is_about_certificate(result):
            self.preview.hide()  # there is none, and the certificate needs the room
            why = result.certificate.problem if result.certificate is not None else ""
            self.notice.show_text("warning", reason_sentence(result.reason, why))
        else:
            advice = REASONS[result.reason].advice
            if result.redirect:
                advice = tr("{advice} It names {redirect}", advice=advice, redirect=result.redirect)
            self.notice.show_text(
                "error",
                reason_sentence(result.reason, result.detail),
                advice,
                action=tr("Use this address") if result.redirect else "",
            )
        self.certificate.show_result(result, pin)
        self.facts.setText(facts(result))
        self.facts.show()

    @Slot()
    def _on_address_chosen(self) -> None:
        self.address_chosen.emit(self._redirect)

    def show_error(self, error: CamWatchError) -> None:
        """Show why the camera could not even be tried."""
        self._clear()
        words: ErrorText = text_for(error)
        self.notice.show_error(words)

    def mark_old(self) -> None:
        """Say that what is shown was tried with other settings."""
        if not self.notice.isHidden():
            self.words.setText(tr("The settings have been changed since this trial."))
            self.words.show()

    def reset(self) -> None:
        """Show nothing, as before the first trial."""
        self._clear()
