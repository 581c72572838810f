from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QTreeWidget
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, CameraState, Notice, Reason, SiteId, utc_now
from camwatch.errors import ModelMissing
from camwatch.events import Bus, CountedElsewhere, DetectorChanged, NoticesChanged
from camwatch.scene import PrivacyRecord
from camwatch.ui import theme
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.live.page import LivePage
from camwatch.walls import PLANS, even, filled
from tests.ui.live_edges import NOON, PictureDesk, camera, cameras, counted, in_state

SITES = {SiteId(1): "Store North", SiteId(2): "Store South"}


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def bridge(qapp: object, bus: Bus) -> Iterator[EventBridge]:
    made = EventBridge(bus)
    yield made
    made.close()


def make_page(qtbot: QtBot, bridge: EventBridge, *, can_add: bool = True) -> LivePage:
    page = LivePage(PictureDesk(), bridge, LiveChart(), can_add=can_add)
    qtbot.addWidget(page)
    page.resize(1280, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page


@pytest.fixture
def page(qtbot: QtBot, bridge: EventBridge) -> LivePage:
    return make_page(qtbot, bridge)


def row(page: LivePage, number: int) -> tuple[str, str]:
    page.refresh()
    return page.site_list.row_text(CameraId(number))


def opened(page: LivePage) -> CameraId | None:
    return page.grid.opened


def covered_s(chart: LiveChart) -> float:
    return float(chart._ring._covered_s.sum())


def visible_words(page: LivePage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def test_without_cameras_an_administrator_is_led_to_the_first_one(
    qtbot: QtBot, page: LivePage
) -> None:
    page.set_cameras([], {})

    assert "No cameras yet" in visible_words(page)
    assert page.add_button is not None
    with qtbot.waitSignal(page.add_requested):
        QTest.mouseClick(page.add_button, Qt.MouseButton.LeftButton)


def test_without_cameras_others_learn_whom_to_ask(qtbot: QtBot, bridge: EventBridge) -> None:
    page = make_page(qtbot, bridge, can_add=False)
    page.set_cameras([], {})

    assert any("ask an administrator" in words for words in visible_words(page))
    assert [b for b in page.findChildren(QAbstractButton) if b.isVisible()] == []


def test_before_the_cameras_are_read_it_does_not_say_that_there_are_none(page: LivePage) -> None:
    assert visible_words(page) == ["Reading the list of cameras…"]


def test_the_layout_fits_the_cameras_until_the_operator_chooses_one(page: LivePage) -> None:
    page.set_cameras(cameras(3), SITES)
    assert page.grid.columns == 2

    page.set_cameras(cameras(8), SITES)
    assert page.grid.columns == 3

    page.set_columns(2)
    page.set_cameras(cameras(12), SITES)
    assert page.grid.columns == 2
    assert page.grid.pages == 3


def test_counts_and_states_reach_tile_and_list(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras(cameras(2), SITES)
    assert row(page, 1) == ("Camera 01", "–")

    bus.publish(in_state(CameraState.OK))
    with qtbot.waitSignal(bridge.count_measured):
        bus.publish(counted(12, at=utc_now()))
    assert row(page, 1) == ("Camera 01", "12")
    assert page.grid.tile(CameraId(1)).accessibleName() == "Camera 01: Live, 12 people"

    with qtbot.waitSignal(bridge.camera_state_changed):
        bus.publish(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    assert row(page, 1) == ("Camera 01", "?")
    assert "Offline" in page.grid.tile(CameraId(1)).accessibleName()
    assert row(page, 2) == ("Camera 02", "–")


def test_a_count_reaches_the_list_at_once_so_that_it_agrees_with_the_tile(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras(cameras(2), SITES)
    bus.publish(in_state(CameraState.OK))
    with qtbot.waitSignal(bridge.count_measured):
        bus.publish(counted(3, at=utc_now()))
    assert page.site_list.row_text(CameraId(1))[1] == "3"


def test_a_count_that_is_told_again_is_charted_once(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras(cameras(1), SITES)
    at = utc_now() - timedelta(seconds=20)
    bus.publish(in_state(CameraState.OK))
    with qtbot.waitSignal(bridge.count_measured):
        bus.publish(counted(3, at=at))
    chart = page.findChild(LiveChart)
    assert chart is not None
    once = covered_s(chart)
    assert once == pytest.approx(1.0)
    bridge.replay()
    assert covered_s(chart) == once


def test_the_numbers_of_other_workstations_are_charted_and_say_how_old_they_are(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras([replace(camera(1), workstation="Office")], SITES)
    bus.publish(in_state(CameraState.DISABLED, Reason.ELSEWHERE))
    at = utc_now() - timedelta(seconds=6)
    with qtbot.waitSignal(bridge.counted_elsewhere):
        bus.publish(CountedElsewhere(utc_now(), {CameraId(1): (at, 4)}))
    chart = page.findChild(LiveChart)
    assert chart is not None
    assert covered_s(chart) > 0
    assert row(page, 1)[1] == "4"
    tile = page.grid.tile(CameraId(1))
    assert tile.message()[-1].text.startswith("Counted 6")


def test_without_a_detector_every_number_is_unknown(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras(cameras(1), SITES)
    bus.publish(in_state(CameraState.OK))
    bus.publish(counted(12, at=utc_now()))
    with qtbot.waitSignal(bridge.detector_changed):
        bus.publish(DetectorChanged(NOON, "", "", False, ModelMissing(None, "gone")))
    assert row(page, 1) == ("Camera 01", "?")

    page.set_cameras(cameras(1), SITES)
    assert row(page, 1) == ("Camera 01", "?")

    with qtbot.waitSignal(bridge.detector_changed):
        bus.publish(DetectorChanged(NOON, "nanodet-g", "onnxruntime", False))
    assert row(page, 1) == ("Camera 01", "12")


def test_what_is_known_survives_an_edit_of_another_camera(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras(cameras(2), SITES)
    bus.publish(in_state(CameraState.OK))
    with qtbot.waitSignal(bridge.count_measured):
        bus.publish(counted(12, at=utc_now()))
    page.set_cameras([camera(1, "Camera 01"), camera(2, "Renamed")], SITES)

    assert row(page, 1) == ("Camera 01", "12")
    assert row(page, 2)[0] == "Renamed"


def test_nothing_of_a_camera_is_forgotten_when_the_list_is_read_again(page: LivePage) -> None:
    page.set_cameras(cameras(1), SITES)
    known = page.conditions[0]
    known.retry_at, known.elsewhere, known.attention = utc_now(), (utc_now(), 3), "Critical alert"
    known.privacy = PrivacyRecord(known.camera.id)
    page.set_cameras([camera(1, "Renamed")], SITES)
    now = page.conditions[0]
    assert now.camera.name == "Renamed"
    told = ["state", "count", "can_count", "retry_at", "elsewhere", "attention", "privacy"]
    assert [getattr(now, one) for one in told] == [getattr(known, one) for one in told]


def test_a_camera_that_was_alone_is_alone_again_in_a_window_made_anew(page: LivePage) -> None:
    page.reopen(CameraId(2))
    page.set_cameras(cameras(3), SITES)
    assert opened(page) == 2
    page.go_back()
    page.set_cameras(cameras(3), SITES)
    assert opened(page) is None


def test_an_event_of_a_removed_camera_is_passed_over(
    qtbot: QtBot, page: LivePage, bus: Bus, bridge: EventBridge
) -> None:
    page.set_cameras(cameras(1), SITES)
    with qtbot.waitSignal(bridge.count_measured):
        bus.publish(counted(12, number=77))

    assert [one.camera.id for one in page.conditions] == [1]


def test_keys_change_layout_page_boxes_and_back(qtbot: QtBot, page: LivePage) -> None:
    page.set_cameras(cameras(20), SITES)
    tile = page.grid.tile(CameraId(1))
    tile.setFocus()
    for key, columns in (
        (Qt.Key.Key_1, 1),
        (Qt.Key.Key_2, 2),
        (Qt.Key.Key_3, 3),
        (Qt.Key.Key_8, 8),
        (Qt.Key.Key_9, 4),
    ):
        QTest.keyClick(page, key, Qt.KeyboardModifier.AltModifier)
        assert page.grid.columns == columns

    assert len(page.grid.visible_ids()) == 8  # one large, seven small
    page.set_plan(PLANS[-1])
    QTest.keyClick(page, Qt.Key.Key_L)
    assert page.grid.columns == 1
    QTest.keyClick(page, Qt.Key.Key_L)
    assert page.grid.columns == 2

    QTest.keyClick(page, Qt.Key.Key_PageDown)
    assert page.grid.page == 1
    QTest.keyClick(page, Qt.Key.Key_PageUp)
    assert page.grid.page == 0

    with qtbot.waitSignal(page.controls.boxes_requested) as asked:
        QTest.keyClick(page, Qt.Key.Key_B)
    assert asked.args == [False]
    assert not page.controls.are_boxes_shown

    QTest.keyClick(page.grid.tile(CameraId(1)), Qt.Key.Key_Return)
    assert opened(page) == CameraId(1)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert opened(page) is None


def test_typed_numbers_go_to_cameras(qtbot: QtBot, page: LivePage) -> None:
    page.set_cameras(cameras(20), SITES)
    page.set_columns(2)
    page.take_keyboard()
    QTest.keyClicks(page, "1")
    QTest.keyClicks(page, "0")
    assert page.number_entry.shown.isVisible()
    assert "Camera 10" in page.number_entry.shown.text()
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert page.grid.tile(CameraId(10)).hasFocus()
    assert not page.number_entry.shown.isVisible()

    QTest.keyClicks(page, "77")
    assert "no camera" in page.number_entry.shown.text()
    QTest.keyClick(page, Qt.Key.Key_Backspace)
    assert "Camera 07" in page.number_entry.shown.text()
    # A pause is as good as Enter; a camera that is alone gives way to the other.
    page.grid.open_camera(CameraId(1))
    qtbot.waitUntil(lambda: opened(page) == CameraId(7))

    QTest.keyClicks(page, "3")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.number_entry.typed
    assert opened(page) == CameraId(7)


def test_a_number_of_no_camera_of_the_wall_opens_it_alone(page: LivePage) -> None:
    page.set_cameras(cameras(5), SITES)
    page.grid.set_wall(filled(even(2), [CameraId(1), CameraId(2)], "Doors"))
    assert page.grid.visible_ids() == [1, 2]
    page.go_to_number(2)
    assert page.grid.tile(CameraId(2)).hasFocus()
    page.go_to_number(5)
    assert opened(page) == CameraId(5)
    page.go_back()
    assert page.grid.visible_ids() == [1, 2]


def test_typing_into_the_search_field_changes_no_layout(qtbot: QtBot, page: LivePage) -> None:
    page.set_cameras(cameras(20), SITES)
    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = page.site_list.find_field
    assert field.hasFocus()
    QTest.keyClicks(field, "b1")

    assert field.text() == "b1"
    assert page.grid.columns == 4
    assert page.controls.are_boxes_shown


def test_the_search_field_leaves_the_cameras_that_match(qtbot: QtBot, page: LivePage) -> None:
    page.set_cameras(cameras(20), SITES)
    page.site_list.find_field.setText("ra 07")
    tree = page.site_list.findChild(QTreeWidget)
    assert tree is not None
    top = tree.topLevelItem(0)
    assert top is not None

    rows = [row for i in range(top.childCount()) if (row := top.child(i)) is not None]
    assert [row.text(0) for row in rows if not row.isHidden()] == ["Camera 07"]
    page.site_list.find_field.setText("no such camera")
    assert top.isHidden()


def test_a_click_in_the_list_turns_to_the_camera_and_enter_opens_it(
    qtbot: QtBot, page: LivePage
) -> None:
    page.set_cameras(cameras(20), SITES)
    page.set_columns(2)
    page.site_list.camera_chosen.emit(CameraId(7))
    assert CameraId(7) in page.grid.visible_ids()
    assert page.grid.tile(CameraId(7)).hasFocus()

    page.site_list.camera_opened.emit(CameraId(8))
    assert opened(page) == CameraId(8)
    assert page.site_list.chosen == CameraId(8)


def test_cameras_stand_under_their_sites(page: LivePage) -> None:
    page.set_cameras(cameras(2), SITES)
    tree = page.site_list.findChild(QTreeWidget)
    assert tree is not None

    assert tree.topLevelItemCount() == 1
    top = tree.topLevelItem(0)
    assert top is not None
    assert (top.text(0), top.childCount(), top.isExpanded()) == ("Store North", 2, True)


def test_the_page_number_is_told_only_when_there_are_several(page: LivePage) -> None:
    page.set_cameras(cameras(3), SITES)
    assert page.controls.page_text == ""

    page.set_columns(1)
    assert page.controls.page_text == "Page 1 of 3"
    page.grid.turn_page(1)
    assert page.controls.page_text == "Page 2 of 3"

    page.grid.open_camera(CameraId(3))
    assert page.controls.page_text == "Camera 3 of 3"


def test_every_button_and_tile_has_an_accessible_name(page: LivePage) -> None:
    page.set_cameras(cameras(20), SITES)
    page.refresh()
    QAccessible.setActive(True)
    widgets = [*page.findChildren(QToolButton), *map(page.grid.tile, page.grid.visible_ids())]
    named = 0
    for widget in widgets:
        if not widget.isVisible():
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name).strip(), widget
        named += 1

    assert named >= 16 + 1 + 2 + 1


def test_the_layout_is_remembered(qtbot: QtBot, bridge: EventBridge, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = make_page(qtbot, bridge)
    first.set_cameras(cameras(20), SITES)
    first.set_columns(3)
    first.controls.toggle_boxes()
    first.save(settings)
    settings.sync()

    again = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    second = make_page(qtbot, bridge)
    second.restore(again)
    second.set_cameras(cameras(20), SITES)
    assert second.grid.columns == 3
    assert not second.controls.are_boxes_shown


def test_another_size_of_the_text_divides_the_page_anew(
    qapp: QApplication, qtbot: QtBot, bridge: EventBridge, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = make_page(qtbot, bridge)
    first.set_cameras(cameras(2), SITES)
    first.columns.setSizes([165, 1115])
    narrow = first.columns.sizes()[0]
    first.save(settings)
    same = make_page(qtbot, bridge)
    same.restore(settings)
    same.set_cameras(cameras(2), SITES)
    assert same.columns.sizes()[0] == narrow
    theme.apply(qapp, text_percent=200)
    try:
        larger = make_page(qtbot, bridge)
        larger.resize(2560, 1400)
        larger.restore(settings)
        larger.set_cameras(cameras(2), SITES)
        assert larger.columns.sizes()[0] > 2.5 * narrow
    finally:
        theme.apply(qapp)


def test_a_list_that_cannot_be_read_is_not_being_read(page: LivePage) -> None:
    assert "Reading the list of cameras…" in visible_words(page)
    page.tell_not_read()
    assert any("could not be read" in words for words in visible_words(page))


def test_nonsense_in_the_window_file_is_passed_over(page: LivePage, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_text("[live]\ncolumns=many\nboxes=\\x1\nside=@@@\nchart=7\n")
    page.restore(QSettings(str(file), QSettings.Format.IniFormat))
    page.set_cameras(cameras(2), SITES)

    assert page.grid.columns == 2


@pytest.mark.fault("F25")
def test_a_bad_view_is_told_in_every_place_and_kept_for_a_window_that_opens_later(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    page = make_page(qtbot, bridge)
    page.set_cameras(cameras(2), SITES)
    bad = frozenset({Notice.BLACK})
    with qtbot.waitSignal(page.conditions_changed):
        bus.publish(in_state(CameraState.OK))
    with qtbot.waitSignal(bridge.notices_changed):
        bus.publish(NoticesChanged(NOON, CameraId(1), bad))
    (first, second) = page.conditions
    assert (first.has_bad_view, second.has_bad_view) == (True, False)
    page.set_cameras(cameras(2), SITES)
    assert page.conditions[0].has_bad_view, "an edit of the cameras does not mend it"
    later = make_page(qtbot, bridge)
    later.set_cameras(cameras(2), SITES)
    bridge.replay()
    qtbot.waitUntil(lambda: later.conditions[0].notices == bad)


def test_a_site_in_the_list_is_charted_until_it_is_chosen_again(page: LivePage) -> None:
    page.set_cameras(cameras(20), SITES)
    tree = page.site_list.findChild(QTreeWidget)
    assert tree is not None
    site = tree.topLevelItem(0)
    assert site is not None
    tree.itemClicked.emit(site, 0)
    assert page._chart.title.text() == f"Occupancy, {site.text(0)}, last hour"
    page.set_columns(1)
    assert page._chart.group == site.text(0), "another layout does not change what is charted"
    tree.itemActivated.emit(site, 0)
    assert page._chart.title.text() == "Occupancy, all cameras, last hour"
