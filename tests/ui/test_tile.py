from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, CameraState, Notice, Passed, PlaceId, Reason
from camwatch.events import NoticesChanged, Passing
from camwatch.scene import Line as PassedLine
from camwatch.scene import Mode, Privacy, PrivacyMode, PrivacyRecord, Scene, SceneRecord
from camwatch.ui import theme
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.tile import CameraTile
from camwatch.ui.live.tile_paint import Line, shortened
from tests.ui.live_edges import (
    NOON,
    HandClock,
    PictureDesk,
    camera,
    counted,
    in_state,
    picture,
)

ORANGE = (255, 128, 0)
BLUE = (0, 0, 255)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(qapp: object) -> PictureDesk:
    return PictureDesk()


@pytest.fixture
def condition() -> CameraCondition:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.OK))
    return known


@pytest.fixture
def tile(
    qtbot: QtBot, condition: CameraCondition, desk: PictureDesk, clock: HandClock
) -> CameraTile:
    made = CameraTile(condition, desk, now=clock.now, monotonic_s=clock.monotonic_s)
    qtbot.addWidget(made)
    made.resize(404, 290)
    made.show()
    return made


def rgb(what: int | str) -> tuple[int, int, int]:
    color = QColor(what)
    return color.red(), color.green(), color.blue()


def seen(tile: CameraTile) -> QImage:
    return tile.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def color_at(tile: CameraTile, across: float, down: float) -> tuple[int, int, int]:
    """Return the colour at a place in the picture, relative to it."""
    box = tile.picture_rect()
    assert box is not None
    at = QPointF(box.left() + across * box.width(), box.top() + down * box.height()).toPoint()
    return rgb(seen(tile).pixel(at))


def texts(tile: CameraTile) -> list[str]:
    return [line.text for line in tile.message()]


def give(tile: CameraTile, desk: PictureDesk, **about: float) -> None:
    desk.put(picture(desk.wanted[tile.camera_id], **about))  # type: ignore[arg-type]
    tile.take_picture()


def test_the_feed_is_told_the_room_for_the_picture_and_its_end(
    tile: CameraTile, desk: PictureDesk
) -> None:
    area = tile.picture_area()

    assert desk.wanted == {CameraId(1): (int(area.width()), int(area.height()))}
    assert area.width() == 400
    assert 240 <= area.height() <= 260

    tile.resize(804, 590)
    assert desk.wanted[CameraId(1)][0] == 800

    tile.hide()
    assert desk.wanted == {}
    assert desk.told[-1] == (CameraId(1), None)


def test_the_given_picture_is_painted_pixel_by_pixel_in_the_middle(
    tile: CameraTile, desk: PictureDesk
) -> None:
    width, height = desk.wanted[CameraId(1)]
    desk.put(picture((width, height - 100)))
    tile.take_picture()

    image = seen(tile)
    box = tile.picture_rect()
    assert box is not None
    left, top = round(box.left()), round(box.top())
    assert (round(box.width()), round(box.height())) == (width, height - 100)
    middle = left + width // 2
    row = top + 30
    assert rgb(image.pixel(left, row)) == ORANGE
    assert rgb(image.pixel(middle - 1, row)) == ORANGE
    assert rgb(image.pixel(middle, row)) == BLUE
    assert QColor(image.pixel(middle, top - 3)).name() == theme.current().picture
    assert top - tile.picture_area().top() == pytest.approx(50, abs=1)


def test_a_picture_of_another_size_fills_the_room_in_its_own_shape(
    tile: CameraTile, desk: PictureDesk
) -> None:
    desk.put(picture((80, 40)))
    tile.take_picture()

    box = tile.picture_rect()
    assert box is not None
    assert (round(box.width()), round(box.height())) == (400, 200)
    assert color_at(tile, 0.25, 0.3) == ORANGE
    assert color_at(tile, 0.75, 0.3) == BLUE


def test_the_picture_is_not_copied_and_its_memory_is_let_go(
    tile: CameraTile, desk: PictureDesk
) -> None:
    shown = picture(desk.wanted[CameraId(1)])
    memory = weakref.ref(shown.pixels)
    desk.put(shown)
    tile.take_picture()
    del shown
    gc.collect()

    assert memory() is not None
    give(tile, desk, seq=2)
    gc.collect()
    assert memory() is None


