"""The inbox in the window: the badge at its button, and the ways to camera and chart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from camwatch.alerts.rules import Severity
from camwatch.domain import CameraId
from camwatch.events import AlertChanged, Bus
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.periods import Period
from camwatch.ui.main_window import MainWindow
from camwatch.ui.page_button import PageButton
from camwatch.ui.pages import ALERTS, CHARTS, LIVE
from camwatch.ui.window.base import WindowOptions
from camwatch.ui.window.commands import WindowCommands
from tests.ui.alert_edges import NOON, alert
from tests.ui.live_edges import CameraShelf, HeldBackground, PictureDesk, cameras, session


@pytest.fixture
def bridge(qapp: object) -> Iterator[EventBridge]:
    bridge = EventBridge(Bus())
    yield bridge
    bridge.close()


@pytest.fixture
def window(qtbot: QtBot, bridge: EventBridge, tmp_path: Path) -> MainWindow:
    background = HeldBackground()
    window = MainWindow(
        cast("WindowCommands", CameraShelf(cameras(3))),
        session(),
        background,
        PictureDesk(),
        bridge,
        WindowOptions(time_zone="Europe/Berlin", window_file=tmp_path / "window.ini"),
    )
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: background.waiting > 0)
    background.finish()
    return window


def badge(window: MainWindow) -> PageButton:
    button = window.header._pages.button(ALERTS)
    assert isinstance(button, PageButton)
    return button


def test_the_button_tells_how_many_want_somebody_while_another_page_is_shown(
    qtbot: QtBot, window: MainWindow, bridge: EventBridge
) -> None:
    button = badge(window)
    before = button.sizeHint().width()
    assert window.page == LIVE
    assert button.badge == ""
    for one in (alert(1), alert(2, severity=Severity.CRITICAL)):
        bridge.alert_changed.emit(AlertChanged(NOON, one))
    qtbot.waitUntil(lambda: button.badge == "2")
    assert button.accessibleName() == "Alerts, 2 unacknowledged, the most serious critical"
    assert button.toolTip() == "Alerts (Ctrl+3): 2 unacknowledged, the most serious critical"
    assert button.sizeHint().width() > before
    window.header.set_badge(ALERTS, 100, Severity.WARNING)
    assert button.badge == "99+"
    window.header.offer_pages(session())
    assert "100 unacknowledged" in button.toolTip()
    window.header.set_badge(ALERTS, 0, None)
    assert (button.badge, button.accessibleName()) == ("", "Alerts")


def test_on_a_narrow_window_names_give_way_to_icons_but_never_half(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(960, 600)
    window.header.set_badge(ALERTS, 300, Severity.CRITICAL)
    window.show_page(ALERTS)
    qtbot.waitUntil(lambda: window.header.width() == 960)
    qtbot.wait(50)  # the row is laid out anew
    for button in window.header._pages.buttons():
        assert isinstance(button, QToolButton)
        assert button.width() >= button.sizeHint().width()
    assert window.header._operator.geometry().right() < 960


def test_an_alert_leads_to_its_camera_live(window: MainWindow) -> None:
    window.show_page(ALERTS)
    window.alerts_page.camera_requested.emit(CameraId(2))
    assert window.page == LIVE
    assert window.live_page.grid.opened == CameraId(2)
    window.alerts_page.camera_requested.emit(CameraId(99))  # it was removed meanwhile
    assert window.live_page.grid.opened == CameraId(2)


def test_an_alert_leads_to_the_chart_of_that_time(window: MainWindow) -> None:
    window.show_page(ALERTS)
    window.alerts_page.chart_requested.emit(CameraId(2), NOON)
    assert window.page == CHARTS
    page = window.history_page
    assert page.period is Period.CUSTOM
    stretch = page.range.custom.range()
    assert stretch is not None
    assert stretch.start <= NOON <= stretch.end
