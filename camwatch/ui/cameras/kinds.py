"""Asks how a camera's pictures are fetched, with what each way costs and is good for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QWidget

from camwatch.domain import SourceKind
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of camera in the words of an operator.

    Attributes:
        name: As it stands beside its choice.
        short: For a column of a table.
        explanation: What it costs and what it is good for, in one line.
    """

    name: str
    short: str
    explanation: str


KINDS: Mapping[SourceKind, KindWords] = table(
    lambda: {
        SourceKind.SNAPSHOT: KindWords(
            tr("Snapshots"),
            tr("Snapshots"),
            tr("Costs least; right for most counting."),
        ),
        SourceKind.MJPEG: KindWords(
            tr("Video in the browser (MJPEG)"),
            "MJPEG",
            tr("Smooth, but much network traffic."),
        ),
        SourceKind.RTSP: KindWords(
            tr("RTSP stream"),
            "RTSP",
            tr("Smooth video; costs computing time."),
        ),
        SourceKind.USB: KindWords(
            tr("USB camera"), "USB", tr("Plugged into this computer; no network needed.")
        ),
        SourceKind.FILE: KindWords(
            tr("File"), tr("File"), tr("A video, picture or folder, to try things out.")
        ),
    }
)


class KindChooser(QWidget):
    """A choice for each kind of camera, under each other, the explanation beside it.

    Signals:
        kind_changed: The SourceKind that is chosen now.
    """

    kind_changed = Signal(object)

    def __init__(self, kind: SourceKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("How its pictures come"))
        space = theme.current().space
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * space)
        grid.setVerticalSpacing(space // 2)
        grid.setColumnStretch(1, 1)
        self.buttons: dict[SourceKind, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for row, (one, words) in enumerate(KINDS.items()):
            button = QRadioButton(words.name, self)
            button.setAccessibleDescription(words.explanation)
            self._group.addButton(button)
            self.buttons[one] = button
            said: QLabel = plain_label(words.explanation, "muted", self)
            grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(said, row, 1, Qt.AlignmentFlag.AlignVCenter)
        self._group.buttonClicked.connect(self._on_clicked)
        self._chosen = kind
        self._mark(kind)

    @property
    def kind(self) -> SourceKind:
        """The kind that is chosen."""
        return self._chosen

    def choose(self, kind: SourceKind) -> None:
        """Choose a kind, as a click on it does."""
        self._mark(kind)
        self._tell(kind)

    def _mark(self, kind: SourceKind) -> None:
        """Check a choice; the Tab key visits it alone, arrow keys go to the others."""
        self.buttons[kind].setChecked(True)
        for button in self.buttons.values():
            is_checked = button.isChecked()
            policy = Qt.FocusPolicy.StrongFocus if is_checked else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def _on_clicked(self) -> None:
        kind = next(kind for kind, button in self.buttons.items() if button.isChecked())
        self._mark(kind)
        self._tell(kind)

    def _tell(self, kind: SourceKind) -> None:
        if kind is not self._chosen:
            self._chosen = kind
            self.kind_changed.emit(kind)