def test_the_picture_carries_its_age(tile: CameraTile, desk: PictureDesk, clock: HandClock) -> None:
    give(tile, desk)
    clock.seconds += 0.4

    assert tile.age_text() == "Live · 0.4 s ago"
    assert not tile.is_picture_greyed()


@pytest.mark.parametrize(("interval_s", "old_after_s"), [(0.5, 2.0), (1.0, 2.0), (5.0, 10.0)])
def test_a_picture_older_than_two_intervals_is_greyed_and_labelled(
    qtbot: QtBot,
    desk: PictureDesk,
    clock: HandClock,
    interval_s: float,
    old_after_s: float,
) -> None:
    known = CameraCondition(camera(interval_s=interval_s))
    known.take_state(in_state(CameraState.OK))
    tile = CameraTile(known, desk, now=clock.now, monotonic_s=clock.monotonic_s)
    qtbot.addWidget(tile)
    tile.resize(404, 290)
    tile.show()
    give(tile, desk)

    clock.seconds += old_after_s - 0.1
    tile.refresh()
    assert color_at(tile, 0.25, 0.3) == ORANGE

    clock.seconds += 0.2
    tile.refresh()
    red, green, blue = color_at(tile, 0.25, 0.3)
    assert max(red, green, blue) - min(red, green, blue) < 8
    assert max(red, green, blue) < 100
    assert tile.age_text().startswith("Old picture · ")

    give(tile, desk, captured_s=clock.seconds)
    assert color_at(tile, 0.25, 0.3) == ORANGE


def test_an_offline_camera_shows_no_number_but_why_since_when_and_when_again(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk, clock: HandClock
) -> None:
    condition.take_count(counted(12))
    give(tile, desk)
    assert condition.count_text(clock.now()) == "12"

    condition.take_state(
        in_state(
            CameraState.OFFLINE,
            Reason.REFUSED,
            since=NOON - timedelta(seconds=130),
            retry_at=NOON + timedelta(seconds=8),
        )
    )
    tile.refresh()

    assert condition.count_text(clock.now()) == "?"
    assert texts(tile) == ["Offline for 2 min", "It refused the connection", "Retry in 8 s"]
    assert tile.is_picture_greyed()
    assert tile.age_text().startswith("Old picture")
    assert tile.accessibleName() == "Entrance: Offline, number of people unknown"
    red, green, blue = color_at(tile, 0.25, 0.1)
    assert max(red, green, blue) < 100
    assert abs(red - blue) < 8


def test_what_the_camera_said_is_shown_with_the_reason(
    tile: CameraTile, condition: CameraCondition
) -> None:
    condition.take_state(in_state(CameraState.AUTH_FAILED, Reason.UNAUTHORIZED, detail="HTTP 401"))

    assert texts(tile)[1:] == ["User name or password refused", "HTTP 401"]


def test_a_camera_without_a_word_yet_waits_and_is_not_at_zero(
    qtbot: QtBot, desk: PictureDesk, clock: HandClock
) -> None:
    known = CameraCondition(camera())
    tile = CameraTile(known, desk, now=clock.now, monotonic_s=clock.monotonic_s)
    qtbot.addWidget(tile)

    assert texts(tile) == ["Connecting", "Waiting for the first picture"]
    assert known.count_text(clock.now()) == "–"
    assert tile.age_text() == ""


def test_a_live_camera_without_a_count_is_not_at_zero(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk, clock: HandClock
) -> None:
    give(tile, desk)

    assert condition.count_text(clock.now()) == "–"
    assert tile.count_note() == "Not counted yet"
    assert texts(tile) == []


def test_boxes_stand_around_the_people_and_can_be_taken_away(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk
) -> None:
    give(tile, desk)
    condition.take_count(counted(1, boxes=[(0.25, 0.2, 0.375, 0.6)]))
    tile.refresh()
    yellow = rgb(theme.current().box)

    assert color_at(tile, 0.25, 0.4) == yellow
    assert color_at(tile, 0.3, 0.2) == yellow
    assert color_at(tile, 0.3, 0.4) == ORANGE

    tile.set_boxes_shown(False)
    assert color_at(tile, 0.25, 0.4) == ORANGE
    tile.set_boxes_shown(True)
    assert color_at(tile, 0.25, 0.4) == yellow


