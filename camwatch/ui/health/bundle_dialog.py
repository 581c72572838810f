"""Shows what support would get, file by file and whole, before anything is saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError
from camwatch.health.bundle import Bundle
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.health.commands import HealthPageCommands
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.saving import FileSaver

_KIB = 1024


class BundleSaver(FileSaver):
    """Asks where to save the files that were left in, and saves them there."""

    def __init__(
        self,
        commands: HealthPageCommands,
        session: Session,
        background: Background,
        bundle: Bundle,
        parent: QWidget,
    ) -> None:
        name = f"camwatch-diagnostics-{utc_now():%Y%m%d-%H%M}.zip"
        super().__init__(
            tr("Save the diagnostics"), tr("Zip files (*.zip)"), name, background, parent
        )
        self._commands = commands
        self._session = session
        self._bundle = bundle

    def write(self, file: Path) -> Path:
        """Write it."""
        return self._commands.save_diagnostics(self._session, self._bundle, file)


class BundleDialog(QDialog):
    """A tree of files, each with a box to leave it out, beside the whole text of one.

    Nothing leaves this computer from here: it ends with a file that the operator has chosen.
    """

    def __init__(
        self,
        commands: HealthPageCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._asked = 0
        self.bundle: Bundle | None = None
        """What is shown; None while it is being made."""
        self.setWindowTitle(tr("Diagnostics for support"))
        self._build()
        self._make()

    def _build(self) -> None:
        space = theme.current().space
        self.text = plain_label(
            tr(
                "These are all the files that are saved, as they are saved: look through them, and "
                "leave out what nobody shall see. CamWatch sends them to nobody."
            ),
            "",
            self,
        )
        self.masked = plain_label("", "muted", self)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.names = QCheckBox(tr("Leave people's &names in it"), self)
        self.names.setToolTip(
            tr("Names of operators, and names, addresses and numbers of recipients")
        )
        self.names.toggled.connect(self._make)
        self.tree = QTreeWidget(self)
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels([tr("File"), tr("Hidden places")])
        self.tree.setAccessibleName(tr("Files of the diagnostics"))
        self.tree.setRootIsDecorated(False)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._show_file)
        self.tree.itemChanged.connect(self._on_ticked)
        self.view = QPlainTextEdit(self)
        self.view.setReadOnly(True)
        self.view.setFont(theme.fixed_font())
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.view.setAccessibleName(tr("All of the file"))
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.tree)
        splitter.addWidget(self.view)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([44 * space, 72 * space])
        self.save_button = make_button(tr("&Save…"), "download", self.save, self)
        self.save_button.setEnabled(False)
        close = make_button(tr("&Close"), "", self.reject, self)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self.names)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        for part in (self.text, self.masked, self.busy, self.notice):
            column.addWidget(part)
        column.addWidget(splitter, 1)
        column.addLayout(buttons)
        room = self.screen().availableSize()
        self.resize(min(136 * space, room.width()), min(84 * space, room.height()))

    @Slot()
    def _make(self) -> None:
        """Have it made, in the background; a late answer to an older wish is thrown away."""
        self._asked += 1
        number, with_names = self._asked, self.names.isChecked()
        self.save_button.setEnabled(False)
        self.busy.show()
        session = self._session
        self._background.run(
            lambda: (number, self._commands.diagnostics(session, with_names=with_names)),
            self._on_made,
            self._on_failed,
            owner=self,
        )

    def _on_made(self, answer: tuple[int, Bundle]) -> None:
        number, bundle = answer
        if number != self._asked:
            return
        self.busy.hide()
        out = self._left_out()
        chosen = self.tree.currentItem()
        before = "" if chosen is None else chosen.text(0)
        self.bundle = bundle
        self.tree.blockSignals(True)
        self.tree.clear()
        for one in bundle.files:
            item = QTreeWidgetItem([one.name, f"{one.masked:,}"])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            state = Qt.CheckState.Unchecked if one.name in out else Qt.CheckState.Checked
            item.setCheckState(0, state)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setSizeHint(0, QSize(0, theme.current().control_height))
            kib = f"{len(one.text.encode()) / _KIB:,.1f}"
            item.setToolTip(0, tr("{about}, {kib} KiB", about=one.about, kib=kib))
            self.tree.addTopLevelItem(item)
        self.tree.blockSignals(False)
        found = self.tree.findItems(before, Qt.MatchFlag.MatchExactly)
        first = found[0] if found else self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)
        said = (
            tr("Passwords, tokens and the like were hidden in one place: you see *** there.")
            if bundle.masked == 1
            else tr(
                "Passwords, tokens and the like were hidden in {number} places: you see *** there.",
                number=bundle.masked,
            )
        )
        self.masked.setText(f"{said} {bundle.note}".strip())
        self._on_ticked()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error))
        self.save_button.setEnabled(self.bundle is not None)

    def _left_out(self) -> set[str]:
        items = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return {
            one.text(0)
            for one in items
            if one is not None and one.checkState(0) is Qt.CheckState.Unchecked
        }

    @Slot()
    def _on_ticked(self) -> None:
        is_any = len(self._left_out()) < self.tree.topLevelItemCount()
        self.save_button.setEnabled(self.bundle is not None and is_any)

    @Slot()
    def _show_file(self) -> None:
        item = self.tree.currentItem()
        files = () if self.bundle is None else self.bundle.files
        name = "" if item is None else item.text(0)
        self.view.setPlainText(next((one.text for one in files if one.name == name), ""))

    @Slot()
    def save(self) -> None:
        """Ask where to save what was left in."""
        if self.bundle is None:
            return
        left = self.bundle.without(self._left_out())
        saver = BundleSaver(self._commands, self._session, self._background, left, self)
        saver.saved.connect(self._on_saved)
        saver.not_saved.connect(self._on_failed)
        saver.open()

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.notice.show_text(
            "ok", tr("Saved"), tr("{file} is written. Give it to your support.", file=file)
        )
