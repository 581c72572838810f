"""The bar at the top: the program, its pages, the operator."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QWidget,
)

from camwatch.alerts.rules import Severity
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.first_run.options import may_set_up
from camwatch.ui.forms import plain_label, set_role
from camwatch.ui.page_button import PageButton, badge_words
from camwatch.ui.pages import PageInfo
from camwatch.ui.shortcuts import Key, sequence_of

_LONGEST_NAME = 24
_LEAST_MARK_PX = 120  # a shorter piece of the mark tells nothing


class Header(QFrame):
    """Shows where the operator is and who the operator is.

    Args:
        pages: In the order of the row.
        session: Who is signed in.

    Signals:
        page_requested: The page's place in the row, from 0.
        find_requested: Show the box in which everything is found.
        help_requested: Show the chapters of the documents.
        keys_requested: Show the keys.
        vault_requested: Show the vault of passwords.
        storage_requested: Show how and where the history is kept.
        settings_requested: Show the settings.
        appearance_requested: Show how the screen looks.
        about_requested: Show what this program is.
        account_requested: Show the operator's own account.
        lock_requested: Lock the window now.
        sign_out_requested: Sign the operator out.
        set_up_requested: Lead through the set-up.
    """

    page_requested = Signal(int)
    find_requested = Signal()
    help_requested = Signal()
    keys_requested = Signal()
    vault_requested = Signal()
    storage_requested = Signal()
    settings_requested = Signal()
    appearance_requested = Signal()
    about_requested = Signal()
    account_requested = Signal()
    lock_requested = Signal()
    sign_out_requested = Signal()
    set_up_requested = Signal()

    def __init__(
        self, pages: Sequence[PageInfo], session: Session, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        tokens = theme.current()
        space = tokens.space
        self.setObjectName("header")
        self.setFixedHeight(6 * space)

        symbol = QLabel()
        symbol.setPixmap(icons.pixmap("app", 24, ratio=self.devicePixelRatioF()))
        symbol.setAccessibleName("CamWatch")
        self._name = QLabel("CamWatch")
        self._name.setProperty("role", "heading")

        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * space, 0, space, 0)
        layout.setSpacing(space)
        layout.addWidget(symbol)
        layout.addWidget(self._name)
        layout.addSpacing(space)
        self._pages = QButtonGroup(self)
        self._infos = tuple(pages)
        self._badges: dict[int, str] = {}
        row = self._row = QHBoxLayout()
        row.setSpacing(0)  # the buttons themselves keep their words apart
        for index, page in enumerate(self._infos):
            if not page.is_in_row:
                continue
            button = PageButton()
            button.setProperty("role", "page")
            button.setText(f" {page.title}")  # the style leaves no room after the icon
            button.setAccessibleName(page.title)
            button.setIcon(icons.icon(page.icon))
            button.setIconSize(icons.size(18))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setFixedHeight(6 * space)
            self._pages.addButton(button, index)
            row.addWidget(button)
        layout.addLayout(row)
        self._pages.idClicked.connect(self.page_requested)
        layout.addStretch(1)
        self._find = self._find_button()
        layout.addWidget(self._find, 0, Qt.AlignmentFlag.AlignVCenter)
        self._said = ""
        self._mark = plain_label("", "mark")
        self._mark.setWordWrap(False)
        self._mark.hide()
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._operator = self._operator_button(session)
        layout.addWidget(self._operator)
        self.offer_pages(session)

    def _operator_button(self, session: Session) -> QToolButton:
        menu = QMenu(self)
        self._resting: list[QAction] = []
        user, role = session.user, session.role.title
        who = menu.addAction(words.without_mnemonic(f"{user.name} · {role}"))
        who.setEnabled(False)
        menu.addSeparator()
        account = menu.addAction(
            icons.icon("shield-check"), tr("My account…"), self.account_requested.emit
        )
        menu.addSeparator()
        self.set_up_action: QAction | None = None
        """Leads through the set-up; None for who may not do all of it."""
        if may_set_up(session):
            self.set_up_action = menu.addAction(
                icons.icon("plug-zap"), tr("Set up CamWatch…"), self.set_up_requested.emit
            )
            self._resting.append(self.set_up_action)
        chapters = menu.addAction(icons.icon("book-open"), tr("Help"), self.help_requested.emit)
        keys = menu.addAction(icons.icon("keyboard"), tr("Keys"), self.keys_requested.emit)
        about = menu.addAction(icons.icon("info"), tr("About CamWatch"), self.about_requested.emit)
        look = menu.addAction(
            icons.icon("palette"), tr("Appearance…"), self.appearance_requested.emit
        )
        menu.insertAction(chapters, look)
        self._resting += [account, chapters, keys, about, look]
        if session.may(Permission.MANAGE_SETTINGS):
            settings = menu.addAction(
                icons.icon("settings"), tr("Settings…"), self.settings_requested.emit
            )
            menu.insertAction(chapters, settings)
            self._resting.append(settings)
        if session.may(Permission.MANAGE_SECURITY):
            vault = menu.addAction(
                icons.icon("key-round"), tr("Vault for passwords…"), self.vault_requested.emit
            )
            menu.insertAction(chapters, vault)
            self._resting.append(vault)
        if session.may(Permission.MANAGE_HISTORY):
            storage = menu.addAction(
                icons.icon("database"), tr("History and storage…"), self.storage_requested.emit
            )
            menu.insertAction(chapters, storage)
            self._resting.append(storage)
        menu.addSeparator()
        lock = tr("Lock\t{sequence_of}", sequence_of=sequence_of(Key.LOCK))
        menu.addAction(icons.icon("lock"), lock, self.lock_requested.emit)
        menu.addAction(icons.icon("log-out"), tr("Sign out"), self.sign_out_requested.emit)
        button = QToolButton()
        button.setText(" " + words.without_mnemonic(words.shortened(user.name, _LONGEST_NAME)))
        button.setIcon(icons.icon("circle-user"))
        button.setIconSize(icons.size(20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setProperty("role", "menu")
        button.setAccessibleName(tr("Operator menu"))
        button.setToolTip(words.tooltip(f"{user.name}, {role}"))
        return button

    def _find_button(self) -> QToolButton:
        """Make the visible way to the box in which everything is found."""
        key = sequence_of(Key.FIND_ANYTHING)
        button = QToolButton()
        button.setProperty("role", "find")
        button.setIcon(icons.icon("search"))
        button.setIconSize(icons.size(16))
        self._find_texts = (" " + tr("Find…  {key}", key=key), f" {key}")
        button.setAccessibleName(tr("Find anything"))
        button.setToolTip(tr("Pages, actions, cameras, alerts, settings, help ({key})", key=key))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.find_requested)
        return button

    def offer_pages(self, session: Session) -> None:
        """Let those pages be chosen that the operator may see; say of the others why not."""
        for index, page in enumerate(self._infos):
            if not page.is_in_row:
                continue
            button = self._pages.button(index)
            why_not = page.why_not(session)
            button.setEnabled(not why_not)
            button.setVisible(not (why_not and page.is_hidden))
            button.setAccessibleDescription(why_not)
            self._tell(index)
        self._fit()

    def set_badge(self, page_index: int, count: int, severity: Severity | None) -> None:
        """Show at a page's button how many things there want somebody; 0 shows nothing.

        Args:
            page_index: The page's place in the row.
            count: How many.
            severity: Of the most serious of them; None without.
        """
        self._badges[page_index] = badge_words(count, severity)
        button = self._pages.button(page_index)
        if isinstance(button, PageButton):
            button.set_badge(count, severity)
        self._tell(page_index)
        self._fit()

    def _tell(self, index: int) -> None:
        """Name a page's button, with what its badge means, for eyes and ears."""
        page, button = self._infos[index], self._pages.button(index)
        badge = self._badges.get(index, "")
        button.setAccessibleName(f"{page.title}, {badge}" if badge else page.title)
        why_not = button.accessibleDescription()
        hint = f"{page.title} ({sequence_of(page.key)})"
        button.setToolTip(why_not or (f"{hint}: {badge}" if badge else hint))

    def show_mark(self, text: str, *, is_warning: bool) -> None:
        """Say beside the operator's name who vouches for them; "" says nothing."""
        set_role(self._mark, "warning" if is_warning else "mark")
        self._said = text
        self._mark.setToolTip(words.tooltip(text))
        self._fit()

    @property
    def mark(self) -> str:
        """What it says of the session; empty if it says nothing."""
        return self._said

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Find room for what is most needed."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Keep the names of the pages whole.

        First the mark is cut, then the search is named by its key alone, then the program's name
        goes, then the icons of the pages. Only where even that is not enough, the search and then
        pages are shown by their icons.

        What the mark says stands in the window's title as well, and the operator's name in the menu.
        """
        whole = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        pages = self._pages.buttons()
        _set_styles((*pages, self._operator, self._find), whole)
        self._find.setText(self._find_texts[0])
        self._name.show()
        self._mark.setText(self._said)
        self._mark.setVisible(bool(self._said))
        if self._has_room() or self._cut_mark():
            return
        self._find.setText(self._find_texts[1])
        if self._has_room() or self._cut_mark():
            return
        self._name.hide()
        if self._has_room() or self._cut_mark():
            return
        _set_styles(pages, Qt.ToolButtonStyle.ToolButtonTextOnly)
        if self._has_room() or self._cut_mark():
            return
        bare = Qt.ToolButtonStyle.ToolButtonIconOnly
        _set_styles((self._find,), bare)
        if self._has_room() or self._cut_mark():
            return
        self._mark.hide()
        if not self._has_room():
            _set_styles((self._operator,), bare)
        # Half a name tells less than an icon: the last pages go first, the shown one stays.
        for button in reversed(pages):
            if self._has_room():
                return
            if not button.isChecked() and button.isVisibleTo(self):
                _set_styles((button,), bare)

    def _has_room(self) -> bool:
        return self._missing_px() <= 0

    def _missing_px(self) -> int:
        layout = self.layout()
        self._row.invalidate()  # Qt tells only the outer layout at once that a button has changed
        return 0 if layout is None else layout.sizeHint().width() - self.width()

    def _cut_mark(self) -> bool:
        """Cut the mark so that all fits; False if too little of it would be left."""
        metrics = self._mark.fontMetrics()
        room = metrics.horizontalAdvance(self._said) - self._missing_px()
        if not self._said or room < theme.px(_LEAST_MARK_PX):
            return False
        self._mark.setText(metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, room))
        return True

    def set_locked(self, *, is_locked: bool) -> None:
        """Let the menu offer only what can be done now."""
        for action in self._resting:
            action.setEnabled(not is_locked)
        self._find.setEnabled(not is_locked)

    def show_page(self, index: int | None) -> None:
        """Mark the page that is shown; None for something that has no button."""
        is_in_row = index is not None and self._infos[index].is_in_row
        # A page without a button leaves none of the others marked.
        self._pages.setExclusive(is_in_row)
        if not is_in_row:  # the tab key led to the marked one alone
            for button in self._pages.buttons():
                button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for number, page in enumerate(self._infos):
            if page.is_in_row:
                self._pages.button(number).setChecked(number == index)
        self._fit()


def _set_styles(buttons: Sequence[QAbstractButton], style: Qt.ToolButtonStyle) -> None:
    for button in buttons:
        if isinstance(button, QToolButton) and button.toolButtonStyle() != style:
            button.setToolButtonStyle(style)
