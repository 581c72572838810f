"""The registry of actions: what the window and its pages do, under which words it is found.

An action is never defined twice: the table names the button, the menu's line, the signal or the key
that does it already, and adds what is needed to find it: other words, and the permission without
which nobody shall see it. A page that has a button of its own needs one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget
from shiboken6 import isValid

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.language import listed, marked, tr
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    PAGES,
    USERS,
)
from camwatch.ui.palette.results import Result, StandingProvider
from camwatch.ui.shortcuts import Key, bound, sequence_of, title_of

HEADER = -1
"""Stands for the window itself: its header has the signals, its keys are bound in the window."""

_NOT_NOW = marked("Not possible now. Most often something has to be chosen on the page first.")


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the registry.

    Attributes:
        place: The page on which it is done, or `HEADER`.
        path: From the page to the button, menu's line or signal, such as "many.find_action";
            "" for what only a key does.
        key: The key that does the same; None if there is none.
        title: What it is called; "" if the button or the key says it.
        icon: File name without ".svg".
        needs: Who lacks one of these does not find it.
        synonyms: Other words, English in every language.
    """

    place: int
    path: str
    key: Key | None = None
    title: str = ""
    icon: str = "mouse-pointer-2"
    needs: tuple[Permission, ...] = ()
    synonyms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What tells it apart for ever."""
        return f"action:{self.place}:{self.path or (self.key.name if self.key else '')}"


_EDIT = (Permission.EDIT_CAMERAS,)
_EXPORT = (Permission.EXPORT_HISTORY,)
_RULES = (Permission.EDIT_RULES,)
_CHANNELS = (Permission.MANAGE_CHANNELS,)
_SECURITY = (Permission.MANAGE_SECURITY,)

ACTIONS: Sequence[Action] = listed(
    lambda: (
        # The window.
        Action(
            HEADER,
            "account_requested",
            title=tr("My account…"),
            icon="shield-check",
            synonyms=("password", "two-factor", "second factor", "profile", "2fa"),
        ),
        Action(
            HEADER,
            "vault_requested",
            title=tr("Vault for passwords…"),
            icon="key-round",
            needs=_SECURITY,
            synonyms=("keyring", "secrets", "passphrase"),
        ),
        Action(
            HEADER,
            "storage_requested",
            title=tr("History and storage…"),
            icon="database",
            needs=(Permission.MANAGE_HISTORY,),
            synonyms=("database", "backup", "retention", "disk", "postgresql", "workstations"),
        ),
        Action(
            HEADER,
            "appearance_requested",
            title=tr("Appearance…"),
            icon="palette",
            synonyms=(
                "theme",
                "dark mode",
                "light mode",
                "language",
                "text size",
                "contrast",
                "English",
                "Deutsch",
                "Sprache",  # who cannot read the window looks for these
            ),
        ),
        Action(
            HEADER,
            "set_up_action",
            title=tr("Set up CamWatch…"),
            icon="plug-zap",
            synonyms=("first run", "wizard", "set-up", "first steps"),
        ),
        Action(
            HEADER,
            "keys_requested",
            Key.SHOW_KEYS,
            title=tr("Keys"),
            icon="keyboard",
            synonyms=("shortcuts", "hotkeys", "keyboard"),
        ),
        Action(
            HEADER,
            "about_requested",
            title=tr("About CamWatch"),
            icon="info",
            synonyms=("version", "licence", "license"),
        ),
        Action(
            HEADER,
            "lock_requested",
            Key.LOCK,
            title=tr("Lock"),
            icon="lock",
            synonyms=("lock screen", "away", "pause session"),
        ),
        Action(
            HEADER,
            "sign_out_requested",
            title=tr("Sign out"),
            icon="log-out",
            synonyms=("log out", "logout", "log off", "switch user"),
        ),
        Action(
            HEADER,
            "",
            Key.ADD_CAMERA,
            icon="plus",
            needs=_EDIT,
            synonyms=("new camera", "create camera", "connect"),
        ),
        Action(HEADER, "", Key.FULL_SCREEN, icon="maximize", synonyms=("kiosk", "maximise")),
        Action(HEADER, "", Key.NEWEST_POPUP, icon="bell", needs=(Permission.VIEW_ALERTS,)),
        Action(HEADER, "", Key.QUIT, icon="x", synonyms=("exit", "close", "end program")),
        # Charts.
        Action(CHARTS, "controls.tools.save_button", Key.SAVE_CHART, icon="image-down"),
        Action(
            CHARTS,
            "controls.tools.copy_button",
            Key.COPY_CHART,
            icon="copy",
            synonyms=("clipboard",),
        ),
        Action(CHARTS, "controls.tools.print_button", Key.PRINT_CHART, icon="printer"),
        Action(
            CHARTS,
            "controls.tools.export_button",
            icon="file-down",
            needs=_EXPORT,
            synonyms=("csv", "excel", "spreadsheet", "download"),
        ),
        Action(
            CHARTS,
            "controls.tools.report_button",
            icon="file-chart-column",
            synonyms=("pdf", "summary", "weekly report"),
        ),
        # Alerts.
        Action(
            ALERTS,
            "inbox.toolbar.handover_button",
            Key.HAND_OVER,
            title=tr("Hand over the shift"),
            icon="printer",
            synonyms=("handover", "shift change"),
        ),
        Action(
            ALERTS,
            "rules.new_button",
            title=tr("New rule…"),
            icon="plus",
            needs=_RULES,
            synonyms=("create rule", "alarm", "notify", "threshold"),
        ),
        Action(
            ALERTS, "rules.edit_button", title=tr("Edit the rule…"), icon="pencil", needs=_RULES
        ),
        Action(ALERTS, "rules.why_button", icon="search", synonyms=("explain rule", "reason")),
        Action(
            ALERTS,
            "rules.remove_button",
            title=tr("Remove the rule…"),
            icon="trash-2",
            needs=_RULES,
            synonyms=("delete rule",),
        ),
        Action(
            ALERTS,
            "delivery.prove_button",
            icon="badge-check",
            needs=_CHANNELS,
            synonyms=("test e-mail", "test sms", "channels", "mail"),
        ),
        Action(
            ALERTS,
            "delivery.drill_button",
            icon="play",
            needs=_CHANNELS,
            synonyms=("exercise", "test alert"),
        ),
        # Cameras.
        Action(
            CAMERAS,
            "many.find_action",
            icon="search",
            needs=_EDIT,
            synonyms=("discover", "onvif", "scan network"),
        ),
        Action(
            CAMERAS, "many.import_action", icon="download", needs=_EDIT, synonyms=("csv", "list")
        ),
        Action(
            CAMERAS, "many.export_action", icon="file-down", needs=_EDIT, synonyms=("csv", "list")
        ),
        Action(CAMERAS, "many.zones_action", icon="clock", needs=_EDIT, synonyms=("timezone",)),
        Action(
            CAMERAS,
            "edit_button",
            title=tr("Edit the camera"),
            icon="pencil",
            needs=_EDIT,
            synonyms=("change camera", "camera settings", "address"),
        ),
        Action(
            CAMERAS,
            "bulk_button",
            title=tr("Change several cameras…"),
            icon="sliders-horizontal",
            needs=_EDIT,
            synonyms=("bulk edit", "many cameras"),
        ),
        Action(
            CAMERAS,
            "remove_button",
            title=tr("Remove the camera"),
            icon="trash-2",
            needs=_EDIT,
            synonyms=("delete camera",),
        ),
        Action(
            CAMERAS,
            "views.scene_button",
            Key.LINES_AND_ZONES,
            icon="slash",
            needs=(Permission.EDIT_SCENES,),
            synonyms=("draw", "counting line", "mask", "gate", "region"),
        ),
        Action(
            CAMERAS,
            "views.heat_button",
            icon="footprints",
            needs=(Permission.VIEW_COUNTS,),
            synonyms=("heat map", "heatmap", "dwell"),
        ),
        Action(
            CAMERAS,
            "views.states_button",
            icon="rotate-ccw",
            needs=(Permission.VIEW_CAMERA_STATES,),
            synonyms=("down time", "uptime", "outages"),
        ),
        # Accuracy.
        Action(
            ACCURACY,
            "models_button",
            title=tr("Models that find people…"),
            icon="scan",
            synonyms=("ai model", "detector", "neural network", "onnx"),
        ),
        Action(
            ACCURACY,
            "detail.audit_button",
            icon="badge-check",
            needs=(Permission.AUDIT_ACCURACY,),
            synonyms=("count by hand", "audit", "check accuracy"),
        ),
        # Users.
        Action(
            USERS,
            "add_button",
            Key.ADD_USER,
            icon="user-plus",
            synonyms=("new user", "operator", "account", "invite"),
        ),
        Action(USERS, "import_button", title=tr("Import users…"), icon="download"),
        Action(
            USERS,
            "login_button",
            icon="server",
            needs=_SECURITY,
            synonyms=("sso", "single sign-on", "ldap", "jwt", "remote login"),
        ),
        Action(
            USERS,
            "security_button",
            icon="shield-check",
            needs=_SECURITY,
            synonyms=("session length", "auto lock", "idle", "second factor"),
        ),
        Action(USERS, "roles_tab.new_button", icon="plus", synonyms=("permissions",)),
        # Who did what.
        Action(
            AUDIT,
            "export_button",
            title=tr("Export the list of who did what…"),
            icon="download",
            synonyms=("audit log", "csv"),
        ),
        Action(
            AUDIT,
            "state.button",
            icon="shield-check",
            synonyms=("verify audit log", "tamper"),
        ),
        # Health.
        Action(
            HEALTH,
            "bundle_button",
            icon="file-archive",
            needs=_SECURITY,
            synonyms=("support", "bundle", "log file", "diagnostics"),
        ),
        Action(
            HEALTH,
            "crash_button",
            icon="history",
            synonyms=("crash report", "last crash"),
        ),
        Action(HEALTH, "look_button", icon="refresh-cw", synonyms=("check health",)),
    )
)

KEY_NEEDS: Mapping[Key, Permission] = {
    Key.ACKNOWLEDGE: Permission.HANDLE_ALERTS,
    Key.ACKNOWLEDGE_NOTING: Permission.HANDLE_ALERTS,
    Key.SHELVE: Permission.HANDLE_ALERTS,
    Key.UNSHELVE: Permission.HANDLE_ALERTS,
    Key.OWN: Permission.HANDLE_ALERTS,
    Key.GIVE_OWNER: Permission.HANDLE_ALERTS,
    Key.COMMENT: Permission.HANDLE_ALERTS,
    Key.LINES_AND_ZONES: Permission.EDIT_SCENES,
    Key.ADD_CAMERA: Permission.EDIT_CAMERAS,
    Key.ADD_USER: Permission.MANAGE_OPERATORS,
}
"""What the keys of pages need that are found without a line of their own."""

_NOT_FOUND = frozenset({Key.FIND_ANYTHING, Key.UNDO, Key.HELP})
"""The keys that other results stand for."""


class ActionsProvider(StandingProvider):
    """Finds what the window and its pages do.

    Args:
        header: Its signals are what the operator's menu does.
        window_keys: Returns the keys that are bound in the window itself.
        pages: In the order of `PAGES`.
        session: Returns who is signed in now.
        show_page: Shows a page by its place.
    """

    def __init__(
        self,
        header: QWidget,
        window_keys: Callable[[], Mapping[Key, QShortcut]],
        pages: Sequence[QWidget],
        session: Callable[[], Session],
        show_page: Callable[[int], object],
    ) -> None:
        self._header = header
        self._window_keys = window_keys
        self._pages = pages
        self._session = session
        self._show_page = show_page

    def results(self) -> Sequence[Result]:
        """Return what can be done, on the page that is shown first."""
        session = self._session()
        here = next((at for at, page in enumerate(self._pages) if page.isVisible()), LIVE)
        shown = bound(self._pages[here]) if here < len(self._pages) else {}
        keys = {HEADER: self._window_keys(), here: shown}
        found: list[Result] = []
        taken: set[Key] = set()
        for action in ACTIONS:
            if action.key is not None:
                taken.add(action.key)
            if not all(session.may(one) for one in action.needs):
                continue
            if action.place != HEADER and PAGES[action.place].why_not(session):
                continue
            is_here = action.place in (HEADER, here)
            result = self._result(action, keys.get(action.place, {}), is_here=is_here)
            if result is not None:
                found.append(result)
        found.sort(key=lambda one: (one.rank, one.key.startswith(f"action:{HEADER}:")))
        return (*found, *self._keys_only(here, shown, taken, session))

    def _result(
        self, action: Action, keys: Mapping[Key, QShortcut], *, is_here: bool
    ) -> Result | None:
        does: tuple[str, str, Callable[[], object]] | None
        if action.path:
            root = self._header if action.place == HEADER else self._pages[action.place]
            does = _does(at_path(root, action.path))
        else:
            shortcut = keys.get(action.key) if action.key is not None else None
            does = ("", "", partial(_press, shortcut)) if shortcut is not None else None
        if does is None:
            return None
        said, why_not, run = does
        key_title = title_of(action.key) if action.key is not None else ""
        title = action.title or (said if len(said) > 1 else "") or key_title
        if not is_here:
            if why_not:
                return None  # it waits for something on a page that nobody looks at
            run = partial(self._go_and_do, action.place, run)
        group = tr("Action") if action.place == HEADER else PAGES[action.place].title
        return Result(
            action.name,
            title,
            group,
            action.icon,
            run,
            keys=sequence_of(action.key) if action.key is not None else "",
            synonyms=(*action.synonyms, *((key_title,) if key_title != title else ())),
            why_not=why_not,
            rank=0 if is_here else 2,
        )

    def _go_and_do(self, place: int, run: Callable[[], object]) -> None:
        self._show_page(place)
        if self._pages[place].isVisible():
            run()

    def _keys_only(
        self, here: int, shown: Mapping[Key, QShortcut], taken: set[Key], session: Session
    ) -> Iterator[Result]:
        """Yield what only a key does on the page that is shown."""
        for key, shortcut in shown.items():
            needs = KEY_NEEDS.get(key)
            if key in taken or key in _NOT_FOUND or (needs is not None and not session.may(needs)):
                continue
            yield Result(
                f"key:{key.name}",
                title_of(key),
                PAGES[here].title,
                "keyboard",
                partial(_press, shortcut),
                keys=sequence_of(key),
                synonyms=(key.value,),
                rank=1,
            )


def at_path(root: object, path: str) -> object:
    """Return what a path leads to from an object; None where a part of it is not there."""
    at: object = root
    for name in path.split("."):
        at = getattr(at, name, None)
        if at is None:
            return None
    return at


def _does(target: object) -> tuple[str, str, Callable[[], object]] | None:
    """Return what a button is called, why it cannot be pressed, and what presses it."""
    if isinstance(target, SignalInstance):
        return "", "", target.emit
    if isinstance(target, QAction):
        why = "" if target.isEnabled() else tr(_NOT_NOW)
        return _bare(target.text()), why, partial(_trigger, target)
    if isinstance(target, QAbstractButton):
        if target.isHidden():
            return None
        said = _bare(target.text()) or target.accessibleName() or target.toolTip()
        return said, "" if target.isEnabled() else tr(_NOT_NOW), partial(_click, target)
    return None


def _bare(text: str) -> str:
    """Take off the mark of the key that a menu or button has: "&Add" is "Add"."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").strip()


def _click(button: QAbstractButton) -> None:
    if isValid(button):
        button.click()


def _trigger(action: QAction) -> None:
    if isValid(action):
        action.trigger()


def _press(shortcut: QShortcut) -> None:
    if isValid(shortcut):
        shortcut.activated.emit()
