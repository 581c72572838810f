"""The inbox: what is listed and in which order, live changes, keys, and what is done to many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert, AlertState, Shelving
from camwatch.alerts.inbox import MOST_ALERTS
from camwatch.alerts.rules import Severity
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, Role, SiteId
from camwatch.errors import DatabaseBusy
from camwatch.events import AlertChanged, Bus
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.acts import Act
from camwatch.ui.alerts.inbox.dialogs import CommentDialog, OwnerDialog, ShelveDialog, Until
from camwatch.ui.alerts.inbox.filter_bar import Which
from camwatch.ui.alerts.inbox.tab import InboxTab
from camwatch.ui.alerts.inbox.table_model import SECOND_ROLE, Column
from camwatch.ui.bridge import EventBridge
from tests.commands.values import Clock
from tests.ui.alert_edges import HOSTILE, NOON, AlertShelf, alert, evidence, part
from tests.ui.live_edges import HeldBackground, cameras, session

BERLIN = ZoneInfo("Europe/Berlin")
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Room:
    """An inbox with all that it stands on."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.clock = Clock()
        self.shelf = AlertShelf(self.clock)
        self.background = HeldBackground()
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.counts: list[tuple[int, Severity | None]] = []

    def open(self, who: Session | None = None) -> InboxTab:
        tab = InboxTab(
            self.shelf, who or session(), self.background, self.bridge, BERLIN, clock=self.clock
        )
        self.qtbot.addWidget(tab)
        QAbstractItemModelTester(
            tab.model, QAbstractItemModelTester.FailureReportingMode.Fatal, tab
        )
        tab.counts_changed.connect(lambda *told: self.counts.append(told))
        tab.resize(1280, 700)
        tab.show()
        tab.activateWindow()
        self.qtbot.waitUntil(tab.isActiveWindow)
        tab.load()
        self.background.finish()
        return tab

    def tell(self, tab: InboxTab, *alerts: Alert) -> None:
        """Publish changes, and wait until the inbox has taken them in."""
        with self.qtbot.waitSignal(tab.feed.changed):
            for one in alerts:
                self.bus.publish(AlertChanged(self.clock(), one))

    def press(self, tab: InboxTab, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        QTest.keyClick(tab.table, key, modifiers[0] if modifiers else NO_MODIFIER)
        self.background.finish()


NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Room]:
    room = Room(qtbot)
    yield room
    room.bridge.close()


def numbers(tab: InboxTab) -> list[int]:
    return [one.number for one in tab.model.alerts]


def cell(tab: InboxTab, row: int, column: Column) -> tuple[str, str]:
    index = tab.model.index(row, column)
    return str(index.data()), str(index.data(SECOND_ROLE) or "")


def dialog(tab: InboxTab, kind: type[QDialog]) -> QDialog:
    (found,) = [one for one in tab.findChildren(kind) if one.isVisible()]
    return found


def shelved(number: int, minutes: int = 60, **values: object) -> Alert:
    shelving = Shelving(NOON + timedelta(minutes=minutes), "jo", "cleaning")
    return alert(number, shelving=shelving, **values)


def test_what_wants_somebody_comes_first_then_the_serious_then_the_new(room: Room) -> None:
    critical = Severity.CRITICAL
    room.shelf.keep(
        alert(1),
        alert(2, severity=critical),
        alert(3, severity=critical),
        alert(4, severity=critical, state=AlertState.ACKNOWLEDGED, acknowledged_by="maria"),
        alert(5, severity=Severity.INFORMATION, state=AlertState.RETURNED),
        shelved(6, severity=critical),
        alert(7, state=AlertState.CLOSED),
    )
    tab = room.open()
    assert numbers(tab) == [2, 3, 1, 5, 4, 6]
    assert tab.filter_bar.count.text() == "6 alerts"


def test_a_row_tells_in_shape_and_word_how_things_are(room: Room) -> None:
    room.shelf.keep(
        alert(1, is_drill=True, times=3, owner="maria", severity=Severity.CRITICAL),
        shelved(214),
    )
    tab = room.open()
    assert cell(tab, 0, Column.SEVERITY) == ("Critical", "Drill · no. 1")
    assert cell(tab, 0, Column.WHAT) == (
        "Camera 2 gives no picture",
        "3 times · Camera 2 · Camera is down",
    )
    assert cell(tab, 0, Column.STATE) == ("Unacknowledged", "")
    assert cell(tab, 0, Column.SINCE) == ("12:59:00", "1 min ago")
    assert cell(tab, 0, Column.OWNER) == ("maria", "")
    assert cell(tab, 1, Column.SEVERITY) == ("Warning", "no. 214")
    assert cell(tab, 1, Column.STATE) == ("Shelved", "until 14:00")
    icons = [
        tab.model.index(row, Column.STATE).data(Qt.ItemDataRole.DecorationRole).toImage()
        for row in (0, 1)
    ]
    assert icons[0] != icons[1]


