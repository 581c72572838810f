"""The details of an alert: all that is known, its picture with boxes, and the ways on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert, AlertEntry, AlertState, Deed, Shelving
from camwatch.alerts.notification import NotificationState
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.errors import DatabaseBusy, FilesTroubled
from camwatch.ui import theme
from camwatch.ui.alerts.inbox.details import DetailsPane
from tests.commands.values import Clock
from tests.ui.alert_edges import (
    HOSTILE,
    NOON,
    AlertShelf,
    alert,
    evidence,
    part,
    sent,
)
from tests.ui.live_edges import HeldBackground, session

BERLIN = ZoneInfo("Europe/Berlin")


class Pane:
    """A details pane with all that it stands on."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.clock = Clock()
        self.shelf = AlertShelf(self.clock)
        self.background = HeldBackground()

    def open(self, one: Alert, who: Session | None = None) -> DetailsPane:
        self.shelf.keep(one)
        pane = DetailsPane(self.shelf, who or session(), self.background, BERLIN, self.clock)
        self.qtbot.addWidget(pane)
        pane.resize(420, 700)
        pane.show()
        pane.show_alerts([one])
        pane.read()
        self.background.finish()
        return pane


@pytest.fixture
def desk(qtbot: QtBot) -> Pane:
    return Pane(qtbot)


def shown(pane: DetailsPane) -> str:
    return "\n".join(pane.texts()).replace("\u200b", "")


def full() -> Alert:
    """Return an alert of which everything is known."""
    return alert(
        214,
        raised_at=NOON - timedelta(minutes=2),
        severity=Severity.CRITICAL,
        title="Hall: 31 people (limit 30)",
        message="More than 30 people have been in the hall for 60 s.",
        parts=(
            part(1, "Hall", since=NOON - timedelta(minutes=2), value=31.0),
            part(2, "Gate", reason="timeout", returned_at=NOON - timedelta(seconds=5)),
        ),
        common="network 10.0.3.0/24",
        value=31.0,
        threshold=30.0,
        coverage=0.97,
        times=3,
        owner="jo",
        acknowledged_at=NOON - timedelta(seconds=50),
        acknowledged_by="maria",
        state=AlertState.ACKNOWLEDGED,
        shelving=Shelving(NOON + timedelta(hours=1), "maria", "cleaning"),
        is_drill=True,
    )


def test_all_that_is_known_is_told_on_the_clocks_of_the_site(desk: Pane) -> None:
    one = full()
    desk.shelf.entries[one.uid] = [
        AlertEntry(one.raised_at, "system", Deed.RAISED, "Hall"),
        AlertEntry(NOON - timedelta(seconds=50), "maria", Deed.ACKNOWLEDGED, "on my way"),
    ]
    late = NOON - timedelta(hours=2)
    desk.shelf.sent[one.uid] = [
        sent(),
        sent(ChannelKind.SMS, NotificationState.FAILED, attempts=2, answer="550 no such number"),
        sent(
            ChannelKind.WEBHOOK,
            NotificationState.WAITING,
            attempts=3,
            next_at=NOON + timedelta(minutes=5),
            answer="HTTP 503",
            new=replace(sent(ChannelKind.WEBHOOK).new, due_at=late),
        ),
    ]
    text = shown(desk.open(one))
    for expected in (
        "DRILL, not real · Critical · Shelved · raised 2 min ago · no. 214",
        "Hall: 31 people (limit 30)",
        "More than 30 people have been in the hall for 60 s.",
        "12:58:00",
        "3 times",
        "12:59:10 by maria",
        "until 14:00 by maria: cleaning",
        "31 (limit 30)",
        "97% of the time was measured",
        "Network 10.0.3.0/24",
        "Hall: since 12:58:00, value 31",
        "Gate: since 13:00:00, it did not answer in time, over since 12:59:55",
        "12:59:10  maria acknowledged it: on my way",
        "12:58:00  CamWatch raised the alert: Hall",
        "E-mail to ops@example.org, delivered 13:00:00",
        "SMS to ops@example.org, refused for good, 2 attempts: 550 no such number",
        "Webhook, tried again 13:05:00, late, 3 attempts: HTTP 503",
    ):
        assert expected in text


