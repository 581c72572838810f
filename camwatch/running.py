"""Runs the program as a process: on a profile, as a demonstration, as a sample."""

from __future__ import annotations

import logging
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
from PySide6.QtCore import QLockFile, QTimer, qVersion
from PySide6.QtWidgets import QApplication, QMessageBox

from camwatch import __version__, heap, logs
from camwatch.cameras.open_files import raise_limit
from camwatch.config import Settings
from camwatch.data.place import history_lock
from camwatch.health.last_run import RunMarker, crash_file
from camwatch.language import marked, tr
from camwatch.paths import Profile
from camwatch.start_room import StartRoom
from camwatch.ui import qt_log, theme
from camwatch.ui.appearance import Appearance
from camwatch.ui.collector import Collector
from camwatch.ui.first_window import FirstWindow, show_first_window
from camwatch.ui.start_refusal import show_refusal
from camwatch.walls import StartWish

log = logging.getLogger(__name__)

_SHARED = marked(
    "Another CamWatch, with another profile, uses the history that belongs to {file}. Two of them "
    "would damage it: close that one first. Several computers can share a history on a PostgreSQL "
    "server."
)


def make_qt_application() -> QApplication:
    """Make the QApplication of this process, themed, ending only when told to."""
    heap.share_arenas()
    # A thread that holds the interpreter gives it up after this time when another waits: at the
    # usual 5 ms, three busy workers make the window wait for up to a film picture's time.
    sys.setswitchinterval(0.0005)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("CamWatch")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("camwatch")
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application)
    return application


def _log_platform() -> None:
    log.info(
        "CamWatch %s on %s, Python %s, Qt %s, %d cores, %.1f GiB",
        __version__,
        platform.platform(),
        platform.python_version(),
        qVersion(),
        os.cpu_count() or 1,
        psutil.virtual_memory().total / 2**30,
    )


def run(profile: Profile, settings: Settings, wish: StartWish | None = None) -> int:
    """Open the window on a profile; return the exit code when it is closed."""
    return _end(*_run(profile, settings, wish))


def _thrown_away(settings: Settings) -> Settings:
    """Return the settings for a profile that is thrown away."""
    # Never into the site's own database: what is made up must not lie beside what was counted.
    # Neither copies nor held-back room are of use for what is thrown away.
    own = {"backups": 0, "reserve_mib": 0, "database_url": "", "server_host": ""}
    return settings.model_copy(update={"history": settings.history.model_copy(update=own)})


def run_demo(settings: Settings, wish: StartWish | None = None) -> int:
    """Open the window on a throw-away profile with a simulated site."""
    settings = _thrown_away(settings)
    with tempfile.TemporaryDirectory(prefix="camwatch-demo-", ignore_cleanup_errors=True) as folder:
        ended = _run(Profile(Path(folder)), settings, wish, is_demo=True)
    return _end(*ended)


def run_sample(settings: Settings, wish: StartWish | None = None) -> int:
    """Open the window on a throw-away profile with a simulated site and a made-up past."""
    settings = _thrown_away(settings)
    with tempfile.TemporaryDirectory(
        prefix="camwatch-sample-", ignore_cleanup_errors=True
    ) as folder:
        ended = _run(Profile(Path(folder)), settings, wish, is_demo=True, is_sample=True)
    return _end(*ended)


def _end(code: int, late_workers: Sequence[str]) -> int:
    """Return the exit code, or leave at once if a thread hangs.

    A thread that hangs in a library would keep the process for as long as it hangs.
    """
    if late_workers:
        logging.shutdown()
        os._exit(code)
    return code


def _no_folder(profile: Profile, why: str) -> tuple[int, Sequence[str]]:
    """Say that the profile's folder cannot be used: where it was started from, and in a window."""
    words = tr(
        "The profile folder {folder} cannot be used: {why}. Allow your account to write "
        "it, or choose another with --profile DIR.",
        folder=profile.folder,
        why=why,
    )
    sys.stderr.write(tr("camwatch: {words}\n", words=words))
    if QApplication.instance() is None:
        make_qt_application()
    show_refusal(tr("CamWatch cannot start"), words)
    return 1, ()


def _run(
    profile: Profile,
    settings: Settings,
    wish: StartWish | None = None,
    *,
    is_demo: bool = False,
    is_sample: bool = False,
) -> tuple[int, Sequence[str]]:
    """Run until the window is closed; return the exit code and which workers hang."""
    try:
        profile.create()
    except OSError as error:
        return _no_folder(profile, str(error.strerror))
    marker = RunMarker(profile.folder, profile.log_file.parent, __version__)
    logs.set_up(profile.log_file, settings.logging.level)
    qt_log.install()
    open_files = raise_limit()
    _log_platform()
    log.info("%s open files", "no limit of" if open_files is None else f"at most {open_files}")
    qt_application = make_qt_application()
    appearance = Appearance(qt_application)
    appearance.put_on(settings.display)

    lock = QLockFile(str(profile.folder / "camwatch.lock"))
    if not lock.tryLock(0):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            return _no_folder(profile, tr("it may not be written"))
        if show_first_window(profile.folder):
            log.info("CamWatch runs with this profile already; its window was shown")
            return 0, ()
        QMessageBox.information(
            None,
            "CamWatch",
            tr(
                "CamWatch is already running with this profile. "
                "Look for its window, or start this one with --profile and another folder."
            ),
        )
        return 1, ()

    shared = history_lock(profile, settings.history)
    history = None if shared is None else QLockFile(str(shared))
    if (
        history is not None
        and not history.tryLock(0)
        # A folder that may not be written is told when the history is opened.
        and history.error() is QLockFile.LockError.LockFailedError
    ):
        show_refusal(tr("The history is in use"), tr(_SHARED).format(file=shared))
        return 1, ()

    marker.begin()
    with crash_file(marker.crash_file):
        start = StartRoom(
            profile,
            settings,
            appearance,
            marker,
            wish or StartWish(),
            is_demo=is_demo,
            is_sample=is_sample,
        )
        first_window = FirstWindow(profile.folder, start)
        first_window.asked.connect(start.show_itself)
        logs.install_last_resorts(start.crashed.emit)
        # Python runs signal handlers only between byte codes; the timer gives it some.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: start.stop())
        awake = QTimer()
        awake.timeout.connect(lambda: None)
        awake.start(250)
        collector = Collector()
        QTimer.singleShot(0, start.begin)
        qt_application.exec()
        collector.end()
    marker.end()
    first_window.close()
    if history is not None:
        history.unlock()
    lock.unlock()
    return start.exit_code, start.late_workers
