"""Popups and sounds: what is shown, what counts as shown, and what goes away by itself."""

from __future__ import annotations

import os
import stat
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert, AlertPart, AlertState, Subject
from camwatch.alerts.inbox import AlertDetails
from camwatch.alerts.notification import NewNotification, Notification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import ChannelProof
from camwatch.auth.session import Session
from camwatch.domain import CameraId, Role, SiteId
from camwatch.errors import DatabaseBusy, NotFound
from camwatch.events import AlertChanged, Bus, PopupDue
from camwatch.ui.alerts.popups import sound_settings
from camwatch.ui.alerts.popups.popups import AlertPopups
from camwatch.ui.alerts.popups.proofs import proof_words
from camwatch.ui.alerts.popups.sound_button import SoundButton
from camwatch.ui.alerts.popups.sound_dialog import SoundDialog
from camwatch.ui.alerts.popups.sound_file import sound_of
from camwatch.ui.alerts.popups.sound_settings import SoundChoice
from camwatch.ui.alerts.popups.toast import MOST_SHOWN, Toast, ToastContent, ToastStack
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.zones import site_zone
from tests.ui.live_edges import NOON, HeldBackground, session

BERLIN = site_zone("Europe/Berlin")


def alert(uid: str = "a", severity: Severity = Severity.WARNING, **changes: object) -> Alert:
    part = AlertPart(Subject.of_camera(CameraId(1)), "Gate 3", NOON)
    made = Alert(
        uid=uid,
        rule_uid="r",
        rule_name="Too many people",
        kind="occupancy",
        severity=severity,
        raised_at=NOON,
        changed_at=NOON,
        parts=(part,),
        title="Gate 3: 37 people (limit 30)",
        message="37 people are at Gate 3 <b>now</b>, more than 30 for 60 seconds.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def message(
    uid: str = "n",
    alert_uid: str = "a",
    severity: Severity = Severity.WARNING,
    channel: ChannelKind = ChannelKind.POPUP,
    purpose: Purpose = Purpose.ALERT,
) -> Notification:
    new = NewNotification(alert_uid, purpose, channel, "", (), severity, "Subject", "Text", NOON)
    return Notification(uid, new, NOON)


@dataclass
class AlertShelf:
    """The commands that popups use."""

    known: dict[str, Alert] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    is_away: bool = False

    def alert_details(self, _session: Session, alert_uid: str) -> AlertDetails:
        if alert_uid not in self.known:
            raise NotFound("the alert")
        return AlertDetails(self.known[alert_uid], (), ())

    def acknowledge_alerts(
        self, _session: Session, alert_uids: list[str], comment: str = ""
    ) -> list[Alert]:
        self.acknowledged += alert_uids
        return [self.known[uid] for uid in alert_uids]

    def popup_shown(self, _session: Session, notification_uid: str, how: str) -> None:
        if self.is_away:
            raise DatabaseBusy("locked")
        self.shown[notification_uid] = how


class Desktop(QObject):
    """A desktop that answers when the test lets it."""

    answered = Signal(str, str)
    clicked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, str]] = []
        self.taken_back: list[str] = []

    def show_notice(self, tag: str, title: str, text: str, severity: Severity) -> None:
        self.asked.append((tag, title, text))

    def take_back(self, tag: str) -> None:
        self.taken_back.append(tag)


class Room:
    """A window with popups."""

    def __init__(self, qtbot: QtBot, *, desktop: Desktop | None, who: Session) -> None:
        self.qtbot = qtbot
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.background = HeldBackground()
        self.shelf = AlertShelf({"a": alert()})
        self.window = QWidget()
        self.window.resize(1000, 700)
        qtbot.addWidget(self.window)
        self.toasts = ToastStack(self.window)
        self.choice = SoundChoice()
        self.now = NOON
        self.popups = AlertPopups(
            self.window,
            self.shelf,
            who,
            self.background,
            self.bridge,
            self.toasts,
            self.choice,
            desktop,
            clock=lambda: self.now,
        )

    def tell(self, notification: Notification) -> None:
        with self.qtbot.waitSignal(self.bridge.popup_due):
            self.bus.publish(PopupDue(NOON, notification))
        self.background.finish()
        self.qtbot.waitUntil(self.is_settled)
        self.background.finish()

    def is_settled(self) -> bool:
        return not self.toasts._next.isActive()

    def change(self, changed: Alert) -> None:
        with self.qtbot.waitSignal(self.bridge.alert_changed):
            self.bus.publish(AlertChanged(NOON, changed))
        self.background.finish()
        self.qtbot.waitUntil(self.is_settled)
        self.background.finish()

    def texts(self) -> list[str]:
        return [label.text() for label in self.toasts.findChildren(QLabel) if label.text()]


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Room]:
    made = Room(qtbot, desktop=None, who=session())
    made.window.show()
    yield made
    made.bridge.close()


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def with_desktop(qtbot: QtBot, desktop: Desktop) -> Iterator[Room]:
    made = Room(qtbot, desktop=desktop, who=session())
    made.window.show()
    yield made
    made.bridge.close()


