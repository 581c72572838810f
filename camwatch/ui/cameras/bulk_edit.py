"""The dialog in which several cameras are changed at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.commands.camera_bulk import BulkChange
from camwatch.domain import Camera, CameraId, CameraSettings, Secret, SourceKind
from camwatch.errors import CamWatchError, InvalidSettings, SecretsUnavailable
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.cameras.entries import PaceEdit
from camwatch.ui.cameras.removal import names_in_short
from camwatch.ui.cameras.sections import TRANSPORT_WORDS
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import (
    BusyBar,
    CalmComboBox,
    Notice,
    PasswordEdit,
    in_tab_order,
    plain_label,
)
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.words import cameras as cameras_words

T = TypeVar("T")

_VALUES_NAMED = 3
_NO_SIGN_IN = marked("no sign-in")
_YES_NO = table(lambda: {True: tr("Yes"), False: tr("No")})
_WATCHED = table(lambda: {True: tr("Watched"), False: tr("Switched off")})


class BulkCommands(VaultScreenCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def edit_cameras(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: BulkChange,
        *,
        keep_in_memory: bool = False,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """Change all of them, or none."""
        ...


def present_values(texts: Iterable[str]) -> str:
    """Say what several cameras have now: "Hall 8, Gate 3 and 2 more"."""
    counts = Counter(texts).most_common()
    if len(counts) == 1:
        return tr("Now: {counts}", counts=counts[0][0])
    named = ", ".join(f"{text} ({count})" for text, count in counts[:_VALUES_NAMED])
    more = sum(count for _, count in counts[_VALUES_NAMED:])
    if more:
        return tr("Now: {named} and {more} more", named=named, more=more)
    return tr("Now: {named}", named=named)


class _Change(QObject):
    """One thing that can be changed: a box to tick, what to enter, and what there is now.

    Entering something ticks the box.
    """

    toggled = Signal()

    def __init__(self, words: str, entry: QWidget, now: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.box = QCheckBox(words, parent)
        self.entry = entry
        self.now = plain_label(now, "muted", parent)
        self.name = words.replace("&", "")
        entry.setAccessibleName(self.name)
        entry.setAccessibleDescription(now)
        self.box.toggled.connect(self.toggled)

    @property
    def is_wanted(self) -> bool:
        """True if it is to be changed."""
        return self.box.isChecked()

    @Slot()
    def tick(self) -> None:
        """Want it changed."""
        self.box.setChecked(True)
        self.toggled.emit()


class BulkEditDialog(QDialog):
    """Changes what is ticked of several cameras, of all of them or of none.

    Signals:
        cameras_saved: The cameras as they were saved.

    Args:
        cameras: Which ones; at least one.
        sites: Names of the sites there are.
    """

    cameras_saved = Signal(object)

    def __init__(  # noqa: PLR0917 - its edges, and which cameras
        self,
        commands: BulkCommands,
        session: Session,
        background: Background,
        cameras: Sequence[Camera],
        sites: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._cameras = list(cameras)
        self._cancel = threading.Event()
        self._is_saving = False
        self.setWindowTitle(tr("Change {cameras_words}", cameras_words=cameras_words(len(cameras))))
        self._make_entries([camera.settings for camera in cameras], sites)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._update()
        self.changes["site"].box.setFocus()

    # ---------------------------------------------------------------- building

    def _make_entries(self, settings: list[CameraSettings], sites: Sequence[str]) -> None:
        first = settings[0]
        self.site = CalmComboBox(self)
        self.site.setEditable(True)
        self.site.addItems(list(sites))
        self.site.setEditText(first.site)
        self.watched = self._choice(_WATCHED, first.is_enabled)
        self.interval = PaceEdit(self)
        if all(one.kind.is_stream for one in settings):
            self.interval.show_per_second()
        self.interval.set_interval_s(first.interval_s)
        self.username = QLineEdit(first.username, self)
        self.username.setAccessibleName(tr("User name"))
        self.username.setPlaceholderText(tr("User name"))
        self.password = PasswordEdit(self)
        self.password.line.setAccessibleName(tr("Password"))
        self.password.line.setPlaceholderText(tr("Password"))
        self.transport = CalmComboBox(self)
        for transport, words in TRANSPORT_WORDS.items():
            self.transport.addItem(words, transport)
        self.transport.setCurrentIndex(self.transport.findData(first.transport))
        self.basic = self._choice(_YES_NO, first.allow_basic)
        sign_in = QWidget(self)
        row = QHBoxLayout(sign_in)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.username, 1)
        row.addWidget(self.password, 1)

        def now(text: Callable[[CameraSettings], str]) -> str:
            return present_values(text(one) for one in settings)

        rtsp = [one for one in settings if one.kind is SourceKind.RTSP]
        pace = (
            tr("&Pictures per second")
            if all(one.kind.is_stream for one in settings)
            else tr("Seconds between &pictures")
        )
        self.changes = {
            "site": _Change(
                tr("S&ite"), self.site, now(lambda one: one.site or tr("the default site")), self
            ),
            "is_enabled": _Change(
                tr("&Watched or not"), self.watched, now(lambda one: _WATCHED[one.is_enabled]), self
            ),
            "interval_s": _Change(
                pace, self.interval, now(lambda one: _pace_words(one.interval_s)), self
            ),
            "username": _Change(
                tr("&User name and password"),
                sign_in,
                now(lambda one: one.username or tr(_NO_SIGN_IN)),
                self,
            ),
            "transport": _Change(
                tr("&Transport of RTSP"),
                self.transport,
                present_values(TRANSPORT_WORDS[one.transport] for one in rtsp)
                if rtsp
                else tr("None of these is an RTSP stream"),
                self,
            ),
            "allow_basic": _Change(
                tr("Allow &Basic sign-in"),
                self.basic,
                now(lambda one: _YES_NO[one.allow_basic]),
                self,
            ),
        }
        for part in (self.changes["transport"].box, self.transport):
            part.setEnabled(bool(rtsp))

    def _choice(self, words: Mapping[bool, str], chosen: bool) -> CalmComboBox:
        box = CalmComboBox(self)
        for value, text in words.items():
            box.addItem(text, value)
        box.setCurrentIndex(box.findData(chosen))
        return box

    def _make_buttons(self) -> None:
        self.notice = Notice(self)
        self.summary = plain_label("", "", self)
        self.keep_in_memory = QCheckBox(tr("Keep it onl&y until CamWatch closes"), self)
        self.keep_in_memory.hide()
        self.offer = SecretsOffer(
            self.notice,
            self.keep_in_memory,
            self._commands,
            self._session,
            self._background,
            self.save,
            self,
        )
        self.busy = BusyBar(self)
        self.save_button = QPushButton(
            tr("&Change {cameras_words}", cameras_words=cameras_words(len(self._cameras))), self
        )
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        space = theme.current().space
        heading = plain_label(self.windowTitle(), "title", self)
        names = plain_label(names_in_short(self._cameras), "muted", self)
        hint = plain_label(tr("Tick what is to be the same for all of them."), "", self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * space)
        grid.setVerticalSpacing(space)
        grid.setColumnStretch(1, 1)
        for row, change in enumerate(self.changes.values()):
            grid.addWidget(change.box, 2 * row, 0)
            grid.addWidget(change.entry, 2 * row, 1)
            grid.addWidget(change.now, 2 * row + 1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.keep_in_memory)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        for part in (heading, names, hint):
            column.addWidget(part)
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(self.summary)
        column.addWidget(self.notice)
        column.addWidget(self.busy)
        column.addLayout(buttons)
        order: list[QWidget] = []
        for name, change in self.changes.items():
            parts = (
                (self.username, self.password.line, self.password.show_button)
                if name == "username"
                else (change.entry,)
            )
            order += [change.box, *parts]
        in_tab_order(*order, self.keep_in_memory, self.save_button, self.cancel_button)
        fit(self, 680, 640)

    def _connect(self) -> None:
        changes = self.changes
        for change in changes.values():
            change.toggled.connect(self._update)
        self.site.editTextChanged.connect(changes["site"].tick)
        self.watched.currentIndexChanged.connect(changes["is_enabled"].tick)
        self.interval.valueChanged.connect(changes["interval_s"].tick)
        self.username.textChanged.connect(changes["username"].tick)
        self.password.line.textChanged.connect(changes["username"].tick)
        self.transport.currentIndexChanged.connect(changes["transport"].tick)
        self.basic.currentIndexChanged.connect(changes["allow_basic"].tick)

    # ---------------------------------------------------------------- reading

    def change(self) -> BulkChange:
        """Return what is ticked, as it is entered."""

        def wanted(name: str, value: T) -> T | None:
            return value if self.changes[name].is_wanted else None

        password = self.password.text()
        return BulkChange(
            site=wanted("site", self.site.currentText()),
            is_enabled=wanted("is_enabled", bool(self.watched.currentData())),
            interval_s=wanted("interval_s", self.interval.interval_s),
            username=wanted("username", self.username.text()),
            password=wanted("username", Secret(password) if password else None),
            transport=wanted("transport", str(self.transport.currentData())),
            allow_basic=wanted("allow_basic", bool(self.basic.currentData())),
        )

    @Slot()
    def _update(self) -> None:
        change = self.change()
        self.save_button.setEnabled(not change.is_empty and not self._is_saving)
        self.summary.setText(self._summary(change))

    def _summary(self, change: BulkChange) -> str:
        """Say in a sentence what would be changed."""
        if change.is_empty:
            return tr("Nothing is ticked yet, so nothing would be changed.")
        parts = []
        if change.site is not None:
            parts.append(
                tr(
                    "the site becomes “{value}”",
                    value=change.site.strip() or tr("the default site"),
                )
            )
        if change.is_enabled is not None:
            parts.append(
                tr("they are watched") if change.is_enabled else tr("they are switched off")
            )
        if change.interval_s is not None:
            parts.append(
                tr("a picture is counted {pace_words}", pace_words=_pace_words(change.interval_s))
            )
        if change.username is not None:
            parts.append(_sign_in_words(change))
        if change.transport is not None:
            parts.append(tr("RTSP streams come over {upper}", upper=change.transport.upper()))
        if change.allow_basic is not None:
            parts.append(
                tr("Basic sign-in without encryption is allowed")
                if change.allow_basic
                else tr("Basic sign-in without encryption is not allowed")
            )
        who = cameras_words(len(self._cameras))
        return tr(
            "For {who}: {names}. All else stays as it is with each of them.",
            who=who,
            names="; ".join(parts),
        )

    # ---------------------------------------------------------------- saving

    @Slot()
    def save(self) -> None:
        """Change them in the background; the dialog closes once that is done."""
        change = self.change()
        if not self.save_button.isEnabled() or change.is_empty:
            return
        ids = [camera.id for camera in self._cameras]
        keep_in_memory = self.keep_in_memory.isChecked()
        self._cancel = cancel = threading.Event()
        self.notice.hide()
        self._set_busy(True)
        self._background.run(
            lambda: self._commands.edit_cameras(
                self._session, ids, change, keep_in_memory=keep_in_memory, cancel=cancel
            ),
            self._on_saved,
            self._on_not_saved,
            owner=self,
        )

    @Slot()
    def reject(self) -> None:
        """Close without a change; one under way is given up first, and tells of it."""
        if self._is_saving:
            self._cancel.set()
            self.cancel_button.setEnabled(False)
        else:
            super().reject()

    def _set_busy(self, is_busy: bool) -> None:
        self._is_saving = is_busy
        self.busy.setVisible(is_busy)
        for change in self.changes.values():
            change.box.setEnabled(not is_busy)
            change.entry.setEnabled(not is_busy)
        if not is_busy:
            has_rtsp = any(one.settings.kind is SourceKind.RTSP for one in self._cameras)
            self.changes["transport"].box.setEnabled(has_rtsp)
            self.transport.setEnabled(has_rtsp)
        self.cancel_button.setEnabled(True)
        self.cancel_button.setText(tr("Give up") if is_busy else tr("Cancel"))
        self._update()

    def _on_saved(self, cameras: list[Camera]) -> None:
        self._is_saving = False
        self.accept()
        self.cameras_saved.emit(cameras)

    def _on_not_saved(self, error: CamWatchError) -> None:
        self._set_busy(False)
        words = text_for(error)
        match error:
            case SecretsUnavailable():
                self.offer.show(error)
            case InvalidSettings(source=name):
                title = tr("“{name}” cannot be changed like this, so none was", name=name)
                self.notice.show_text("error", title, words.whole)
            case _:
                self.notice.show_error(words)


def _pace_words(interval_s: float) -> str:
    """Say how often: "every 5 s", "5 times a second"."""
    return (
        tr("every {interval_s:g} s", interval_s=interval_s)
        if interval_s >= 1
        else tr("{value:.3g} times a second", value=1 / interval_s)
    )


def _sign_in_words(change: BulkChange) -> str:
    if not change.username:
        return tr("user name and password are taken away")
    if change.password is None:
        return tr(
            "the user name becomes “{username}”, and each keeps its password",
            username=change.username,
        )
    return tr("they are asked as “{username}” with the new password", username=change.username)
