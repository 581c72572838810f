"""The inbox on a real history, with real commands, real threads and the bus between them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import AlertState
from camwatch.alerts.rules import Severity
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.access import AccessOptions
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Camera
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.ui.alerts.handover.dialog import HandoverDialog, HandoverSaver, Since
from camwatch.ui.alerts.inbox.dialogs import ShelveDialog, Until
from camwatch.ui.alerts.inbox.tab import InboxTab
from camwatch.ui.alerts.inbox.table_model import Column
from camwatch.ui.bridge import EventBridge
from camwatch.workers.queries import QueryPool
from tests.auth.keyrings import MemoryKeyring
from tests.commands.alert_site import Site, a_picture, raised, returned
from tests.commands.values import NOON, PASSWORD, Clock, counting_in, settings

BERLIN = ZoneInfo("Europe/Berlin")


class Works:
    """Everything between the inbox and the disk, as the program joins it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.clock = Clock()
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.store = SecretStore(MemoryKeyring)
        self.database = Database.open(folder / "camwatch.sqlite3", clock=self.clock)
        self.commands = Commands(
            self.database,
            self.store,
            CameraPolicy(),
            self.bus,
            counting_in(folder, self.bus),
            self.clock,
            AccessOptions(folder, computer="front-desk"),
        )
        # The same tables and folder, with a rule that this test sets up.
        pictures = Profile(folder).evidence_folder
        self.site = Site(self.database, self.store, self.bus, self.clock, pictures)
        self.boss = self.commands.create_first_administrator("boss", PASSWORD)
        self.gate = self.database.cameras.add(settings("Gate", username=""))
        self.hall = self.database.cameras.add(settings("Hall", username=""))
        self.pool = QueryPool()
        self._workers = [make() for make in self.pool.posts()]
        for worker in self._workers:
            worker.start()

    def raise_alert(self, camera: Camera, uid: str, severity: Severity) -> None:
        """Let the desk carry out what the engine wants."""
        self.site.desk.carry_out([raised(camera.id, uid=uid, severity=severity)], self.clock())

    def open(self, session: Session | None = None) -> InboxTab:
        tab = InboxTab(
            self.commands, session or self.boss, self.pool, self.bridge, BERLIN, clock=self.clock
        )
        self.qtbot.addWidget(tab)
        tab.resize(1280, 700)
        tab.show()
        tab.load()
        self.qtbot.waitUntil(lambda: tab._is_read)
        return tab

    def stop(self) -> None:
        """Stop the threads and close the history."""
        for worker in self._workers:
            worker.request_stop()
        for worker in self._workers:
            assert worker.wait(10_000)
        self.bridge.close()
        if (keeper := self.commands.audit_keeper) is not None:
            keeper.close()
        self.store.close()
        self.database.close()


@pytest.fixture
def works(qtbot: QtBot, tmp_path: Path) -> Iterator[Works]:
    works = Works(qtbot, tmp_path)
    yield works
    works.stop()


def state(tab: InboxTab, row: int) -> str:
    return str(tab.model.index(row, Column.STATE).data())


def test_an_alert_lives_from_its_raising_to_its_closing(works: Works) -> None:
    counts: list[tuple[int, Severity | None]] = []
    tab, other = works.open(), works.open()
    tab.counts_changed.connect(lambda count, worst: counts.append((count, worst)))
    wait = works.qtbot.waitUntil
    assert tab.empty.title.text() == "No alert yet"

    works.raise_alert(works.gate, "alert-1", Severity.CRITICAL)
    works.site.desk.keep_evidence(
        "alert-1",
        works.gate.id,
        a_picture(works.gate.id),
        np.array([[0.1, 0.1, 0.4, 0.9]], np.float32),
        1,
        works.clock(),
    )
    wait(lambda: tab.model.rowCount() == other.model.rowCount() == 1)
    wait(lambda: counts[-1:] == [(1, Severity.CRITICAL)])
    tab.table.choose_row(0)
    wait(tab.details.evidence.view.isVisible)
    assert "1 person counted in this picture alone." in tab.details.evidence.caption.text()

    tab.activateWindow()
    wait(tab.isActiveWindow)
    QTest.keyClick(tab.table, Qt.Key.Key_S)
    (shelve,) = tab.findChildren(ShelveDialog)
    shelve.choices[Until.DATE].setChecked(True)
    shelve.moment.set_moment(NOON + timedelta(days=9))
    shelve.reason.setEditText("Being repaired")
    shelve.do_button.click()
    wait(lambda: shelve.fields["until"].problem == "The moment is more than 7 days away.")
    shelve.choices[Until.HOUR].setChecked(True)
    shelve.do_button.click()
    wait(lambda: state(other, 0) == "Shelved")
    wait(lambda: counts[-1] == (0, None))
    tab.toolbar.undo_button.click()
    wait(lambda: state(other, 0) == "Unacknowledged")

    works.clock.advance(minutes=1)
    works.site.desk.carry_out([returned(works.gate.id)], works.clock())
    wait(lambda: state(tab, 0) == "Over, unseen")
    tab.activateWindow()
    wait(tab.isActiveWindow)
    QTest.keyClick(tab.table, Qt.Key.Key_A)
    wait(lambda: tab.model.rowCount() == other.model.rowCount() == 0)
    assert works.database.alerts.get("alert-1").state is AlertState.CLOSED
    done = [one.action for one in works.database.audit.newest(4)]
    assert done[:3] == ["acknowledge_alerts", "unshelve_alerts", "shelve_alerts"]


def test_a_shift_is_handed_over_and_the_next_one_begins_there(works: Works) -> None:
    works.raise_alert(works.gate, "alert-1", Severity.CRITICAL)
    works.clock.advance(minutes=5)
    tab = works.open()
    tab.hand_over()
    (dialog,) = tab.findChildren(HandoverDialog)
    works.qtbot.waitUntil(lambda: not dialog.pages.paper.page.isNull())
    assert not dialog.choices[Since.LAST].isEnabled()
    dialog.to_name.setText("jo")
    dialog.do_button.click()
    (saver,) = dialog.findChildren(HandoverSaver)
    file = works.folder / "sheet.pdf"
    with works.qtbot.waitSignal(dialog.saved):
        saver.fileSelected.emit(str(file))
    assert PdfFileReader(io.BytesIO(file.read_bytes())).root["/Pages"]["/Count"] == 1
    entry = works.database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("boss", "hand_over", "jo")
    handed_over = works.clock()
    works.clock.advance(hours=2)
    assert works.commands.last_handover(works.boss) == handed_over
