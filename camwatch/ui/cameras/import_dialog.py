"""The dialog in which a list of cameras is looked through and imported."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDir, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.commands.camera_bulk import Progress
from camwatch.commands.camera_table import ImportPreview
from camwatch.commands.table_file import LARGEST_BYTES
from camwatch.domain import Camera
from camwatch.errors import CamWatchError, GivenUp, InvalidSetting, SecretsUnavailable
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.cameras.feedback import Feedback
from camwatch.ui.cameras.import_table import ImportTable, problem_lines
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.words import cameras as cameras_words
from camwatch.ui.words import sentence

_WIDTH, _HEIGHT = 1200, 760
_FRAME = 48
FILES = marked("Lists of cameras (*.csv *.txt *.tsv);;All files (*)")
_WHAT = marked(
    "A CSV file with one camera in each line. The first line names the columns: name, location and "
    "address are needed; site, username, password and all other settings may follow. "
    "Passwords go into this computer's keyring and nowhere else."
)
_EXAMPLE = marked(
    "name,location,site,address,username,password\n"
    "Gate,North yard,Store North,http://10.0.0.7/snapshot.jpg,viewer,its password\n"
    "Hall,Ground floor,Store North,rtsp://10.0.0.8/stream2,viewer,its password\n"
    "Ramp,Car park,Store South,https://ramp.store.example/image.jpg,,"
)
_NOTHING_YET = marked("Nothing is added before you have seen here what the list holds.")


class ImportCommands(VaultScreenCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def preview_import(self, session: Session, data: bytes) -> ImportPreview:
        """Tell what a list would add."""
        ...

    def import_cameras(
        self,
        session: Session,
        preview: ImportPreview,
        *,
        only_good: bool = False,
        keep_in_memory: bool = False,
        progress: Progress = ...,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """Add the cameras of a list."""
        ...


class ImportDialog(QDialog):
    """Shows what a list would add and what is wrong with it, then adds all of it or nothing.

    Signals:
        imported: The list of Cameras that were added.
    """

    imported = Signal(object)

    def __init__(
        self,
        commands: ImportCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._preview: ImportPreview | None = None
        self._file: Path | None = None
        self._reading = 0
        self._feedback: Feedback | None = None
        self._is_only_good = False
        self.setWindowTitle(tr("Import a list of cameras"))
        self._build()
        self._on_row_changed()
        self._update()

    def _build(self) -> None:
        self.choose_button = self._button(tr("&Choose a file…"), self.choose_file)
        self.file_name = plain_label(tr(_NOTHING_YET), "muted", self)
        self.summary = plain_label("", "heading", self)
        self.only_problems = QCheckBox(tr("Show only &problems"), self)
        self.table = ImportTable(self)
        self.only_problems.toggled.connect(self.table.show_only_problems)
        self.about = plain_label("", "", self)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.notice = Notice(self)
        self.keep_in_memory = QCheckBox(tr("Keep passwords onl&y until CamWatch closes"), self)
        self.keep_in_memory.hide()
        self.offer = SecretsOffer(
            self.notice,
            self.keep_in_memory,
            self._commands,
            self._session,
            self._background,
            self._add_again,
            self,
        )
        self.busy = BusyBar(self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Cameras added"))
        self.progress_words = plain_label("", "muted", self)
        self.stop_button = self._button(tr("&Stop"), self.stop)
        self.close_button = self._button(tr("Cancel"), self.reject)
        self.good_button = self._button("", partial(self.add, only_good=True))
        self.import_button = self._button("", partial(self.add, only_good=False))
        self.import_button.setProperty("role", "primary")
        self._lay_out()
        in_tab_order(
            self.choose_button,
            self.only_problems,
            self.table,
            self.stop_button,
            self.keep_in_memory,
            self.close_button,
            self.good_button,
            self.import_button,
        )
        fit(self, _WIDTH, _HEIGHT)

    def _lay_out(self) -> None:
        space = theme.current().space
        top = QHBoxLayout()
        top.setSpacing(space + space // 2)
        top.addWidget(self.choose_button)
        top.addWidget(self.file_name, 1)
        above = QHBoxLayout()
        above.addWidget(self.summary, 1)
        above.addWidget(self.only_problems)
        self.card = QFrame(self)
        self.card.setProperty("role", "card")
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        self.example = self._make_example()
        self.running = QWidget(self)
        running = QHBoxLayout(self.running)
        running.setContentsMargins(0, 0, 0, 0)
        running.setSpacing(space + space // 2)
        running.addWidget(self.progress, 1)
        running.addWidget(self.progress_words)
        running.addWidget(self.stop_button)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.keep_in_memory)
        buttons.addStretch(1)
        for button in (self.close_button, self.good_button, self.import_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(tr("Import a list of cameras"), "title", self))
        column.addWidget(plain_label(tr(_WHAT), "muted", self))
        column.addLayout(top)
        column.addWidget(self.busy)
        column.addLayout(above)
        column.addWidget(self.card, 1)
        column.addWidget(self.example, 1)
        column.addWidget(self.about)
        column.addWidget(self.notice)
        column.addWidget(self.running)
        column.addLayout(buttons)

    def _make_example(self) -> QWidget:
        """Return what is shown while there is no list: how one looks."""
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        inside.setSpacing(space + space // 2)
        inside.addWidget(plain_label(tr("Such as"), "heading", card))
        sample = plain_label(tr(_EXAMPLE), "muted", card)
        sample.setFont(theme.fixed_font())
        sample.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(sample)
        example = QWidget(self)
        column = QVBoxLayout(example)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        return example

    def _button(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        # A click tells whether the button is checked, which nobody here wants to know.
        button.clicked.connect(lambda _is_checked: slot())
        return button

    # ---------------------------------------------------------------- looking

    @Slot()
    def choose_file(self) -> None:
        """Let the operator choose a file, without waiting for the answer."""
        dialog = QFileDialog(self, tr("Import a list of cameras"), QDir.homePath(), tr(FILES))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    @Slot(str)
    def _on_chosen(self, name: str) -> None:
        self.look_at(Path(name))

    def look_at(self, file: Path) -> None:
        """Read a list and show what it would add."""
        self._reading += 1
        self._file = file
        self._preview = None
        self.table.rows.set_rows(())
        self._on_row_changed()
        self.notice.hide()
        self.busy.show()
        self.file_name.setText(file.name)
        self._update()
        self._background.run(
            lambda: self._commands.preview_import(self._session, _read(file)),
            partial(self._on_preview, self._reading),
            partial(self._on_no_preview, self._reading),
            owner=self,
        )

    def _on_preview(self, number: int, preview: ImportPreview) -> None:
        if number != self._reading:
            return
        self.busy.hide()
        self._preview = preview
        self.table.rows.set_rows(preview.rows)
        self.only_problems.setChecked(False)
        if preview.remarks:
            self.notice.show_text("info", tr("About the file"), " ".join(preview.remarks))
        self._update()
        if self.import_button.isEnabled():
            self.import_button.setFocus()
        elif preview.bad:
            self.table.selectRow(0)
            self.table.setFocus()

    def _on_no_preview(self, number: int, error: CamWatchError) -> None:
        if number != self._reading:
            return
        self.busy.hide()
        if isinstance(error, InvalidSetting):
            title = tr("This is no list of cameras that can be read")
            self.notice.show_text("error", title, text_for(error).sentence)
        else:
            self.notice.show_error(text_for(error))
        self._update()

    @Slot()
    def _on_row_changed(self) -> None:
        """Say in full what is wrong with the selected camera."""
        row = self.table.chosen
        said = [] if row is None else [*problem_lines(row), *row.warnings]
        self.about.setText("\n".join(map(sentence, said)))
        self.about.setVisible(bool(said))

    # ---------------------------------------------------------------- adding

    def add(self, *, only_good: bool) -> None:
        """Add the cameras in the background; closing or stopping leaves none of them."""
        preview = self._preview
        if preview is None or self._feedback is not None:
            return
        self._is_only_good = only_good
        feedback = self._feedback = Feedback(self)
        feedback.arrived.connect(self._on_progress)
        keep_in_memory = self.keep_in_memory.isChecked()
        self.notice.hide()
        self.progress.setRange(0, len(preview.good))
        self.progress.setValue(0)
        self.progress_words.setText("")
        self._update()
        self.stop_button.setFocus()
        self._background.run(
            lambda: self._commands.import_cameras(
                self._session,
                preview,
                only_good=only_good,
                keep_in_memory=keep_in_memory,
                progress=feedback.tell,
                cancel=feedback.cancel,
            ),
            self._on_imported,
            self._on_not_imported,
            owner=self,
        )

    def _add_again(self) -> None:
        """Add what was wished last."""
        self.add(only_good=self._is_only_good)

    @Slot(object)
    def _on_progress(self, told: list[tuple[int, int]]) -> None:
        done, count = told[-1]
        self.progress.setValue(done)
        self.progress_words.setText(
            tr("{done} of {cameras_words}", done=done, cameras_words=cameras_words(count))
        )

    @Slot()
    def stop(self) -> None:
        """Give up what is being added; what was done is undone."""
        if self._feedback is not None:
            self._feedback.cancel.set()
            self.stop_button.setEnabled(False)
            self.progress_words.setText(tr("Being undone …"))

    def _end_job(self) -> None:
        if self._feedback is not None:
            self._feedback.close()
            self._feedback.deleteLater()
            self._feedback = None
        self._update()

    def _on_imported(self, cameras: list[Camera]) -> None:
        self._end_job()
        self.accept()
        self.imported.emit(cameras)

    def _on_not_imported(self, error: CamWatchError) -> None:
        self._end_job()
        words = text_for(error)
        match error:
            case GivenUp():
                self.notice.show_text("info", tr("Stopped"), tr("None of the cameras is added."))
            case SecretsUnavailable():
                self.offer.show(error, tr("No camera is added."))
            case _:
                self.notice.show_error(words)

    def _update(self) -> None:
        """Say what can be done now."""
        preview, is_running = self._preview, self._feedback is not None
        good, bad = (len(preview.good), len(preview.bad)) if preview else (0, 0)
        self.card.setVisible(preview is not None)
        self.example.setVisible(preview is None)
        self.only_problems.setVisible(bad > 0)
        self.summary.setVisible(preview is not None)
        if bad:
            can = cameras_words(good)
            self.summary.setText(
                tr("{cameras_words} can be added, 1 has a problem", cameras_words=can)
                if bad == 1
                else tr(
                    "{cameras_words} can be added, {bad} have problems", cameras_words=can, bad=bad
                )
            )
        else:
            self.summary.setText(
                tr("All {cameras_words} can be added", cameras_words=cameras_words(good))
            )
        self.choose_button.setEnabled(not is_running)
        self.running.setVisible(is_running)
        self.stop_button.setEnabled(is_running)
        self.close_button.setEnabled(not is_running)
        self.keep_in_memory.setEnabled(not is_running)
        self.good_button.setText(tr("Import only the {good} &good ones", good=good))
        self.good_button.setVisible(bool(good and bad))
        self.good_button.setEnabled(not is_running)
        self.import_button.setText(
            tr("&Import {cameras_words}", cameras_words=cameras_words(good + bad))
            if good
            else tr("&Import")
        )
        self.import_button.setEnabled(bool(good) and not bad and not is_running)
        hint = tr("Correct the list and choose it again, or add only the good ones.") if bad else ""
        self.import_button.setToolTip(hint)

    @Slot()
    def reject(self) -> None:
        """Close without adding; while cameras are being added, stop that first."""
        if self._feedback is not None:
            self.stop()
        else:
            super().reject()

    def done(self, result: int, /) -> None:
        """Close."""
        self._reading += 1
        if self._feedback is not None:
            self._feedback.close()
        super().done(result)


def _read(file: Path) -> bytes:
    """Return what a file holds, or a little more than is read of it.

    Raises:
        InvalidSetting: "file": it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InvalidSetting(
            "file", tr("cannot be read: {strerror}", strerror=error.strerror)
        ) from error
