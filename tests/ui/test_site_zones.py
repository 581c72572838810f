"""Where administrators say in which time zone a site lies: real commands and threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from camwatch.events import Bus
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.page import CamerasPage
from camwatch.ui.cameras.site_zones import SiteZonesDialog, zone_names
from tests.data.values import settings
from tests.ui.many_edges import ManyBench, many_bench


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[ManyBench]:
    with many_bench(tmp_path) as bench:
        for name, site in (("Gate", "Delhi"), ("Hall", "Store North")):
            bench.commands.add_camera(bench.session, settings(name, site=site), None)
        yield bench


def zones(bench: ManyBench) -> dict[str, str]:
    return {site.name: site.time_zone for site in bench.commands.sites(bench.session)}


def opened(qtbot: QtBot, bench: ManyBench) -> SiteZonesDialog:
    dialog = SiteZonesDialog(bench.commands, bench.session, bench.pool)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.busy.isHidden)
    return dialog


def test_a_site_gets_a_time_zone(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = opened(qtbot, bench)
    delhi, north = dialog.entries.values()
    assert delhi.accessibleName() == "Time zone of Delhi"
    assert dialog.focusWidget() in {delhi, delhi.lineEdit()}
    assert [delhi.currentText(), north.currentText()] == ["As in the settings"] * 2
    delhi.setCurrentText("Asia/Kolkata")
    with qtbot.waitSignal(dialog.saved) as saved:
        dialog.save_button.click()
    assert saved.args == [1]
    assert zones(bench) == {"Delhi": "Asia/Kolkata", "Store North": ""}
    again = opened(qtbot, bench)
    assert next(iter(again.entries.values())).currentText() == "Asia/Kolkata"
    assert again.changes() == {}
    next(iter(again.entries.values())).setCurrentText("As in the settings")
    with qtbot.waitSignal(again.saved):
        again.save_button.click()
    assert zones(bench)["Delhi"] == ""


def test_the_keyboard_goes_to_the_first_site_also_if_the_window_is_not_active_yet(
    qtbot: QtBot, bench: ManyBench
) -> None:
    dialog = SiteZonesDialog(bench.commands, bench.session, bench.pool)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    dialog.open()
    qtbot.waitUntil(dialog.busy.isHidden)
    first = next(iter(dialog.entries.values()))
    assert dialog.focusWidget() in {first, first.lineEdit()}


def test_what_is_no_time_zone_is_refused_with_words(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = opened(qtbot, bench)
    next(iter(dialog.entries.values())).setCurrentText("Moon/Base")
    dialog.save_button.click()
    qtbot.waitUntil(dialog.notice.isVisible)
    assert dialog.isVisible()
    assert dialog.save_button.isEnabled()
    assert zones(bench)["Delhi"] == ""


def test_zones_are_named_after_places() -> None:
    names = zone_names()
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata"} <= set(names)
    assert not [name for name in names if name.startswith("Etc/")]


def test_the_cameras_page_leads_there(qtbot: QtBot, bench: ManyBench) -> None:
    page = CamerasPage(bench.commands, bench.session, bench.pool, EventBridge(Bus()))
    qtbot.addWidget(page)
    page.show()
    menu = page.many.button.menu()
    assert isinstance(menu, QMenu)
    page.many.zones_action.trigger()
    dialog = page.findChild(SiteZonesDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.busy.isHidden)
    next(iter(dialog.entries.values())).setCurrentText("Asia/Kolkata")
    with qtbot.waitSignal(dialog.saved):
        dialog.save_button.click()
    assert page.many.notice.isVisible()