def test_ages_go_on_while_one_looks_and_the_shelf_ends_by_itself(room: Room) -> None:
    room.shelf.keep(alert(1), shelved(2, minutes=5, severity=Severity.CRITICAL))
    tab = room.open()
    assert numbers(tab) == [1, 2]
    room.clock.advance(minutes=6)
    room.qtbot.waitUntil(lambda: numbers(tab) == [2, 1])
    assert cell(tab, 0, Column.STATE) == ("Unacknowledged", "")
    assert cell(tab, 1, Column.SINCE) == ("12:59:00", "7 min ago")


def test_texts_from_outside_play_no_tricks(room: Room) -> None:
    room.shelf.keep(alert(1, title=HOSTILE, rule_name=HOSTILE, owner=HOSTILE))
    tab = room.open()
    tab.show_alert(tab.model.alert_at(0).uid)
    assert cell(tab, 0, Column.WHAT)[0] == ("<img src=x onerror=1> ⟨202E⟩gnp.exe &amp; <b>bold</b>")
    shown = [str(tab.model.index(0, one).data()) for one in Column] + tab.details.texts()
    assert not [one for one in shown if "\u202e" in one]
    assert tab.details.title.textFormat() == Qt.TextFormat.PlainText


# ---------------------------------------------------------------- which are listed


def test_the_filter_narrows_what_is_listed_and_says_how_many(room: Room) -> None:
    room.shelf.cameras_known = cameras(9)
    room.shelf.keep(
        *(alert(one) for one in range(1, 8)),
        alert(20, severity=Severity.CRITICAL, title="Hall: 31 people"),
        alert(21, state=AlertState.CLOSED),
        alert(22, state=AlertState.RETURNED),
        shelved(23),
    )
    tab = room.open()
    bar = tab.filter_bar

    def choose(which: Which) -> list[int]:
        bar.which.setCurrentIndex(bar.which.findData(which))
        room.background.finish()
        return numbers(tab)

    assert choose(Which.CLOSED) == [21]
    assert bar.count.text() == "1 alert"
    assert choose(Which.RETURNED) == [22]
    assert choose(Which.SHELVED) == [23]
    assert 23 not in choose(Which.UNSEEN)
    assert len(choose(Which.ALL)) == 11
    bar.camera.setCurrentIndex(bar.camera.findData(CameraId(2)))
    room.background.finish()
    assert numbers(tab) == [1, 22]
    bar.clear_button.click()
    room.background.finish()
    assert len(numbers(tab)) == 10
    bar.severity.setCurrentIndex(bar.severity.findData(Severity.CRITICAL))
    room.background.finish()
    assert numbers(tab) == [20]
    bar.clear()
    bar.search.setText("31 PEOPLE")
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    room.background.finish()
    assert numbers(tab) == [20]
    assert not bar.clear_button.isHidden()


def test_a_chosen_time_leaves_out_what_was_raised_before(room: Room) -> None:
    room.shelf.keep(alert(1), alert(90), alert(3000))
    tab = room.open()
    when = tab.filter_bar.when
    for words, expected in (("Last hour", [1]), ("Today", [1, 90]), ("Last 7 days", [1, 90, 3000])):
        when.setCurrentIndex(when.findText(words))
        room.background.finish()
        assert numbers(tab) == expected


def test_no_more_than_a_thousand_are_listed_and_that_is_said(room: Room) -> None:
    room.shelf.keep(*(alert(one) for one in range(1, MOST_ALERTS + 6)))
    tab = room.open()
    assert tab.model.rowCount() == MOST_ALERTS
    assert tab.filter_bar.count.text() == "the newest 1\u202f000 alerts"
    assert "Narrow the filter" in tab.filter_bar.count.toolTip()
    room.tell(tab, alert(5000, raised_at=NOON))
    assert tab.model.rowCount() == MOST_ALERTS
    assert numbers(tab)[0] == 5000


