"""The camera's picture on which lines, gates, zones and masks are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from camwatch.language import tr
from camwatch.scene import SpotBox
from camwatch.ui import icons, theme
from camwatch.ui.live.tile_paint import (
    Line,
    draw_message,
    draw_picture,
    draw_pill,
    picture_box,
    sized,
)
from camwatch.ui.scene.canvas_paint import paint_draft, paint_people
from camwatch.ui.scene.draft import ShapeKind
from camwatch.ui.scene.heat_layer import HeatLayer, paint_heat
from camwatch.ui.scene.model import NOTHING, SceneModel
from camwatch.ui.scene.overlay import placed_box
from camwatch.ui.scene.select import SelectTool
from camwatch.ui.scene.select_keys import SelectKeys
from camwatch.ui.scene.tools import (
    GateTool,
    HiddenTool,
    LineTool,
    MaskTool,
    Tool,
    ZoneTool,
    put_in_the_middle,
)
from camwatch.ui.scene.words import position, shape_sentence

_DRAWING = {tool.kind: tool for tool in (LineTool, GateTool, ZoneTool, MaskTool, HiddenTool)}
_OLD_OPACITY = 0.7
_USUAL_WH = 16, 9
"""Shape of the sheet that is drawn on while there is no picture."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who is found now.

    Attributes:
        people: Their boxes, in parts of the picture.
        counted: Which of them the draft would count.
        readings: What stands beside the name of a shape, by its key.
    """

    people: tuple[SpotBox, ...] = ()
    counted: tuple[bool, ...] = ()
    readings: tuple[tuple[int, str], ...] = ()


NOBODY = Found()


class SceneCanvas(QWidget):
    """Shows the picture with what is drawn on it, and lets it be drawn by mouse and keys.

    Signals:
        hint_changed: What can be done now is something else.
        tool_changed: The ShapeKind that is drawn from now on; None selects.
    """

    hint_changed = Signal()
    tool_changed = Signal(object)

    def __init__(self, model: SceneModel, camera_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._image: QImage | None = None
        self._grey: QImage | None = None
        self._is_old = False
        self._age = ""
        self._heat: HeatLayer | None = None
        self._found = NOBODY
        self._wrong: set[int] = set()
        self._tool: Tool = SelectTool(self)
        self._kind: ShapeKind | None = None
        self._keys = SelectKeys(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(420, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Picture of {camera_name}", camera_name=camera_name))
        self.never_button = QPushButton(icons.icon("user-x"), tr("Never a person here"), self)
        self.never_button.setIconSize(icons.button_size())
        self.never_button.setAutoDefault(False)
        self.never_button.clicked.connect(self._on_never)
        self.never_button.hide()
        model.changed.connect(self._on_changed)
        model.choice_changed.connect(self._on_changed)
        self.setAccessibleDescription(self._all_shapes())

    # ---------------------------------------------------------------- for the tools

    @property
    def model(self) -> SceneModel:
        """What is edited."""
        return self._model

    @property
    def people(self) -> list[SpotBox]:
        """Who is found now."""
        return list(self._found.people)

    def picture_rect(self) -> QRectF:
        """Return where the picture is, or the sheet in its place."""
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        wh = _USUAL_WH if self._image is None else self._image.size().toTuple()
        width, height = wh
        scale = min(area.width() / width, area.height() / height)
        if self._image is None:
            sheet = QRectF(0, 0, width * scale, height * scale)
            sheet.moveCenter(area.center())
            return sheet
        return picture_box((width, height), area, self.devicePixelRatioF())

    @Slot()
    def finish(self) -> None:
        """Lay the tool away and go back to selecting."""
        self.take_tool(None)

    # ---------------------------------------------------------------- what is shown

    @property
    def kind(self) -> ShapeKind | None:
        """What is drawn now; None while things are selected."""
        return self._kind

    @property
    def hint(self) -> str:
        """What can be done now."""
        return self._tool.hint

    @property
    def device_wh(self) -> tuple[int, int]:
        """Room for the picture in device pixels."""
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def take_tool(self, kind: ShapeKind | None) -> None:
        """Draw things of this kind from now on; None selects."""
        self._kind = kind
        self._tool = SelectTool(self) if kind is None else _DRAWING[kind](self)
        if kind is not None:
            self._model.choose(NOTHING)
        cross = Qt.CursorShape.ArrowCursor if kind is None else Qt.CursorShape.CrossCursor
        self.setCursor(cross)
        self.tool_changed.emit(kind)
        self._show_change()

    def show_picture(self, image: QImage) -> None:
        """Show another picture."""
        self._image, self._grey = image, None
        self._place_button()
        self.update()

    def show_age(self, text: str, *, is_old: bool) -> None:
        """Say how old the picture is; pale if it must not be taken for now."""
        if (text, is_old) != (self._age, self._is_old):
            self._age, self._is_old = text, is_old
            self.update()

    def show_found(self, found: Found) -> None:
        """Show who is found now."""
        if found != self._found:
            self._found = found
            self.update()

    def show_wrong(self, keys: set[int]) -> None:
        """Show which shapes cannot be saved as they are."""
        self._wrong = keys
        self.update()

    def show_heat(self, heat: HeatLayer | None) -> None:
        """Lay where people walk over the picture; None takes it away."""
        self._heat = heat
        self.update()

    # ---------------------------------------------------------------- changes

    @Slot()
    def _on_changed(self) -> None:
        shape, choice = self._model.chosen, self._model.choice
        said = shape_sentence(shape, choice.corner) if shape else self._all_shapes()
        if choice.person is not None:
            said = tr("A person found at {position}.", position=position(choice.person[:2]))
        elif choice.spot is not None:
            said = tr("Spot {value} at which there is never a person.", value=choice.spot + 1)
        self.setAccessibleDescription(said)
        self._place_button()
        self._show_change()

    def _all_shapes(self) -> str:
        names = [one.name for one in self._model.draft.shapes]
        if not names:
            return tr("Nothing is drawn yet.")
        return tr("Drawn: {names}.", names=", ".join(names))

    @Slot()
    def _on_never(self) -> None:
        self._model.mark_never()
        self.setFocus()

    def _show_change(self) -> None:
        self.hint_changed.emit()
        self.update()

    def _place_button(self) -> None:
        """Put the button for what is no person below the chosen box, or above it."""
        person = self._model.choice.person
        self.never_button.setVisible(person is not None)
        if person is None:
            return
        frame = placed_box(self.picture_rect(), person)
        size = self.never_button.sizeHint()
        left = min(max(frame.center().x() - size.width() / 2, 4), self.width() - size.width() - 4)
        top = frame.bottom() + 6
        if top + size.height() > self.height() - 4:
            top = max(frame.top() - 6 - size.height(), 4)
        self.never_button.setGeometry(round(left), round(top), size.width(), size.height())

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Keep the button at its box."""
        super().resizeEvent(event)
        self._place_button()

    # ---------------------------------------------------------------- mouse

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Hand a press of the left button to the tool."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton:
            self._tool.press(event.position())
            self._show_change()

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Let the tool follow the pointer."""
        is_down = bool(event.buttons() & Qt.MouseButton.LeftButton)
        self._tool.move(event.position(), is_down)
        if is_down or self._kind is not None:
            self._show_change()

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """Hand the end of a press to the tool."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._tool.release(event.position())
            self._show_change()

    def mouseDoubleClickEvent(self, event: QMouseEvent, /) -> None:
        """Hand a double click to the tool."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._tool.double_click(event.position())
            self._show_change()

    # ---------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Draw, choose, move and remove by keys."""
        if self._take_key(Qt.Key(event.key())) or self._keys.take(event):
            self._show_change()
        else:
            super().keyPressEvent(event)

    def _take_key(self, key: Qt.Key) -> bool:
        """Take a key for the tool; return False for one that it has no use for."""
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if not self._tool.enter() and self._kind is not None:
                    put_in_the_middle(self, self._kind)
                return True
            case Qt.Key.Key_Escape:
                return self._give_up()
            case Qt.Key.Key_Backspace:
                return self._tool.take_back()
            case _:
                return False

    def _give_up(self) -> bool:
        if self._tool.give_up():
            return True
        if self._kind is not None:
            self.finish()
            return True
        return False

    def take_back(self) -> bool:
        """Take back the last step of what was begun; return False if nothing was."""
        if self._tool.take_back():
            self._show_change()
            return True
        return False

    def focusNextPrevChild(self, is_next: bool, /) -> bool:
        """Let Tab visit all that is drawn before it leaves the picture."""
        # The button on the picture asks its parent, too.
        if self.hasFocus() and self._kind is None and self._keys.step(is_next=is_next):
            return True
        return super().focusNextPrevChild(is_next)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Take the frame away."""
        super().focusOutEvent(event)
        self.update()

    # ---------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Paint the picture and all that is drawn on it."""
        # A painter that outlives its event, as after an error, would abort the program.
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        tokens = theme.on_pictures()
        picture = self.picture_rect()
        painter.fillRect(self.rect(), QColor(tokens.picture))
        if self._image is not None:
            self._paint_picture(painter, picture, self._image)
        else:
            self._paint_sheet(painter, picture)
        painter.save()
        painter.setClipRect(picture.adjusted(-8, -8, 8, 8))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._heat is not None:
            paint_heat(painter, picture, self._heat)
        choice = self._model.choice
        paint_people(painter, picture, self._found.people, self._found.counted, choice.person)
        paint_draft(
            painter,
            picture,
            self._model.draft,
            choice,
            wrong=self._wrong,
            readings=dict(self._found.readings),
        )
        self._tool.paint(painter)
        painter.restore()
        self._paint_age(painter, picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.line), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_picture(self, painter: QPainter, picture: QRectF, image: QImage) -> None:
        """Paint the picture; an old one without colours, but clear enough to draw on."""
        if self._is_old and self._grey is None:
            self._grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        painter.setOpacity(_OLD_OPACITY if self._is_old else 1.0)
        shown = self._grey if self._is_old and self._grey is not None else image
        draw_picture(painter, picture, shown, is_greyed=False)
        painter.setOpacity(1.0)

    def _paint_sheet(self, painter: QPainter, picture: QRectF) -> None:
        tokens = theme.on_pictures()
        painter.fillRect(picture, QColor(tokens.surface))
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawRect(picture)
        lines = [
            Line(tr("No picture yet from this camera"), tokens.text, is_bold=True),
            Line(tr("Look under Live or Cameras what is wrong with it."), tokens.muted),
            Line(tr("You can draw all the same; check it once there is a picture."), tokens.muted),
        ]
        draw_message(painter, picture, lines, 13, self.font())

    def _paint_age(self, painter: QPainter, picture: QRectF) -> None:
        if self._age and self._image is not None:
            tokens = theme.on_pictures()
            painter.setFont(sized(self.font(), theme.px(12)))
            corner = QPointF(picture.left() + 4, picture.bottom() - 4)
            color = tokens.warning if self._is_old else tokens.text
            draw_pill(painter, corner, self._age, color, picture.width() - 8)
