"""The dialog in which an administrator looks at models, adds, tests and chooses one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.model_commands import (
    SUFFIXES,
    ChosenModel,
    ModelInfo,
    ModelState,
    TriedModel,
)
from camwatch.errors import CamWatchError, GivenUp, InvalidSetting
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for, trial_text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Notice, in_tab_order, plain_label
from camwatch.ui.models_protocol import DialogCommands
from camwatch.ui.models_table import STATES, ModelTable, ModelView, certainty
from camwatch.ui.models_trial import ModelTrialPanel
from camwatch.ui.operators.questions import Question, ask

_WIDTH, _HEIGHT = 1360, 680
_WHAT_FOR = marked(
    "One model counts for all cameras. Your own model file is tested first, and is used only "
    "while it is, to the last bit, the one that was tested."
)
_MAY_NOT = marked(
    "One model counts for all cameras. Your role lets you see the models, and not "
    "test, add or choose them. An administrator can give you another role."
)
_PANEL_WIDTH = 416
_FRAME = 48  # what a window's title and edges take, pixels


class ModelsDialog(QDialog):
    """Lists the models; tests, adds and chooses one.

    Signals:
        model_chosen: The name of the model that was written into the settings.

    Args:
        is_live: Whether the caller takes a chosen model into use at once; if not, the
            dialog says that CamWatch must be started again.
    """

    model_chosen = Signal(str)

    def __init__(
        self,
        commands: DialogCommands,
        session: Session,
        background: Background,
        *,
        is_live: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._is_live = is_live
        self._may_choose = session.may(Permission.CHOOSE_MODEL)
        self._cancel = threading.Event()
        self._trial = 0
        self._pressed: QWidget | None = None
        self._is_busy = False
        self._select_next = ""
        self.setWindowTitle(tr("Models"))
        self._build()
        self._set_busy(False)
        self.reload()

    def _build(self) -> None:
        self.table = ModelTable(self, ratio=self.devicePixelRatioF())
        self.view = ModelView(self.table, self)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.view.doubleClicked.connect(self.test)
        self.about = plain_label("", "muted", self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.panel = ModelTrialPanel(self)
        self.panel.setFixedWidth(theme.px(_PANEL_WIDTH))
        self.panel.given_up.connect(self.give_up)

        self.add_button = self._button(tr("&Add a model file…"), "plus", self.choose_file)
        self.test_button = self._button(tr("&Test"), "scan", self.test)
        self.picture_button = self._button(tr("Test on a &picture…"), "", self.choose_picture)
        self.use_button = self._button(tr("&Use"), "", self.use)
        self.use_button.setProperty("role", "primary")
        self.close_button = self._button(tr("Close"), "", self.reject)

        heading = plain_label(tr("Models that find people"), "title", self)
        explanation = plain_label(
            tr(_WHAT_FOR) if self._may_choose else tr(_MAY_NOT), "muted", self
        )
        self._lay_out(heading, explanation)
        in_tab_order(
            self.view,
            self.panel.stop_button,
            self.panel.notice.button,
            self.add_button,
            self.test_button,
            self.picture_button,
            self.close_button,
            self.use_button,
        )
        fit(self, _WIDTH, _HEIGHT)

    def _lay_out(self, heading: QWidget, explanation: QWidget) -> None:
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.view)
        left = QVBoxLayout()
        left.setSpacing(space)
        left.addWidget(card, 1)
        left.addWidget(self.about)
        left.addWidget(self.notice)
        middle = QHBoxLayout()
        middle.setSpacing(3 * space)
        middle.addLayout(left, 1)
        middle.addWidget(self.panel)
        self.panel.setVisible(self._may_choose)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        for button in (self.add_button, self.test_button, self.picture_button):
            buttons.addWidget(button)
            button.setVisible(self._may_choose)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.use_button)
        self.use_button.setVisible(self._may_choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(heading)
        column.addWidget(explanation)
        column.addLayout(middle, 1)
        column.addLayout(buttons)

    def _button(self, words: str, icon: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        if icon:
            button.setIcon(icons.icon(icon))
            button.setIconSize(icons.button_size())
        # A click tells whether the button is checked, which nobody here wants to know.
        button.clicked.connect(lambda _is_checked: slot())
        return button

    # ---------------------------------------------------------------- the list

    @Slot()
    def reload(self) -> None:
        """Read the list again, in the background."""
        self.notice.hide()
        self._background.run(
            lambda: (
                self._commands.models(self._session),
                self._commands.chosen_model(self._session),
            ),
            self._on_models,
            self._on_no_models,
            owner=self,
        )

    def _on_models(self, answer: tuple[list[ModelInfo], str]) -> None:
        models, chosen = answer
        before = self._select_next or (self.view.selected.name if self.view.selected else "")
        self._select_next = ""
        self.table.set_models(models, chosen)
        self.view.select(before or ("nanodet" if chosen == "auto" else chosen))
        self._on_row_changed()

    def _on_no_models(self, error: CamWatchError) -> None:
        self.notice.show_error(text_for(error), action=tr("Try again"))

    @Slot()
    def _on_row_changed(self) -> None:
        model = self.view.selected
        words = ""
        if model is not None:
            words = STATES[model.state][2]
            if model.note and not words:
                words = f"{model.name}: {model.note}."
        self.about.setText(words)
        self.about.setVisible(bool(words))
        self._set_busy(self._is_busy)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        model = self.view.selected
        can_test = model is not None and model.state not in (ModelState.MISSING, ModelState.UNFIT)
        can_use = model is not None and model.state in (ModelState.READY, ModelState.WEAK)
        is_in_use = model is not None and self.table.is_chosen(model)
        self.add_button.setEnabled(not is_busy)
        self.test_button.setEnabled(not is_busy and can_test)
        self.picture_button.setEnabled(not is_busy and can_test)
        self.use_button.setEnabled(not is_busy and can_use and not is_in_use)

    # ---------------------------------------------------------------- trying

    @Slot()
    def choose_file(self) -> None:
        """Let the operator choose a model file, then try and add it."""
        pattern = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        name, _ = QFileDialog.getOpenFileName(
            self,
            tr("Add a model file"),
            str(Path.home()),
            tr("Models ({pattern})", pattern=pattern),
            # A link into a cache has the name that says what the file is; its target has not.
            options=QFileDialog.Option.DontResolveSymlinks,
        )
        if name:
            self.add(Path(name))

    @Slot()
    def choose_picture(self) -> None:
        """Let the operator choose a picture, then try the selected model on it."""
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Test on a picture"), str(Path.home()), tr("Pictures (*.jpg *.jpeg *.png)")
        )
        if name:
            self.test_on(Path(name))

    def add(self, file: Path) -> None:
        """Try a model file and add it, in the background; closing gives it up."""
        self._run_trial(
            file.stem,
            lambda cancel: self._commands.add_model(self._session, file, cancel=cancel),
        )

    @Slot()
    def test(self) -> None:
        """Try the selected model, in the background; closing gives it up."""
        if (model := self.view.selected) is not None and self._may_choose:
            self._run_trial(
                model.name,
                lambda cancel: self._commands.try_model(self._session, model.name, cancel=cancel),
            )

    def test_on(self, file: Path) -> None:
        """Try the selected model on a picture of one's own."""
        model = self.view.selected
        if model is None:
            return

        def job(cancel: threading.Event) -> TriedModel:
            try:
                picture = file.read_bytes()
            except OSError as error:
                raise InvalidSetting(
                    "picture", tr("cannot be read: {strerror}", strerror=error.strerror)
                ) from error
            return self._commands.try_model(self._session, model.name, picture, cancel=cancel)

        self._run_trial(model.name, job)

    def _run_trial(self, name: str, job: Callable[[threading.Event], TriedModel]) -> None:
        if self._is_busy:
            return
        self._trial += 1
        self._cancel = cancel = threading.Event()
        self.notice.hide()
        self._pressed = self.focusWidget()
        self.panel.begin(name)
        self.panel.stop_button.setFocus()
        self._set_busy(True)
        self._background.run(
            lambda: job(cancel),
            partial(self._on_tried, self._trial),
            partial(self._on_not_tried, self._trial),
            owner=self,
        )

    def _end_trial(self) -> None:
        """Let buttons be pressed again, and give the keyboard back to the one that was."""
        self._set_busy(False)
        if self._pressed is not None and self.focusWidget() is self.panel.stop_button:
            self._pressed.setFocus()
        self._pressed = None

    @Slot()
    def give_up(self) -> None:
        """Stop waiting for the trial that runs."""
        if self._is_busy:
            self._cancel.set()
            self._trial += 1
            self._end_trial()
            self.panel.reset()
            self.reload()

    def _on_tried(self, number: int, tried: TriedModel) -> None:
        if number != self._trial:
            self.reload()  # it was done before it could be stopped
            return
        self._end_trial()
        self.panel.show_tried(tried)
        self._select_next = self._listed_name(tried)
        self.reload()

    def _listed_name(self, tried: TriedModel) -> str:
        """Return the name in the list; the bundled model has a full name, too."""
        return "nanodet" if tried.name.startswith("nanodet-") else tried.name

    def _on_not_tried(self, number: int, error: CamWatchError) -> None:
        if number != self._trial:
            return
        self._end_trial()
        self.panel.reset()
        self.reload()
        if not isinstance(error, GivenUp):
            self.notice.show_error(trial_text_for(error))

    # ---------------------------------------------------------------- choosing

    @Slot()
    def use(self) -> None:
        """Ask whether the selected model is to count, and choose it."""
        model = self.view.selected
        if model is None or self._is_busy:
            return
        is_weak = model.state is ModelState.WEAK
        about = tr(
            "All cameras are then counted by it instead of {before}. How certain it must be of a "
            "person is set to what suits it; a value that you had chosen yourself is replaced.",
            before=self.table.chosen,
        )
        if is_weak:
            found = tr(
                "It found {found} of {known} people in the test picture, and "
                "{false_alarms} where nobody is. Its counts may be wrong.",
                found=model.found,
                known=model.known,
                false_alarms=model.false_alarms,
            )
            about = f"{found} {about}"
        question = Question(
            tr("Use a model"),
            tr("Use {name} all the same?", name=model.name)
            if is_weak
            else tr("Use {name}?", name=model.name),
            about,
            tr("Use it all the same") if is_weak else tr("Use it"),
        )
        ask(question, partial(self._use, model.name, confirmed=is_weak), self)

    def _use(self, name: str, *, confirmed: bool) -> None:
        if self._is_busy:
            return
        self.notice.hide()
        self._set_busy(True)
        self._background.run(
            lambda: self._commands.use_model(self._session, name, confirmed=confirmed),
            self._on_used,
            self._on_not_used,
            owner=self,
        )

    def _on_used(self, chosen: ChosenModel) -> None:
        self._set_busy(False)
        self.panel.reset()
        self._select_next = chosen.name
        self.reload()
        said = tr(
            "It counts from a certainty of {certainty}, as suits it.",
            certainty=certainty(chosen.threshold),
        )
        if chosen.is_overridden:
            self.notice.show_text(
                "warning",
                tr("{name} is chosen, but not used", name=chosen.name),
                tr("The variable CAMWATCH_DETECTION_MODEL names another model, and wins."),
            )
            return
        if not self._is_live:
            said += tr(" Start CamWatch again, so that it is used.")
        self.notice.show_text("ok", tr("{name} is chosen.", name=chosen.name), said)
        self.model_chosen.emit(chosen.name)

    def _on_not_used(self, error: CamWatchError) -> None:
        self._set_busy(False)
        self.reload()
        self.notice.show_error(text_for(error))

    def done(self, result: int, /) -> None:
        """Close, and give up a trial that still runs."""
        self._cancel.set()
        super().done(result)