def test_an_empty_list_says_why_and_leads_on(room: Room) -> None:
    tab = room.open()
    assert tab.empty.isVisible()
    assert tab.empty.title.text() == "No alert yet"
    room.shelf.keep(alert(5, state=AlertState.CLOSED))
    tab.load()
    room.background.finish()
    assert tab.empty.title.text() == "All quiet"
    assert "raised 5 min ago, 12:55:00:\nCamera 6 gives no picture" in tab.empty.text.text()
    tab.empty.button.click()
    room.background.finish()
    assert numbers(tab) == [5]
    tab.filter_bar.search.setText("nothing like it")
    QTest.keyClick(tab.filter_bar.search, Qt.Key.Key_Return)
    room.background.finish()
    assert tab.empty.title.text() == "No alert matches"
    tab.empty.button.click()
    room.background.finish()
    assert tab.filter_bar.wanted_states is Which.OPEN
    assert tab.empty.title.text() == "All quiet"


def test_what_cannot_be_read_can_be_tried_again(room: Room) -> None:
    room.shelf.keep(alert(1))
    room.shelf.error = DatabaseBusy("locked")
    tab = room.open()
    assert tab.empty.title.text() == "The alerts cannot be read"
    assert tab.empty.button.text() == "Try again"
    room.shelf.error = None
    tab.empty.button.click()
    room.background.finish()
    assert numbers(tab) == [1]
    room.shelf.error = DatabaseBusy("locked")
    tab.load()
    room.background.finish()
    assert numbers(tab) == [1]  # what is known stays
    assert tab.notice.isVisible()
    room.shelf.error = None
    tab.notice.button.click()
    room.background.finish()
    assert tab.notice.isHidden()


# ---------------------------------------------------------------- live


def test_changes_come_in_place_and_selection_and_place_stay(room: Room) -> None:
    room.shelf.keep(*(alert(one) for one in range(1, 60)))
    tab = room.open()
    tab.table.choose(alert(30).uid)
    bar = tab.table.verticalScrollBar()
    bar.setValue(bar.value() + 7)
    top = tab.table.visualRect(tab.model.index(29, 0)).top()
    fresh = alert(100, raised_at=NOON, severity=Severity.CRITICAL)
    gone = alert(3, state=AlertState.CLOSED, version=2)
    changed = alert(30, version=2, title="Changed")
    room.tell(tab, fresh, gone, changed)
    assert numbers(tab)[:4] == [100, 1, 2, 4]
    assert [one.title for one in tab.table.chosen()] == ["Changed"]
    row = tab.model.row_of(alert(30).uid)
    assert tab.table.visualRect(tab.model.index(row or 0, 0)).top() == top


