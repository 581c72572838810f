"""The window that shows where people are in one camera's view, and how long they stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, Picture, utc_now
from camwatch.errors import CamWatchError
from camwatch.language import table, tr
from camwatch.scene.dwell import ZoneDwell
from camwatch.scene.heat import Heat
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.charts.ranges import preset_range
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.heat.choices import HeatChoices, Look
from camwatch.ui.heat.map_view import ColorBar, HeatView, backdrop
from camwatch.ui.heat.scale import Scale
from camwatch.ui.heat.stays import StaysPanel
from camwatch.ui.heat.words import stay
from camwatch.ui.heat.zone_table import stays_of
from camwatch.ui.words import number


class HeatCommands(Protocol):
    """What this window asks of `camwatch.commands.Commands`."""

    def heat(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_id: CameraId,
        start: datetime,
        end: datetime,
        hours: tuple[int, int] | None = None,
        zone: ZoneInfo | None = None,
    ) -> Heat:
        """Return where people were."""
        ...

    def dwell(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[ZoneDwell]:
        """Return how long people stayed in each zone."""
        ...


class LatestPictures(Protocol):
    """Holds the newest picture of each camera."""

    def latest(self, camera_id: CameraId) -> Picture | None:
        """Return the camera's newest picture; None if there is none yet."""
        ...


_LOOK_HINTS = table(
    lambda: {
        Look.TIME: tr("Colours: how long people stood at a spot, everybody added up."),
        Look.LOST: (
            tr(
                "Colours: how many people appeared or vanished in the middle of the view, where nobody "
                "can come in or go out. Keep lines away from bright spots, unless there is a door."
            )
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was asked for, and what came."""

    heat: Heat
    dwell: Sequence[ZoneDwell]
    picture: QImage
    hours: tuple[int, int] | None


class HeatDialog(QDialog):
    """Shows where people were in one camera's view, over a chosen time.

    All is read in the background; a newer question makes the answer to an older one worthless.

    Args:
        zone: The site's time zone; None is this computer's.
        clock: Tells the time, UTC.
    """

    def __init__(  # noqa: PLR0917 - its edges, and whose view
        self,
        commands: HeatCommands,
        session: Session,
        background: Background,
        pictures: LatestPictures,
        camera: Camera,
        parent: QWidget | None = None,
        *,
        zone: ZoneInfo | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._pictures = pictures
        self._camera = camera
        self._zone = zone or site_zone()
        self._clock = clock
        self._question = 0
        self._reading: _Reading | None = None
        self.setWindowTitle(tr("Where people are – {name}", name=camera.name))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._build()
        fit(self, 1240, 720)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = plain_label(tr("Where people are"), "title", self)
        title.setWordWrap(False)
        settings = self._camera.settings
        place = plain_label(f"{settings.name}, {settings.location}", "muted", self)
        self.choices = HeatChoices(self)
        self.choices.time_changed.connect(self.reload)
        self.choices.look_changed.connect(self._draw)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.stays = StaysPanel(self)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.accept)

        head = QHBoxLayout()
        head.setSpacing(2 * space)
        head.addWidget(title, 0, Qt.AlignmentFlag.AlignBaseline)
        head.addWidget(place, 1, Qt.AlignmentFlag.AlignBaseline)
        side = QVBoxLayout()
        side.setSpacing(space)
        side.addWidget(self.stays, 1)
        side.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        body = QHBoxLayout()
        body.setSpacing(2 * space)
        body.addLayout(self._map_side(), 5)
        body.addLayout(side, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(self.choices)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addLayout(body, 1)
        in_tab_order(
            *self.choices.widgets,
            self.notice.button,
            self.map,
            self.stays.table,
            self.close_button,
        )

    def _map_side(self) -> QVBoxLayout:
        space = theme.current().space
        self.map = HeatView(self)
        self.stays.zone_chosen.connect(self.map.choose)
        self.bar = ColorBar(self)
        self.brightest = plain_label("", "", self)
        self.brightest.setWordWrap(False)
        self.spot = plain_label("", "", self)
        self.spot.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.map.spot_read.connect(self.spot.setText)
        self.hint = plain_label("", "muted", self)
        legend = QHBoxLayout()
        legend.setSpacing(2 * space)
        legend.addWidget(self.bar, 2, Qt.AlignmentFlag.AlignTop)
        legend.addWidget(self.brightest, 0, Qt.AlignmentFlag.AlignTop)
        legend.addWidget(self.spot, 2, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(space)
        column.addWidget(self.map, 100)
        column.addLayout(legend)
        column.addWidget(self.hint)
        column.addStretch(1)
        return column

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read when it is opened."""
        super().showEvent(event)
        if not self._question:
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read what is chosen; the answer to an older question is thrown away."""
        hours = self.choices.hours
        stretch = preset_range(self.choices.preset, self._clock(), self._zone)
        self._question += 1
        self.notice.hide()
        self.busy.show()
        self._background.run(
            lambda: self._read(stretch.start, stretch.end, hours),
            partial(self._on_answer, self._question),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _read(self, start: datetime, end: datetime, hours: tuple[int, int] | None) -> _Reading:
        """Ask for all that is shown; runs on a pool thread."""
        picture = self._pictures.latest(self._camera.id)
        return _Reading(
            self._commands.heat(self._session, self._camera.id, start, end, hours, self._zone),
            self._commands.dwell(self._session, self._camera.id, start, end),
            QImage() if picture is None else backdrop(picture.data),
            hours,
        )

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Try again"))

    def _on_answer(self, question: int, reading: _Reading) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._reading = reading
        heat = reading.heat
        self.map.show_picture(reading.picture)
        self.map.show_zones([one.zone for one in reading.dwell])
        self.stays.show_heat(heat)
        self.stays.show_stays([stays_of(one, self._zone, reading.hours) for one in reading.dwell])
        self._say_if_empty(heat)
        self._draw()

    def _say_if_empty(self, heat: Heat) -> None:
        if not heat.watched_s:
            self.notice.show_text(
                "info",
                tr("Nothing is known of this time yet"),
                tr(
                    "The map fills while people are counted on this camera. A new camera shows its "
                    "first colours about a minute after the first person came into view."
                ),
            )
        elif heat.is_empty:
            self.notice.show_text(
                "info",
                tr("Nobody was seen in this time"),
                tr("It was watched for {stay}.", stay=stay(heat.watched_s)),
            )

    @Slot()
    def _draw(self) -> None:
        """Show the chosen look of what was read."""
        if self._reading is None:
            return
        heat, is_time = self._reading.heat, self.choices.look is Look.TIME
        values = heat.presence_s if is_time else heat.born + heat.lost
        top = float(values.max())
        scale = Scale(top, is_time) if top else None
        self.map.show_values(values, scale)
        self.bar.show_scale(scale)
        self.bar.setVisible(scale is not None)
        self.hint.setText("" if heat.is_empty else _LOOK_HINTS[self.choices.look])
        self.brightest.setText(_brightest(heat, top, is_time=is_time))
        self.map.tell(self.brightest.text() or tr("Nobody was seen there in this time."))


def _brightest(heat: Heat, top: float, *, is_time: bool) -> str:
    """Say how much the brightest colour is."""
    if top:
        return tr("Brightest spot: {word}", word=stay(top) if is_time else number(round(top)))
    return "" if is_time or heat.is_empty else tr("Nobody appeared or vanished there: all is well.")