@pytest.mark.fault("F103")
def test_without_a_desktops_service_the_window_shows_it(room: Room) -> None:
    room.tell(message())
    assert "Gate 3: 37 people (limit 30)" in room.texts()
    assert room.shelf.shown == {"n": "message in the window"}


def test_a_hidden_window_has_shown_nothing_until_it_is_seen(room: Room) -> None:
    room.window.hide()
    room.tell(message())
    assert not room.shelf.shown
    room.window.show()
    room.qtbot.waitUntil(lambda: room.background.waiting > 0)
    room.background.finish()
    assert room.shelf.shown == {"n": "message in the window"}


def test_the_desktop_counts_as_shown_though_the_window_is_hidden(
    with_desktop: Room, desktop: Desktop
) -> None:
    room = with_desktop
    room.window.hide()
    room.tell(message())
    assert [tag for tag, _, _ in desktop.asked] == ["n"]
    desktop.answered.emit("n", "")
    room.background.finish()
    assert room.shelf.shown == {"n": "notification of the desktop, message in the window"}
    with room.qtbot.waitSignal(room.popups.alert_wanted) as wanted:
        desktop.clicked.emit("n")
    assert wanted.args == ["a"]


@pytest.mark.fault("F103")
def test_a_desktop_that_shows_nothing_is_told_of_once(with_desktop: Room, desktop: Desktop) -> None:
    room = with_desktop
    room.shelf.known["b"] = alert("b")
    room.tell(message())
    room.tell(message("m", "b"))
    told: list[str] = []
    room.popups.desktop_missing.connect(told.append)
    for tag in ("n", "m"):
        desktop.answered.emit(tag, "there is no notification service")
    room.background.finish()
    assert told == ["there is no notification service"]
    assert set(room.shelf.shown.values()) == {"message in the window"}


def test_it_is_shown_once_and_again_if_that_could_not_be_noted(room: Room) -> None:
    room.shelf.is_away = True
    room.tell(message())
    room.shelf.is_away = False
    room.tell(message())
    assert set(room.shelf.shown) == {"n"}
    room.shelf.shown.clear()
    room.tell(message())
    assert not room.shelf.shown
    assert len(room.toasts.contents) == 1


def test_what_an_operator_does_not_see_is_left_to_others(room: Room) -> None:
    room.tell(message(alert_uid="elsewhere"))
    assert not room.toasts.contents
    assert not room.shelf.shown


def test_a_toast_goes_when_somebody_acknowledges_anywhere(
    with_desktop: Room, desktop: Desktop
) -> None:
    room = with_desktop
    room.tell(message())
    desktop.answered.emit("n", "")
    room.change(alert(state=AlertState.ACKNOWLEDGED))
    assert not room.toasts.contents
    assert desktop.taken_back == ["n"]
    # One that is told of afterwards needs nobody any more.
    room.shelf.known["a"] = alert(state=AlertState.ACKNOWLEDGED)
    room.tell(message("m"))
    assert not room.toasts.contents
    assert room.shelf.shown["m"] == "somebody knew already"


def test_acknowledge_and_details_are_one_press_away(room: Room) -> None:
    room.tell(message())
    press(room.toasts, "Acknowledge")
    room.background.finish()
    assert room.shelf.acknowledged == ["a"]
    assert not room.toasts.contents
    room.tell(message("m"))
    with room.qtbot.waitSignal(room.popups.alert_wanted) as wanted:
        press(room.toasts, "Details")
    assert wanted.args == ["a"]


def press(stack: ToastStack, text: str) -> None:
    next(one for one in stack.findChildren(QPushButton) if one.text() == text).click()


def test_a_role_of_some_sites_is_not_told_the_text_for_everybody(qtbot: QtBot) -> None:
    whole = session(Role.VIEWER)
    limited = replace(whole, role=replace(whole.role, sites=frozenset()))
    room = Room(qtbot, desktop=None, who=limited)
    room.window.show()
    room.tell(message())
    assert "Too many people: Gate 3" in room.texts()
    assert not any("37" in text for text in room.texts())
    room.bridge.close()


def test_a_covered_window_tells_nothing(with_desktop: Room, desktop: Desktop) -> None:
    room = with_desktop
    room.popups.set_locked(is_locked=True, is_hidden=True)
    room.tell(message())
    assert not room.toasts.isVisible()
    assert desktop.asked == [("n", "An alert has come in", "Unlock CamWatch to see it.")]
    room.popups.set_locked(is_locked=False, is_hidden=False)
    assert room.toasts.isVisible()