def test_no_boxes_on_a_camera_that_is_not_live(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk
) -> None:
    give(tile, desk)
    condition.take_count(counted(1, boxes=[(0.25, 0.2, 0.375, 0.6)]))
    condition.take_state(in_state(CameraState.STALE, Reason.FROZEN))
    tile.refresh()

    red, green, blue = color_at(tile, 0.25, 0.4)
    assert max(red, green, blue) < 100
    assert max(red, green, blue) - min(red, green, blue) < 8


def test_a_count_of_an_older_picture_says_its_age_once_it_lags(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk, clock: HandClock
) -> None:
    give(tile, desk, seq=1)
    condition.take_count(counted(3, seq=1))
    tile.refresh()
    assert tile.count_note() == ""

    clock.seconds += 1.0
    give(tile, desk, seq=2, captured_s=clock.seconds)
    assert tile.count_note() == ""  # the detector may still be at it

    clock.seconds += 0.6
    tile.refresh()
    assert tile.count_note() == "Counted 1.6 s ago"

    condition.take_count(counted(4, seq=2, at=NOON + timedelta(seconds=1)))
    tile.refresh()
    assert tile.count_note() == ""


def test_a_count_that_was_never_renewed_becomes_unknown(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk, clock: HandClock
) -> None:
    give(tile, desk)
    condition.take_count(counted(3))
    clock.seconds += 12

    assert condition.count_text(clock.now()) == "?"
    assert tile.count_note() == "Not counted for 12 s"


def test_without_a_detector_the_tile_shows_pictures_only(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk, clock: HandClock
) -> None:
    give(tile, desk)
    condition.take_count(counted(3))
    condition.can_count = False

    assert condition.count_text(clock.now()) == "?"
    assert tile.count_note() == "View only"
    assert color_at(tile, 0.25, 0.3) == ORANGE


def test_a_hidden_tile_still_empties_its_slot(tile: CameraTile, desk: PictureDesk) -> None:
    waiting = picture(desk.wanted[CameraId(1)])
    tile.hide()
    desk.put(waiting)
    tile.take_picture()

    assert desk.take(CameraId(1)) is None


def test_a_large_picture_is_kept_small_while_hidden(tile: CameraTile, desk: PictureDesk) -> None:
    tile.resize(1604, 950)
    give(tile, desk)
    tile.hide()
    tile.show()

    assert color_at(tile, 0.25, 0.3) == ORANGE
    box = tile.picture_rect()
    assert box is not None
    assert box.height() == pytest.approx(tile.picture_area().height(), abs=1)


def test_double_click_and_enter_open_the_camera(qtbot: QtBot, tile: CameraTile) -> None:
    with qtbot.waitSignal(tile.open_requested) as opened:
        QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert opened.args == [CameraId(1)]

    with qtbot.waitSignal(tile.open_requested) as opened:
        QTest.keyClick(tile, Qt.Key.Key_Return)
    assert opened.args == [CameraId(1)]


def test_the_accessible_name_tells_camera_state_and_people(
    tile: CameraTile, condition: CameraCondition
) -> None:
    condition.take_count(counted(1))
    tile.refresh()

    assert tile.accessibleName() == "Entrance: Live, 1 person"


def test_a_name_with_markup_stays_text_in_the_tooltip(
    qtbot: QtBot, desk: PictureDesk, clock: HandClock
) -> None:
    known = CameraCondition(camera(name="<img src=x>"))
    tile = CameraTile(known, desk, now=clock.now, monotonic_s=clock.monotonic_s)
    qtbot.addWidget(tile)

    assert "&lt;img src=x&gt;" in tile.toolTip()


@pytest.mark.parametrize("wh", [(252, 118), (404, 290), (1100, 700)])
@pytest.mark.parametrize("state", list(CameraState))
def test_every_state_and_size_can_be_painted_with_a_long_name(
    qtbot: QtBot, desk: PictureDesk, clock: HandClock, state: CameraState, wh: tuple[int, int]
) -> None:
    known = CameraCondition(camera(name="W" * 100))
    known.take_state(in_state(state, Reason.TIMEOUT, detail="x" * 300))
    tile = CameraTile(known, desk, now=clock.now, monotonic_s=clock.monotonic_s)
    qtbot.addWidget(tile)
    tile.resize(*wh)
    tile.show()

    image = seen(tile)
    header = int(tile.picture_area().top())
    colors = {QColor(image.pixel(x, y)).name() for x in range(40, 200) for y in range(4, header)}
    assert theme.current().text in colors  # the name is there


