"""A button that shows who is chosen, and a menu in which to choose."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from camwatch.alerts.people import ChannelKind
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.ladder_words import World, has_address
from camwatch.ui.alerts.delivery.words import named
from camwatch.ui.words import shortened, without_mnemonic

_LONGEST = 18
_INDENT = "\u2002"
_TICKS = """
QMenu::item {{ padding: 8px 24px 8px 36px; }}
QMenu::indicator {{
    width: 16px; height: 16px; left: 10px; border: 1px solid {outline}; border-radius: 4px;
    background: {raised};
}}
QMenu::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url(camwatchcontrols:check.svg);
}}
"""


def _colors() -> dict[str, str]:
    tokens = theme.current()
    return {"outline": tokens.outline, "raised": tokens.raised, "accent": tokens.accent}


class _StayingMenu(QMenu):
    """Stays open while boxes are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """Tick a box without closing."""
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Tick a box with the space bar without closing."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
            return
        super().keyPressEvent(event)


class RecipientsPicker(QPushButton):
    """Groups and recipients, of which any number is chosen.

    Signals:
        changed: Others are chosen.
    """

    changed = Signal()

    def __init__(self, world: World, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._world = world
        self._kind = ChannelKind.EMAIL
        self.setAutoDefault(False)
        self.setStyleSheet(
            "QPushButton { text-align: left; padding: 0 28px 0 8px; min-width: 100px; }"
            "QPushButton:focus { padding: 0 27px 0 7px; }"
            "QPushButton::menu-indicator { image: url(camwatchcontrols:chevron-down.svg);"
            " width: 16px; height: 16px; subcontrol-origin: padding;"
            " subcontrol-position: right center; right: 8px; }"
        )
        self.actions_by_uid: dict[str, QAction] = {}
        self._menu = _StayingMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.setStyleSheet(_TICKS.format_map(_colors()))
        for group in world.groups.values():
            self._add(group.uid, tr("{name} (group)", name=group.name))
        if world.groups and world.recipients:
            self._menu.addSeparator()
        for recipient in world.recipients.values():
            self._add(recipient.uid, recipient.name)
        if not self.actions_by_uid:
            none = self._menu.addAction(tr("Nobody yet: add recipients in the list of people"))
            none.setEnabled(False)
        self.setProperty("role", "menu")
        self.setMenu(self._menu)
        self._say()

    def _add(self, uid: str, name: str) -> QAction:
        action = self._menu.addAction(without_mnemonic(name))
        action.setCheckable(True)
        action.toggled.connect(self._on_toggled)
        self.actions_by_uid[uid] = action
        return action

    def set_kind(self, kind: ChannelKind) -> None:
        """Mark those who cannot be told by this way."""
        self._kind = kind
        for uid, recipient in self._world.recipients.items():
            name = recipient.name
            if not has_address(recipient, kind):
                name = (
                    tr("{name} (no e-mail address)", name=name)
                    if kind is ChannelKind.EMAIL
                    else tr("{name} (no phone number)", name=name)
                )
            self.actions_by_uid[uid].setText(without_mnemonic(name))

    def choose(self, uids: Sequence[str]) -> None:
        """Choose these; what is gone is left out."""
        for uid, action in self.actions_by_uid.items():
            action.setChecked(uid in uids)
        self._say()

    def chosen(self) -> tuple[str, ...]:
        """Return the uids of those that are chosen."""
        return tuple(uid for uid, one in self.actions_by_uid.items() if one.isChecked())

    def _on_toggled(self, _is_on: bool) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        names = [self._world.name(uid) for uid in self.chosen()]
        words = shortened(named(names, 2), _LONGEST) or tr("Choose who…")
        # With a menu, Qt draws words that stand at the left on the very edge.
        self.setText(f"{_INDENT}{without_mnemonic(words)}")
        self.setAccessibleName(
            tr("To {named}", named=named(names)) if names else tr("Choose who is told")
        )
