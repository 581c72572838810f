"""How the history is doing, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from camwatch.history.keeping import Retention, RowClass, StorageStatus
from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.forms import Notice, plain_label, scrolled
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.storage.words import CLASSES, about, day_of, days, moment_of, size, verdict_of

_ICON = 18
_MOST_WARNINGS = 6


class StatePage(QWidget):
    """Where the history is, how large it is, what is in it, and what is to be known of it.

    Signals:
        check_requested: Look for faults.
        refresh_requested: Look again.
        rebuild_requested: Write the file anew.
    """

    check_requested = Signal()
    refresh_requested = Signal()
    rebuild_requested = Signal()

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        space = theme.current().space
        self.verdict = Notice(self)
        self.warnings = [Notice(self) for _ in range(_MOST_WARNINGS)]
        self._facts = _card(self)
        self._facts_grid = _grid(self._facts)
        self._rows = _card(self)
        self._rows_grid = _grid(self._rows)
        self._stations = _card(self)
        self._stations_grid = _grid(self._stations)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(self.verdict)
        for one in self.warnings:
            column.addWidget(one)
        columns = QHBoxLayout()
        columns.setSpacing(space + space // 2)
        columns.addWidget(self._facts, 5)
        columns.addWidget(self._rows, 6)
        column.addLayout(columns)
        column.addWidget(self._stations)
        column.addStretch(1)
        self.refresh_button = make_button(
            tr("L&ook again"), "refresh-cw", self.refresh_requested.emit, self
        )
        self.check_button = make_button(
            tr("Look for &faults"), "search", self.check_requested.emit, self
        )
        self.rebuild_button = make_button(
            tr("&Write the file anew…"), "database", self.rebuild_requested.emit, self
        )
        self.rebuild_button.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        for button in (self.check_button, self.rebuild_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.refresh_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2 * space, 0, 0)
        outer.setSpacing(space + space // 2)
        outer.addWidget(scrolled(content, self), 1)
        outer.addLayout(buttons)

    def show_status(self, status: StorageStatus) -> None:
        """Show how it is."""
        kind, sentence = verdict_of(status, self._zone)
        self.verdict.show_text(kind, sentence, self._more(status))
        for notice, text in zip(
            self.warnings,
            [*status.warnings, *[""] * _MOST_WARNINGS][:_MOST_WARNINGS],
            strict=True,
        ):
            if text:
                notice.show_text("warning", "", text)
            else:
                notice.hide()
        _fill(self._facts_grid, tr("The history"), self._facts_of(status), self)
        _fill(self._rows_grid, tr("What is in it"), self._rows_of(status), self)
        stations = [
            (
                "server",
                (tr("{name} (this computer)", name=one.name) if one.is_this else one.name),
                tr(
                    "CamWatch {version}, seen {moment_of}",
                    version=one.version,
                    moment_of=moment_of(one.seen_at, self._zone),
                ),
            )
            for one in status.workstations
        ]
        self._stations.setVisible(bool(stations))
        _fill(self._stations_grid, tr("Workstations that share it"), stations, self)
        self.rebuild_button.setVisible(bool(status.rebuild_s))

    def _more(self, status: StorageStatus) -> str:
        if status.checked_at is None:
            looked = tr("It was not looked through for faults yet since CamWatch was started.")
        elif status.verdict == "ok":
            looked = tr(
                "Looked through {moment_of}: no fault inside.",
                moment_of=moment_of(status.checked_at, self._zone),
            )
        else:
            looked = tr(
                "Looked through {moment_of}: {verdict}",
                moment_of=moment_of(status.checked_at, self._zone),
                verdict=status.verdict,
            )
        waiting = status.waiting_rows
        if not waiting:
            return looked
        are = (
            tr("1 row waits")
            if waiting == 1
            else tr("{number} rows wait", number=words.number(waiting))
        )
        return tr("{looked} {are} to be saved.", looked=looked, are=are)

    def _facts_of(self, status: StorageStatus) -> list[tuple[str, str, str]]:
        facts = [
            ("database", tr("Kept in"), status.place),
            ("info", tr("Engine"), f"{status.engine} {status.version}"),
            ("archive", tr("Size"), size(status.file_bytes)),
        ]
        if status.free_bytes is not None:
            facts.append(("scan", tr("Free on its disk"), size(status.free_bytes)))
        if status.backups:
            newest = moment_of(status.backups[0].made_at, self._zone)
            facts.append(("copy", tr("Newest copy"), newest))
        elif status.engine == "SQLite":
            facts.append(("copy", tr("Newest copy"), tr("None yet")))
        return facts

    def _rows_of(self, status: StorageStatus) -> list[tuple[str, str, str]]:
        rows, oldest = dict(status.rows), dict(status.oldest)
        found = []
        for kind, name in CLASSES.items():
            count = rows.get(kind, 0)
            text = words.sentence(about(count)) if count else tr("None")
            kept = tr("kept {kept}", kept=_kept(status.retention, kind))
            if kind in oldest:
                kept = tr(
                    "Since {day_of}, {kept}", day_of=day_of(oldest[kind], self._zone), kept=kept
                )
            found.append(("history", name, f"{text}\n{words.sentence(kept)}"))
        return found


def _kept(retention: Retention, kind: RowClass) -> str:
    count = {
        RowClass.SAMPLES: retention.sample_days,
        RowClass.MINUTES: retention.minute_days,
        RowClass.HOURS: retention.hour_days,
        RowClass.TRAILS: retention.trail_days,
        RowClass.PICTURES: retention.picture_days,
    }[kind]
    if count is None:
        return tr("for ever")
    if count == 1:
        return tr("for 1 day")
    if said := days(count):
        return tr("for {value}", value=said)
    return tr("for {count} days", count=count)


def _card(parent: QWidget) -> QFrame:
    card = QFrame(parent)
    card.setProperty("role", "card")
    return card


def _grid(card: QFrame) -> QGridLayout:
    space = theme.current().space
    grid = QGridLayout(card)
    grid.setContentsMargins(2 * space, space + space // 2, 2 * space, space + space // 2)
    grid.setHorizontalSpacing(space + space // 2)
    grid.setVerticalSpacing(space)
    grid.setColumnStretch(2, 1)
    return grid


def _fill(
    grid: QGridLayout, title: str, rows: Sequence[tuple[str, str, str]], parent: QWidget
) -> None:
    """Put icon, name and value of each row into a card, in place of what was there."""
    while (item := grid.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    top = Qt.AlignmentFlag.AlignTop
    grid.addWidget(plain_label(title, "heading", parent), 0, 0, 1, 3)
    for number, (icon, name, value) in enumerate(rows, 1):
        sign = QLabel(parent)
        sign.setPixmap(icons.pixmap(icon, _ICON, theme.current().muted, parent.devicePixelRatioF()))
        label = plain_label(name, "", parent)
        label.setWordWrap(False)
        # A long path has no spaces to break it at.
        text = plain_label(value.replace("/", "/\u200b").replace("\\", "\\\u200b"), "muted", parent)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setAccessibleName(f"{name}: {value}")
        grid.addWidget(sign, number, 0, top)
        grid.addWidget(label, number, 1, top)
        grid.addWidget(text, number, 2, top)
    grid.setRowStretch(len(rows) + 1, 1)
