"""The dialog about the history and its storage, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.domain import Secret
from camwatch.errors import (
    CamWatchError,
    ChangedMeanwhile,
    InvalidSetting,
    InvalidSettings,
)
from camwatch.history.keeping import (
    BackupInfo,
    DatabaseServer,
    Retention,
    RetentionPreview,
    StorageStatus,
)
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.storage.commands import StorageScreenCommands
from camwatch.ui.storage.copies_page import CopiesPage
from camwatch.ui.storage.pictures_page import PicturesPage
from camwatch.ui.storage.place_page import PlacePage
from camwatch.ui.storage.retention_page import RetentionPage
from camwatch.ui.storage.state_page import StatePage
from camwatch.ui.storage.stations_page import StationsPage
from camwatch.ui.storage.words import deletes, moment_of, size

T = TypeVar("T")

_WIDTH, _HEIGHT = 980, 700
_SYMBOL = 28


class StorageDialog(QDialog):
    """How the history is, how long it is kept, its copies, where it is, and who shares it.

    Args:
        background: Asks for the password once more where that is needed.
        zone: By whose clocks moments are said.
    """

    def __init__(
        self,
        commands: StorageScreenCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._status: StorageStatus | None = None
        self._is_discarding = False
        self.question: QMessageBox | None = None
        """What was asked last."""
        self.setWindowTitle(tr("CamWatch: history and storage"))
        self.state_page = StatePage(zone, self)
        self.retention_page = RetentionPage(self)
        self.pictures_page = PicturesPage(commands, session, background, zone, self)
        self.copies_page = CopiesPage(zone, self)
        self.place_page = PlacePage(self)
        self.stations_page = StationsPage(commands, session, background, self)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.tabs = QTabWidget(self)
        self._build()
        self._connect()
        fit(self, _WIDTH, _HEIGHT)
        self.read()

    def _build(self) -> None:
        space = theme.current().space
        symbol = QLabel(self)
        symbol.setPixmap(
            icons.pixmap("database", _SYMBOL, theme.current().accent, self.devicePixelRatioF())
        )
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(symbol)
        head.addWidget(plain_label(tr("History and storage"), "title", self), 1)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.state_page, tr("How it is doin&g"))
        self.tabs.addTab(self.retention_page, tr("How &long it is kept"))
        self.tabs.addTab(self.copies_page, tr("&Copies"))
        self.tabs.addTab(self.place_page, tr("Where it &is"))
        self.tabs.addTab(self.stations_page, tr("Wor&kstations"))
        self.tabs.addTab(self.pictures_page, tr("Pictures"))
        self.tabs.setTabVisible(self.tabs.indexOf(self.stations_page), False)
        if (inside := self.stations_page.layout()) is not None:
            inside.setContentsMargins(0, 2 * space, 0, 0)
        self.close_button = make_button(tr("Close"), "", self.reject, self)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.notice.action_requested.connect(self.read)
        self.state_page.refresh_requested.connect(self.read)
        self.state_page.check_requested.connect(self.check)
        self.state_page.rebuild_requested.connect(self._ask_rebuild)
        self.retention_page.preview_wanted.connect(self._preview)
        self.retention_page.apply_requested.connect(self._ask_apply)
        self.copies_page.make_requested.connect(self.make_copy)
        self.copies_page.delete_requested.connect(self._ask_delete)
        self.place_page.try_requested.connect(self._try_server)
        self.place_page.use_requested.connect(self._ask_use)

    def _run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
    ) -> None:
        self._background.run(job, done, failed, owner=self)

    # ---------------------------------------------------------------- how it is

    @Slot()
    def read(self) -> None:
        """Look how the history is."""
        self.busy.show()
        self.notice.hide()
        self._run(
            lambda: self._commands.storage_status(self._session), self._on_status, self._on_failed
        )

    def _on_status(self, status: StorageStatus) -> None:
        self.busy.hide()
        self._status = status
        self.state_page.show_status(status)
        self.retention_page.show_stored(status.retention)
        self.copies_page.show_copies(status.backups, is_server=status.engine != "SQLite")
        self.place_page.show_stored(status.server, status.place)
        shared = self.tabs.indexOf(self.stations_page)
        if status.workstations and not self.tabs.isTabVisible(shared):
            self.tabs.setTabVisible(shared, True)
            self.stations_page.reload()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Look again"))

    @Slot()
    def check(self) -> None:
        """Look for faults inside the history."""
        self.busy.show()
        self.notice.show_text(
            "info", tr("Looking for faults …"), tr("This takes a while for a large one.")
        )
        self._run(
            lambda: self._commands.check_history(self._session), self._on_checked, self._on_failed
        )

    def _on_checked(self, verdict: str) -> None:
        self.read()
        if verdict == "ok":
            self.notice.show_text("ok", tr("There is no fault inside the history."))
        else:
            self.notice.show_text("error", tr("There are faults inside the history"), verdict)

    @Slot()
    def _ask_rebuild(self) -> None:
        seconds = 0.0 if self._status is None else self._status.rebuild_s
        question = Question(
            tr("Write the file anew"),
            tr("Write the file of the history anew now?"),
            tr(
                "This takes about {value} seconds, and about twice the size of the "
                "file of free room on its disk. What is counted meanwhile waits, and is saved "
                "afterwards. Then the file becomes smaller whenever much of it is deleted.",
                value=max(1, round(seconds)),
            ),
            tr("Write it anew"),
        )
        self.question = ask(question, self._rebuild, self)

    def _rebuild(self) -> None:
        self.busy.show()
        self.notice.show_text("info", tr("The file is being written anew …"))
        self._run(
            lambda: self._commands.rebuild_history(self._session),
            self._on_rebuilt,
            self._on_failed,
        )

    def _on_rebuilt(self, _none: None) -> None:
        self.read()
        self.notice.show_text("ok", tr("The file was written anew."))

    # ---------------------------------------------------------------- how long

    @Slot(object)
    def _preview(self, retention: Retention) -> None:
        self._run(
            lambda: self._commands.preview_retention(self._session, retention),
            partial(self.retention_page.show_preview, retention),
            self._on_retention_failed,
        )

    @Slot(object)
    def _ask_apply(self, retention: Retention) -> None:
        seen = self.retention_page.preview
        if seen is None:
            return
        if not seen.rows:
            self._apply(retention, seen)
            return
        question = Question(
            tr("Keep the history for a shorter time"),
            tr("Delete what is older?"),
            tr(
                "{deletes} This cannot be undone, but by a copy that was made before.",
                deletes=deletes(seen),
            ),
            tr("Delete"),
            tr("Keep it"),
        )
        self.question = ask(question, lambda: self._apply(retention, seen), self)

    def _apply(self, retention: Retention, seen: RetentionPreview) -> None:
        self.retention_page.set_busy(is_busy=True)
        self.busy.show()
        self._run(
            lambda: self._commands.set_retention(self._session, retention, seen),
            lambda _none: self._on_applied(retention),
            self._on_retention_failed,
        )

    def _on_applied(self, retention: Retention) -> None:
        self.retention_page.set_busy(is_busy=False)
        self.retention_page.show_applied(retention)
        self.read()

    def _on_retention_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.retention_page.set_busy(is_busy=False)
        if (problems := _problems(error)) is not None:
            self.retention_page.show_problems(problems)
            return
        if isinstance(error, ChangedMeanwhile):
            # What it would delete is no longer what was agreed to: it is looked at anew.
            self._preview(self.retention_page.entered())
        self.retention_page.result.show_error(text_for(error))

    # ---------------------------------------------------------------- copies

    @Slot()
    def make_copy(self) -> None:
        """Make a copy now."""
        self.copies_page.set_busy(is_busy=True)
        self.copies_page.result.show_text(
            "info",
            tr("A copy is being made and checked …"),
            tr("CamWatch goes on recording meanwhile."),
        )
        self._run(
            lambda: self._commands.back_up(self._session), self._on_copied, self._on_copy_failed
        )

    def _on_copied(self, made: BackupInfo) -> None:
        self.copies_page.set_busy(is_busy=False)
        self.copies_page.result.show_text(
            "ok",
            tr("The copy is made, and has no fault inside."),
            f"{made.file.name}, {size(made.file_bytes)}",
        )
        self.read()

    def _on_copy_failed(self, error: CamWatchError) -> None:
        self.copies_page.set_busy(is_busy=False)
        self.copies_page.result.show_error(text_for(error))

    @Slot(object)
    def _ask_delete(self, one: BackupInfo) -> None:
        question = Question(
            tr("Delete a copy"),
            tr("Delete the copy of {moment_of}?", moment_of=moment_of(one.made_at, self._zone)),
            tr(
                "{name}, {size}. This cannot be undone.",
                name=one.file.name,
                size=size(one.file_bytes),
            ),
            tr("Delete"),
            tr("Keep it"),
        )
        self.question = ask(question, lambda: self._delete(one), self)

    def _delete(self, one: BackupInfo) -> None:
        self.copies_page.set_busy(is_busy=True)
        self._run(
            lambda: self._commands.delete_backup(self._session, one.file),
            self._on_deleted,
            self._on_copy_failed,
        )

    def _on_deleted(self, _none: None) -> None:
        self.copies_page.set_busy(is_busy=False)
        self.copies_page.result.show_text("ok", tr("The copy is deleted."))
        self.read()

    # ---------------------------------------------------------------- where

    @Slot(object, object)
    def _try_server(self, server: DatabaseServer, password: Secret | None) -> None:
        self.place_page.set_busy(is_busy=True)
        self._run(
            lambda: self._commands.try_database_server(self._session, server, password),
            self._on_tried,
            self._on_place_failed,
        )

    def _on_tried(self, answer: str) -> None:
        self.place_page.set_busy(is_busy=False)
        self.place_page.show_tried(answer)

    @Slot(object, object)
    def _ask_use(self, server: DatabaseServer | None, password: Secret | None) -> None:
        where = (
            tr("in the file of this computer")
            if server is None
            else tr("on {host}", host=server.host)
        )
        question = Question(
            tr("Another place for the history"),
            tr("Keep the history {where} from the next start on?", where=where),
            tr(
                "Until then everything goes on as it is. What was recorded so far stays where it is; "
                "“camwatch db move” takes it along."
            ),
            tr("Use it"),
        )
        self.question = ask(question, lambda: self._use(server, password), self)

    def _use(self, server: DatabaseServer | None, password: Secret | None) -> None:
        self.place_page.set_busy(is_busy=True)
        self._run(
            lambda: self._commands.set_database_server(self._session, server, password),
            lambda _none: self._on_used(server),
            self._on_place_failed,
        )

    def _on_used(self, server: DatabaseServer | None) -> None:
        self.place_page.set_busy(is_busy=False)
        self.place_page.show_used(server)

    def _on_place_failed(self, error: CamWatchError) -> None:
        self.place_page.set_busy(is_busy=False)
        if (problems := _problems(error)) is not None:
            self.place_page.show_problems(problems)
        else:
            self.place_page.show_error(error)

    # ---------------------------------------------------------------- leaving it

    def reject(self) -> None:
        """Close; ask first if something is entered that does not hold yet."""
        pages = self.retention_page, self.pictures_page, self.place_page
        is_changed = any(one.is_changed for one in pages)
        if not is_changed or self._is_discarding or not self.isVisible():
            super().reject()
            return
        question = Question(
            tr("Not applied"),
            tr("Discard what you have entered?"),
            tr("It does not hold yet, and would be lost."),
            tr("Discard"),
            tr("Keep editing"),
        )
        self.question = ask(question, self._discard, self)

    def _discard(self) -> None:
        self._is_discarding = True
        self.reject()


def _problems(error: CamWatchError) -> tuple[InvalidSetting, ...] | None:
    if isinstance(error, InvalidSetting):
        return (error,)
    return error.problems if isinstance(error, InvalidSettings) else None