def test_the_newest_version_wins_whatever_the_order(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    newest = alert(1, version=5, state=AlertState.CLOSED)
    room.tell(tab, newest)
    assert numbers(tab) == []
    late = alert(1, version=4, state=AlertState.ACKNOWLEDGED)
    other = alert(2)
    room.tell(tab, late, other)
    assert numbers(tab) == [2]
    # The history may be read while the newest change is not in it yet.
    room.shelf.keep(other)
    tab.load()
    room.background.finish()
    assert numbers(tab) == [2]


def test_what_comes_while_the_list_is_read_is_not_lost(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.load()
    room.tell(tab, alert(2))
    room.background.finish()
    assert numbers(tab) == [1, 2]


def test_the_next_one_is_selected_when_the_selected_one_is_dealt_with(room: Room) -> None:
    room.shelf.keep(*(alert(one, state=AlertState.RETURNED) for one in (1, 2, 3)))
    tab = room.open()
    tab.table.choose(alert(2).uid)
    room.press(tab, Qt.Key.Key_A)
    assert numbers(tab) == [1, 3]
    assert [one.number for one in tab.table.chosen()] == [3]


def test_a_storm_is_taken_in_a_few_times_and_not_once_a_change(room: Room) -> None:
    tab = room.open()
    told: list[int] = []
    tab.feed.changed.connect(lambda alerts: told.append(len(alerts)))
    for number in range(1, 1001):
        room.bus.publish(AlertChanged(NOON, alert(number)))
    room.qtbot.waitUntil(lambda: tab.model.rowCount() == 1000)
    assert sum(told) == 1000
    assert len(told) <= 10


def limited() -> Session:
    """Return a session of an operator who sees only one site."""
    permissions = frozenset({Permission.VIEW_ALERTS, Permission.HANDLE_ALERTS})
    role = OperatorRole("guards", "Guards", permissions, sites=frozenset({SiteId(1)}))
    return replace(session(), role=role)


def test_an_operator_of_some_sites_is_shown_what_the_commands_answer_only(room: Room) -> None:
    tab = room.open(limited())
    secret = alert(9, title="At another site")
    room.bus.publish(AlertChanged(NOON, secret))
    room.shelf.keep(alert(1))
    room.qtbot.waitUntil(lambda: room.background.waiting > 0)
    room.background.finish()
    assert numbers(tab) == [1]
    assert room.counts[-1] == (1, Severity.WARNING)


# ---------------------------------------------------------------- counting


def test_it_counts_what_nobody_has_seen_also_while_it_is_hidden(room: Room) -> None:
    room.shelf.keep(
        alert(1),
        alert(2, state=AlertState.RETURNED, severity=Severity.CRITICAL),
        alert(3, state=AlertState.ACKNOWLEDGED),
        shelved(4, severity=Severity.CRITICAL),
    )
    tab = room.open()
    assert room.counts[-1] == (2, Severity.CRITICAL)
    assert len(room.counts) == 1
    tab.hide()
    room.tell(tab, alert(2, state=AlertState.CLOSED, version=2))
    assert room.counts[-1] == (1, Severity.WARNING)
    room.tell(tab, alert(1, state=AlertState.ACKNOWLEDGED, version=2))
    assert room.counts[-1:] == [(0, None)]


def test_who_may_see_no_alerts_asks_for_none(room: Room) -> None:
    role = OperatorRole("none", "None", frozenset({Permission.VIEW_CAMERAS}))
    room.open(replace(session(), role=role))
    assert room.shelf.asked == []


# ---------------------------------------------------------------- doing


def test_keys_go_through_the_list_and_acknowledge(room: Room) -> None:
    room.shelf.keep(alert(1), alert(2), alert(3))
    tab = room.open()
    tab.table.setFocus()
    room.press(tab, Qt.Key.Key_J)
    room.press(tab, Qt.Key.Key_J)
    assert [one.number for one in tab.table.chosen()] == [2]
    room.press(tab, Qt.Key.Key_K)
    assert [one.number for one in tab.table.chosen()] == [1]
    room.press(tab, Qt.Key.Key_A)
    assert room.shelf.done == [("acknowledge", (alert(1).uid,), "")]
    assert tab.toolbar.said.text() == "Acknowledged alert 1."
    assert numbers(tab) == [2, 3, 1]
    assert not tab.toolbar.buttons[Act.ACKNOWLEDGE].isEnabled()
    assert tab.toolbar.buttons[Act.ACKNOWLEDGE].toolTip() == "It is acknowledged already."


def test_many_are_asked_about_once_and_only_those_it_can_be_done_to(room: Room) -> None:
    room.shelf.keep(
        alert(1), alert(2, severity=Severity.CRITICAL), alert(3, state=AlertState.ACKNOWLEDGED)
    )
    tab = room.open()
    room.press(tab, Qt.Key.Key_A, CTRL)
    assert len(tab.table.chosen()) == 3
    room.press(tab, Qt.Key.Key_A)
    assert room.shelf.done == []
    box = dialog(tab, QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.text() == "Acknowledge 2 alerts?"
    assert box.informativeText() == "2 alerts: 1 critical, 1 warning."
    QTest.keyClick(box, Qt.Key.Key_Return)
    room.background.finish()
    assert room.shelf.done == [("acknowledge", (alert(2).uid, alert(1).uid), "")]
    assert tab.toolbar.said.text() == "Acknowledged 2 alerts."


def test_a_comment_can_go_with_the_acknowledgement(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.table.choose_row(0)
    room.press(tab, Qt.Key.Key_A, SHIFT)
    asked = dialog(tab, CommentDialog)
    assert isinstance(asked, CommentDialog)
    asked.text.setPlainText("  on my way  ")
    asked.do_button.click()
    room.background.finish()
    assert room.shelf.done == [("acknowledge", (alert(1).uid,), "on my way")]


def test_shelving_wants_a_reason_and_can_be_undone(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.table.choose_row(0)
    room.press(tab, Qt.Key.Key_S)
    asked = dialog(tab, ShelveDialog)
    assert isinstance(asked, ShelveDialog)
    asked.do_button.click()
    assert asked.fields["reason"].problem == "The reason is needed: others must know why."
    asked.choices[Until.QUARTER].setChecked(True)
    asked.reason.setEditText("Being repaired")
    asked.do_button.click()
    room.background.finish()
    until = NOON + timedelta(minutes=15)
    assert room.shelf.done == [("shelve", (alert(1).uid,), until, "Being repaired")]
    assert tab.toolbar.said.text() == "Shelved alert 1 until 13:15."
    assert cell(tab, 0, Column.STATE) == ("Shelved", "until 13:15")
    tab.toolbar.undo_button.click()
    room.background.finish()
    assert room.shelf.done[-1] == ("unshelve", (alert(1).uid,))
    assert cell(tab, 0, Column.STATE) == ("Unacknowledged", "")


@pytest.mark.parametrize(
    ("hour", "minute", "expected"), [(12, 0, "14:00"), (13, 50, "22:00"), (22, 30, "06:00")]
)
def test_the_end_of_the_shift_is_by_the_clocks_of_the_site(
    room: Room, hour: int, minute: int, expected: str
) -> None:
    local = NOON.astimezone(BERLIN).replace(hour=hour, minute=minute)
    asked = ShelveDialog(
        room.shelf, session(), room.background, [alert(1)], BERLIN, local.astimezone(NOON.tzinfo)
    )
    room.qtbot.addWidget(asked)
    asked.choices[Until.SHIFT].setChecked(True)
    assert f"{asked.until.astimezone(BERLIN):%H:%M}" == expected
    assert asked.until > local


def test_one_takes_care_of_it_and_again_not_and_undo_gives_it_back(room: Room) -> None:
    room.shelf.keep(alert(1, owner="maria"))
    tab = room.open()
    tab.table.choose_row(0)
    uid = alert(1).uid
    room.press(tab, Qt.Key.Key_O)
    assert room.shelf.done[-1] == ("own", (uid,), "ada")
    tab.toolbar.undo_button.click()
    room.background.finish()
    assert room.shelf.stored[uid].owner == "maria"
    room.press(tab, Qt.Key.Key_O)
    room.press(tab, Qt.Key.Key_O)
    assert room.shelf.stored[uid].owner == ""
    room.press(tab, Qt.Key.Key_O, SHIFT)
    asked = dialog(tab, OwnerDialog)
    assert isinstance(asked, OwnerDialog)
    asked.name.setText("jo")
    asked.do_button.click()
    room.background.finish()
    assert room.shelf.stored[uid].owner == "jo"


def test_a_comment_belongs_to_one_alert(room: Room) -> None:
    room.shelf.keep(alert(1), alert(2))
    tab = room.open()
    room.press(tab, Qt.Key.Key_A, CTRL)
    button = tab.toolbar.buttons[Act.COMMENT]
    assert (button.isEnabled(), button.toolTip()) == (
        False,
        "A comment belongs to one alert. Select only one.",
    )
    tab.table.choose_row(0)
    room.press(tab, Qt.Key.Key_C)
    asked = dialog(tab, CommentDialog)
    assert isinstance(asked, CommentDialog)
    asked.do_button.click()
    assert asked.fields["comment"].problem == "The comment is empty."
    asked.text.setPlainText("x" * 2001)
    asked.do_button.click()
    assert "2000" in asked.fields["comment"].problem
    asked.text.setPlainText("Looked at it")
    asked.do_button.click()
    room.background.finish()
    assert room.shelf.done == [("comment", alert(1).uid, "Looked at it")]


def test_who_may_only_look_is_told_so_at_each_button_and_keys_do_nothing(room: Room) -> None:
    room.shelf.keep(alert(1))
    role = OperatorRole("look", "Look", frozenset({Permission.VIEW_ALERTS}))
    tab = room.open(replace(session(Role.VIEWER), role=role))
    tab.table.choose_row(0)
    for key in (Qt.Key.Key_A, Qt.Key.Key_S, Qt.Key.Key_O, Qt.Key.Key_C, Qt.Key.Key_U):
        room.press(tab, key)
    assert room.shelf.done == []
    assert [one for one in tab.findChildren(QDialog) if one.isVisible()] == []
    for button in tab.toolbar.buttons.values():
        assert not button.isEnabled()
        assert "does not let you acknowledge and shelve alerts" in button.toolTip()


def test_the_menu_of_a_row_offers_the_same(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.table.choose_row(0)
    offered = {one.text(): one for one in tab.table.actions()}
    assert [text for text, one in offered.items() if not one.isEnabled()] == ["Unshelve\tU"]
    offered["Own\tO"].trigger()
    room.background.finish()
    assert room.shelf.done == [("own", (alert(1).uid,), "ada")]


def test_what_could_not_be_done_is_said_and_nothing_seems_done(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.table.choose_row(0)
    room.shelf.error = DatabaseBusy("locked")
    room.press(tab, Qt.Key.Key_A)
    assert tab.notice.isVisible()
    assert tab.toolbar.said.text() == ""
    assert tab.model.alert_at(0).state is AlertState.UNACKNOWLEDGED
    assert tab.toolbar.buttons[Act.ACKNOWLEDGE].isEnabled()


def test_letters_that_are_typed_into_the_search_do_nothing_else(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.table.choose_row(0)
    tab.filter_bar.search.setFocus()
    QTest.keyClicks(tab.filter_bar.search, "assoc")
    room.background.finish()
    assert room.shelf.done == []
    assert tab.filter_bar.search.text() == "assoc"


# ---------------------------------------------------------------- pictures


def test_small_pictures_of_what_is_in_view_come_once(room: Room) -> None:
    room.shelf.keep(*(alert(one) for one in range(1, 40)))
    room.shelf.evidence = {alert(one).uid: [evidence(people=one % 4)] for one in range(1, 40)}
    tab = room.open()
    for _ in range(8):
        tab.pictures.look()
        room.background.finish()
    first = tab.model.index(0, Column.PICTURE).data(Qt.ItemDataRole.DecorationRole)
    assert (first.width(), first.height()) == (64, 36)
    last = tab.model.index(38, Column.PICTURE).data(Qt.ItemDataRole.DecorationRole)
    assert last is None
    tab.pictures.look()
    assert room.background.waiting == 0


def test_a_damaged_picture_is_left_out(room: Room) -> None:
    room.shelf.keep(alert(1))
    broken = replace(evidence(), data=evidence().data[:200])
    room.shelf.evidence = {alert(1).uid: [broken]}
    tab = room.open()
    tab.pictures.look()
    room.background.finish()
    assert tab.model.index(0, Column.PICTURE).data(Qt.ItemDataRole.DecorationRole) is None


# ---------------------------------------------------------------- details, in short


def test_enter_goes_to_the_details_and_escape_back(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.table.setFocus()
    tab.table.choose_row(0)
    QTest.keyClick(tab.table, Qt.Key.Key_Return)
    assert tab.details.has_keyboard
    QTest.keyClick(QApplication.focusWidget() or tab, Qt.Key.Key_Escape)
    assert tab.table.hasFocus()


def test_enter_opens_the_first_alert_where_none_is_selected(room: Room) -> None:
    room.shelf.keep(alert(1), alert(2))
    tab = room.open()
    tab.table.clearSelection()
    tab.take_keyboard()
    assert tab.table.hasFocus()
    QTest.keyClick(tab.table, Qt.Key.Key_Return)
    assert [one.number for one in tab.table.chosen()] == numbers(tab)[:1]
    assert tab.details.has_keyboard


def test_an_alert_that_is_filtered_out_can_be_shown_from_elsewhere(room: Room) -> None:
    room.shelf.keep(alert(1), alert(2, state=AlertState.CLOSED))
    tab = room.open()
    tab.show_alert(alert(2).uid)
    room.background.finish()
    assert [one.number for one in tab.table.chosen()] == [2]
    assert tab.filter_bar.wanted_states is Which.ALL


def test_an_alert_that_is_shown_first_of_all_is_found_without_changing_the_filter(
    room: Room,
) -> None:
    room.shelf.keep(alert(1), alert(2))
    tab = room.open()
    tab.load()  # as when the page comes up
    tab.show_alert(alert(2).uid)
    room.background.finish()
    assert [one.number for one in tab.table.chosen()] == [2]
    assert tab.filter_bar.wanted_states is Which.OPEN


def test_an_alert_that_is_gone_is_said_to_be(room: Room) -> None:
    room.shelf.keep(alert(1))
    tab = room.open()
    tab.show_alert("gone")
    room.background.finish()
    assert tab.table.chosen() == []
    assert tab.toolbar.said.text().startswith("That alert is not here any more")


def test_all_words_fit_on_a_small_screen(room: Room) -> None:
    room.shelf.keep(alert(1, parts=tuple(part(one) for one in range(1, 51))))
    tab = room.open()
    tab.resize(960, 500)
    right = tab.filter_bar.count.mapTo(tab, QPoint(tab.filter_bar.count.width(), 0)).x()
    assert right <= tab.width()
    assert tab.minimumSizeHint().width() <= 940
    assert tab.table.columnWidth(Column.WHAT) >= 150
    assert wording.subjects(tab.model.alert_at(0)) == "Camera 1, Camera 2, Camera 3 and 47 more"
