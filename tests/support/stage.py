"""The whole program in this process: the demonstration, signed in, and all that it can show."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QHeaderView,
    QTableView,
    QTabWidget,
    QWidget,
)

from camwatch import demonstration
from camwatch.app import Application
from camwatch.config import Settings
from camwatch.paths import Profile
from camwatch.running import make_qt_application
from camwatch.ui.appearance import Appearance
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    PAGES,
    SETTINGS,
    USERS,
)
from camwatch.ui.sign_in import SignInDialog

COUNTED_S = 60.0
_OPENED_S = 3.0
_ENABLED_S = 0.3
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that people see.

    Attributes:
        name: Of its file.
        show: Brings it up; returns what is to be seen, or None for the window itself.
    """

    name: str
    show: Callable[[MainWindow], QWidget | None]


def wait(seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
    """Let the program run for a while, or until something is so; tell whether it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        time.sleep(0.005)
    return until()


@contextmanager
def _slow_cameras_unsaid() -> Iterator[None]:
    """Keep it out of the log that cameras are slow: so they are where much else is tested."""

    def is_said(record: logging.LogRecord) -> bool:
        return " is slow " not in record.getMessage()

    logger = logging.getLogger("camwatch.cameras.camera_task")
    logger.addFilter(is_said)
    try:
        yield
    finally:
        logger.removeFilter(is_said)


@contextmanager
def stage(
    appear: Callable[[QApplication], Appearance] = Appearance,
    *,
    is_sample: bool = False,
    has_counted: bool = True,
) -> Iterator[Application]:
    """Run the demonstration in this process, signed in and counting.

    Args:
        appear: Makes what gives it its look and language.
        is_sample: With eight weeks of a made-up past.
        has_counted: Wait until each camera has a number.
    """
    app = QApplication.instance()
    qt = app if isinstance(app, QApplication) else make_qt_application()
    with (
        _slow_cameras_unsaid(),
        tempfile.TemporaryDirectory(prefix="camwatch-stage-", ignore_cleanup_errors=True) as at,
    ):
        profile = Profile(Path(at))
        profile.create()
        appearance = appear(qt)
        appearance.put_on(Settings().display)
        site = demonstration.make_site()
        run = Application(profile, Settings(), site, appearance, is_sample=is_sample)
        run.start()
        try:
            if not wait(COUNTED_S, lambda: _sign_in(run) and _is_whole(run)):
                raise RuntimeError("nobody could sign in")
            if has_counted and not wait(COUNTED_S, lambda: is_counting(run)):
                raise RuntimeError("nobody was counted")
            yield run
        finally:
            run.stop()
            run.deleteLater()
            wait(0.1)


def _sign_in(run: Application) -> bool:
    if run.window is not None:
        return True
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, SignInDialog) and widget.isVisible() and widget.button.isEnabled():
            widget.button.click()
    return False


def _is_whole(run: Application) -> bool:
    return run.window is not None and run.window.is_whole


def is_counting(run: Application) -> bool:
    """Tell whether all of the window is there, and each camera has a number."""
    window = run.window
    if window is None or not _is_whole(run):
        return False
    counted = [one for one in window.live_page.conditions if one.count is not None]
    return len(counted) == demonstration.CAMERAS


def _page(index: int) -> Callable[[MainWindow], None]:
    return lambda window: window.show_page(index)


def opened(window: MainWindow, press: Callable[[], object]) -> QWidget | None:
    """Press something, and return the dialog that opens."""
    before = {one for one in window.findChildren(QDialog) if one.isVisible()}

    def new() -> list[QDialog]:
        found = [one for one in window.findChildren(QDialog) if one.isVisible()]
        return [one for one in found if one not in before]

    press()
    wait(_OPENED_S, lambda: bool(new()))
    there = new()
    if not there:
        raise RuntimeError("no dialog opens")
    return there[-1]


def _of_window(press: Callable[[MainWindow], object]) -> Callable[[MainWindow], QWidget | None]:
    return lambda window: opened(window, lambda: press(window))


def _pages(window: MainWindow) -> dict[int, QWidget]:
    return {
        LIVE: window.live_page,
        CHARTS: window.history_page,
        ALERTS: window.alerts_page,
        CAMERAS: window.cameras_page,
        ACCURACY: window.accuracy_page,
        USERS: window.users_page,
        AUDIT: window.audit_page,
        HEALTH: window.health_page,
        SETTINGS: window.settings_page,
    }


def _go(window: MainWindow, page: int, tab: int) -> QWidget:
    window.show_page(page)
    shown = _pages(window)[page]
    tabs = shown.findChild(QTabWidget)
    if tabs is not None:
        tabs.setCurrentIndex(tab)
    return shown


def _tab(page: int, tab: int) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        _go(window, page, tab)

    return show


def _press(page: int, path: str, tab: int = 0) -> Callable[[MainWindow], QWidget | None]:
    """Go to a page and press a button or action of it, which opens a dialog."""

    def show(window: MainWindow) -> QWidget | None:
        shown = _go(window, page, tab)
        what = attrgetter(path)(shown)
        if isinstance(what, QAbstractButton):
            for _ in range(_TRIES):  # a list that is read anew at that moment forgets it
                if wait(_ENABLED_S, what.isEnabled):
                    break
                _choose_first(shown)
        if isinstance(what, QAction):
            wait(_OPENED_S, what.isEnabled)
            return opened(window, what.trigger)
        if isinstance(what, QAbstractButton):
            if not wait(_OPENED_S, what.isEnabled):
                raise RuntimeError(f"{path} cannot be pressed")
            return opened(window, what.click)
        return opened(window, what)

    return show


def _choose_first(shown: QWidget) -> None:
    """Choose the first row of each list that is seen: the button is for a chosen one."""
    for view in shown.findChildren(QAbstractItemView):
        if (
            view.isVisible()
            and not isinstance(view, QHeaderView)
            and wait(_ENABLED_S, partial(_has_rows, view))
        ):
            if isinstance(view, QTableView):
                view.selectRow(0)
            else:
                view.setCurrentIndex(view.model().index(0, 0))


def _has_rows(view: QAbstractItemView) -> bool:
    model = view.model()
    return model is not None and model.rowCount() > 0


def sights() -> Iterator[Sight]:
    """Name all pages and dialogs that can be opened without changing anything."""
    for index, page in enumerate(PAGES):
        yield Sight(f"page-{page.icon}", _page(index))
    yield Sight("page-rules", _tab(ALERTS, 1))
    yield Sight("page-delivery", _tab(ALERTS, 2))
    yield Sight("page-roles", _tab(USERS, 1))
    yield Sight("page-sessions", _tab(USERS, 2))
    for name, opener in {
        "keys": lambda window: window.dialogs.show_keys(),
        "help": lambda window: window.finding.show_help(),
        "appearance": lambda window: window.dialogs.show_appearance(),
        "about": lambda window: window.dialogs.show_about(),
        "account": lambda window: window.dialogs.show_account(),
        "storage": lambda window: window.dialogs.show_storage(),
        "vault": lambda window: window.dialogs.show_vault(),
        "models": lambda window: window.dialogs.show_models(),
        "add-camera": lambda window: window.places.add_camera(),
    }.items():
        yield Sight(f"dialog-{name}", _of_window(opener))
    for name, (place, path, tab) in _PRESSED.items():
        yield Sight(f"dialog-{name}", _press(place, path, tab))


_PRESSED: dict[str, tuple[int, str, int]] = {
    "export": (CHARTS, "controls.tools.export_button", 0),
    "report": (CHARTS, "controls.tools.report_button", 0),
    "corrections": (CHARTS, "show_corrections", 0),
    "subjects": (CHARTS, "controls.subjects.whose_button", 0),
    "hand-over": (ALERTS, "inbox.toolbar.handover_button", 0),
    "new-rule": (ALERTS, "rules.new_button", 1),
    "edit-rule": (ALERTS, "rules.edit_button", 1),
    "why": (ALERTS, "rules.why_button", 1),
    "remove-rule": (ALERTS, "rules.remove_button", 1),
    "drill": (ALERTS, "delivery.drill_button", 2),
    "recipient": (ALERTS, "delivery.people.add_button", 2),
    "group": (ALERTS, "delivery.people.add_group_button", 2),
    "new-plan": (ALERTS, "delivery.plans.new_button", 2),
    "edit-plan": (ALERTS, "delivery.plans.edit_button", 2),
    "find-cameras": (CAMERAS, "many.find_action", 0),
    "import-cameras": (CAMERAS, "many.import_action", 0),
    "time-zones": (CAMERAS, "many.zones_action", 0),
    "edit-camera": (CAMERAS, "edit_button", 0),
    "remove-camera": (CAMERAS, "remove_button", 0),
    "scene": (CAMERAS, "views.scene_button", 0),
    "heat": (CAMERAS, "views.heat_button", 0),
    "states": (CAMERAS, "views.states_button", 0),
    "audit": (ACCURACY, "detail.audit_button", 0),
    "threshold": (ACCURACY, "detail.threshold_button", 0),
    "add-user": (USERS, "add_button", 0),
    "import-users": (USERS, "import_button", 0),
    "login-service": (USERS, "login_button", 0),
    "security": (USERS, "security_button", 0),
    "new-role": (USERS, "roles_tab.new_button", 1),
    "edit-role": (USERS, "roles_tab.edit_button", 1),
    "copy-role": (USERS, "roles_tab.copy_button", 1),
    "privacy": (CAMERAS, "privacy.button", 0),
    "bundle": (HEALTH, "show_bundle", 0),
}


def put_away(window: MainWindow) -> None:
    """Close what is open over the window."""
    for dialog in reversed(window.findChildren(QDialog)):
        if dialog.isVisible():
            dialog.reject() if not dialog.close() else None
    wait(0.02)
