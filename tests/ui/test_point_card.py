"""The card of one point: the number, when, and all that proves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from camwatch.alerts.inbox import Evidence
from camwatch.domain import Bucket, Role
from camwatch.errors import DatabaseBusy
from camwatch.ui.charts.point import PointCard
from tests.data.values import NOON
from tests.ui.history_edges import (
    BERLIN,
    GATE,
    MEASURED,
    HistoryShelf,
    RoleSession,
    correction,
)
from tests.ui.live_edges import HeldBackground


@pytest.fixture
def shelf() -> HistoryShelf:
    return HistoryShelf()


@pytest.fixture
def background() -> HeldBackground:
    return HeldBackground()


def make(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground, role: Role = Role.SUPERVISOR
) -> PointCard:
    card = PointCard(cast("Any", shelf), cast("Any", RoleSession(role)), background, BERLIN)
    qtbot.addWidget(card)
    card.resize(360, 700)
    card.show()
    card.show_point(GATE, NOON)
    background.finish()
    return card


def words(card: PointCard) -> str:
    return "\n".join(one.text() for one in card.findChildren(QLabel) if one.isVisibleTo(card))


def test_a_number_comes_with_all_that_proves_it(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    card = make(qtbot, shelf, background)
    text = words(card)
    assert card.camera.text() == "Gate north"
    assert card.count.text() == "3 people"
    assert card.local.text() == "Mon 2 Mar 2026, 13:00:00 (CET)"
    assert card.utc.text() == "2026-03-02 12:00:00.250 UTC"
    for part in (
        "2 was shown at that moment",
        "The view was still",
        "the picture is out of focus",
        "71 %",
        "nanodet-g, onnxruntime",
        "scores from 0.33 on",
        "31 ms",
        "Slow, it is busy",
        "1.2 on average in this minute, at most 3",
        "Accuracy: Not audited yet",
    ):
        assert part in text
    opened: list[str] = []
    corrected: list[tuple[object, datetime]] = []
    card.alert_requested.connect(opened.append)
    card.correct_requested.connect(lambda camera, at: corrected.append((camera, at)))
    QTest.mouseClick(card.alert_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(card.correct_button, Qt.MouseButton.LeftButton)
    assert opened == ["an-alert"]
    assert corrected == [(GATE, NOON)]
    with qtbot.waitSignal(card.closed):
        QTest.keyClick(card, Qt.Key.Key_Escape)


def test_a_plain_number_says_no_more_than_is_known(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.measured = replace(
        MEASURED,
        count=0,
        shown=0,
        is_carried=False,
        is_flagged=False,
        notices=(),
        model="",
        threshold=None,
        state=None,
        alert_uids=(),
        zones=(),
    )
    card = make(qtbot, shelf, background, Role.VIEWER)
    assert card.count.text() == "0 people"
    assert not card.remarks.isVisible()
    assert words(card).count("not known") == 3
    assert "nobody found" in words(card)
    assert not card.alert_button.isVisible()
    assert not card.correct_button.isVisible()  # a viewer corrects nothing


def test_where_nothing_was_measured_it_says_that_this_is_not_zero(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.measured = None
    shelf.minute = Bucket(NOON, 60.0, None, None, None, 0, 0.0)
    card = make(qtbot, shelf, background)
    assert card.count.text() == "Nothing was measured"
    assert "It does not mean that there were none." in card.remarks.text()


def test_where_only_the_minute_is_kept_its_mean_is_told(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.measured = None
    shelf.minute = Bucket(NOON, 60.0, 3.24, 5, 2, 55, 0.93)
    shelf.stored = [correction("a", draft=correction().draft), correction("b", withdrawn_at=NOON)]
    card = make(qtbot, shelf, background)
    assert card.count.text() == "3.2 people on average"
    assert "from 2 to 5; 93 % of it was measured" in card.remarks.text()
    assert card.correction.text() == (
        "anna excluded this time from the numbers: The lens was dirty."
    )


def test_a_picture_that_an_alert_kept_is_shown(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = QImage(320, 180, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff8800"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, b"JPEG")
    kept = Evidence(
        GATE,
        "Gate",
        NOON,
        bytes(buffer.data().data()),
        False,
        np.zeros((0, 4), np.float32),
        3,
        NOON,
    )
    monkeypatch.setattr(shelf, "alert_evidence", lambda *_: [kept])
    card = make(qtbot, shelf, background)
    shown = card.picture.pixmap().toImage()
    assert card.picture.isVisible()
    color = shown.pixelColor(shown.width() // 2, shown.height() // 2)
    assert color.red() > 230
    assert color.blue() < 40


def test_trouble_is_told_and_can_be_tried_again(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.error = DatabaseBusy("another program holds it")
    card = make(qtbot, shelf, background)
    assert card.notice.isVisible()
    assert not card.count.isVisible()
    shelf.error = None
    card.notice.button.click()
    background.finish()
    assert card.count.text() == "3 people"
