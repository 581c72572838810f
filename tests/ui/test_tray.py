"""The icon in the tray: what it says of alerts, and where it shows notifications itself."""

from __future__ import annotations

from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from camwatch.alerts.rules import Severity
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.tray import Tray, TrayNotices, marked_icon


def color_at(severity: Severity, place: int) -> str:
    """Return the colour of the marked icon on its diagonal, of 64 pixels, #rrggbb."""
    return marked_icon(severity).pixmap(64).toImage().pixelColor(place, place).name()


def test_it_says_how_many_alerts_nobody_has_seen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    tray = Tray(window)
    tray.say("6 of 6 cameras live")
    assert tray.tooltip == "CamWatch\n6 of 6 cameras live"
    tray.show_alerts(1, Severity.WARNING)
    assert tray.tooltip == "CamWatch\n1 alert that nobody has seen\n6 of 6 cameras live"
    tray.show_alerts(12, Severity.CRITICAL)
    assert "12 alerts that nobody has seen" in tray.tooltip
    tray.show_alerts(0, None)
    assert tray.tooltip == "CamWatch\n6 of 6 cameras live"


def test_severities_are_told_apart_by_colour_and_shape(qapp: object) -> None:
    for severity in Severity:
        color = severity_look(severity).color
        assert color_at(severity, 50) == color
        # A circle does not reach the corner, a square does.
        assert (color_at(severity, 62) == color) == (severity is Severity.CRITICAL)


def test_a_notification_of_the_tray_leads_to_its_alert(qtbot: QtBot) -> None:
    icon = QSystemTrayIcon()
    notices = TrayNotices(icon)
    with qtbot.waitSignal(notices.answered) as answered:
        notices.show_notice("n", "Gate 3", "37 people", Severity.CRITICAL)
    assert answered.args == ["n", ""]
    with qtbot.waitSignal(notices.clicked) as clicked:
        icon.messageClicked.emit()
    assert clicked.args == ["n"]