def test_hostile_texts_are_shown_as_they_are(desk: Pane) -> None:
    one = alert(1, title=HOSTILE, message=HOSTILE, common=HOSTILE, parts=(part(1, HOSTILE),))
    desk.shelf.entries[one.uid] = [AlertEntry(NOON, HOSTILE, Deed.COMMENTED, HOSTILE)]
    desk.shelf.sent[one.uid] = [sent(answer=HOSTILE)]
    text = shown(desk.open(one))
    assert text.count("<img src=x onerror=1> ⟨202E⟩gnp.exe &amp; <b>bold</b>") >= 6
    assert "\u202e" not in text


def test_the_picture_has_boxes_over_it_that_can_be_taken_away(desk: Pane) -> None:
    one = alert(1, raised_at=NOON)
    desk.shelf.evidence[one.uid] = [evidence(people=3)]
    pane = desk.open(one)
    view = pane.evidence.view
    assert view.isVisible()
    assert pane.evidence.caption.text() == (
        "Camera 1, 2026-03-02 12:59:56, 4 s before the alert. 3 people counted in this picture alone. "
        "Kept until 2026-03-09 13:00."
    )
    box = theme.current().box

    def is_boxed() -> bool:
        image = view.grab().toImage()
        x, y = round(0.1 * image.width()), round(0.5 * image.height())
        near = [image.pixelColor(x + step, y).name() for step in range(-2, 3)]
        return box in near

    assert is_boxed()
    pane.evidence.toggle_boxes()
    assert not is_boxed()
    assert not pane.evidence.boxes_button.isChecked()


def test_several_pictures_can_be_turned_over_and_masks_are_said(desk: Pane) -> None:
    one = alert(1)
    desk.shelf.evidence[one.uid] = [
        evidence(1),
        evidence(2, people=0, is_masked=True, count=None),
    ]
    pane = desk.open(one)
    assert pane.evidence.caption.text().startswith("1 of 2: Camera 1, ")
    pane.evidence.next_button.click()
    caption = pane.evidence.caption.text()
    assert caption.startswith("2 of 2: Camera 2, ")
    assert "People were not counted in it. Masked parts are painted over." in caption
    assert pane.evidence.boxes_button.isHidden()


def test_without_a_picture_it_says_why(desk: Pane) -> None:
    pane = desk.open(alert(1))
    assert pane.evidence.view.isHidden()
    assert pane.evidence.caption.text() == "The settings do not let pictures be kept."


def test_a_damaged_picture_is_not_shown_and_that_is_said(desk: Pane) -> None:
    one = alert(1)
    desk.shelf.evidence[one.uid] = [replace(evidence(), data=b"\xff\xd8 not a picture")]
    pane = desk.open(one)
    assert pane.evidence.view.isHidden()
    assert "The file of this picture is damaged" in pane.evidence.caption.text()


