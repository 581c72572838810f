"""Keeps this computer from falling asleep by itself while people are counted.

On Linux whoever looks after sleep is asked over D-Bus: systemd-logind, else the desktop. Each of
them lets go by itself when this process ends, however that happens.
"""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from camwatch.health.awake import AwakeState
from camwatch.language import marked, tr
from camwatch.workers.base import Worker

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

_LOOK_S = 5.0
_TRY_AGAIN_S = 120.0
_ANSWER_S = 5.0
_WHO = "CamWatch"
_WHY = marked("People are being counted")
_NOBODY = marked("nothing on this computer takes such a wish")
_ES_CONTINUOUS = 0x80000000
_ES_SYSTEM_REQUIRED = 0x00000001
_ES_DISPLAY_REQUIRED = 0x00000002


class Hold(Protocol):
    """Something that keeps the computer awake until it is let go.

    Attributes:
        holder: What it is called.
    """

    holder: str

    def is_held(self) -> bool:
        """Tell whether it still does."""

    def let_go(self) -> None:
        """End it; never raises."""


class SleepGuard:
    """What the guard's worker was last told and found; for any thread.

    Args:
        is_counting: Tells whether anything is counted now.
        keeps_awake: The settings wish it.
        keeps_screen_on: Nor may the screen go dark.
    """

    def __init__(
        self, is_counting: Callable[[], bool], *, keeps_awake: bool, keeps_screen_on: bool
    ) -> None:
        self.is_counting = is_counting
        self.keeps_awake = keeps_awake
        self.keeps_screen_on = keeps_screen_on
        self.state = AwakeState()

    def posts(self) -> list[Callable[[], Worker]]:
        """Return what makes the worker; none if the settings do not wish it."""
        if not (self.keeps_awake or self.keeps_screen_on):
            return []
        return [lambda: SleepGuardWorker(self)]


class SleepGuardWorker(Worker):
    """Takes hold while people are counted, and lets go when they are not.

    A worker of its own, since whoever is asked may not answer.
    """

    def __init__(self, guard: SleepGuard, *, look_s: float = _LOOK_S) -> None:
        super().__init__("sleep guard")
        self._guard = guard
        self._look_s = look_s
        self._holds: list[Hold] = []
        self._wait_s = 0.0
        self._woken = threading.Event()

    def work(self) -> None:
        """Look now and then whether to hold."""
        try:
            while not self.stop_event.is_set():
                self._look()
                self._woken.wait(self._look_s)
        finally:
            self._let_go()

    def request_stop(self) -> None:
        """End the wait, too."""
        super().request_stop()
        self._woken.set()

    def _look(self) -> None:
        guard = self._guard
        if not guard.is_counting():
            self._let_go()
            guard.state = AwakeState()
            return
        if self._holds and all(one.is_held() for one in self._holds):
            return
        self._let_go()
        self._wait_s -= self._look_s
        if self._wait_s > 0:
            return
        problem = ""
        try:
            self._holds = take_hold(keeps_screen_on=guard.keeps_screen_on)
        except NothingHolds as error:
            problem = str(error)
            self._wait_s = _TRY_AGAIN_S
        if problem and problem != guard.state.problem:
            log.info("this computer may fall asleep: %s", problem)
        holders = ", ".join(one.holder for one in self._holds)
        guard.state = AwakeState(guard.keeps_awake, holders, problem)

    def _let_go(self) -> None:
        holds, self._holds = self._holds, []
        for one in holds:
            one.let_go()


class NothingHolds(Exception):
    """Nothing on this computer takes the wish; the text says why."""


def take_hold(*, keeps_screen_on: bool) -> list[Hold]:
    """Keep the computer awake.

    Returns:
        What does; at least one.

    Raises:
        NothingHolds: Nothing does.
    """
    if sys.platform == "win32":
        return [_WindowsHold(keeps_screen_on=keeps_screen_on)]
    if sys.platform == "darwin":
        return [_MacHold(keeps_screen_on=keeps_screen_on)]
    return _linux_holds(keeps_screen_on=keeps_screen_on)


class _WindowsHold:
    """Holds for as long as the thread that made it runs: that of the worker."""

    holder = "Windows"

    def __init__(self, *, keeps_screen_on: bool) -> None:
        flags = _ES_CONTINUOUS | _ES_SYSTEM_REQUIRED
        if keeps_screen_on:
            flags |= _ES_DISPLAY_REQUIRED
        self._set(flags)

    def _set(self, flags: int) -> None:
        windll: Any = getattr(ctypes, "windll")  # noqa: B009 - there on Windows only
        if not windll.kernel32.SetThreadExecutionState(flags):
            raise NothingHolds(tr(_NOBODY))

    def is_held(self) -> bool:
        return True

    def let_go(self) -> None:
        try:
            self._set(_ES_CONTINUOUS)
        except NothingHolds:
            log.info("Windows did not take back that it must stay awake")


