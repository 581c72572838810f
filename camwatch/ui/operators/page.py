"""The page on which administrators manage users, roles, sessions and how people sign in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTabWidget, QVBoxLayout, QWidget

from camwatch.auth.accounts import OpenSession
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session, SignInKind
from camwatch.domain import Site, SiteId, UserId, utc_now
from camwatch.errors import CamWatchError, SessionLocked
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import text_for
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, name_line_buttons, plain_label
from camwatch.ui.help.button import HelpButton
from camwatch.ui.operators.acts import Acts, Changed, Known
from camwatch.ui.operators.commands import UsersCommands
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.roles_tab import RolesTab
from camwatch.ui.operators.sessions_tab import SessionsTab
from camwatch.ui.operators.users_tab import UsersTab
from camwatch.ui.operators.wording import users
from camwatch.ui.shortcuts import Key, bind, sequence_of

_LOOK_MS = 15_000
_MAY_NOT_SECURE = marked(
    "Your role does not let you change how people sign in. Ask an administrator to do it."
)
_NO_ID = UserId(0)


class UsersPage(QWidget):
    """Users, roles and open sessions; while it is seen it looks again every 15 seconds.

    Signals:
        changed: Users, roles, sessions or how people sign in were changed here.
        security_changed: The Security that holds now.

    Args:
        zone: The site's time zone; None is this computer's.
        clock: The wall clock, aware UTC.
    """

    changed = Signal()
    security_changed = Signal(object)

    def __init__(
        self,
        commands: UsersCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
        *,
        zone: ZoneInfo | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._wanted: Callable[[], None] | None = None
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone or site_zone()
        self._may_secure = session.may(Permission.MANAGE_SECURITY)
        self._may_see = session.may(Permission.VIEW_CAMERAS)
        self._select = Changed()
        self._reading = 0
        self.acts = Acts(commands, session, background, self._zone, self)
        # An operator of the login service is no user of this list, whatever the number.
        is_local = session.kind is SignInKind.LOCAL
        own = session.user.id if is_local else _NO_ID
        self.users_tab = UsersTab(own, session.role, self._zone, clock, parent=self)
        self.roles_tab = RolesTab(session.role, self)
        self.sessions_tab = SessionsTab(self._zone, clock, self)
        self._build()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        self.summary = plain_label("", "muted", self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the users"))
        self.search.setToolTip(
            tr("Part of a name or a role ({sequence_of})", sequence_of=sequence_of(Key.FIND_USER))
        )
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.search.setFixedWidth(28 * space)
        self.add_button = make_button(tr("&Add user…"), "", self.add_user, self)
        self.add_button.setIcon(icons.icon("user-plus", theme.current().on_accent))
        self.add_button.setIconSize(icons.button_size())
        self.add_button.setProperty("role", "primary")
        self.add_button.setToolTip(
            tr("Add a user ({sequence_of})", sequence_of=sequence_of(Key.ADD_USER))
        )
        self.import_button = make_button(tr("&Import…"), "download", self.import_users, self)
        self.import_button.setToolTip(tr("Add the users of a list, a CSV file"))
        self.login_button = make_button(tr("Login ser&vice…"), "server", self.set_up_login, self)
        self.login_button.setToolTip(tr("Let a login service vouch for operators"))
        self.security_button = make_button(
            tr("Securit&y…"), "shield-check", self.acts.set_security, self
        )
        self.security_button.setToolTip(tr("How long sessions stay open"))
        for button in (self.login_button, self.security_button):
            button.setEnabled(self._may_secure)
            if not self._may_secure:
                button.setToolTip(tr(_MAY_NOT_SECURE))
                button.setAccessibleDescription(tr(_MAY_NOT_SECURE))
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.trouble = Notice(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.users_tab, tr("&Users"))
        self.tabs.addTab(self.roles_tab, tr("R&oles"))
        self.tabs.addTab(self.sessions_tab, tr("Open &sessions"))
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        title = plain_label(tr("Users"), "title", self)
        title.setWordWrap(False)
        head.addWidget(title)
        head.addWidget(HelpButton("users", self))
        head.addWidget(self.summary, 1)
        head.addWidget(self.search)
        head.addWidget(self.add_button)
        self._lay_out(head)

    def _lay_out(self, head: QHBoxLayout) -> None:
        space = theme.current().space
        # As on the page of cameras: what is done seldom stands below, where long words wrap.
        actions = FlowRow(space)
        for button in (self.import_button, self.login_button, self.security_button):
            actions.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addLayout(actions)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.trouble)
        column.addWidget(self.tabs, 1)
        buttons = (self.add_button, self.import_button, self.login_button, self.security_button)
        in_tab_order(self.search, *buttons, self.tabs)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.notice.action_requested.connect(self.reload)
        self.tabs.currentChanged.connect(self._on_tab)
        self.trouble.action_requested.connect(self.trouble.hide)
        acts = self.acts
        acts.began.connect(self._on_began)
        acts.changed.connect(self._on_changed)
        acts.security_changed.connect(self.security_changed)
        acts.not_changed.connect(self._on_not_changed)
        tab = self.users_tab
        tab.act_requested.connect(acts.act)
        tab.add_requested.connect(self.add_user)
        tab.all_requested.connect(self.search.clear)
        roles = self.roles_tab
        roles.new_requested.connect(lambda: acts.edit_role(None))
        roles.edit_requested.connect(acts.edit_role)
        roles.copy_requested.connect(partial(acts.edit_role, is_copy=True))
        roles.remove_requested.connect(acts.remove_role)
        self.sessions_tab.end_requested.connect(acts.ask_to_end)
        bind(self, Key.ADD_USER, self.add_user)
        bind(self, Key.FIND_USER, self.go_to_search)
        again = QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self)
        again.activated.connect(self.reload)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(tab.table.enter)

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read, and look again from time to time."""
        super().showEvent(event)
        self.reload()
        self._timer.start()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()
        self._wanted = None

    @Slot()
    def set_up_login(self) -> None:
        """Open how the login service is set up."""
        self._open_with_roles(self.acts.set_up_login)

    @Slot()
    def add_user(self) -> None:
        """Open the form for another user."""
        self._open_with_roles(self.acts.add_user)

    @Slot()
    def import_users(self) -> None:
        """Open a list of users to be added."""
        self._open_with_roles(self.acts.import_users)

    def _open_with_roles(self, open_it: Callable[[], None]) -> None:
        """Open what gives roles as soon as they are read."""
        self._wanted = None
        if self.acts.known.roles:
            open_it()
        else:
            self._wanted = open_it

    @Slot()
    def reload(self) -> None:
        """Read all again, in the background."""
        self.busy.show()
        self._read(self._on_failed)

    @Slot()
    def look(self) -> None:
        """Read all again without saying so; while the session is locked there is no answer."""
        self._read(self._on_not_looked)

    def _read(self, failed: Callable[[CamWatchError], None]) -> None:
        commands, session = self._commands, self._session

        def job() -> tuple[Known, list[OpenSession]]:
            # Whoever may not see the cameras is not told their sites either.
            sites = commands.sites(session) if self._may_see else []
            known = Known(commands.accounts(session), commands.roles(session), _names(sites))
            return known, commands.open_sessions(session)

        self._reading += 1
        number = self._reading
        self._background.run(
            job,
            partial(self._on_read, number),
            lambda error: failed(error) if number == self._reading else None,
            owner=self,
        )

    def _on_read(self, number: int, answer: tuple[Known, list[OpenSession]]) -> None:
        if number != self._reading:
            return  # asked before the last change; answers may overtake each other
        self.busy.hide()
        self.notice.hide()
        found, sessions = answer
        self.acts.known = found
        self.users_tab.set_roles(found.roles)
        self.users_tab.set_accounts(found.accounts, self._user_to_select())
        self.roles_tab.set_roles(found.roles, found.sites, found.accounts, self._select.role)
        self.sessions_tab.set_sessions(sessions)
        self._select = Changed()
        if self._wanted is not None:
            self._open_with_roles(self._wanted)
        count = len(sessions)
        are_open = tr("1 session") if count == 1 else tr("{count} sessions", count=count)
        self.summary.setText(
            tr("{users}, {are_open} open", users=users(len(found.accounts)), are_open=are_open)
        )

    def _user_to_select(self) -> UserId | None:
        wanted = self._select
        named = (one.user.id for one in self.acts.known.accounts if one.user.name == wanted.name)
        return next(named, wanted.user)

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.users_tab.tell_not_read()
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def _on_not_looked(self, error: CamWatchError) -> None:
        if not isinstance(error, SessionLocked):
            self._on_failed(error)

    # ---------------------------------------------------------------- searching

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self.users_tab.search(text)
        if text:
            self.tabs.setCurrentWidget(self.users_tab)

    @Slot()
    def go_to_search(self) -> None:
        """Go to the search."""
        self.search.setFocus()
        self.search.selectAll()

    @Slot(str)
    def show_user(self, name: str) -> None:
        """Show one user among the others, by searching for the name."""
        self.tabs.setCurrentWidget(self.users_tab)
        self.search.setText(name)

    @Slot(int)
    def _on_tab(self, _index: int) -> None:
        self.look()

    # ---------------------------------------------------------------- changing

    @Slot()
    def _on_began(self) -> None:
        self.busy.show()
        self.trouble.hide()

    @Slot(object)
    def _on_changed(self, what: Changed) -> None:
        self._select = what
        self.trouble.hide()
        self.changed.emit()
        self.reload()

    @Slot(object)
    def _on_not_changed(self, error: CamWatchError) -> None:
        """Say why, and show what is true now: the user may be gone meanwhile."""
        self.busy.hide()
        self.trouble.show_error(text_for(error), action=tr("Close"))
        self.look()


def _names(sites: Sequence[Site]) -> dict[SiteId, str]:
    return {site.id: site.name for site in sites}
