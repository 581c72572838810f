"""The dialog of the workspace file: out, in after a look at the difference, and back."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDir, Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.commands.workspace_desk import TakeBackOffer, WorkspaceImported
from camwatch.commands.workspace_diff import Part, Verdict, WorkspaceDiff
from camwatch.commands.workspace_file import LARGEST_BYTES
from camwatch.errors import CamWatchError, InvalidSetting, SecretsUnavailable
from camwatch.files import write_aside
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.saving import FileSaver
from camwatch.ui.settings.workspace_list import PARTS, VERDICTS, DiffList
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.vault.protocol import VaultScreenCommands

log = logging.getLogger(__name__)


_NAMED = 10
"""So many cameras are named; the others are counted."""


def _first(names: Sequence[str]) -> str:
    return words.and_more(names[:_NAMED], len(names) - _NAMED)


class WorkspaceDialogCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def export_workspace(self, session: Session) -> bytes:
        """Return the workspace as a file without secrets."""
        ...

    def preview_workspace(self, session: Session, data: bytes) -> WorkspaceDiff:
        """Tell what a file would change."""
        ...

    def import_workspace(
        self, session: Session, data: bytes, parts: Collection[Part], mark: str
    ) -> WorkspaceImported:
        """Bring parts of a file in: all of them, or nothing."""
        ...

    def workspace_to_take_back(self, session: Session) -> TakeBackOffer | None:
        """Return the newest import that still holds."""
        ...

    def take_back_workspace(self, session: Session, import_id: int) -> WorkspaceImported:
        """Make all as it was before the newest import."""
        ...


class WorkspaceSaver(FileSaver):
    """Asks where the workspace goes, and saves it there."""

    def __init__(
        self,
        commands: WorkspaceDialogCommands,
        session: Session,
        background: Background,
        parent: QWidget,
    ) -> None:
        super().__init__(
            tr("Export the workspace"),
            tr("Workspace files (*.json)"),
            "camwatch-workspace.json",
            background,
            parent,
        )
        self._commands, self._session = commands, session

    def write(self, file: Path) -> Path:
        """Write it, on a thread of the background."""
        data = self._commands.export_workspace(self._session)
        try:
            write_aside(file, data)
        except OSError as error:
            reason = tr("cannot be written: {why}", why=error.strerror or "")
            raise InvalidSetting("file", reason) from error
        return file


class WorkspaceDialog(QDialog):
    """Shows what a file would change before anything is changed."""

    def __init__(  # noqa: PLR0917 - those of any dialog, and the vault
        self,
        commands: WorkspaceDialogCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        vault: VaultScreenCommands | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session = commands, session
        self._background, self._zone = background, zone
        self._vault = vault
        self._data = b""
        self._diff: WorkspaceDiff | None = None
        self._offer: TakeBackOffer | None = None
        self.parts: dict[Part, QCheckBox] = {}
        self.setWindowTitle(tr("Workspace file"))
        self._build()
        fit(self, 960, 672)
        self._ask_offer()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        self.export_button = make_button(tr("&Export…"), "download", self.export, self)
        self.open_button = make_button(tr("&Open a file…"), "file-down", self.choose, self)
        self.back_button = make_button("", "undo-2", self.ask_to_take_back, self)
        self.back_button.hide()
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.offer: SecretsOffer | None = None
        if self._vault is not None:
            self.offer = SecretsOffer(
                self.notice,
                None,
                self._vault,
                self._session,
                self._background,
                self.bring_in,
                self,
            )
        self.summary = plain_label("", "", self)
        self.only_different = QCheckBox(tr("Only what differs"), self)
        self.only_different.setChecked(True)
        self.only_different.toggled.connect(self._list)
        self._choice = self._make_choice()
        self.list = DiffList(self)
        self.import_button = make_button(tr("&Bring in"), "", self.bring_in, self)
        self.import_button.setProperty("role", "primary")
        self.close_button = make_button(tr("Close"), "", self.reject, self)

        top = QHBoxLayout()
        top.setSpacing(space)
        for button in (self.export_button, self.open_button, self.back_button):
            top.addWidget(button)
        top.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(space)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(tr("Workspace file"), "title", self))
        about = tr(
            "How this site is set up, as one file: cameras, sites, lines and zones, rules, "
            "settings and saved walls. Passwords are never in it. When a file is brought in, nothing is removed, "
            "and what it changes can be taken back in one step."
        )
        column.addWidget(plain_label(about, "muted", self))
        column.addLayout(top)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        head = QHBoxLayout()
        head.setSpacing(2 * space)
        head.addWidget(self.summary, 1)
        head.addWidget(self.only_different)
        column.addLayout(head)
        column.addWidget(self._choice)
        column.addWidget(self.list, 100)
        column.addStretch(1)
        column.addLayout(foot)
        in_tab_order(self.export_button, self.open_button, self.back_button)
        self._show_diff(None)

    def _make_choice(self) -> QWidget:
        room = QWidget(self)
        choice = FlowRow(2 * theme.current().space, room)
        label = plain_label(tr("Bring in:"), "", self)
        label.setWordWrap(False)
        choice.addWidget(label)
        for part, said in PARTS.items():
            box = self.parts[part] = QCheckBox(said, self)
            box.toggled.connect(self._update)
            choice.addWidget(box)
        return room

    # ---------------------------------------------------------------- out

    @Slot()
    def export(self) -> None:
        """Ask where the file goes, and write it."""
        saver = WorkspaceSaver(self._commands, self._session, self._background, self)
        saver.saved.connect(self._on_saved)
        saver.not_saved.connect(self._on_failed)
        saver.open()

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.notice.show_text("ok", tr("The workspace is saved"), str(file))

    # ---------------------------------------------------------------- in

    @Slot()
    def choose(self) -> None:
        """Ask for a file, and show what it would change."""
        dialog = QFileDialog(
            self, tr("Open a workspace file"), QDir.homePath(), tr("Workspace files (*.json)")
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read)
        dialog.open()

    @Slot(str)
    def read(self, name: str) -> None:
        """Read a file, and show what it would change."""
        self.busy.show()
        self.notice.hide()
        commands, session = self._commands, self._session

        def job() -> tuple[bytes, WorkspaceDiff]:
            try:
                with Path(name).open("rb") as stream:
                    data = stream.read(LARGEST_BYTES + 1)
            except OSError as error:
                reason = tr("cannot be read: {why}", why=error.strerror or "")
                raise InvalidSetting("file", reason) from error
            return data, commands.preview_workspace(session, data)

        self._background.run(job, self._on_read, self._on_failed, owner=self)

    def _on_read(self, answer: tuple[bytes, WorkspaceDiff]) -> None:
        self.busy.hide()
        self._data, diff = answer
        self._show_diff(diff)
        if diff.remarks:
            self.notice.show_text("info", "", "\n".join(diff.remarks))

    def _show_diff(self, diff: WorkspaceDiff | None) -> None:
        self._diff = diff
        shown = (self.summary, self.only_different, self._choice, self.list, self.import_button)
        for widget in shown:
            widget.setVisible(diff is not None)
        if diff is None:
            return
        for part, box in self.parts.items():
            differs = diff.count(Verdict.ADDED, part) + diff.count(Verdict.CHANGED, part)
            is_good = not diff.count(Verdict.REFUSED, part)
            box.setEnabled(bool(differs) and is_good)
            box.setChecked(bool(differs) and is_good)
            box.setToolTip("" if is_good else tr("Something of it cannot be taken; see the list."))
        counts = [
            tr("{what}: {count}", what=words, count=diff.count(verdict))
            for verdict, words in VERDICTS.items()
            if diff.count(verdict)
        ]
        self.summary.setText(" · ".join(counts) or tr("There is nothing in the file."))
        self._list()
        self._update()

    @Slot()
    def _list(self) -> None:
        if self._diff is not None:
            self.list.show_diff(self._diff, only_different=self.only_different.isChecked())

    @Slot()
    def _update(self) -> None:
        self.import_button.setEnabled(any(box.isChecked() for box in self.parts.values()))

    @Slot()
    def bring_in(self) -> None:
        """Do what was shown, of the parts that are chosen."""
        diff = self._diff
        parts = frozenset(part for part, box in self.parts.items() if box.isChecked())
        if diff is None or not parts:
            return
        self.busy.show()
        self.import_button.setEnabled(False)
        commands, session, data = self._commands, self._session, self._data
        self._background.run(
            lambda: commands.import_workspace(session, data, parts, diff.mark),
            self._on_imported,
            self._on_not_imported,
            owner=self,
        )

    def _on_not_imported(self, error: CamWatchError) -> None:
        self._on_failed(error)
        if isinstance(error, SecretsUnavailable) and self.offer is not None:
            self.offer.show(error, tr("Nothing is brought in."))

    def _on_imported(self, done: WorkspaceImported) -> None:
        self.busy.hide()
        self._show_diff(None)
        text = tr("Changed or added: {count}.", count=done.changed)
        if done.need_password:
            text += "\n" + tr(
                "Enter the passwords of these cameras again: {names}.",
                names=_first(done.need_password),
            )
        self.notice.show_text("ok", tr("The file is brought in"), text)
        self._ask_offer()

    # ---------------------------------------------------------------- back

    def _ask_offer(self) -> None:
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.workspace_to_take_back(session),
            self._on_offer,
            self._on_failed,
            owner=self,
        )

    def _on_offer(self, offer: TakeBackOffer | None) -> None:
        self.busy.hide()
        self._offer = offer
        self.back_button.setVisible(offer is not None)
        if offer is not None:
            at = offer.at.astimezone(self._zone)
            self.back_button.setText(
                tr("&Roll back the import of {time}", time=f"{at:%Y-%m-%d %H:%M}")
            )
            self.back_button.setToolTip(tr("It was done by {name}.", name=offer.actor))

    @Slot()
    def ask_to_take_back(self) -> None:
        """Ask whether to undo the newest import, and do it."""
        offer = self._offer
        if offer is None:
            return
        at = offer.at.astimezone(self._zone)
        question = Question(
            tr("Roll back an import"),
            tr("Roll back the import of {time}?", time=f"{at:%Y-%m-%d %H:%M}"),
            tr(
                "What {name} brought in then goes, and what it replaced comes back. What somebody "
                "has changed since stays as it is. To have the file again, bring it in again.",
                name=offer.actor,
            ),
            tr("Roll back"),
            tr("Keep it"),
        )
        ask(question, self.take_back, self)

    @Slot()
    def take_back(self) -> None:
        """Make all as it was before the newest import."""
        offer = self._offer
        if offer is None:
            return
        self.busy.show()
        self.back_button.setEnabled(False)
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.take_back_workspace(session, offer.id),
            self._on_taken_back,
            self._on_failed,
            owner=self,
        )

    def _on_taken_back(self, done: WorkspaceImported) -> None:
        self.back_button.setEnabled(True)
        self._show_diff(None)
        lines = []
        if done.left:
            lines.append(
                tr(
                    "Left as it is, because somebody has changed it since: {names}.",
                    names=_first(done.left),
                )
            )
        if done.need_password:
            lines.append(
                tr(
                    "Enter the passwords of these cameras again: {names}.",
                    names=_first(done.need_password),
                )
            )
        self.notice.show_text("ok", tr("The import is rolled back"), "\n".join(lines))
        self._ask_offer()

    @Slot(object)
    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.back_button.setEnabled(True)
        self._update()
        log.info("the workspace: %s [%s]", error, error.error_id)
        self.notice.show_error(text_for(error))
