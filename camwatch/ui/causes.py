"""One line for each common cause: fifty cameras behind a dead switch are one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import Reason
from camwatch.events import ClockJumped, CommonCause, ComputerResumed
from camwatch.language import marked, table, tr
from camwatch.ui import theme, words
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.live.condition import CameraCondition

_MOST_LINES = 3


_NONE_ANSWERS = marked(
    "No camera answers since {since} ({many}): probably this computer's network cable, or the"
    " switch at its end."
)
_OF_COMPUTER: Mapping[Reason, str] = table(
    lambda: {
        Reason.HOST_OFFLINE: (
            tr("This computer has no network since {since}: {many} cannot be reached. {advice}")
        ),
        Reason.OPEN_FILES: (
            tr(
                "This computer grants CamWatch no more connections since {since}: none is left for"
                " {many}. {advice}"
            )
        ),
        Reason.OVERLOADED: (
            tr("This computer cannot keep up since {since}: pictures come late. {advice}")
        ),
        Reason.DNS: (
            tr(
                "The names of {many} are not found since {since}: probably the network's name server"
                " does not answer."
            )
        ),
    }
)
_ELSEWHERE: Mapping[str, str] = table(
    lambda: {
        "host": (
            tr(
                "No answer since {since} from {many} at {where}: probably the recorder there is off"
                " or restarts."
            )
        ),
        "network": (
            tr(
                "No answer since {since} from {many} of {where}: probably the switch or recorder"
                " there."
            )
        ),
    }
)


def cause_text(cause: CommonCause, zone: ZoneInfo) -> str:
    """Say what several cameras suffer from, since when, and what is probably the cause."""
    count = len(cause.camera_ids)
    said = _ELSEWHERE.get(cause.scope) or _OF_COMPUTER.get(cause.reason, tr(_NONE_ANSWERS))
    return said.format(
        many=words.cameras(count),
        where=cause.where,
        since=f"{(cause.since or cause.at).astimezone(zone):%H:%M}",
        advice=words.REASONS[cause.reason].advice,
    )


def resumed_text(event: ComputerResumed) -> str:
    """Say that this computer was asleep."""
    return tr(
        "This computer was asleep or stopped for {whole_span}: nothing was"
        " counted in that time. The cameras are being asked again.",
        whole_span=words.whole_span(event.asleep_s),
    )


def jumped_text(event: ClockJumped) -> str:
    """Say that the clock was set, and what that means for charts."""
    span = words.whole_span(abs(event.by_s))
    if event.by_s > 0:
        return tr(
            "This computer's clock was set forwards by {span}. Counting goes on; charts show a"
            " gap of that length.",
            span=span,
        )
    return tr(
        "This computer's clock was set back by {span}. Counting goes on; charts show that time"
        " as if it was there twice.",
        span=span,
    )


class CauseBanners(QWidget):
    """A line for each common cause that goes on, at most three; hidden while there is none.

    Signals:
        list_requested: The operator wants to see which cameras: CommonCause.
    """

    list_requested = Signal(object)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._causes: dict[str, CommonCause] = {}
        self._lines: dict[str, Banner] = {}
        self._more = Banner(Gravity.WARNING)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._layout.addWidget(self._more)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """What the lines say, the largest trouble first."""
        lines = [*(self._lines[one.key] for one in self._by_size()), self._more]
        return [line.text for line in lines if line.text]

    def show_cause(self, cause: CommonCause) -> None:
        """Show a trouble, or what became of it; hide it when it is over."""
        self._causes.pop(cause.key, None)
        if cause.camera_ids:
            self._causes[cause.key] = cause
        elif (line := self._lines.pop(cause.key, None)) is not None:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lay_out()

    def _lay_out(self) -> None:
        by_size = self._by_size()
        for place, cause in enumerate(by_size):
            line = self._lines.get(cause.key) or self._new_line(cause.key)
            self._layout.insertWidget(place, line)
            line.say(cause_text(cause, self._zone) if place < _MOST_LINES else "")
        hidden = by_size[_MOST_LINES:]
        count = sum(len(one.camera_ids) for one in hidden)
        places = (
            tr("1 other place")
            if len(hidden) == 1
            else tr("{count} other places", count=len(hidden))
        )
        self._more.say(
            tr(
                "{cameras} at {places} fail together too.",
                cameras=words.cameras(count),
                places=places,
            )
            if hidden
            else ""
        )
        self.setVisible(bool(by_size))

    def _by_size(self) -> list[CommonCause]:
        return sorted(self._causes.values(), key=lambda one: (-len(one.camera_ids), one.key))

    def _new_line(self, key: str) -> Banner:
        line = Banner(Gravity.WARNING)
        button = line.add_button(tr("Show cameras"))
        button.clicked.connect(partial(self._on_asked, key))
        self._lines[key] = line
        return line

    def _on_asked(self, key: str) -> None:
        if (cause := self._causes.get(key)) is not None:
            self.list_requested.emit(cause)


class CauseDialog(QDialog):
    """Lists the cameras that fail together, as they were when it was opened.

    Args:
        cause: What they have in common.
        conditions: What is known of all cameras.
        zone: Whose clocks tell the time.
    """

    def __init__(
        self,
        cause: CommonCause,
        conditions: Sequence[CameraCondition],
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Cameras that fail together"))
        space = theme.current().space
        said = QLabel(cause_text(cause, zone))
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        said.setProperty("role", "heading")
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Cameras that fail together"))
        self.list.setHeaderLabels([tr("Camera"), tr("Address"), tr("State"), tr("Since")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(False)
        affected = set(cause.camera_ids)
        for one in conditions:
            if one.camera.id in affected:
                since = words.clock_time(one.state.since, zone) if one.state else ""
                state = ": ".join(filter(None, (one.state_word, one.reason_words)))
                row = [one.camera.name, one.camera.settings.host, state, since]
                self.list.addTopLevelItem(QTreeWidgetItem(row))
        for column in range(4):
            self.list.resizeColumnToContents(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        layout.setSpacing(2 * space)
        layout.addWidget(said)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.resize(90 * space, 60 * space)
