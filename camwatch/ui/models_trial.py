"""The panel that shows how a model did on one picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from camwatch.commands.model_commands import TriedModel
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.live.tile_paint import draw_boxes, draw_picture, picture_box
from camwatch.ui.models_table import certainty, family_words, runtime_words

_LEAST = QSize(384, 216)
_WEAK = marked(
    "This picture is an easy one. Perhaps colours, scale or threshold are not what the model "
    "wants: a small file beside it can say so. Look at the frames before you use it."
)


class TriedPicture(QWidget):
    """The picture a model was tried on, with a frame around everybody it found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._tried: TriedModel | None = None
        self.setMinimumSize(_LEAST)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Picture the model was tried on"))

    def heightForWidth(self, width: int, /) -> int:
        """Keep the shape of the test picture."""
        return width * 9 // 16

    def show_tried(self, tried: TriedModel | None) -> None:
        """Show what a model found; None shows nothing."""
        self._tried = tried
        self._image = QImage.fromData(tried.picture) if tried else QImage()
        self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the picture, and the boxes over it."""
        tokens = theme.on_pictures()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.picture))
            painter.drawRoundedRect(QRectF(self.rect()), tokens.radius, tokens.radius)
            if self._tried is None or self._image.isNull():
                size = 32
                icon = icons.pixmap("scan", size, tokens.disabled, self.devicePixelRatioF())
                painter.drawPixmap((self.width() - size) // 2, (self.height() - size) // 2, icon)
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            wh = (self._image.width(), self._image.height())
            box = picture_box(wh, QRectF(self.rect()), self.devicePixelRatioF())
            draw_picture(painter, box, self._image, is_greyed=False)
            draw_boxes(painter, box, self._tried.boxes, is_behind=False)


def verdict(tried: TriedModel) -> tuple[str, str, str]:
    """Say what came of a trial: kind of notice, title, and sentences."""
    people = tr("1 person") if tried.count == 1 else tr("{count} people", count=tried.count)
    if tried.known is None:
        return (
            "info",
            tr("{people} found.", people=people),
            tr("Look whether the frames are where the people are."),
        )
    if tried.is_recommended:
        return "ok", tr("All {known} people found, and nobody else.", known=tried.known), ""
    false = tried.false_alarms or 0
    wrong = tr(", and {false} where nobody is", false=false) if false else ""
    title = tr(
        "{found} of {known} people found{wrong}.", found=tried.found, known=tried.known, wrong=wrong
    )
    return "warning", title, tr(_WEAK)


def facts(tried: TriedModel) -> str:
    """Say how the model ran, a line each."""
    lines = [
        tr(
            "Time: {ms:.1f} ms a picture, {value:.0f} pictures a second",
            ms=tried.ms,
            value=1000 / max(tried.ms, 0.1),
        ),
        tr("Kind: {family_words}", family_words=family_words(tried.family)),
        tr("Runs in: {runtime_words}", runtime_words=runtime_words(tried.runtime, tried.precision)),
    ]
    if tried.input_wh is not None:
        width, height = tried.input_wh
        lines.append(tr("Looks at: {width} × {height} pixels", width=width, height=height))
    lines.append(
        tr("Counts from a certainty of: {certainty}", certainty=certainty(tried.threshold))
    )
    return "\n".join(lines)


class ModelTrialPanel(QFrame):
    """Shows a trial, from its start to the frames or the reason.

    Signals:
        given_up: The operator does not want to wait any more.
    """

    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.heading = plain_label(tr("Test"), "heading", self)
        self.picture = TriedPicture(self)
        self.busy = BusyBar(self)
        self.words = plain_label("", "muted", self)
        self.stop_button = QPushButton(tr("&Stop"), self)
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.given_up)
        self.notice = Notice(self)
        self.facts = plain_label("", "", self)
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        for part in (self.heading, self.picture, self.busy, self.words):
            column.addWidget(part)
        column.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.notice)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.reset()

    def reset(self) -> None:
        """Show nothing, as before the first trial."""
        self._clear()
        self.heading.setText(tr("Test"))
        self.picture.show_tried(None)
        self.words.setText(
            tr(
                "A test looks for the four people of a built-in picture, ten times, and shows whom "
                "the model finds and how long it takes."
            )
        )
        self.words.show()

    def begin(self, name: str) -> None:
        """Show that a model is being tried."""
        self._clear()
        self.heading.setText(tr("Test of {name}", name=name))
        self.picture.show_tried(None)
        self.busy.show()
        self.words.setText(tr("The model is loaded and tried …"))
        self.words.show()
        self.stop_button.show()

    def show_tried(self, tried: TriedModel) -> None:
        """Show what came of it."""
        self._clear()
        self.heading.setText(tr("Test of {name}", name=tried.name))
        self.picture.show_tried(tried)
        self.notice.show_text(*verdict(tried))
        self.facts.setText(facts(tried))
        self.facts.show()

    def _clear(self) -> None:
        for part in (self.busy, self.words, self.stop_button, self.notice, self.facts):
            part.hide()