def test_a_picture_that_cannot_be_read_can_be_asked_for_again(
    desk: Pane, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = alert(1)
    desk.shelf.evidence[one.uid] = [evidence()]
    with monkeypatch.context() as broken:

        def fail(_session: Session, _uid: str) -> None:
            raise FilesTroubled("evidence")

        broken.setattr(desk.shelf, "alert_evidence", fail)
        pane = desk.open(one)
    assert pane.evidence.caption.text().startswith("The picture cannot be read.")
    pane.evidence.again_button.click()
    desk.background.finish()
    assert pane.evidence.view.isVisible()


def test_details_that_cannot_be_read_can_be_tried_again(desk: Pane) -> None:
    desk.shelf.error = DatabaseBusy("locked")
    pane = desk.open(alert(1))
    assert pane.notice.isVisible()
    assert "Camera 2 gives no picture" in shown(pane)  # what the list knows is there
    desk.shelf.error = None
    pane.notice.button.click()
    desk.background.finish()
    assert pane.notice.isHidden()
    assert "CamWatch raised the alert" in shown(pane)


def test_it_leads_on_to_camera_chart_and_rule(desk: Pane) -> None:
    one = alert(1)
    pane = desk.open(one)
    with desk.qtbot.waitSignal(pane.camera_requested) as live:
        pane.camera_button.click()
    with desk.qtbot.waitSignal(pane.chart_requested) as chart:
        pane.chart_button.click()
    with desk.qtbot.waitSignal(pane.rule_requested) as why:
        pane.why_button.click()
    assert live.args == [CameraId(2)]
    assert chart.args == [CameraId(2), one.raised_at]
    assert why.args == [one.rule_uid, one.raised_at]


def test_of_several_cameras_one_is_chosen(desk: Pane, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: opened.append(menu))
    pane = desk.open(alert(1, parts=(part(1, "Hall & <b>Bar"), part(2, "Gate"))))
    pane.camera_button.click()
    (menu,) = opened
    assert [one.text() for one in menu.actions()] == ["Hall && <b>Bar", "Gate"]
    with desk.qtbot.waitSignal(pane.camera_requested) as live:
        menu.actions()[1].trigger()
    assert live.args == [CameraId(2)]


def test_ways_that_lead_nowhere_say_why(desk: Pane) -> None:
    role = OperatorRole("few", "Few", frozenset({Permission.VIEW_ALERTS, Permission.VIEW_CAMERAS}))
    pane = desk.open(alert(1), replace(session(), role=role))
    assert pane.camera_button.isEnabled()
    assert not pane.chart_button.isEnabled()
    assert "does not let you see the counts" in pane.chart_button.toolTip()


def test_all_of_it_can_be_copied_as_text(desk: Pane) -> None:
    one = full()
    pane = desk.open(one)
    pane.copy_button.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith(
        "DRILL, not real. Alert 214: Hall: 31 people (limit 30)\nCritical, shelved"
    )
    assert "- Gate: since 13:00:00, it did not answer in time, over since 12:59:55" in text
    assert text.endswith("As of 2026-03-02 13:00:00 (Europe/Berlin)")


def test_50_cameras_are_listed_and_more_are_told_of(desk: Pane) -> None:
    pane = desk.open(alert(1, parts=tuple(part(one) for one in range(1, 71))))
    text = shown(pane)
    assert "What it is about (70)" in text
    assert "and 10 more; “Copy text” has all of them." in text
    pane.copy_button.click()
    assert "Camera 70" in QGuiApplication.clipboard().text()


def test_an_answer_about_another_alert_is_thrown_away(desk: Pane) -> None:
    pane = desk.open(alert(1))
    pane.read()
    desk.shelf.keep(alert(2))
    pane.show_alerts([alert(2)])
    desk.background.finish()
    assert pane.alert is not None
    assert pane.alert.number == 2
    assert "Camera 3 gives no picture" in shown(pane)
    desk.qtbot.waitUntil(lambda: desk.background.waiting > 0)  # its own details are read
    desk.background.finish()
    assert "CamWatch raised the alert" in shown(pane)


def test_nothing_and_many_are_told_apart(desk: Pane) -> None:
    pane = desk.open(alert(1))
    pane.show_alerts([alert(1), alert(2, severity=Severity.CRITICAL)])
    assert pane.texts()[:2] == [
        "2 alerts selected",
        "2 alerts: 1 critical, 1 warning. What you do now is done to all of them.",
    ]
    pane.show_alerts([])
    assert pane.texts()[:2] == ["No alert selected", "Select an alert to see all about it."]
    QTest.qWait(0)
    assert desk.background.waiting == 0
