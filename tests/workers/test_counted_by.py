"""What counts is kept, whatever the disk does."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from camwatch.data.counted_by import CountedBy
from camwatch.errors import DatabaseBusy
from camwatch.events import Bus, DetectorChanged, HistorySaved
from camwatch.workers.counted_by import CountedByKeeper
from tests.data.values import NOON
from tests.ui.live_edges import HeldBackground


def test_each_change_is_stored_in_its_order_and_again_when_the_disk_is_back(qtbot: QtBot) -> None:
    bus, pool = Bus(), HeldBackground()
    stored: list[CountedBy] = []
    is_away = True

    def save(fact: CountedBy) -> None:
        if is_away:
            raise DatabaseBusy("another program holds it")
        stored.append(fact)

    keeper = CountedByKeeper(save, pool, bus, lambda: ("int8", 0.33), 2)
    later = NOON + timedelta(minutes=1)
    bus.publish(DetectorChanged(NOON, "nanodet-g", "onnxruntime", is_poor=False))
    bus.publish(DetectorChanged(later, "", "", is_poor=False))
    qtbot.waitUntil(lambda: keeper.waiting == 2)
    pool.finish()
    assert stored == []
    is_away = False
    bus.publish(HistorySaved(later, 3))
    qtbot.waitUntil(lambda: pool.waiting > 0)
    pool.finish()
    assert stored == [
        CountedBy(NOON, "nanodet-g", "onnxruntime", "int8", 0.33, 2),
        CountedBy(later, "", workstation=2),
    ]
    assert keeper.waiting == 0
    keeper.close()
    bus.publish(DetectorChanged(later, "yolo", "opencv", is_poor=False))
    QCoreApplication.processEvents()
    assert (keeper.waiting, pool.waiting) == (0, 0)
