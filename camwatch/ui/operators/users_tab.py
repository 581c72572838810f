"""The list of users, and what can be done to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.accounts import Account
from camwatch.auth.permissions import OperatorRole
from camwatch.domain import UserId
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.empty import EmptyTable
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import CalmComboBox, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import RecordTable
from camwatch.ui.operators.user_acts import HINTS, Act, about, why_not
from camwatch.ui.operators.users_model import Column, UsersModel, UsersShown, Wanted
from camwatch.ui.operators.wording import Standing, breakable
from camwatch.ui.words import tooltip

_WIDTHS = {
    Column.ROLE: 190,
    Column.STATE: 264,
    Column.FACTOR: 130,
    Column.LAST: 140,
    Column.SESSIONS: 120,
}
_ALL_ROLES = marked("All roles")
_WORDS = table(
    lambda: {
        Act.ROLE: (tr("&Role…"), "pencil"),
        Act.DISABLE: (tr("&Disable"), "user-x"),
        Act.RESET: (tr("Reset &password…"), "key-round"),
        Act.FORCE: (tr("Force new pass&word"), "rotate-ccw"),
        Act.FACTOR: (tr("&Take away second factor…"), "shield-check"),
        Act.REMOVE: (tr("Re&move…"), "trash-2"),
    }
)
_ENABLE = (marked("&Enable"), "user-check")


class UsersTab(QWidget):
    """Users with search and filters; says which of them is to be changed, and how.

    Signals:
        act_requested: An `Act`, and the `Account`.
        add_requested: A first user is to be added.
        all_requested: Search and filters were taken away; the page empties its search.

    Args:
        own: Who is signed in.
        role: What they may do themselves.
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
    """

    act_requested = Signal(object, object)
    add_requested = Signal()
    all_requested = Signal()

    def __init__(
        self,
        own: UserId,
        role: OperatorRole,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._own, self._own_role = own, role
        self._text = ""
        self._has_read = False
        self._has_failed = False
        self.users = UsersModel(own, zone, clock, self, ratio=self.devicePixelRatioF())
        self.shown = UsersShown(self.users, self)
        self.table: RecordTable[Account] = RecordTable(
            self.shown, tr("Users"), _WIDTHS, self, given_up=(Column.FACTOR, Column.SESSIONS)
        )
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self.update_buttons)
        self.table.activated.connect(lambda _index: self._act(Act.ROLE))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        delete = QAction(tr("Remove"), self.table)
        delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(lambda _checked: self._act(Act.REMOVE))
        self.table.addAction(delete)
        self.buttons: dict[Act, QPushButton] = {
            act: make_button(words, icon, partial(self._act, act), self)
            for act, (words, icon) in _WORDS.items()
        }
        self._enable = make_button(
            tr(_ENABLE[0]), _ENABLE[1], partial(self._act, Act.DISABLE), self
        )
        self._enable.hide()
        self.about = plain_label("", "muted", self)
        self.empty = EmptyTable("users", self)
        self.empty.pressed.connect(self._on_empty_pressed)
        self._make_filters()
        self._lay_out()
        self.update_buttons()
        self._update_empty()

    def _make_filters(self) -> None:
        self._filters = QButtonGroup(self)
        self.filters: dict[Standing | None, QPushButton] = {}
        for one in (None, *Standing):
            button = QPushButton(tr("All") if one is None else tr(one.value), self)
            button.setAutoDefault(False)
            button.setCheckable(True)
            button.setProperty("role", "choice")
            self._filters.addButton(button)
            self.filters[one] = button
        self.filters[None].setChecked(True)
        self._filters.buttonToggled.connect(self._on_toggled)
        self.role = CalmComboBox(self)
        self.role.setAccessibleName(tr("Role"))
        self.role.setMinimumWidth(theme.px(200))
        self.role.addItem(tr(_ALL_ROLES), "")
        self.role.currentIndexChanged.connect(self._on_filter)

    def _lay_out(self) -> None:
        space = theme.current().space
        actions = FlowRow(space)
        for act, button in self.buttons.items():
            actions.addWidget(button)
            if act is Act.DISABLE:
                actions.addWidget(self._enable)
        filters = QHBoxLayout()
        filters.setSpacing(space)
        for button in self.filters.values():
            filters.addWidget(button)
        filters.addStretch(1)
        filters.addWidget(self.role)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space + space // 2, 0, 0)
        column.setSpacing(space)
        column.addLayout(actions)
        column.addLayout(filters)
        column.addWidget(self.about)
        column.addLayout(self._stack, 1)
        in_tab_order(
            *(self.buttons[act] for act in (Act.ROLE, Act.DISABLE)),
            self._enable,
            *(self.buttons[act] for act in (Act.RESET, Act.FORCE, Act.FACTOR, Act.REMOVE)),
            *self.filters.values(),
            self.role,
            self.table,
            self.empty.button,
        )

    # ---------------------------------------------------------------- what is shown

    def set_accounts(self, accounts: Sequence[Account], select: UserId | None = None) -> None:
        """Show these; the selected user stays selected.

        Args:
            accounts: All users.
            select: Select this one instead.
        """
        self._has_read = True
        is_wanted = None if select is None else (lambda one: one.user.id == select)
        self.table.set_records(self.users, accounts, is_wanted)
        counts = self.users.counts()
        for one, button in self.filters.items():
            count, words = (
                (len(accounts), tr("All")) if one is None else (counts[one], tr(one.value))
            )
            button.setText(f"{words}  {count}")
            button.setAccessibleName(f"{words}: {count}")
            # All and active are always there; of the others only those that occur.
            is_chosen = button.isChecked()
            button.setVisible(one in (None, Standing.ACTIVE) or bool(count) or is_chosen)
        self.update_buttons()
        self._update_empty()

    def set_roles(self, roles: Sequence[OperatorRole]) -> None:
        """Offer these roles as a filter; the chosen one stays if it is among them."""
        chosen = self.role.currentData()
        with QSignalBlocker(self.role):
            self.role.clear()
            self.role.addItem(tr(_ALL_ROLES), "")
            for role in roles:
                self.role.addItem(role.title, role.key)
            self.role.setCurrentIndex(max(self.role.findData(chosen), 0))
        self._on_filter()

    def search(self, text: str) -> None:
        """Show only users in whose name or role this stands."""
        self._text = text.strip()
        self._on_filter()

    @Slot()
    def show_all(self) -> None:
        """Take search and filters away."""
        self.filters[None].setChecked(True)
        self.role.setCurrentIndex(0)
        self.all_requested.emit()
        self._on_filter()

    def _on_toggled(self, _button: object, is_checked: bool) -> None:
        if is_checked:
            self._on_filter()

    @Slot()
    def _on_filter(self) -> None:
        one = next(one for one, button in self.filters.items() if button.isChecked())
        self.shown.want(Wanted(self._text, one, self.role.currentData() or ""))
        self.update_buttons()
        self._update_empty()

    def tell_not_read(self) -> None:
        """Say that there is no list, as long as there was none."""
        self._has_failed = True
        self._update_empty()

    def _update_empty(self) -> None:
        is_empty = not self.shown.rowCount()
        self._stack.setCurrentWidget(self.empty if is_empty else self.table)
        if self._has_failed and not self._has_read:
            self.empty.tell(tr("No users are shown"), tr("They could not be read."))
        elif not self._has_read:
            self.empty.tell(tr("No users are shown yet"), tr("They are being read."))
        elif not self.users.rows():
            self.empty.tell(
                tr("No users in this list"),
                tr(
                    "Everybody who signs in comes through the login service. Add a user here who can "
                    "sign in while it is away."
                ),
                tr("Add a user"),
            )
        else:
            self.empty.tell(
                tr("No user matches"),
                tr("Try part of a name or of a role, or another filter."),
                tr("Show all users"),
            )

    @Slot()
    def _on_empty_pressed(self) -> None:
        if self.users.rows():
            self.show_all()
        else:
            self.add_requested.emit()

    # ---------------------------------------------------------------- what can be done

    @Slot()
    def update_buttons(self) -> None:
        """Say what can be done to the selected user, and why not."""
        account = self.table.chosen
        is_own = account is not None and account.user.id == self._own
        is_disabled = account is not None and account.user.is_disabled
        for act, button in self.buttons.items():
            reason = why_not(act, account, self._own_role, is_own=is_own)
            for one in (button, self._enable) if act is Act.DISABLE else (button,):
                one.setEnabled(not reason)
                one.setToolTip(tooltip(reason or HINTS[act]))
                one.setAccessibleDescription(reason or HINTS[act])
        self.buttons[Act.DISABLE].setVisible(not is_disabled)
        self._enable.setVisible(is_disabled)
        self.about.setText(self._words_about(account, is_own=is_own))

    def _words_about(self, account: Account | None, *, is_own: bool) -> str:
        if account is None:
            return tr("Select a user to change what the user may do.")
        words = about(account, self._own_role, is_own=is_own) or self.users.hint(
            account, Column.STATE
        )
        return breakable(f"{account.user.name}: {words}")

    def button_of(self, act: Act) -> QPushButton:
        """Return the button that does something to the selected user now."""
        is_enable = act is Act.DISABLE and not self._enable.isHidden()
        return self._enable if is_enable else self.buttons[act]

    def _act(self, act: Act) -> None:
        account = self.table.chosen
        if account is not None and self.buttons[act].isEnabled():
            self.act_requested.emit(act, account)

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        if self.table.chosen is not None:
            menu = self.make_menu()
            menu.popup(self.table.viewport().mapToGlobal(at))

    def make_menu(self) -> QMenu:
        """Return what can be done to the selected user as a menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        keys = {Act.ROLE: Qt.Key.Key_Return, Act.REMOVE: Qt.Key.Key_Delete}
        for act in Act:
            button = self.button_of(act)
            item = menu.addAction(button.icon(), button.text(), partial(self._act, act))
            item.setEnabled(button.isEnabled())
            item.setToolTip(button.toolTip())
            if act in keys:
                item.setShortcut(QKeySequence(keys[act]))
                item.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                item.setShortcutVisibleInContextMenu(True)
        return menu