class _MacHold:
    """A program of macOS that holds for as long as this process, or itself, runs."""

    holder = "caffeinate"

    def __init__(self, *, keeps_screen_on: bool) -> None:
        program = shutil.which("caffeinate") or "/usr/bin/caffeinate"
        flags = "-di" if keeps_screen_on else "-i"
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the system's own, with fixed arguments
                [program, flags, "-w", str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise NothingHolds(str(error.strerror)) from error

    def is_held(self) -> bool:
        return self._process.poll() is None

    def let_go(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_ANSWER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _linux_holds(*, keeps_screen_on: bool) -> list[Hold]:
    problems = []
    holds: list[Hold] = []
    for make in (_LogindHold, _PowerHold, _PortalHold):
        try:
            holds.append(make())
            break
        except Exception as error:  # noqa: BLE001 - whatever a bus does, the next one is asked
            problems.append(_problem(error))
    if not holds:
        log.debug("nobody keeps this computer awake: %s", "; ".join(problems))
        raise NothingHolds(tr(_NOBODY))
    if keeps_screen_on:
        try:
            holds.append(_ScreenHold())
        except Exception as error:  # noqa: BLE001 - as above; counting needs no screen
            log.info("the screen may go dark: %s", _problem(error))
    return holds


def _problem(error: Exception) -> str:
    return str(getattr(error, "name", "")) or type(error).__name__


class _BusHold:
    """A wish made over D-Bus, which ends with the connection if not before."""

    holder = ""
    _bus = "SESSION"
    _name = ""
    _path = ""
    _interface = ""

    def __init__(self) -> None:
        # Found on Linux only, so it is not asked for where the module is merely imported.
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

        is_with_files = self._bus == "SYSTEM"
        self._connection: DBusConnection = open_dbus_connection(self._bus, enable_fds=is_with_files)
        try:
            self._take()
        except BaseException:
            self._connection.close()
            raise

    def _take(self) -> None:
        raise NotImplementedError

    def _give_back(self) -> None:
        """Take the wish back before the connection ends."""

    def _ask(self, method: str, signature: str, body: tuple[Any, ...]) -> tuple[Any, ...]:
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415
        from jeepney.wrappers import unwrap_msg  # noqa: PLC0415

        address = DBusAddress(self._path, bus_name=self._name, interface=self._interface)
        message = new_method_call(address, method, signature, body)
        answer: tuple[Any, ...] = unwrap_msg(
            self._connection.send_and_get_reply(message, timeout=_ANSWER_S)
        )
        return answer

    def is_held(self) -> bool:
        """Tell whether the service that was asked is still there: a new one knows nothing."""
        from jeepney import message_bus  # noqa: PLC0415
        from jeepney.wrappers import unwrap_msg  # noqa: PLC0415

        try:
            question = message_bus.GetNameOwner(self._name)
            unwrap_msg(self._connection.send_and_get_reply(question, timeout=_ANSWER_S))
        except Exception as error:  # noqa: BLE001 - then it is asked for anew
            log.info(
                "%s does not keep this computer awake any more: %s", self.holder, _problem(error)
            )
            return False
        return True

    def let_go(self) -> None:
        try:
            self._give_back()
        except Exception as error:  # noqa: BLE001 - the end of the connection does the same
            log.debug("%s: %s", self.holder, _problem(error))
        self._connection.close()


class _LogindHold(_BusHold):
    """What systemd-logind holds for as long as a file that it hands out is open."""

    holder = "systemd-logind"
    _bus = "SYSTEM"
    _name = "org.freedesktop.login1"
    _path = "/org/freedesktop/login1"
    _interface = "org.freedesktop.login1.Manager"

    def _take(self) -> None:
        # "idle" would keep the screen from locking; what is idle is the desktop's to judge.
        body = ("sleep", _WHO, tr(_WHY), "block")
        (self._file,) = self._ask("Inhibit", "ssss", body)

    def _give_back(self) -> None:
        self._file.close()


class _PowerHold(_BusHold):
    """What the desktop's own power management holds."""

    holder = "org.freedesktop.PowerManagement"
    _name = "org.freedesktop.PowerManagement"
    _path = "/org/freedesktop/PowerManagement/Inhibit"
    _interface = "org.freedesktop.PowerManagement.Inhibit"

    def _take(self) -> None:
        (self._cookie,) = self._ask("Inhibit", "ss", (_WHO, tr(_WHY)))

    def _give_back(self) -> None:
        self._ask("UnInhibit", "u", (self._cookie,))


class _ScreenHold(_PowerHold):
    """What keeps the screen from going dark."""

    holder = "org.freedesktop.ScreenSaver"
    _name = "org.freedesktop.ScreenSaver"
    _path = "/org/freedesktop/ScreenSaver"
    _interface = "org.freedesktop.ScreenSaver"


class _PortalHold(_BusHold):
    """What the desktop holds for programs that run in a box of their own."""

    holder = "org.freedesktop.portal"
    _name = "org.freedesktop.portal.Desktop"
    _path = "/org/freedesktop/portal/desktop"
    _interface = "org.freedesktop.portal.Inhibit"
    _suspend = 4

    def _take(self) -> None:
        options = {"reason": ("s", tr(_WHY))}
        (self._request,) = self._ask("Inhibit", "sua{sv}", ("", self._suspend, options))

    def _give_back(self) -> None:
        self._path, self._interface = self._request, "org.freedesktop.portal.Request"
        self._ask("Close", "", ())
