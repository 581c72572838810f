"""Which workstation counts which site, as an administrator sees and changes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from camwatch.auth.session import Session
from camwatch.commands.station_commands import SiteStation
from camwatch.domain import SiteId
from camwatch.errors import NotFound
from camwatch.history.keeping import WorkstationInfo
from camwatch.ui.storage.stations_page import StationsPage
from tests.ui.live_edges import HeldBackground, session

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Site:
    """Two workstations and two sites, in memory."""

    def __init__(self, *, is_shared: bool = True) -> None:
        self.is_shared = is_shared
        self.numbers = {SiteId(1): 1, SiteId(2): 2}
        self.refuses = False

    def workstations(self, _session: Session) -> list[WorkstationInfo]:
        if not self.is_shared:
            return []
        return [
            WorkstationInfo(1, "north-pc", "0.1", NOON, is_this=True),
            WorkstationInfo(2, "south-pc", "0.1", NOON - timedelta(hours=3), is_this=False),
        ]

    def site_stations(self, _session: Session) -> list[SiteStation]:
        names = {SiteId(1): "North", SiteId(2): "South"}
        return [SiteStation(one, names[one], number) for one, number in self.numbers.items()]

    def assign_site(self, _session: Session, site_id: SiteId, number: int) -> None:
        if self.refuses:
            raise NotFound(f"workstation {number}")
        self.numbers[site_id] = number


def open_page(qtbot: QtBot, site: Site) -> tuple[StationsPage, HeldBackground]:
    background = HeldBackground()
    page = StationsPage(site, session(), background, clock=lambda: NOON)
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    page.reload()
    background.finish()
    return page, background


def test_it_says_who_counts_what_and_who_is_away(qtbot: QtBot) -> None:
    page, _ = open_page(qtbot, Site())
    assert {one: box.currentText() for one, box in page.boxes.items()} == {
        SiteId(1): "north-pc (this computer)",
        SiteId(2): "south-pc",
    }
    assert "north-pc (this computer)" in page.stations.text()
    assert "south-pc (not seen for 3 h: its sites are not counted now)" in page.stations.text()


def test_a_site_is_given_to_another_workstation(qtbot: QtBot) -> None:
    site = Site()
    page, background = open_page(qtbot, site)
    page.boxes[SiteId(2)].setCurrentIndex(0)
    background.finish()
    assert site.numbers[SiteId(2)] == 1
    assert page.boxes[SiteId(2)].currentText() == "north-pc (this computer)"


def test_what_is_refused_is_said_and_shown_as_it_was(qtbot: QtBot) -> None:
    site = Site()
    page, background = open_page(qtbot, site)
    site.refuses = True
    page.boxes[SiteId(1)].setCurrentIndex(1)
    background.finish()
    assert page.boxes[SiteId(1)].currentText() == "north-pc (this computer)"
    assert page.notice.isVisible()


def test_alone_it_says_how_several_could_share(qtbot: QtBot) -> None:
    page, _ = open_page(qtbot, Site(is_shared=False))
    assert page.boxes == {}
    assert "Only this computer" in page.about.text()
    assert not page.stations.isVisible()
