"""The pictures that are kept to see the past again: how often, how many, and what they take."""

from __future__ import annotations

from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from camwatch import language
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.history.moments import PictureKeeping, PictureStock
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import CalmSpinBox, Field, Notice, in_tab_order, plain_label, scrolled
from camwatch.ui.operators.form_dialog import bring_into_view, make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.storage.words import moment_of, size

_SETTLED_MS = 350
_USUAL_BYTES = 18_000
_DAY_S = 86_400
_LEAST_S = 10


class PictureCommands(Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def picture_stock(self, session: Session) -> PictureStock:
        """Tell how pictures are kept, and what of them there is."""
        ...

    def preview_picture_keeping(self, session: Session, keeping: PictureKeeping) -> tuple[int, int]:
        """Return how many pictures would go now, and their bytes."""
        ...

    def set_picture_keeping(self, session: Session, keeping: PictureKeeping) -> None:
        """Keep pictures in another way from now on."""
        ...


class PicturesPage(QWidget):
    """Shows and sets how pictures are kept for the time machine.

    Args:
        zone: By whose clocks moments are said.
    """

    def __init__(
        self,
        commands: PictureCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._stock: PictureStock | None = None
        self._question = 0
        self._going: tuple[int, int] | None = None
        self.question: QMessageBox | None = None
        """What was asked last."""
        self.every, self.mib, self.days = (CalmSpinBox(self) for _ in range(3))
        self.fields = self._make_fields()
        self.now = plain_label("", "", self)
        self.estimate = plain_label("", "muted", self)
        self.result = Notice(self)
        self.result.action_requested.connect(self.reload)
        self.reset_button = make_button(tr("&Undo changes"), "undo-2", self.reset, self)
        self.apply_button = make_button(tr("&Apply…"), "check", self._ask_apply, self)
        self.apply_button.setProperty("role", "primary")
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._preview)
        self._lay_out()
        for box in (self.every, self.mib, self.days):
            box.valueChanged.connect(self._on_edited)
        self._update()

    def _make_fields(self) -> dict[str, Field]:
        self.every.setRange(0, _DAY_S)
        self.every.setSuffix(tr(" s"))
        self.every.setSpecialValueText(tr("Off"))
        self.mib.setRange(16, 10_000_000)
        self.mib.setSuffix(tr(" MiB"))
        self.mib.setSingleStep(256)
        self.days.setRange(1, 3650)
        self.days.setSuffix(tr(" days"))
        facts = (
            (
                "picture_every_s",
                tr("One picture of each camera &every"),
                self.every,
                tr(
                    "And when its number of people changes, but at most one in 10 seconds. “Off” "
                    "keeps none: the time machine then shows numbers and pictures of alerts only."
                ),
            ),
            (
                "picture_mib",
                tr("All together take at &most"),
                self.mib,
                tr("Then the oldest go first. When the disk is nearly full none is kept at all."),
            ),
            (
                "picture_days",
                tr("They are kept for so many &days"),
                self.days,
                tr("Pictures of alerts are not meant: they have a time of their own."),
            ),
        )
        fields = {}
        for name, label, box, about in facts:
            row = QWidget(self)
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(box)
            line.addStretch(1)
            row.setFocusProxy(box)
            field = fields[name] = Field(label, row, self, hint=about)
            field.input = box
            field.label.setBuddy(box)
            box.setAccessibleName(field.name)
            box.setAccessibleDescription(about)
        return fields

    def _lay_out(self) -> None:
        space = theme.current().space
        form = QWidget(self)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(self.now)
        for field in self.fields.values():
            column.addWidget(field)
        column.addWidget(self.estimate)
        column.addStretch(1)
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
                    "Small pictures of all cameras, so that the wall can be seen again as it was. "
                    "They stay on this computer. What is masked or hidden for the privacy of "
                    "people is hidden before anything is stored."
                ),
                "muted",
                self,
            )
        )
        outer.addWidget(scrolled(form, self), 1)
        outer.addWidget(self.result)
        outer.addLayout(buttons)
        in_tab_order(self.every, self.mib, self.days, self.reset_button, self.apply_button)

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Look what there is."""
        super().showEvent(event)
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Look again what there is."""
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.picture_stock(session), self._on_stock, self._on_failed, owner=self
        )

    def _on_stock(self, stock: PictureStock) -> None:
        is_changed = self.is_changed
        self._stock = stock
        if stock.oldest is None:
            said = tr("There are none yet.")
        else:
            said = tr(
                "There are {count} pictures of {size}; the oldest is of {when}.",
                count=words.number(stock.count),
                size=size(stock.size_bytes),
                when=moment_of(stock.oldest, self._zone),
            )
        self.now.setText(said)
        if stock.stopped:
            self.result.show_text("warning", tr("No pictures are kept now"), stock.stopped)
        if not is_changed:
            self.reset()
        self._update()

    def _on_failed(self, error: CamWatchError) -> None:
        self.result.show_error(text_for(error), action=tr("Look again"))

    # ---------------------------------------------------------------- entering

    def entered(self) -> PictureKeeping:
        """Return what is entered."""
        return PictureKeeping(self.every.value(), self.mib.value(), self.days.value())

    @property
    def is_changed(self) -> bool:
        """True while something is entered that does not hold yet."""
        return self._stock is not None and self.entered() != self._stock.keeping

    @Slot()
    def reset(self) -> None:
        """Enter what holds."""
        if self._stock is None:
            return
        keeping = self._stock.keeping
        self.every.setValue(keeping.every_s)
        self.mib.setValue(keeping.mib)
        self.days.setValue(keeping.days)

    @Slot()
    def _on_edited(self) -> None:
        self._going = None
        self._question += 1
        for field in self.fields.values():
            field.clear_problem()
        self._settled.start()
        self._update()

    @Slot()
    def _preview(self) -> None:
        if not self.is_changed:
            return
        commands, session, keeping = self._commands, self._session, self.entered()
        self._background.run(
            lambda: commands.preview_picture_keeping(session, keeping),
            partial(self._on_preview, self._question),
            self._on_refused,
            owner=self,
        )

    def _on_preview(self, question: int, going: tuple[int, int]) -> None:
        if question == self._question:
            self._going = going
            self._update()

    def _update(self) -> None:
        stock = self._stock
        for box in (self.every, self.mib, self.days):
            box.setEnabled(stock is not None)
        self.reset_button.setEnabled(self.is_changed)
        self.apply_button.setEnabled(self.is_changed and self._going is not None)
        self.estimate.setText("" if stock is None else self._estimated(stock))

    def _estimated(self, stock: PictureStock) -> str:
        keeping = self.entered()
        if not keeping.every_s:
            return tr("No pictures are kept.")
        one = stock.size_bytes / stock.count if stock.count else _USUAL_BYTES
        a_day = one * stock.cameras * _DAY_S / keeping.every_s
        room = keeping.mib * 2**20
        if a_day <= 0:
            return tr("No camera is switched on.")
        return tr(
            "Estimate for {cameras}: {least} a day while little happens, up to about {most} a day "
            "where numbers change all the time. So the room is enough for {days} days or less.",
            cameras=words.cameras(stock.cameras),
            least=size(round(a_day)),
            most=size(round(one * stock.cameras * _DAY_S / min(keeping.every_s, _LEAST_S))),
            days=language.number(min(keeping.days, room / a_day), ".1f"),
        )

    # ---------------------------------------------------------------- applying

    @Slot()
    def _ask_apply(self) -> None:
        going = self._going
        if going is None:
            return
        if not going[0]:
            self._apply()
            return
        question = Question(
            tr("Keep fewer pictures"),
            tr("Delete what is too much?"),
            tr(
                "About {count} pictures of {size} are deleted. This cannot be undone.",
                count=words.number(going[0]),
                size=size(going[1]),
            ),
            tr("Delete"),
            tr("Keep it"),
        )
        self.question = ask(question, self._apply, self)

    def _apply(self) -> None:
        commands, session, keeping = self._commands, self._session, self.entered()
        self._background.run(
            lambda: commands.set_picture_keeping(session, keeping),
            self._on_applied,
            self._on_refused,
            owner=self,
        )

    def _on_applied(self, _none: None) -> None:
        self.result.show_text("ok", tr("This holds from now on."))
        if self._stock is not None:
            self.reload()

    def _on_refused(self, error: CamWatchError) -> None:
        problems: tuple[InvalidSetting, ...] = ()
        if isinstance(error, InvalidSettings):
            problems = tuple(error.problems)
        for problem in problems:
            field = self.fields.get(problem.field.rpartition(".")[2])
            if field is not None:
                field.show_problem(tr("{field} {reason}.", field=field.name, reason=problem.reason))
                bring_into_view(field.message)
                return
        self.result.show_error(text_for(error))