def test_no_number_is_cut_off_in_the_middle(qapp: QApplication) -> None:
    metrics, text = QFontMetricsF(qapp.font()), "in 123 out 456 since 15:04 (64 %)"
    for room in range(20, 400, 7):
        said = shortened(metrics, text, room)
        words = said.removesuffix(" …").split()
        assert said == text or "…" in said
        assert len(words) < 2 or words == text.split()[: len(words)]


def test_a_picture_of_before_the_computer_slept_is_old(
    tile: CameraTile, desk: PictureDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep_s = [5.0]
    monkeypatch.setattr("camwatch.ui.live.tile.slept_s", lambda: asleep_s[0])
    desk.put(picture(desk.wanted[tile.camera_id]))
    tile.take_picture()
    assert not tile.is_picture_old()
    asleep_s[0] += 8 * 3600
    assert tile.is_picture_greyed()
    assert tile.age_text().startswith("Old picture · 8 h")


def test_a_picture_of_before_is_not_kept_once_less_may_be_seen(
    tile: CameraTile, condition: CameraCondition, desk: PictureDesk
) -> None:
    """Also of a camera that went out of order: there is no next picture to replace it."""
    me = condition.camera.id
    condition.privacy = PrivacyRecord(me, Privacy(PrivacyMode.OPEN))
    tile.refresh()
    desk.put(picture(desk.wanted[me]))
    tile.take_picture()
    condition.take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    tile.refresh()
    assert tile.picture_rect() is not None
    condition.privacy = PrivacyRecord(me, Privacy(PrivacyMode.COUNT_ONLY))
    tile.refresh()
    assert tile.picture_rect() is None
    assert not tile.age_text()


def test_an_error_while_painting_does_not_end_the_program(
    qtbot: QtBot, condition: CameraCondition, desk: PictureDesk
) -> None:
    class Broken(CameraTile):
        def message(self) -> list[Line]:
            raise RuntimeError("bug in a tile")

    broken = Broken(condition, desk)
    qtbot.addWidget(broken)
    image = QImage(broken.size(), QImage.Format.Format_RGB32)
    with pytest.raises(RuntimeError, match="bug in a tile"):
        broken.render(image)
    broken.deleteLater()


def is_line_at(tile: CameraTile, across: float) -> bool:
    """Tell whether something of the colour of lines is there, give or take two pixels."""
    box = tile.picture_rect()
    assert box is not None
    wanted, image = rgb(theme.current().accent), seen(tile)
    x, y = box.left() + across * box.width(), box.top() + 0.85 * box.height()
    colors = [rgb(image.pixel(QPointF(x + step, y).toPoint())) for step in range(-2, 3)]
    return any(max(abs(a - b) for a, b in zip(color, wanted, strict=True)) < 70 for color in colors)


def test_lines_and_zones_are_drawn_over_the_picture_with_their_numbers(
    tile: CameraTile, desk: PictureDesk, condition: CameraCondition
) -> None:
    desk.put(picture(desk.wanted[tile.camera_id]))
    tile.take_picture()
    before = seen(tile)
    scene = Scene(lines=(PassedLine("Door", (0.25, 0.3), (0.25, 0.9)),))
    condition.record = SceneRecord(CameraId(1), scene, {"Door": PlaceId(1)})
    condition.take_count(counted(1))
    tile.refresh()
    assert is_line_at(tile, 0.25)
    assert not is_line_at(tile, 0.1)
    first = seen(tile)
    assert first != before
    condition.passed = {PlaceId(1): Passed(3, 2, 1.0)}
    assert seen(tile) != first
    # Nobody may take an old picture's lines for now.
    condition.take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    assert not is_line_at(tile, 0.25)


def test_it_says_that_a_view_is_still_and_what_cannot_be_counted(
    tile: CameraTile, desk: PictureDesk, condition: CameraCondition
) -> None:
    desk.put(picture(desk.wanted[tile.camera_id]))
    tile.take_picture()
    passing = Passing(Mode.OCCUPANCY, "in and out are not counted: people are too fast")
    condition.take_count(replace(counted(2), is_carried=True, passing=passing))
    tile.refresh()
    assert tile.age_text() == "Live · 0.0 s ago · still view"
    assert tile.count_note() == "Only people in view"
    assert "In and out are not counted: people are too fast." in tile.toolTip()
    assert "the number of people was taken over" in tile.toolTip()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_its_tooltip_says_what_passed_by_now_and_of_how_much_of_the_day(
    tile: CameraTile, desk: PictureDesk, condition: CameraCondition
) -> None:
    desk.put(picture(desk.wanted[tile.camera_id]))
    tile.take_picture()
    scene = Scene(lines=(PassedLine("Door", (0.25, 0.3), (0.25, 0.9)),))
    condition.record = SceneRecord(CameraId(1), scene, {"Door": PlaceId(1)})
    condition.take_count(counted(1))
    tile.refresh()
    condition.passed = {PlaceId(1): Passed(3, 2, 0.25)}
    # What its number of people is has not changed, but it is asked for its words anew.
    place = tile.rect().center()
    QApplication.sendEvent(tile, QHelpEvent(QEvent.Type.ToolTip, place, tile.mapToGlobal(place)))
    assert "Door: in 3 out 2 today, counted 25 % of the time" in tile.toolTip()
    QToolTip.hideText()


def test_its_tooltip_says_why_number_and_boxes_differ_for_a_moment(
    tile: CameraTile, condition: CameraCondition
) -> None:
    condition.take_count(replace(counted(2), shown=1))
    tile.refresh()
    assert "The number is steadied; found in the newest picture: 2 people." in tile.toolTip()
    condition.take_count(replace(counted(3), shown=3))
    tile.refresh()
    assert "steadied" not in tile.toolTip()


# ---------------------------------------------------------------- a bad view


def with_notices(condition: CameraCondition, *notices: Notice) -> None:
    present = frozenset(notices)
    condition.take_notices(NoticesChanged(NOON, condition.camera.id, present))
    condition.take_count(replace(counted(3), notices=present))


@pytest.mark.fault("F25")
def test_a_bad_view_is_said_on_the_picture_and_its_count_is_marked(
    tile: CameraTile, desk: PictureDesk, condition: CameraCondition
) -> None:
    give(tile, desk)
    condition.take_count(counted(3))
    good = seen(tile)
    assert condition.count_text(NOON) == "3"
    with_notices(condition, Notice.COVERED, Notice.CERTIFICATE_EXPIRED)
    tile.refresh()
    assert condition.count_text(NOON) == "3?"
    assert condition.notice_words == "The lens is covered, and 1 more"
    assert tile.accessibleName().endswith("3 people, doubtful. The lens is covered, and 1 more")
    assert "Look whether something hangs over it." in tile.toolTip()
    assert "doubtful" in tile.toolTip()
    warning = rgb(theme.current().warning)
    bad = seen(tile)

    def amber(image: QImage, top: int, bottom: int) -> int:
        return sum(
            rgb(image.pixel(x, y)) == warning
            for y in range(top, bottom)
            for x in range(image.width())
        )

    assert amber(good, 0, 70) == 0
    assert amber(bad, 0, 34) > 5, "the number"
    assert amber(bad, 38, 70) > 5, "the words on the picture"
    with_notices(condition)
    tile.refresh()
    assert condition.count_text(NOON) == "3"
    assert amber(seen(tile), 0, 70) == 0


def test_an_expired_certificate_is_said_but_does_not_make_the_count_doubtful(
    condition: CameraCondition,
) -> None:
    with_notices(condition, Notice.CERTIFICATE_EXPIRED)
    assert condition.count_text(NOON) == "3"
    assert condition.notice_words == "Its certificate has expired"
    assert not condition.has_bad_view


def test_of_a_camera_that_is_out_of_order_its_state_is_said_not_its_view(
    condition: CameraCondition,
) -> None:
    with_notices(condition, Notice.BLACK)
    condition.take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    assert condition.notice_words == ""
    assert not condition.has_bad_view
    assert condition.count_text(NOON) == "?"


def test_a_tile_that_only_counts_says_why_it_shows_no_picture(
    tile: CameraTile, condition: CameraCondition
) -> None:
    hidden = Privacy(PrivacyMode.COUNT_ONLY)
    condition.privacy = PrivacyRecord(condition.camera.id, hidden)
    assert [line.text for line in tile.message()] == [
        "People are only counted here",
        "For privacy, no picture is shown",
    ]
    condition.privacy = PrivacyRecord(condition.camera.id)
    assert "People are only counted here" not in [line.text for line in tile.message()]
