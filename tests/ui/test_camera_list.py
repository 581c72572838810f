"""The table of cameras and its page."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, CameraReading, CameraState, Reason, Role, SourceKind
from camwatch.errors import DatabaseBusy
from camwatch.events import Bus, CamerasChanged, CamerasMeasured, CameraStateChanged
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.editor import CameraEditor
from camwatch.ui.cameras.list_model import SORT_ROLE, CameraFilter, CameraListModel, Choice
from camwatch.ui.cameras.list_text import Column, since_text
from camwatch.ui.cameras.page import CamerasPage
from camwatch.ui.heat.dialog import HeatDialog
from camwatch.ui.scene.editor import SceneEditor
from camwatch.ui.scene.live_view import LatestPictures
from tests.ui.scene_edges import Pictures, a_picture
from tests.ui.screen_edges import (
    NOON,
    SITES,
    Clock,
    CommandDesk,
    HeldWork,
    PromptWork,
    a_camera,
    a_session,
)


def state_of(
    number: int, state: CameraState, reason: Reason = Reason.NONE, detail: str = ""
) -> CameraStateChanged:
    return CameraStateChanged(NOON, CameraId(number), state, reason, NOON, detail)


def texts(model: CameraListModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in Column]


@pytest.fixture
def model(qapp: QApplication) -> CameraListModel:
    model = CameraListModel()
    names = {site.id: site.name for site in SITES}
    model.set_cameras([a_camera(1, "Gate"), a_camera(2, "Hall", port=8080)], names)
    return model


def test_the_model_keeps_qts_rules(model: CameraListModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.take_state(state_of(1, CameraState.OK))
    model.set_cameras([a_camera(2, "Hall"), a_camera(3, "Yard")], {})
    model.set_cameras([], {})
    model.set_cameras([a_camera(1)], {})


def test_a_row_tells_name_state_site_place_and_address(model: CameraListModel) -> None:
    model.take_state(state_of(1, CameraState.OFFLINE, Reason.REFUSED))
    row = texts(model, 0)
    assert row[Column.NAME] == "Gate"
    assert row[Column.STATE].startswith("Offline · ")
    assert "refused the connection" in row[Column.STATE]
    assert row[Column.SITE] == "Store North"
    assert row[Column.LOCATION] == "Ground floor"
    assert row[Column.ADDRESS] == "http://192.168.1.21:80"
    assert row[Column.SINCE] == since_text(NOON, NOON) or row[Column.SINCE].startswith("Wed 1 Jul")
    hint = model.index(0, Column.STATE).data(Qt.ItemDataRole.ToolTipRole)
    assert "Check that the camera is running" in hint
    icon = model.index(0, Column.STATE).data(Qt.ItemDataRole.DecorationRole)
    assert not icon.isNull()


def test_times_of_other_days_carry_their_day() -> None:
    now = NOON
    assert since_text(now, now) == f"{now.astimezone():%H:%M:%S}"
    assert since_text(now - timedelta(days=40), now).startswith("Fri 22 May, ")


def test_a_state_changes_its_own_row_only(qtbot: QtBot, model: CameraListModel) -> None:
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.take_state(state_of(2, CameraState.OK))
    first, last = changed.args[0], changed.args[1]
    assert (first.row(), last.row()) == (1, 1)
    assert model.live == 1
    assert texts(model, 0)[Column.STATE].startswith("Connecting")


def test_a_state_may_come_before_its_camera(model: CameraListModel) -> None:
    model.take_state(state_of(7, CameraState.OK))
    model.set_cameras([a_camera(7, "Yard")], {})
    assert texts(model, 0)[Column.STATE] == "Live"


def test_what_needs_somebody_is_sorted_first(model: CameraListModel) -> None:
    keys = {}
    for state in CameraState:
        model.take_state(state_of(1, state))
        keys[state] = model.index(0, Column.STATE).data(SORT_ROLE)
    ordered = sorted(keys, key=lambda state: keys[state])
    assert set(ordered[-2:]) == {CameraState.OK, CameraState.DISABLED}
    assert keys[CameraState.OFFLINE] < keys[CameraState.SLOW]


def test_addresses_are_sorted_as_numbers() -> None:
    model = CameraListModel()
    model.set_cameras([a_camera(1, host="10.0.0.10"), a_camera(2, host="10.0.0.9")], {})
    ten, nine = (model.index(row, Column.ADDRESS).data(SORT_ROLE) for row in (0, 1))
    assert nine < ten


def test_names_from_outside_stay_plain_text() -> None:
    model = CameraListModel()
    model.set_cameras([a_camera(1, "<b>Gate</b>")], {})
    assert texts(model, 0)[Column.NAME] == "<b>Gate</b>"
    assert "<b>" not in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


# ---------------------------------------------------------------- the page


class Bench:
    """A page with its edges."""

    def __init__(
        self,
        qtbot: QtBot,
        desk: CommandDesk,
        role: Role,
        work: HeldWork | None = None,
        pictures: LatestPictures | None = None,
    ) -> None:
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.desk = desk
        self.page = CamerasPage(
            desk, a_session(role), work or PromptWork(), self.bridge, pictures=pictures
        )
        qtbot.addWidget(self.page)
        self.page.resize(1000, 600)
        self.page.show()

    def names(self) -> list[str]:
        model = self.page.model
        return [model.index(row, 0).data() for row in range(model.rowCount())]


def three() -> CommandDesk:
    return CommandDesk([a_camera(1, "Gate"), a_camera(2, "hall"), a_camera(3, "Yard")])


def test_the_page_lists_searches_and_sorts(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    assert bench.names() == ["Gate", "hall", "Yard"]
    assert bench.page.summary.text() == "3 cameras, 0 live"
    bench.page.search.setText("192.168.1.22")
    assert bench.names() == ["hall"]
    bench.page.search.setText("  YARD ")
    assert bench.names() == ["Yard"]
    bench.page.search.clear()
    bench.page.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert bench.names() == ["Yard", "hall", "Gate"]


def test_the_down_key_leads_from_the_search_to_what_it_found(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    with qtbot.waitActive(bench.page):
        bench.page.activateWindow()
    bench.page.search.setFocus()
    QTest.keyClicks(bench.page.search, "yard")
    QTest.keyClick(bench.page.search, Qt.Key.Key_Down)
    assert bench.page.table.hasFocus()
    chosen = bench.page.chosen_camera()
    assert chosen is not None
    assert chosen.name == "Yard"


def test_a_search_without_a_match_says_so_and_leads_back(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.page.search.setText("cellar")
    assert bench.page.empty.isVisible()
    assert bench.page.empty.title.text() == "No camera matches"
    bench.page.empty.button.click()
    assert bench.page.table.isVisible()
    assert bench.page.search.text() == ""


def test_states_come_over_the_bridge(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.bus.publish(state_of(1, CameraState.OK))
    qtbot.waitUntil(lambda: bench.page.summary.text() == "3 cameras, 1 live")
    assert bench.page.model.index(0, Column.STATE).data() == "Live"


def test_an_empty_page_leads_to_the_first_camera(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CommandDesk(), Role.ADMINISTRATOR)
    assert bench.page.empty.title.text() == "No cameras yet"
    bench.page.empty.button.click()
    editor = bench.page.findChild(CameraEditor)
    assert editor is not None
    assert editor.isVisible()
    assert editor.windowTitle() == "Add a camera"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPERVISOR])
def test_who_may_not_edit_is_told_why(qtbot: QtBot, role: Role) -> None:
    bench = Bench(qtbot, three(), role)
    bench.page.table.choose([CameraId(1)])
    for button in (bench.page.add_button, bench.page.edit_button, bench.page.remove_button):
        assert not button.isEnabled()
        assert "and not add, change or remove them" in button.toolTip()
    assert bench.page.explanation.isVisible()
    bench.page.add_camera()
    bench.page.edit_camera()
    bench.page.remove_camera()
    bench.page.table.activated.emit(bench.page.model.index(0, 0))
    assert bench.page.findChild(CameraEditor) is None
    assert bench.page.findChild(QMessageBox) is None


def test_edit_and_remove_need_a_chosen_camera(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    assert bench.page.add_button.isEnabled()
    assert not bench.page.explanation.isVisible()
    assert not bench.page.edit_button.isEnabled()
    assert not bench.page.remove_button.isEnabled()
    bench.page.table.choose([CameraId(2)])
    assert bench.page.edit_button.isEnabled()
    assert bench.page.remove_button.isEnabled()


def question_of(bench: Bench) -> QMessageBox:
    question = bench.page.findChild(QMessageBox)
    assert isinstance(question, QMessageBox)
    return question


def press(question: QMessageBox, words: str) -> None:
    found = [one for one in question.findChildren(QPushButton) if one.text() == words]
    found[0].click()


def test_removing_asks_first_and_says_that_the_history_is_kept(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.page.table.choose([CameraId(2)])
    bench.page.remove_button.click()
    question = question_of(bench)
    assert question.text() == "Remove “hall”?"
    assert "history is kept" in question.informativeText()
    assert question.textFormat() == Qt.TextFormat.PlainText
    assert question.defaultButton().text() == "Keep it"
    press(question, "Remove camera")
    assert ("remove_camera", CameraId(2)) in bench.desk.asked
    assert bench.names() == ["Gate", "Yard"]


def test_keeping_is_what_enter_and_escape_do(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.page.table.choose([CameraId(2)])
    bench.page.remove_camera()
    QTest.keyClick(question_of(bench), Qt.Key.Key_Escape)
    assert all(asked[0] != "remove_camera" for asked in bench.desk.asked)
    assert bench.names() == ["Gate", "hall", "Yard"]


def test_the_chosen_camera_stays_chosen_when_the_list_is_read_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.page.table.choose([CameraId(3)])
    bench.desk.stored.insert(0, a_camera(4, "Attic"))
    bench.bus.publish(CamerasChanged(NOON))
    qtbot.waitUntil(lambda: len(bench.names()) == 4)
    chosen = bench.page.chosen_camera()
    assert chosen is not None
    assert chosen.name == "Yard"


def test_a_failure_is_told_and_can_be_tried_again(qtbot: QtBot) -> None:
    desk = three()
    desk.fail("cameras", DatabaseBusy("locked"))
    work = HeldWork()
    bench = Bench(qtbot, desk, Role.ADMINISTRATOR, work)
    assert bench.page.busy.isVisible()
    work.finish_all()
    assert not bench.page.busy.isVisible()
    assert bench.page.notice.title.text() == "The database is in use"
    bench.page.notice.button.click()
    work.finish_all()
    assert not bench.page.notice.isVisible()
    assert bench.names() == ["Gate", "hall", "Yard"]


def test_a_camera_whose_password_is_missing_is_edited_with_an_empty_password(
    qtbot: QtBot,
) -> None:
    desk = CommandDesk([a_camera(1, "Gate", username="admin")])
    bench = Bench(qtbot, desk, Role.ADMINISTRATOR)
    bench.bus.publish(state_of(1, CameraState.AUTH_FAILED, Reason.PASSWORD_MISSING))
    index = bench.page.model.index(0, Column.STATE)
    qtbot.waitUntil(lambda: str(index.data()).startswith("Password missing"))
    bench.page.table.choose([CameraId(1)])
    bench.page.edit_camera()
    editor = bench.page.findChild(CameraEditor)
    assert editor is not None
    assert not editor.form.keep_password.isChecked()
    assert editor.form.password.isEnabled()


def test_a_double_click_edits_and_a_saved_camera_is_chosen(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    bench.page.table.choose([CameraId(1)])
    bench.page.table.activated.emit(QModelIndex())
    editor = bench.page.findChild(CameraEditor)
    assert editor is not None
    assert editor.windowTitle() == "Edit Gate"
    editor.reject()
    bench.page.add_camera()
    added = next(one for one in bench.page.findChildren(CameraEditor) if one.isVisible())
    added.form.name.setText("Attic")
    added.form.location.setText("Roof")
    added.form.host.setText("10.0.0.9")
    added.save()
    assert bench.names() == ["Attic", "Gate", "hall", "Yard"]
    chosen = bench.page.chosen_camera()
    assert chosen is not None
    assert chosen.name == "Attic"


# ---------------------------------------------------------------- what is counted in a view


def test_a_supervisor_opens_the_editor_of_lines_by_its_key(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.SUPERVISOR, pictures=Pictures(None))
    assert not bench.page.views.scene_button.isEnabled()
    bench.page.table.choose([CameraId(2)])
    assert bench.page.views.scene_button.isEnabled()
    assert not bench.page.edit_button.isEnabled()
    with qtbot.waitActive(bench.page):
        bench.page.activateWindow()
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(bench.page.table, Qt.Key.Key_L, modifiers)
    editor = bench.page.findChild(SceneEditor)
    assert editor is not None
    assert editor.isVisible()
    assert ("scene", CameraId(2)) in bench.desk.asked
    editor.reject()


def test_a_viewer_sees_where_people_are_but_draws_no_lines(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.VIEWER, pictures=Pictures(None))
    bench.page.table.choose([CameraId(1)])
    assert not bench.page.views.scene_button.isEnabled()
    assert "does not let you draw lines and zones" in bench.page.views.scene_button.toolTip()
    bench.page.views.edit_scene()
    assert bench.page.findChild(SceneEditor) is None
    bench.page.views.heat_button.click()
    dialog = bench.page.findChild(HeatDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert any(asked[0] == "heat" for asked in bench.desk.asked)
    dialog.accept()


# ---------------------------------------------------------------- many cameras that change


def measured(**readings: tuple[float | None, float]) -> CamerasMeasured:
    return CamerasMeasured(
        NOON,
        {CameraId(int(key[1:])): CameraReading(*reading) for key, reading in readings.items()},
    )


def many(count: int) -> CameraListModel:
    model = CameraListModel(clock=Clock())
    model.set_cameras([a_camera(number) for number in range(1, count + 1)], {})
    return model


def rows_of(model: CameraListModel) -> list[int]:
    return [model.camera_at(row).id for row in range(model.rowCount())]


def test_delay_and_rate_come_from_what_was_measured() -> None:
    model = many(3)
    model.take_readings(measured(c1=(84.4, 0.98), c2=(None, 0.0), c3=(3.0, 1 / 60)))
    found = [texts(model, row)[Column.LATENCY : Column.LAST] for row in range(3)]
    assert found == [["84 ms", "1.0/s"], ["", "none"], ["3 ms", "every 60 s"]]


def test_only_rows_with_other_readings_are_drawn_again(qtbot: QtBot) -> None:
    model = many(6)
    model.take_readings(measured(c1=(5.0, 1.0), c2=(5.0, 1.0), c5=(5.0, 1.0)))
    changed: list[tuple[int, int, int, int]] = []
    model.dataChanged.connect(
        lambda first, last: changed.append((first.row(), first.column(), last.row(), last.column()))
    )
    model.take_readings(measured(c1=(6.0, 1.0), c2=(7.0, 1.0), c5=(5.0, 1.0)))
    assert changed == [(0, Column.LATENCY, 1, Column.RATE)]
    model.take_readings(measured(c1=(6.0, 1.0), c2=(7.0, 1.0), c5=(5.0, 1.0)))
    assert len(changed) == 1


def test_nothing_moves_until_the_rows_are_put_in_order_again(qtbot: QtBot) -> None:
    model = many(4)
    model.sort(Column.LATENCY)
    model.take_readings(measured(c1=(9.0, 1.0), c2=(7.0, 1.0), c3=(8.0, 1.0)))
    assert rows_of(model) == [1, 2, 3, 4]
    kept = QPersistentModelIndex(model.index(0, Column.NAME))
    model.arrange()
    # What is not known comes last, either way.
    assert rows_of(model) == [2, 3, 1, 4]
    assert (kept.row(), kept.data()) == (2, "Camera 1")
    model.sort(Column.LATENCY, Qt.SortOrder.DescendingOrder)
    assert rows_of(model) == [1, 3, 2, 4]
    with qtbot.assertNotEmitted(model.layoutChanged):
        model.arrange()


def test_rows_come_and_go_singly_and_never_all_at_once(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    model = many(12)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_filter(CameraFilter("camera 1"))
        assert rows_of(model) == [1, 10, 11, 12]
        model.sort(Column.ADDRESS, Qt.SortOrder.DescendingOrder)
        assert rows_of(model) == [12, 11, 10, 1]
        model.set_filter(CameraFilter())
        assert rows_of(model) == list(range(12, 0, -1))
        model.set_cameras([a_camera(number) for number in (20, 3, 7, 12)], {})
        assert rows_of(model) == [20, 12, 7, 3]


def test_the_filter_knows_state_site_and_kind() -> None:
    model = CameraListModel()
    model.set_cameras(
        [
            a_camera(1),
            a_camera(2, kind=SourceKind.RTSP, scheme="rtsp", stream_path="/s"),
            a_camera(3, is_enabled=False),
            a_camera(4, kind=SourceKind.USB, device="/dev/video0", host=""),
        ],
        {site.id: site.name for site in SITES},
    )
    model.take_state(state_of(1, CameraState.OFFLINE, Reason.TIMEOUT))
    model.take_state(state_of(2, CameraState.OK))
    found = {}
    for choice in Choice:
        model.set_filter(CameraFilter(choice=choice))
        found[choice] = rows_of(model)
        assert model.count_of(choice) == len(found[choice])
    assert found == {
        Choice.ALL: [1, 2, 3, 4],
        Choice.ATTENTION: [1],
        Choice.LIVE: [2],
        Choice.OFF: [3],
    }
    model.set_filter(CameraFilter(kind=SourceKind.USB))
    assert rows_of(model) == [4]
    assert texts(model, 0)[Column.ADDRESS] == "/dev/video0"
    model.set_filter(CameraFilter(site=SITES[1].id))
    assert rows_of(model) == [1, 3]
    assert model.total == 4


def test_the_page_filters_by_its_bar_and_says_when_all_is_well(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    page = bench.page
    bench.bus.publish(state_of(2, CameraState.OFFLINE, Reason.TIMEOUT))
    button = page.filter_bar.choices[Choice.ATTENTION]
    qtbot.waitUntil(lambda: button.accessibleName() == "Needs attention: 1")
    button.click()
    assert bench.names() == ["hall"]
    page.filter_bar.site.setCurrentIndex(page.filter_bar.site.findText("Store North"))
    assert page.empty.title.text() == "No camera matches"
    page.empty.button.click()
    assert bench.names() == ["Gate", "hall", "Yard"]
    bench.bus.publish(state_of(2, CameraState.OK))
    qtbot.waitUntil(lambda: button.accessibleName() == "Needs attention: 0")
    button.click()
    assert page.empty.title.text() == "All is well"


def test_the_list_stays_as_it_is_under_the_pointer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    page = bench.page
    page.table.sortByColumn(Column.STATE, Qt.SortOrder.AscendingOrder)
    page.model.take_state(state_of(3, CameraState.OFFLINE, Reason.TIMEOUT))
    monkeypatch.setattr(type(page.table), "is_pointed_at", True)
    for _ in range(6):
        page.look()
    assert bench.names() == ["Gate", "hall", "Yard"]
    monkeypatch.setattr(type(page.table), "is_pointed_at", False)
    for _ in range(6):
        page.look()
    assert bench.names() == ["Yard", "Gate", "hall"]


def test_small_pictures_are_made_for_the_rows_in_view(qtbot: QtBot) -> None:
    pictures = Pictures(a_picture())
    bench = Bench(qtbot, three(), Role.VIEWER, pictures=pictures)
    page = bench.page
    page.model.take_state(state_of(1, CameraState.OK))
    page.look()
    cell = page.model.index(0, Column.LAST)
    made = cell.data(Qt.ItemDataRole.DecorationRole)
    assert (made.width(), made.height()) == (64, 36)
    assert cell.data().endswith(" ago")
    # The picture is from long ago, so it must not look like the present.
    color = made.toImage().pixelColor(32, 18)
    assert color.red() == color.green() == color.blue()


def test_a_reading_of_256_cameras_is_shown_within_a_frame(qtbot: QtBot) -> None:
    desk = CommandDesk([a_camera(number, host=f"10.0.{number}.1") for number in range(1, 257)])
    bench = Bench(qtbot, desk, Role.ADMINISTRATOR)
    page = bench.page
    page.table.sortByColumn(Column.LATENCY, Qt.SortOrder.AscendingOrder)
    keys = {f"c{number}": (float(number * 37 % 256), 1.0) for number in range(1, 257)}
    began = time.perf_counter()
    page.model.take_readings(measured(**keys))
    page.model.arrange()
    for number in range(1, 257):
        page.model.take_state(state_of(number, CameraState.OK))
    page.look()
    took_s = time.perf_counter() - began
    assert page.model.camera_at(0).id == 256
    # A wide margin: all of it together takes some 20 ms on a machine that is free.
    assert took_s < 1.0


def test_a_row_taken_out_of_the_selection_is_not_chosen(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    table = bench.page.table
    table.selectAll()
    assert table.chosen_count == 3
    place = table.visualRect(bench.page.model.index(1, Column.STATE)).center()
    QTest.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ControlModifier,
        place,
    )
    assert [camera.name for camera in table.chosen()] == ["Gate", "Yard"]


def test_what_was_measured_comes_over_the_bridge(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.VIEWER)
    bench.bus.publish(measured(c2=(31.0, 2.0)))
    cell = bench.page.model.index(1, Column.LATENCY)
    qtbot.waitUntil(lambda: cell.data() == "31 ms")
    assert bench.page.model.index(1, Column.RATE).data() == "2.0/s"


def test_a_narrow_page_wraps_its_buttons_and_gives_columns_up(qtbot: QtBot) -> None:
    bench = Bench(qtbot, three(), Role.ADMINISTRATOR)
    page = bench.page
    hidden = {}
    rows = {}
    for width in (1600, 1280, 960):
        page.resize(width, 600)
        QApplication.processEvents()
        assert page.width() == width
        hidden[width] = [one for one in Column if page.table.isColumnHidden(one)]
        rows[width] = page.remove_button.y() > page.edit_button.y()
        assert page.remove_button.geometry().right() <= width
        assert page.table.columnWidth(Column.STATE) >= 230
    assert hidden[1600] == []
    assert hidden[1280] == [Column.LOCATION, Column.KIND]
    assert set(hidden[960]) == {Column.SITE, Column.LOCATION, Column.KIND, Column.SINCE}
    assert rows == {1600: False, 1280: False, 960: True}
