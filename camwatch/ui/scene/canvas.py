"""The camera's picture on which lines, gates, zones and masks are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
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
from camwatch.ui.scene.model import NOTHING, Choice, SceneModel
from camwatch.ui.scene.overlay import placed_box
from camwatch.ui.scene.select import SelectTool
from camwatch.ui.scene.tools import (
    GateTool,
    LineTool,
    MaskTool,
    Tool,
    ZoneTool,
    put_in_the_middle,
)
from camwatch.ui.scene.words import position, shape_sentence

_DRAWING = {tool.kind: tool for tool in (LineTool, GateTool, ZoneTool, MaskTool)}
_USUAL_WH = 16, 9
"""Shape of the sheet that is drawn on while there is no picture."""

_STEP, _FINE_STEP = 0.005, 0.001
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


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
        self._is_old = False
        self._age = ""
        self._heat: QImage | None = None
        self._found = NOBODY
        self._wrong: set[int] = set()
        self._tool: Tool = SelectTool(self)
        self._kind: ShapeKind | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(420, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"Picture of {camera_name}")
        self.never_button = QPushButton(icons.icon("user-x"), "Never a person here", self)
        self.never_button.setIconSize(QSize(16, 16))
        self.never_button.setAutoDefault(False)
        self.never_button.clicked.connect(self._on_never)
        self.never_button.hide()
        model.changed.connect(self._on_changed)
        model.choice_changed.connect(self._on_choice_changed)

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
    def has_picture(self) -> bool:
        """True if there is a picture of the camera."""
        return self._image is not None

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
        self._image = image
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

    def show_heat(self, heat: QImage | None) -> None:
        """Lay a picture of where people walk over the camera's; None takes it away."""
        self._heat = heat
        self.update()

    # ---------------------------------------------------------------- changes

    @Slot()
    def _on_changed(self) -> None:
        self._place_button()
        self._show_change()

    @Slot()
    def _on_choice_changed(self) -> None:
        shape, choice = self._model.chosen, self._model.choice
        said = shape_sentence(shape, choice.corner) if shape else ""
        if choice.person is not None:
            said = f"A person found at {position(choice.person[:2])}."
        elif choice.spot is not None:
            said = f"Spot {choice.spot + 1} at which there is never a person."
        self.setAccessibleDescription(said)
        self._place_button()
        self._show_change()

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
        if self._take_key(event):
            self._show_change()
        else:
            super().keyPressEvent(event)

    def _take_key(self, event: QKeyEvent) -> bool:
        """Return False for a key that means nothing here."""
        key = Qt.Key(event.key())
        meanings = {
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_Escape: self._escape,
            Qt.Key.Key_Backspace: self._tool.take_back,
            Qt.Key.Key_Delete: self._remove,
            Qt.Key.Key_Space: self._next_corner,
        }
        if key in meanings:
            return meanings[key]()
        if key not in _ARROWS:
            return False
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        right, down = _ARROWS[key]
        size = _FINE_STEP if is_fine else _STEP
        return self._push(right * size, down * size, is_held=event.isAutoRepeat())

    def _remove(self) -> bool:
        self._model.remove_chosen()
        return True

    def _enter(self) -> bool:
        if not self._tool.enter() and self._kind is not None:
            put_in_the_middle(self, self._kind)
        return True

    def _escape(self) -> bool:
        if self._tool.give_up():
            return True
        if self._kind is not None:
            self.finish()
            return True
        return False

    def _next_corner(self) -> bool:
        shape, corner = self._model.chosen, self._model.choice.corner
        if shape is None:
            return False
        after = 0 if corner is None else corner + 1
        is_whole = after == len(shape.points)
        self._model.choose(Choice(shape.key, None if is_whole else after))
        return True

    def _push(self, right: float, down: float, *, is_held: bool) -> bool:
        shape, corner = self._model.chosen, self._model.choice.corner
        if shape is None:
            return False
        if not is_held:
            self._model.end_step()
        if corner is None:
            shape = shape.moved(right, down)
        else:
            x, y = shape.points[corner]
            shape = shape.with_corner(corner, x + right, y + down)
        self._model.put(shape, step=f"arrows {shape.key} {corner}")
        return True

    # ---------------------------------------------------------------- Tab

    def _stops(self) -> list[Choice]:
        """Return what Tab visits: shapes, spots, then people."""
        draft = self._model.draft
        shapes = [Choice(shape.key) for shape in draft.shapes]
        spots = [Choice(spot=number) for number in range(len(draft.never))]
        return shapes + spots + [Choice(person=person) for person in self._found.people]

    def focusNextPrevChild(self, is_next: bool, /) -> bool:
        """Let Tab visit all that is drawn before it leaves the picture."""
        stops, choice = self._stops(), self._model.choice
        here = Choice(choice.shape, None, choice.spot, choice.person)
        at = stops.index(here) if here in stops else (-1 if is_next else len(stops))
        after = at + (1 if is_next else -1)
        if self._kind is None and 0 <= after < len(stops):
            self._model.choose(stops[after])
            return True
        return super().focusNextPrevChild(is_next)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Coming by Tab, begin at the first or the last thing drawn."""
        super().focusInEvent(event)
        stops = self._stops()
        if stops and self._kind is None:
            if event.reason() is Qt.FocusReason.TabFocusReason:
                self._model.choose(stops[0])
            elif event.reason() is Qt.FocusReason.BacktabFocusReason:
                self._model.choose(stops[-1])
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
        tokens = theme.current()
        picture = self.picture_rect()
        painter.fillRect(self.rect(), QColor(tokens.picture))
        if self._image is not None:
            draw_picture(painter, picture, self._image, is_greyed=self._is_old)
        else:
            self._paint_sheet(painter, picture)
        painter.save()
        painter.setClipRect(picture.adjusted(-8, -8, 8, 8))
        if self._heat is not None:
            painter.drawImage(picture, self._heat)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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

    def _paint_sheet(self, painter: QPainter, picture: QRectF) -> None:
        tokens = theme.current()
        painter.fillRect(picture, QColor(tokens.surface))
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawRect(picture)
        lines = [
            Line("No picture yet from this camera", tokens.text, is_bold=True),
            Line("Look under Live or Cameras what is wrong with it.", tokens.muted),
            Line("You can draw all the same; check it once there is a picture.", tokens.muted),
        ]
        draw_message(painter, picture, lines, 13, self.font())

    def _paint_age(self, painter: QPainter, picture: QRectF) -> None:
        if self._age and self._image is not None:
            tokens = theme.current()
            painter.setFont(sized(self.font(), 12))
            corner = QPointF(picture.left() + 4, picture.bottom() - 4)
            color = tokens.warning if self._is_old else tokens.text
            draw_pill(painter, corner, self._age, color, picture.width() - 8)
