"""The page of users with its stand-ins, and the hands of an administrator on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox, QTableView
from pytestqt.qtbot import QtBot

from camwatch.auth.session import Session
from camwatch.ui.operators.page import UsersPage
from tests.ui.operator_edges import OperatorDesk
from tests.ui.screen_edges import Clock, HeldWork, PromptWork, a_session

D = TypeVar("D", bound=QDialog)
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class UsersBench:
    """A page that is shown, and what stands behind it."""

    qtbot: QtBot
    page: UsersPage
    desk: OperatorDesk
    work: HeldWork
    clock: Clock

    def dialog(self, kind: type[D]) -> D:
        """Return the one open dialog of this kind, once it has the keyboard."""
        found = [one for one in self.page.findChildren(kind) if one.isVisible()]
        assert len(found) == 1, f"{len(found)} dialogs {kind.__name__} are open"
        # Until then the keyboard is still in the window behind it.
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is found[0])
        return found[0]

    def is_open(self, kind: type[QDialog]) -> bool:
        return any(one.isVisible() for one in self.page.findChildren(kind))

    def names(self) -> list[str]:
        """Return the users as they are shown, from the top."""
        shown = self.page.users_tab.shown
        return [shown.index(row, 0).data() for row in range(shown.rowCount())]

    def choose(self, name: str) -> None:
        """Click on the row of a user."""
        click_row(self.page.users_tab.table, self.names().index(name))

    def press(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        if QApplication.activeWindow() is None:
            # A dialog has closed; without a window manager nobody gives the keyboard back.
            self.page.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, key)

    def answer(self, words: str) -> None:
        """Press a button of the open question."""
        box = self.dialog(QMessageBox)
        button = next(one for one in box.buttons() if one.text() == words)
        click(button)


def users_bench(
    qtbot: QtBot,
    desk: OperatorDesk | None = None,
    session: Session | None = None,
    work: HeldWork | None = None,
) -> UsersBench:
    """Show the page as at 1280 x 800."""
    bench_desk, bench_work, clock = desk or OperatorDesk(), work or PromptWork(), Clock()
    page = UsersPage(bench_desk, session or a_session(), bench_work, zone=BERLIN, clock=clock)
    qtbot.addWidget(page)
    page.resize(1280, 724)
    with qtbot.waitExposed(page):
        page.show()
    return UsersBench(qtbot, page, bench_desk, bench_work, clock)


def click(button: QAbstractButton) -> None:
    """Press a button with the mouse, which must be possible."""
    assert button.isVisible(), f"{button.text()!r} is not shown"
    assert button.isEnabled(), f"{button.text()!r} cannot be used: {button.toolTip()}"
    # A radio button or check box takes clicks only where its mark and words are.
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(10, button.height() // 2))


def click_row(table: QTableView, row: int) -> None:
    """Click on the first cell of a row."""
    rect = table.visualRect(table.model().index(row, 0))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def type_text(text: str) -> None:
    """Type where the keyboard is."""
    widget = QApplication.focusWidget()
    assert widget is not None, "no widget has the keyboard"
    QTest.keyClicks(widget, text)


def clipboard() -> str:
    return QApplication.clipboard().text()