def test_critical_ones_stay_and_the_most_serious_are_in_sight(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(1000, 800)
    qtbot.addWidget(window)
    stack = ToastStack(window)
    window.show()
    for number in range(MOST_SHOWN + 2):
        content = ToastContent(f"{number}", Severity.WARNING, f"Alert {number}", "")
        stack.put(content, can_acknowledge=True)
    stack.put(ToastContent("c", Severity.CRITICAL, "Fire exit", ""), can_acknowledge=False)
    qtbot.waitUntil(lambda: not stack._next.isActive())
    titles = [one.text() for one in stack.findChildren(QLabel) if one.isVisible()]
    assert "Fire exit" in titles
    assert "Alert 0" not in titles
    assert any("3 more alerts" in one.text() for one in stack.findChildren(QPushButton))
    assert window.rect().contains(stack.geometry())


def test_what_a_dialog_covers_was_not_shown_and_does_not_go(room: Room) -> None:
    dialog = QDialog(room.window)
    dialog.setGeometry(room.window.geometry())
    dialog.open()
    room.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    room.tell(message())
    (toast,) = room.toasts.findChildren(Toast)
    toast._on_time_over()
    assert room.toasts.holds("a")
    assert not room.shelf.shown
    dialog.reject()
    room.qtbot.waitUntil(lambda: room.background.waiting > 0)
    room.background.finish()
    assert room.shelf.shown == {"n": "message in the window"}
    toast._on_time_over()
    assert not room.toasts.holds("a")


def test_what_others_acknowledged_unseen_was_not_shown_here(room: Room) -> None:
    room.window.hide()
    room.tell(message())
    room.change(alert(state=AlertState.ACKNOWLEDGED))
    assert room.shelf.shown == {"n": "somebody knew already"}


def keyboard() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def test_the_keyboard_reaches_the_newest_popup_and_goes_back(room: Room) -> None:
    field = QLineEdit(room.window)
    field.show()
    room.window.activateWindow()
    room.qtbot.waitUntil(room.window.isActiveWindow)
    field.setFocus()
    room.shelf.known["b"] = alert("b")
    room.tell(message())
    room.tell(message("m", "b"))
    assert field.hasFocus()  # it takes no keyboard by itself
    QTest.keyClick(room.window, Qt.Key.Key_F6)
    QTest.keyClick(keyboard(), Qt.Key.Key_Return)
    room.background.finish()
    assert room.shelf.acknowledged == ["b"]
    assert field.hasFocus()
    QTest.keyClick(room.window, Qt.Key.Key_F6)
    QTest.keyClick(keyboard(), Qt.Key.Key_Escape)
    assert not room.toasts.contents
    assert room.shelf.acknowledged == ["b"]
    assert field.hasFocus()


def test_plain_text_stays_plain(room: Room) -> None:
    room.shelf.known["a"] = alert(title="<img src=x>", message="<a href='file:///'>here</a>")
    room.tell(message())
    assert "<img src=x>" in room.texts()


# ---------------------------------------------------------------- sounds


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program into the place of the system's player: there is no sound card here."""
    record = tmp_path / "played"
    player = tmp_path / "pw-play"
    player.write_text(f'#!/bin/sh\ncp "$1" "{record}.wav"; mv "{record}.wav" "{record}"\n')
    player.chmod(player.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return record


def test_a_sound_is_played_as_loud_as_chosen(
    played: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(qtbot, desktop=None, who=session())
    room.choice.set_volume(Severity.CRITICAL, 0.5)
    room.tell(message(severity=Severity.CRITICAL, channel=ChannelKind.SOUND))
    qtbot.waitUntil(played.exists)
    assert room.shelf.shown == {"n": "sound"}
    loud = loudest(played.read_bytes())
    assert loud == loudest(sound_of(Severity.CRITICAL, 0.5))
    assert loud < loudest(sound_of(Severity.CRITICAL, 1.0)) / 2
    qtbot.waitUntil(lambda: room.background.waiting > 0)  # the file is deleted
    room.background.finish()
    room.bridge.close()


def loudest(data: bytes) -> int:
    with wave.open(BytesIO(data)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return int(np.abs(np.frombuffer(sound.readframes(sound.getnframes()), "<i2")).max())


def test_a_muted_workstation_is_quiet_and_says_so(played: Path, qtbot: QtBot) -> None:
    room = Room(qtbot, desktop=None, who=session())
    room.choice.mute(NOON + timedelta(hours=1))
    room.tell(message(channel=ChannelKind.SOUND))
    assert room.shelf.shown["n"].startswith("muted on this workstation until")
    room.now = NOON + timedelta(hours=2)
    room.tell(message("m", channel=ChannelKind.SOUND))
    qtbot.waitUntil(played.exists)
    assert room.shelf.shown["m"] == "sound"
    room.background.finish()
    room.bridge.close()


def test_severities_sound_different() -> None:
    sounds = [sound_of(severity, 0.8) for severity in Severity]
    assert len(sounds[0]) < len(sounds[1]) < len(sounds[2])


def test_how_loud_it_is_outlives_the_window_and_nonsense_does_no_harm(tmp_path: Path) -> None:
    file = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    choice = SoundChoice()
    choice.set_volume(Severity.WARNING, 0.3)
    choice.mute(NOON)
    sound_settings.write(file, choice.settings)
    again = sound_settings.read(file)
    assert again.volumes[Severity.WARNING] == pytest.approx(0.3)
    assert again.muted_until == NOON
    for nonsense in ("nan", "loud", "-5", "1e300"):
        file.setValue("sound/critical", nonsense)
        file.setValue("sound/muted_until", nonsense)
        read = sound_settings.read(file)
        assert sound_settings.LEAST_CRITICAL <= read.volumes[Severity.CRITICAL] <= 1.0
        assert read.muted_until is None


def test_the_button_mutes_for_a_while_and_says_until_when(qtbot: QtBot) -> None:
    choice = SoundChoice()
    button = SoundButton(choice, BERLIN, clock=lambda: NOON)
    qtbot.addWidget(button)
    assert button.accessibleName() == "Alerts are heard here"
    actions = {one.text(): one for one in button.menu().actions()}
    actions["Mute for 1 hour"].trigger()
    assert "until 15:00:00" in button.accessibleName()
    actions["Sound on again"].trigger()
    assert button.accessibleName() == "Alerts are heard here"


def test_the_dialog_keeps_critical_alerts_audible(qtbot: QtBot) -> None:
    room = Room(qtbot, desktop=None, who=session())
    dialog = SoundDialog(room.choice, room.popups.player)
    qtbot.addWidget(dialog)
    for slider in dialog.sliders.values():
        slider.setValue(0)
    volumes = room.choice.settings.volumes
    assert volumes[Severity.INFORMATION] == 0
    assert volumes[Severity.CRITICAL] == sound_settings.LEAST_CRITICAL
    room.bridge.close()


@pytest.mark.fault("F95")
def test_the_status_bar_says_when_alerts_were_proven_to_get_out() -> None:
    good = ChannelProof("m", NOON)
    assert proof_words([], BERLIN, NOON) == ("", "")
    assert proof_words([good], BERLIN, NOON) == ("alerts proven 14:00", "")
    assert proof_words([good, ChannelProof("s")], BERLIN, NOON) == ("alerts not proven yet", "")
    bad = ChannelProof("s", None, NOON - timedelta(days=1), "refused", 12)
    told = proof_words([good, bad], BERLIN, NOON)
    assert told == ("", "Some alerts do not get out since 30 Jun 14:00, 12 wait")


def of_a_flood(**changes: object) -> Notification:
    made = message(purpose=Purpose.FLOOD)
    new = replace(
        made.new,
        subject="2 more alerts of the rule “Too many people”",
        text="- Gate 3\n- Vault",
        data={"held_back": 2, "alerts": ["a", "b"], "titles": ["Gate 3", "Vault"]},
    )
    return replace(made, new=replace(new, **changes))  # type: ignore[arg-type]


def test_alerts_that_were_held_back_are_told_of_together_and_lead_to_the_inbox(room: Room) -> None:
    # The first one is known by now; that must not hide the other.
    room.shelf.known["a"] = alert("a", state=AlertState.ACKNOWLEDGED)
    room.shelf.known["b"] = alert("b")
    room.tell(of_a_flood())
    assert "2 more alerts of the rule “Too many people”" in room.texts()
    assert "- Gate 3 - Vault" in room.texts()
    assert not room.shelf.acknowledged
    with room.qtbot.waitSignal(room.popups.alert_wanted) as wanted:
        next(
            one for one in room.toasts.findChildren(QPushButton) if one.text() == "Details"
        ).click()
    assert wanted.args == [""]


def test_of_alerts_that_were_held_back_an_operator_of_some_sites_learns_of_their_own(
    qtbot: QtBot,
) -> None:
    role = replace(session().role, sites=frozenset({SiteId(1)}))
    room = Room(qtbot, desktop=None, who=replace(session(), role=role))
    try:
        room.window.show()
        room.shelf.known = {"b": alert("b")}
        room.tell(of_a_flood())
        assert "More alerts of the rule “Too many people”" in room.texts()
        assert "Vault" not in " ".join(room.texts())
        assert room.shelf.shown == {"n": "message in the window"}
    finally:
        room.bridge.close()
