"""For how long what is kept: entered, with what it would delete, before it holds."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.errors import InvalidSetting
from camwatch.history.keeping import Retention, RetentionPreview, RowClass
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.error_text import field_sentence
from camwatch.ui.forms import CalmSpinBox, Field, Notice, in_tab_order, plain_label, scrolled
from camwatch.ui.help.button import explain
from camwatch.ui.operators.form_dialog import bring_into_view, make_button
from camwatch.ui.storage.words import CLASSES, days, deletes

_SETTLED_MS = 350
_WIDTH = 150
_LONGEST = 36_500
_USUAL_HOURS = 3650

_FIELDS = {
    RowClass.SAMPLES: ("sample_days", 3650),
    RowClass.MINUTES: ("minute_days", _LONGEST),
    RowClass.HOURS: ("hour_days", _LONGEST),
    RowClass.TRAILS: ("trail_days", 3650),
    RowClass.PICTURES: ("picture_days", 3650),
}
_LABELS = table(
    lambda: {
        RowClass.SAMPLES: tr("&Single measurements"),
        RowClass.MINUTES: tr("&Minutes"),
        RowClass.HOURS: tr("&Hours and days"),
        RowClass.TRAILS: tr("&Where people were"),
        RowClass.PICTURES: tr("&Pictures of alerts"),
    }
)
_ABOUT = table(
    lambda: {
        RowClass.SAMPLES: (
            tr(
                "Each count of each picture, and each person who passed a line. Older than this, charts "
                "still show every minute; the proof of a single number, the live chart of that day and "
                "rehearsing rules on it are gone. They take by far the most room."
            )
        ),
        RowClass.MINUTES: (
            tr(
                "Older than this, charts can be zoomed to hours, no longer to minutes. 13 months let you "
                "compare any minute with the same day of the year before."
            )
        ),
        RowClass.HOURS: (
            tr(
                "Older than this, nothing is left: no year to compare with. They are small: a camera takes "
                "less than a megabyte a year. How cameras were is kept as long."
            )
        ),
        RowClass.TRAILS: (
            tr(
                "The maps of where people stood and walked. Older than this they cannot be shown; the "
                "counts, and how long people stayed, are not touched."
            )
        ),
        RowClass.PICTURES: (
            tr(
                "The picture of the moment in which an alert was raised. Older than this, the alert is "
                "still there without it. A longer time holds for pictures from now on."
            )
        ),
    }
)


class RetentionPage(QWidget):
    """A length of time for each class, and a preview of what that deletes.

    Signals:
        preview_wanted: The Retention that is entered now; the answer goes to `show_preview`.
        apply_requested: The Retention that shall hold.
    """

    preview_wanted = Signal(object)
    apply_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored = Retention()
        self._has_read = False
        self._is_busy = False
        self.preview: RetentionPreview | None = None
        """What the entered retention deletes; None while that is not known."""
        self.fields: dict[str, Field] = {}
        self.boxes: dict[RowClass, CalmSpinBox] = {}
        self.for_ever = QCheckBox(tr("For &ever"), self)
        space = theme.current().space
        form = QWidget(self)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(space + space // 2)
        for kind in CLASSES:
            column.addWidget(self._field(kind))
        column.addStretch(1)
        self.for_ever.toggled.connect(self._on_for_ever)
        self.result = Notice(self)
        self.reset_button = make_button(tr("&Undo changes"), "undo-2", self.reset, self)
        self.apply_button = make_button(tr("&Apply…"), "check", self._apply, self)
        self.apply_button.setProperty("role", "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        buttons.addWidget(self.reset_button)
        buttons.addWidget(self.apply_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2 * space, 0, 0)
        outer.setSpacing(space + space // 2)
        outer.addWidget(
            plain_label(
                tr(
                    "What is too old is deleted in small steps, at night and after each change here. "
                    "Recording never waits for it."
                ),
                "muted",
                self,
            )
        )
        outer.addWidget(scrolled(form, self), 1)
        outer.addWidget(self.result)
        outer.addLayout(buttons)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._want_preview)
        stops: list[QWidget] = []
        for kind, box in self.boxes.items():
            stops += [self.for_ever, box] if kind is RowClass.HOURS else [box]
        in_tab_order(*stops, self.reset_button, self.apply_button)
        self._update()

    def _field(self, kind: RowClass) -> Field:
        name, most = _FIELDS[kind]
        box = self.boxes[kind] = CalmSpinBox(self)
        box.setRange(1, most)
        box.setSuffix(tr(" days"))
        box.setFixedWidth(theme.px(_WIDTH))
        length = plain_label("", "muted", self)
        length.setWordWrap(False)
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.current().space + 4)
        if kind is RowClass.HOURS:
            line.addWidget(self.for_ever)
        line.addWidget(box)
        line.addWidget(length)
        line.addStretch(1)
        box.valueChanged.connect(lambda value: length.setText(_same_as(value)))
        if kind is RowClass.HOURS:  # for ever is no number of days
            self.for_ever.toggled.connect(length.setHidden)
        box.valueChanged.connect(self._on_edited)
        row.setFocusProxy(box)
        field = Field(_LABELS[kind], row, self, hint=_ABOUT[kind])
        field.input = box
        field.label.setBuddy(box)
        box.setAccessibleName(field.name)
        box.setAccessibleDescription(_ABOUT[kind])
        self.fields[name] = field
        if kind is RowClass.SAMPLES:
            explain(field, "retention")
        return field

    # ---------------------------------------------------------------- what is entered

    def entered(self) -> Retention:
        """Return what is entered."""
        value = {kind: box.value() for kind, box in self.boxes.items()}
        return Retention(
            sample_days=value[RowClass.SAMPLES],
            minute_days=value[RowClass.MINUTES],
            hour_days=None if self.for_ever.isChecked() else value[RowClass.HOURS],
            trail_days=value[RowClass.TRAILS],
            picture_days=value[RowClass.PICTURES],
        )

    @property
    def is_changed(self) -> bool:
        """True while something is entered that does not hold yet."""
        return self._has_read and self.entered() != self._stored

    def show_stored(self, retention: Retention) -> None:
        """Show what holds; what somebody has entered meanwhile stays."""
        is_changed = self.is_changed
        self._stored = retention
        if not is_changed:
            self._has_read = True
            self._fill(retention)
        self._update()

    @Slot()
    def reset(self) -> None:
        """Enter what holds."""
        self._fill(self._stored)
        self.clear_problems()
        self.result.hide()
        self.preview = None
        self._settled.stop()
        self._update()

    def _fill(self, retention: Retention) -> None:
        self.for_ever.setChecked(retention.hour_days is None)
        values = {
            RowClass.SAMPLES: retention.sample_days,
            RowClass.MINUTES: retention.minute_days,
            RowClass.HOURS: retention.hour_days or _USUAL_HOURS,
            RowClass.TRAILS: retention.trail_days,
            RowClass.PICTURES: retention.picture_days,
        }
        for kind, value in values.items():
            self.boxes[kind].setValue(value)

    @Slot(bool)
    def _on_for_ever(self, is_for_ever: bool) -> None:
        self.boxes[RowClass.HOURS].setVisible(not is_for_ever)
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        self.preview = None
        self.clear_problems()
        if self.is_changed:
            self.result.show_text("info", tr("Looking what that would delete …"))
            self._settled.start()
        else:
            self._settled.stop()
            self.result.hide()
        self._update()

    @Slot()
    def _want_preview(self) -> None:
        if self.is_changed:
            self.preview_wanted.emit(self.entered())

    # ---------------------------------------------------------------- answers

    def show_preview(self, retention: Retention, preview: RetentionPreview) -> None:
        """Show what a retention deletes, unless another one is entered by now."""
        if retention != self.entered() or not self.is_changed:
            return
        self.preview = preview
        kind = "warning" if preview.rows else "ok"
        self.result.show_text(kind, deletes(preview))
        self._update()

    def show_applied(self, retention: Retention) -> None:
        """Show that it holds."""
        self._stored = retention
        self.preview = None
        self.result.show_text(
            "ok",
            tr("This holds from now on."),
            tr("What is too old is being deleted; that goes on while you do something else."),
        )
        self._update()

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Show refused values at their fields."""
        self.result.hide()
        first: Field | None = None
        left = []
        for problem in problems:
            field = self.fields.get(problem.field.rpartition(".")[2])
            if field is None:
                left.append(field_sentence(problem))
            else:
                name = InvalidSetting(field.name, problem.reason)
                field.show_problem(f"{name.field} {name.reason}.")
                first = first or field
        if first is not None:
            bring_into_view(first.message)
        if left:
            self.result.show_text("error", tr("This cannot be done"), " ".join(left))
        self._update()

    def clear_problems(self) -> None:
        """Take the messages at the fields away."""
        for field in self.fields.values():
            field.clear_problem()

    def set_busy(self, *, is_busy: bool) -> None:
        """Let nothing be applied while something is under way."""
        self._is_busy = is_busy
        self._update()

    def _update(self) -> None:
        for box in (*self.boxes.values(), self.for_ever):
            box.setEnabled(self._has_read)
        self.reset_button.setEnabled(self.is_changed)
        is_known = self.preview is not None
        self.apply_button.setEnabled(self.is_changed and is_known and not self._is_busy)

    @Slot()
    def _apply(self) -> None:
        self.apply_requested.emit(self.entered())


def _same_as(count: int) -> str:
    words = days(count)
    return f"= {words}" if words else ""
