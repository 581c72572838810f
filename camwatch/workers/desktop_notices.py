"""Notifications of the desktop, over D-Bus, as the freedesktop.org specification 1.2 has them.

A tray icon cannot replace them: on many desktops it shows nothing and does not say so.
"""

from __future__ import annotations

import html
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from camwatch.alerts.rules import Severity
from camwatch.health import QueueReading
from camwatch.language import tr
from camwatch.mailbox import Backlog
from camwatch.workers.base import Worker

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

_BUS = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_ANSWER_S = 5.0
_LISTEN_S = 0.25
_MOST_WAITING = 100
_URGENCY = {Severity.INFORMATION: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
_CLICK = "default"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification that is to be shown, or taken back.

    Attributes:
        tag: Names it; one with the same tag is replaced.
        title: Plain text; "" takes it back.
        text: Plain text.
    """

    tag: str
    title: str = ""
    text: str = ""
    severity: Severity = Severity.INFORMATION


class DesktopNotices(QObject):
    """Has notifications shown by the desktop. Lives in the GUI thread, and never waits.

    Signals:
        answered: Tag, and why it is not shown as a few words; "" if it is shown.
        clicked: Tag: the operator has clicked on it.
    """

    answered = Signal(str, str)
    clicked = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: Backlog[Notice] = Backlog(_MOST_WAITING)

    def show_notice(self, tag: str, title: str, text: str, severity: Severity) -> None:
        """Have a notification shown; `answered` tells what came of it."""
        if not self._jobs.put(Notice(tag, title, text, severity)):
            self.answered.emit(tag, tr("too many notifications wait"))

    def take_back(self, tag: str) -> None:
        """Have a notification closed; harmless if it is not shown."""
        self._jobs.put(Notice(tag))

    def queue(self) -> QueueReading:
        """Tell how many notifications wait; from any thread."""
        jobs = self._jobs
        return QueueReading("notices", len(jobs), jobs.limit, jobs.refused, is_loss=True)

    def posts(self) -> list[Callable[[], Worker]]:
        """Return what makes the worker; none on systems without D-Bus."""
        if sys.platform != "linux":
            return []
        return [lambda: DesktopNoticeWorker(self._jobs, self)]


class DesktopNoticeWorker(Worker):
    """Talks to the desktop's notification service, which may hang or not be there.

    Args:
        jobs: What is to be shown.
        room: Whose signals tell what came of it.
    """

    def __init__(self, jobs: Backlog[Notice], room: DesktopNotices) -> None:
        super().__init__(tr("desktop notifications"))
        self._jobs = jobs
        self._room = room
        self._line: _Line | None = None
        self._told = ""

    def work(self) -> None:
        """Show what comes, and listen for clicks while anything is shown."""
        try:
            while not self.stop_event.is_set():
                is_listening = self._line is not None and self._line.shown
                notice = self._jobs.take(_LISTEN_S if is_listening else None)
                if notice is not None:
                    self._do(notice)
                self._listen()
        finally:
            self._hang_up()

    def request_stop(self) -> None:
        """Close the queue, which ends the work."""
        super().request_stop()
        self._jobs.close()

    def _do(self, notice: Notice) -> None:
        if not notice.title:
            self._take_back(notice.tag)
            return
        problem = self._show(notice)
        if problem and problem != self._told:
            log.info("the desktop shows no notifications: %s", problem)
        self._told = problem
        self._room.answered.emit(notice.tag, problem)

    def _show(self, notice: Notice) -> str:
        """Show a notification; returns why that did not work."""
        try:
            if self._line is None:
                self._line = _Line()
            self._line.show(notice)
        except Exception as error:  # noqa: BLE001 - whatever the bus does, the window shows it
            self._hang_up()
            return _problem(error)
        return ""

    def _take_back(self, tag: str) -> None:
        if self._line is None or tag not in self._line.shown:
            return
        try:
            self._line.take_back(tag)
        except Exception as error:  # noqa: BLE001 - it is not there any more, which was wished
            log.info("a notification was not taken back: %s", _problem(error))
            self._hang_up()

    def _listen(self) -> None:
        if self._line is None:
            return
        try:
            for tag in self._line.clicks():
                self._room.clicked.emit(tag)
        except Exception as error:  # noqa: BLE001 - the next notification connects anew
            log.info("the desktop's notification service is gone: %s", _problem(error))
            self._hang_up()

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _problem(error: Exception) -> str:
    """Say in few words why the desktop shows nothing."""
    if isinstance(error, KeyError):
        return tr("this session has no D-Bus")
    if isinstance(error, TimeoutError):
        return tr("the notification service does not answer")
    if "ServiceUnknown" in str(getattr(error, "name", "")):
        return tr("there is no notification service")
    return tr("the notification service cannot be used ({name})", name=type(error).__name__)


class _Line:
    """One connection to the session's bus.

    Attributes:
        shown: The service's number of each tag that is shown.

    Raises:
        Exception: There is no bus, or no notification service on it.
    """

    def __init__(self) -> None:
        # Found on Linux only, so it is not asked for where the module is merely imported.
        from jeepney import DBusAddress, MatchRule, message_bus  # noqa: PLC0415
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

        self.shown: dict[str, int] = {}
        self._address = DBusAddress(_PATH, bus_name=_BUS, interface=_BUS)
        self._connection: DBusConnection = open_dbus_connection("SESSION")
        try:
            (abilities,) = self._ask("GetCapabilities")
            self._takes_markup = "body-markup" in abilities
            rule = MatchRule(type="signal", interface=_BUS, path=_PATH)
            self._connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=_ANSWER_S)
        except BaseException:
            self._connection.close()
            raise

    def _ask(self, method: str, signature: str = "", body: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        from jeepney import new_method_call  # noqa: PLC0415
        from jeepney.wrappers import unwrap_msg  # noqa: PLC0415

        message = new_method_call(self._address, method, signature or None, body)
        answer: tuple[Any, ...] = unwrap_msg(
            self._connection.send_and_get_reply(message, timeout=_ANSWER_S)
        )
        return answer

    def show(self, notice: Notice) -> None:
        # Services that know markup would take names such as "<b>" for it.
        text = html.escape(notice.text, quote=False) if self._takes_markup else notice.text
        is_critical = notice.severity is Severity.CRITICAL
        body = (
            "CamWatch",
            self.shown.get(notice.tag, 0),
            "camwatch",
            notice.title,
            text,
            [_CLICK, tr("Show")],
            {"urgency": ("y", _URGENCY[notice.severity])},
            0 if is_critical else -1,  # 0 stays until it is closed, -1 is the desktop's usual time
        )
        (number,) = self._ask("Notify", "susssasa{sv}i", body)
        self.shown[notice.tag] = number

    def take_back(self, tag: str) -> None:
        number = self.shown.pop(tag)
        self._ask("CloseNotification", "u", (number,))

    def clicks(self) -> list[str]:
        """Return the tags that were clicked since this was asked last."""
        from jeepney import HeaderFields, MessageType  # noqa: PLC0415

        found: list[str] = []
        while True:
            try:
                message = self._connection.receive(timeout=0.0)
            except TimeoutError:
                return found
            if message.header.message_type is not MessageType.signal:
                continue
            member = message.header.fields.get(HeaderFields.member)
            if member not in ("ActionInvoked", "NotificationClosed"):
                continue
            number = message.body[0]
            tag = next((one for one, shown in self.shown.items() if shown == number), None)
            if tag is None:
                continue
            if member == "ActionInvoked" and message.body[1] == _CLICK:
                found.append(tag)
            elif member == "NotificationClosed":
                del self.shown[tag]

    def close(self) -> None:
        self._connection.close()
