"""The hand-over of a shift: what the sheet says, its pages, and how it is saved."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import AlertEntry, AlertState, Deed, Shelving
from camwatch.alerts.inbox import Handover
from camwatch.alerts.rules import Severity
from camwatch.errors import DatabaseBusy
from camwatch.ui.alerts.handover.dialog import HandoverDialog, HandoverSaver, Since
from camwatch.ui.alerts.handover.sheet import handover_sheet
from camwatch.ui.paper import to_images, to_pdf
from tests.commands.values import Clock
from tests.ui.alert_edges import HOSTILE, NOON, AlertShelf, alert
from tests.ui.live_edges import HeldBackground, session

BERLIN = ZoneInfo("Europe/Berlin")
SINCE = NOON - timedelta(hours=8)


def words(html: str) -> str:
    """Return what a reader sees of HTML, as one line."""
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    text = re.sub(r"<br>|</td>|</th>|</tr>|</p>|</h\d>", " ", text)
    text = re.sub(r"<[^>]*>", "", text).replace("\u200b", "").replace("&nbsp;", " ")
    return " ".join(text.split())


def handover(*, happened: int = 2, to_name: str = "jo") -> Handover:
    shelved = Shelving(NOON + timedelta(hours=1), "maria", "cleaning")
    opened = alert(1, severity=Severity.CRITICAL, shelving=shelved, owner="jo", is_drill=True)
    alerts = [alert(one, state=AlertState.CLOSED) for one in range(2, 2 + happened)]
    entries = (
        AlertEntry(NOON - timedelta(minutes=2), "system", Deed.RAISED),
        AlertEntry(NOON - timedelta(minutes=1), "maria", Deed.ACKNOWLEDGED, "on my way"),
    )
    return Handover(
        SINCE,
        NOON,
        "maria",
        to_name,
        (opened,),
        tuple(alerts),
        tuple((one.uid, entries) for one in alerts),
    )


def test_the_sheet_says_what_is_open_what_happened_and_who_did_what() -> None:
    sheet = handover_sheet(handover(), BERLIN)
    text = words(sheet.html)
    for expected in (
        "Shift 2026-03-02 05:00 to 2026-03-02 13:00 (8 h)",
        "Europe/Berlin (CET, UTC+01:00)",
        "Handed over by maria Taken over by jo",
        "Open now 1 alert: 1 critical",
        "Raised in the shift 2 alerts: 2 warning",
        "1 Critical DRILL, not real. Camera 2 gives no picture",
        "Shelved until 14:00 by maria: cleaning Owner: jo",
        "12:58:00 CamWatch raised the alert 12:59:00 maria acknowledged it: on my way Now: closed",
        "Signatures",
    ):
        assert expected in text
    assert sheet.footer == "hand-over of maria to jo, 2026-03-02 13:00 · times in Europe/Berlin"


def test_a_quiet_shift_is_told_as_one() -> None:
    quiet = replace(handover(to_name=""), open=(), happened=(), entries=())
    text = words(handover_sheet(quiet, BERLIN).html)
    assert "No alert is open." in text
    assert "No alert was raised." in text
    assert "Taken over by not named yet" in text


def test_texts_from_outside_are_shown_as_they_are() -> None:
    base = handover(to_name=HOSTILE)
    entry = AlertEntry(NOON, HOSTILE, Deed.COMMENTED, HOSTILE)
    one = alert(5, title=HOSTILE, owner=HOSTILE)
    told = replace(base, open=(one,), happened=(one,), entries=((one.uid, (entry,)),))
    html = handover_sheet(told, BERLIN).html
    assert "<img" not in html
    assert "<b>bold" not in html
    assert "\u202e" not in html
    assert html.count("&lt;img src=x onerror=1&gt; ⟨202E⟩gnp.exe &amp;amp; &lt;b&gt;bold") >= 5


def test_200_alerts_make_numbered_pages_with_all_of_them(qapp: object) -> None:
    sheet = handover_sheet(handover(happened=200), BERLIN)
    pdf = to_pdf(sheet)
    pages = int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])
    assert pages > 8
    images, count = to_images(sheet, 300, 3)
    assert len(images) == 3
    assert abs(count - pages) <= 1  # other pixels, the same paper


@pytest.mark.usefixtures("qapp")
def test_pages_of_a_preview_are_let_go() -> None:
    sheet = handover_sheet(handover(), BERLIN)
    to_images(sheet, 620, 5)
    before = psutil.Process().memory_info().rss
    for _ in range(40):
        to_images(sheet, 620, 5)
    assert psutil.Process().memory_info().rss - before < 20 * 2**20  # 85 with a page kept each time


def test_pages_are_white_with_dark_words_though_the_window_is_dark(qapp: object) -> None:
    (page,), count = to_images(handover_sheet(handover(happened=0), BERLIN), 620, 5)
    assert count == 1
    assert page.pixelColor(5, 5) == QColor("white")
    assert darkest(page) < 80


def darkest(image: QImage) -> int:
    return min(
        image.pixelColor(x, y).lightness()
        for x in range(50, image.width() - 50)
        for y in range(50, 110)
    )


def test_a_long_word_stays_on_the_paper(qapp: object) -> None:
    one = alert(1, title="x" * 200, owner="y" * 100)
    told = replace(handover(), open=(one,), happened=(), entries=())
    (page,), _ = to_images(handover_sheet(told, BERLIN), 620, 1)
    margin = {page.pixelColor(page.width() - 20, y).name() for y in range(page.height())}
    assert margin == {"#ffffff"}


# ---------------------------------------------------------------- the dialog


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.clock = Clock()
        self.shelf = AlertShelf(self.clock)
        self.shelf.keep(alert(1), alert(60), alert(600, state=AlertState.CLOSED))
        self.background = HeldBackground()

    def open(self) -> HandoverDialog:
        dialog = HandoverDialog(self.shelf, session(), self.background, BERLIN, self.clock)
        self.qtbot.addWidget(dialog)
        dialog.show()
        self.background.finish()
        return dialog


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_the_shift_begins_at_the_last_hand_over_if_there_was_one(desk: Desk) -> None:
    dialog = desk.open()
    assert not dialog.choices[Since.LAST].isEnabled()
    assert dialog.since == SINCE
    assert "Raised in the shift: 2 alerts" in dialog.summary.text()
    dialog.close()
    desk.shelf.handed_over = NOON - timedelta(minutes=30)
    dialog = desk.open()
    assert dialog.choices[Since.LAST].isChecked()
    assert dialog.since == desk.shelf.handed_over
    assert "Raised in the shift: 1 alert" in dialog.summary.text()
    assert not dialog.pages.paper.page.isNull()
    assert dialog.pages.page_label.text() == "Page 1 of 1"


def test_another_begin_is_checked_at_its_field(desk: Desk) -> None:
    dialog = desk.open()
    dialog.choices[Since.DATE].setChecked(True)
    dialog.moment.set_moment(NOON + timedelta(hours=1))
    dialog.preview()
    assert dialog.fields["since"].problem == "The moment is in the future."
    dialog.moment.set_moment(NOON - timedelta(days=40))
    dialog.do_button.click()
    assert dialog.fields["since"].problem == "The moment is more than 31 days ago."
    dialog.moment.set_moment(NOON - timedelta(hours=11))
    dialog.preview()
    desk.background.finish()
    assert "Raised in the shift: 3 alerts" in dialog.summary.text()
    assert desk.shelf.done == []  # to look is not to hand over


def test_it_is_saved_with_both_names_and_noted(desk: Desk, tmp_path: Path) -> None:
    dialog = desk.open()
    dialog.to_name.setText("jo")
    dialog.do_button.click()
    (saver,) = dialog.findChildren(HandoverSaver)
    assert saver.selectedFiles()[0].endswith("hand-over-2026-03-02-1300.pdf")
    file = tmp_path / "sheet.pdf"
    with desk.qtbot.waitSignal(dialog.saved) as saved:
        saver.fileSelected.emit(str(file))
        desk.background.finish()
    assert saved.args == [file]
    assert file.read_bytes().startswith(b"%PDF")
    assert desk.shelf.done == [("hand_over", SINCE, "jo")]
    assert not dialog.isVisible()


def test_what_cannot_be_saved_is_said_and_the_dialog_stays(desk: Desk, tmp_path: Path) -> None:
    dialog = desk.open()
    dialog.do_button.click()
    (saver,) = dialog.findChildren(HandoverSaver)
    saver.fileSelected.emit(str(tmp_path / "no such folder" / "sheet.pdf"))
    desk.background.finish()
    assert dialog.isVisible()
    assert dialog.notice.isVisible()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_said(desk: Desk) -> None:
    desk.shelf.error = DatabaseBusy("locked")
    dialog = desk.open()
    assert dialog.notice.isVisible()
    assert dialog.pages.page_label.text() == "Reading…"
