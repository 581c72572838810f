"""The list of roles, and what can be done to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.auth.accounts import Account
from camwatch.auth.permissions import OperatorRole
from camwatch.domain import SiteId
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable
from camwatch.ui.operators.role_editor import BEYOND
from camwatch.ui.operators.user_acts import reaches
from camwatch.ui.operators.wording import may_words, sees_words
from camwatch.ui.words import sentence

_SELECT = marked("Select a role in the list first.")
_ALWAYS = marked("This role is always there. It can be copied, but not removed.")


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    MAY = 1
    SEES = 2
    FACTOR = 3
    USERS = 4


_HEADINGS = table(
    lambda: {
        Column.NAME: tr("Role"),
        Column.MAY: tr("May"),
        Column.SEES: tr("Sees cameras of"),
        Column.FACTOR: tr("Second factor"),
        Column.USERS: tr("Users"),
    }
)
_WIDTHS = {Column.NAME: 210, Column.SEES: 220, Column.FACTOR: 130, Column.USERS: 80}


class RolesModel(RecordsModel[OperatorRole]):
    """All roles, in the order in which they came."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._sites: Mapping[SiteId, str] = {}
        self._users: Counter[str] = Counter()
        self._places: dict[str, int] = {}

    def prepare(
        self,
        roles: Sequence[OperatorRole],
        sites: Mapping[SiteId, str],
        accounts: Sequence[Account],
    ) -> None:
        """Take what is said about these roles, before they are shown."""
        self._sites = sites
        self._users = Counter(account.role.key for account in accounts)
        self._places = {role.key: place for place, role in enumerate(roles)}

    def key(self, record: OperatorRole) -> object:
        """Return the key of the role."""
        return record.key

    def text(self, record: OperatorRole, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.NAME:
                return record.title
            case Column.MAY:
                return sentence(may_words(record))
            case Column.SEES:
                return sees_words(record, self._sites)
            case Column.FACTOR:
                return tr("Needed") if record.needs_second_factor else tr("As users like")
            case Column.USERS:
                return str(self._users[record.key])

    def sort_key(self, record: OperatorRole, column: int) -> Any:
        """Keep those that are always there together, each above what may more."""
        if column == Column.NAME:
            return self._places[record.key]
        return self._users[record.key] if column == Column.USERS else self.text(record, column)


class RolesTab(QWidget):
    """Roles; says which of them is to be changed, and how.

    Signals:
        new_requested: A role is to be made.
        edit_requested: The `OperatorRole` that is to be looked at and changed.
        copy_requested: The `OperatorRole` from which another is to be made.
        remove_requested: The `OperatorRole` that is to go.

    Args:
        own: The role of who is signed in.
    """

    new_requested = Signal()
    edit_requested = Signal(object)
    copy_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, own: OperatorRole, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = own
        self.roles = RolesModel(self)
        self.shown = RecordProxy(self.roles, self)
        self.table: RecordTable[OperatorRole] = RecordTable(
            self.shown, tr("Roles"), _WIDTHS, self, given_up=(Column.FACTOR,)
        )
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self.update_buttons)
        self.table.activated.connect(lambda _index: self._edit())
        delete = QAction(tr("Remove"), self.table)
        delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(lambda _checked: self._remove())
        self.table.addAction(delete)
        self.new_button = make_button(tr("&New role…"), "plus", self.new_requested.emit, self)
        self.edit_button = make_button(tr("&Edit…"), "pencil", self._edit, self)
        self.copy_button = make_button(tr("&Copy…"), "copy", self._copy, self)
        self.remove_button = make_button(tr("Re&move…"), "trash-2", self._remove, self)
        space = theme.current().space
        actions = FlowRow(space)
        buttons = (self.new_button, self.edit_button, self.copy_button, self.remove_button)
        for button in buttons:
            actions.addWidget(button)
        self.about = plain_label(
            tr(
                "A role says what its users may do and whose cameras they see. Viewer, Supervisor and "
                "Administrator are always there; copy one to make a role of your own."
            ),
            "muted",
            self,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space + space // 2, 0, 0)
        column.setSpacing(space)
        column.addLayout(actions)
        column.addWidget(self.about)
        column.addWidget(self.table, 1)
        in_tab_order(*buttons, self.table)
        self.update_buttons()

    def set_roles(
        self,
        roles: Sequence[OperatorRole],
        sites: Mapping[SiteId, str],
        accounts: Sequence[Account],
        select: str = "",
    ) -> None:
        """Show these; the selected role stays selected.

        Args:
            roles: All of them.
            sites: Names of all sites.
            accounts: All users.
            select: Key of the role to select instead.
        """
        self.roles.prepare(roles, sites, accounts)
        is_wanted = (lambda one: one.key == select) if select else None
        self.table.set_records(self.roles, roles, is_wanted)
        self.update_buttons()

    @Slot()
    def update_buttons(self) -> None:
        """Say what can be done to the selected role, and why not."""
        role = self.table.chosen
        hint = tr(_SELECT) if role is None else ""
        self.edit_button.setEnabled(role is not None)
        is_built_in = role is not None and role.is_built_in
        is_beyond = role is not None and not reaches(self._own, role)
        self.edit_button.setText(tr("Loo&k…") if is_built_in or is_beyond else tr("&Edit…"))
        self.edit_button.setToolTip(hint or tr("See and change what the role may do (Enter)"))
        self.copy_button.setEnabled(role is not None)
        self.copy_button.setToolTip(hint or tr("Make another role that begins as this one is"))
        why = tr(_ALWAYS) if is_built_in else tr(BEYOND) if is_beyond else hint
        self.remove_button.setEnabled(not why)
        self.remove_button.setToolTip(why or tr("Remove the role; its users get another one (Del)"))
        self.remove_button.setAccessibleDescription(why)

    def _edit(self) -> None:
        if (role := self.table.chosen) is not None:
            self.edit_requested.emit(role)

    def _copy(self) -> None:
        if (role := self.table.chosen) is not None:
            self.copy_requested.emit(role)

    def _remove(self) -> None:
        role = self.table.chosen
        if role is not None and self.remove_button.isEnabled():
            self.remove_requested.emit(role)
