"""The delivery tab with its stand-ins, and the hands of an administrator on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.events import Bus
from camwatch.ui.alerts.delivery.tab import DeliveryTab
from camwatch.ui.bridge import EventBridge
from tests.ui.delivery_edges import NOON, DeliveryDesk, a_full_desk
from tests.ui.screen_edges import Clock, HeldWork, PromptWork, a_session

D = TypeVar("D", bound=QDialog)
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class DeliveryBench:
    """A tab that is shown, and what stands behind it."""

    qtbot: QtBot
    tab: DeliveryTab
    desk: DeliveryDesk
    work: HeldWork
    bus: Bus
    bridge: EventBridge

    def dialog(self, kind: type[D]) -> D:
        """Return the one open dialog of this kind."""
        found = [one for one in self.tab.findChildren(kind) if one.isVisible()]
        assert len(found) == 1, f"{len(found)} dialogs {kind.__name__} are open"
        return found[0]

    def is_open(self, kind: type[QDialog]) -> bool:
        return any(one.isVisible() for one in self.tab.findChildren(kind))

    def answer(self, words: str) -> None:
        """Press a button of the open question."""
        box = self.dialog(QMessageBox)
        click(next(one for one in box.buttons() if one.text() == words))

    def given(self, name: str) -> tuple[object, ...]:
        """Return what the newest command of this name was given."""
        return next(one[1:] for one in reversed(self.desk.asked) if one[0] == name)


def click(button: QAbstractButton) -> None:
    assert button.isEnabled(), f"{button.text()} cannot be pressed"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def delivery_bench(
    qtbot: QtBot, desk: DeliveryDesk | None = None, work: HeldWork | None = None
) -> DeliveryBench:
    """Show the tab as at 1280 x 800."""
    bus = Bus()
    bridge = EventBridge(bus)
    bench_desk, bench_work = desk or a_full_desk(), work or PromptWork()
    tab = DeliveryTab(bench_desk, a_session(), bench_work, bridge, BERLIN, clock=Clock(NOON))
    qtbot.addWidget(tab)
    tab.resize(1248, 640)
    tab.show()
    tab.load()
    return DeliveryBench(qtbot, tab, bench_desk, bench_work, bus, bridge)
