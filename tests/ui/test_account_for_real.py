"""Signing in, locking and one's own account with the real commands, on a real history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import utc_now
from camwatch.events import Bus
from camwatch.ui.account.dialog import AccountDialog
from camwatch.ui.bridge import EventBridge
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import CAMERAS
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.signing_in.password_prompt import PasswordPrompt
from camwatch.ui.signing_in.steps import CodeStep
from camwatch.ui.window.base import WindowOptions
from camwatch.workers.queries import QueryPool
from camwatch.workers.supervisor import Supervisor
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import counting_in
from tests.ui.live_edges import PictureDesk
from tests.ui.screen_edges import Clock
from tests.ui.test_sign_in_steps import read_qr

PASSWORD = "seven green lamps at noon"
CTRL = Qt.KeyboardModifier.ControlModifier


class House:
    """All that lies behind the windows, with a clock that the test moves."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.clock = Clock(utc_now())
        self.bus = Bus()
        self.database = Database.open(folder / "camwatch.sqlite3", clock=self.clock)
        keyring = MemoryKeyring()
        self.secrets = SecretStore(lambda: keyring)
        self.commands = Commands(
            self.database,
            self.secrets,
            CameraPolicy(),
            self.bus,
            counting_in(folder, self.bus),
            self.clock,
        )
        self.pool = QueryPool()
        self.workers = Supervisor(self.bus)
        for make in self.pool.posts():
            self.workers.add(make)
        self.workers.start()
        self.bridge = EventBridge(self.bus)
        self.pictures = PictureDesk()

    def close(self) -> None:
        self.bridge.close()
        assert self.workers.stop(10.0) == []
        self.commands.ptz_control.close()
        self.secrets.close()
        self.database.close()

    def ask(self, *, is_first: bool = False) -> SignInDialog:
        dialog = SignInDialog(self.commands, self.pool, clock=self.clock)
        self.qtbot.addWidget(dialog)
        dialog.show()
        self.qtbot.waitUntil(lambda: dialog._form is not None)
        form = dialog._form
        assert form is not None
        QTest.keyClicks(form.name, "maria")
        QTest.keyClicks(form.password.line, PASSWORD)
        if is_first:
            assert form.repeat is not None
            QTest.keyClicks(form.repeat.line, PASSWORD)
        dialog.button.click()
        return dialog

    def session_of(self, dialog: SignInDialog) -> Session:
        self.qtbot.waitUntil(lambda: dialog.session is not None, timeout=20_000)
        assert dialog.session is not None
        return dialog.session

    def open(self, session: Session) -> MainWindow:
        window = MainWindow(
            self.commands, session, self.pool, self.pictures, self.bridge, WindowOptions()
        )
        self.qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        self.qtbot.waitUntil(window.isActiveWindow)
        return window

    def enter(self, prompt: PasswordPrompt, password: str, code: str = "") -> None:
        self.qtbot.waitUntil(prompt.isVisible)
        prompt.password.line.setText(password)
        prompt.code.line.setText(code)
        self.qtbot.waitUntil(prompt.button.isEnabled, timeout=20_000)
        prompt.submit()

    def code(self, device: pyotp.TOTP) -> str:
        """Return the next code; each can be used once."""
        self.clock.forward(30)
        return device.at(self.clock())


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    made = House(qtbot, tmp_path)
    yield made
    made.close()


def test_from_the_first_start_to_a_locked_window_with_a_device(house: House) -> None:
    qtbot = house.qtbot
    session = house.session_of(house.ask(is_first=True))
    window = house.open(session)
    qtbot.waitUntil(lambda: window.live_page.add_button is not None)

    # A device is set up.
    window.dialogs.show_account()
    (account,) = window.findChildren(AccountDialog)
    account.overview.device_button.click()
    qtbot.waitUntil(lambda: account.page is account.device_page, timeout=20_000)
    device = pyotp.parse_uri(read_qr(account))
    assert isinstance(device, pyotp.TOTP)
    QTest.keyClicks(account.device_page.code.line, house.code(device))
    account.button.click()
    qtbot.waitUntil(lambda: account.page is account.codes_page, timeout=20_000)
    recovery = [one.reveal() for one in account.codes_page._codes]
    assert len(set(recovery)) >= 8
    account.codes_page.kept_box.click()
    account.button.click()
    account.reject()

    # The window is locked: the password alone does not open it.
    window.show_page(CAMERAS)
    QTest.keyClick(window, Qt.Key.Key_L, CTRL)
    prompt = window.locking.panel.prompt
    assert prompt.code.isVisible()
    house.enter(prompt, PASSWORD, "000000")
    qtbot.waitUntil(lambda: bool(prompt.field.problem), timeout=20_000)
    assert window.locking.is_locked
    house.enter(prompt, PASSWORD, house.code(device))
    qtbot.waitUntil(window.cameras_page.isVisible, timeout=20_000)

    # The next sign-in asks for the code; a recovery code does as well, once.
    house.commands.sign_out(session)
    dialog = house.ask()
    qtbot.waitUntil(lambda: isinstance(dialog.step, CodeStep), timeout=20_000)
    assert isinstance(dialog.step, CodeStep)
    dialog.step.code.other_button.click()
    QTest.keyClicks(dialog.step.code.line, recovery[0])
    dialog.button.click()
    house.session_of(dialog)

    again = house.ask()
    qtbot.waitUntil(lambda: isinstance(again.step, CodeStep), timeout=20_000)
    step = again.step
    assert isinstance(step, CodeStep)
    step.code.other_button.click()
    QTest.keyClicks(step.code.line, recovery[0])
    again.button.click()
    qtbot.waitUntil(lambda: bool(step.code.field.problem), timeout=20_000)
    step.code.other_button.click()
    QTest.keyClicks(step.code.line, house.code(device))
    again.button.click()
    house.session_of(again)


def test_after_a_while_the_password_is_asked_for_once_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = house.session_of(house.ask(is_first=True))
    window = house.open(session)
    house.commands.lock(session)
    house.commands.confirm_password(session, PASSWORD)
    sessions = house.commands.guard._sessions
    sessions._open[session.id].confirmed_s -= 601
    window.dialogs.show_account()
    (account,) = window.findChildren(AccountDialog)
    account.overview.device_button.click()
    house.qtbot.waitUntil(lambda: window.confirming.dialog is not None, timeout=20_000)
    assert window.confirming.dialog is not None
    house.enter(window.confirming.dialog.prompt, PASSWORD)
    house.qtbot.waitUntil(lambda: account.page is account.device_page, timeout=20_000)
    account._go_back()
    account.reject()
