"""The vault on the screen: asking, refusing, offering, waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from camwatch.auth.passphrase import SHORTEST
from camwatch.auth.vault import VaultState
from camwatch.commands.vault_commands import VaultStatus
from camwatch.domain import Reason, Role, Secret
from camwatch.errors import (
    DatabaseBusy,
    InvalidSetting,
    PasswordNeeded,
    SecretsLocked,
    SecretsUnavailable,
    VaultLocked,
    VaultOlder,
    VaultUnfit,
    WrongPassphrase,
)
from camwatch.ui.cameras.editor import CameraEditor
from camwatch.ui.header import Header
from camwatch.ui.vault.banner import VaultBanner
from camwatch.ui.vault.dialog import PassphraseDialog
from camwatch.ui.vault.manage_dialog import ManageDialog
from camwatch.ui.vault.new_passphrase import ChangeDialog, CreateDialog
from camwatch.ui.vault.strength import passphrase_strength
from camwatch.ui.vault.unlock_dialog import UnlockDialog
from tests.ui.screen_edges import CommandDesk, HeldWork, PromptWork, a_session

RIGHT = "seven grey geese over the fen"
OTHER = "nine brown hens under a hedge"
FILE = Path("/somewhere/vault.bin")


def fill(dialog: PassphraseDialog, **texts: str) -> None:
    for name, text in texts.items():
        line = dialog.fields[name].input
        line.setText(text)  # type: ignore[attr-defined]


def opened(qtbot: QtBot, dialog: QDialog) -> None:
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)


# ---------------------------------------------------------------- unlocking


def test_the_vault_is_opened_with_what_was_typed_and_nothing_stays_typed(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = UnlockDialog(desk, PromptWork())
    opened(qtbot, dialog)
    assert dialog.focusWidget() is dialog.passphrase
    assert not dialog.button.isEnabled()
    fill(dialog, passphrase=f" {RIGHT} ")
    dialog.button.click()
    assert desk.asked == [("unlock_vault", Secret(f" {RIGHT} "), False)]
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.passphrase.text() == ""


def test_a_wrong_passphrase_is_told_at_the_line_and_stays_typed(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("unlock_vault", WrongPassphrase())
    dialog = UnlockDialog(desk, PromptWork())
    opened(qtbot, dialog)
    fill(dialog, passphrase=OTHER)
    dialog.submit()
    assert "not the passphrase of the vault" in dialog.fields["passphrase"].problem
    assert dialog.passphrase.hasSelectedText()
    assert dialog.isVisible()
    dialog.submit()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_it_can_be_skipped_but_not_while_it_is_being_tried(qtbot: QtBot) -> None:
    work = HeldWork()
    desk = CommandDesk()
    dialog = UnlockDialog(desk, work)
    opened(qtbot, dialog)
    fill(dialog, passphrase=RIGHT)
    dialog.submit()
    assert dialog.busy.isVisible()
    assert not dialog.leave_button.isEnabled()
    dialog.reject()
    assert dialog.isVisible()
    work.finish()
    assert dialog.result() == QDialog.DialogCode.Accepted
    skipped = UnlockDialog(desk, work)
    opened(qtbot, skipped)
    skipped.leave_button.click()
    assert skipped.result() == QDialog.DialogCode.Rejected
    assert len(desk.asked) == 1


def test_an_older_copy_is_used_only_after_a_second_word(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("unlock_vault", VaultOlder(FILE))
    dialog = UnlockDialog(desk, PromptWork())
    opened(qtbot, dialog)
    fill(dialog, passphrase=RIGHT)
    dialog.submit()
    assert dialog.isVisible()
    assert "older copy" in dialog.notice.text.text()
    dialog.notice.button.click()
    assert [asked[-1] for asked in desk.asked] == [False, True]
    assert dialog.result() == QDialog.DialogCode.Accepted


@pytest.mark.fault("F119")
def test_a_vault_that_cannot_be_used_is_named_with_its_path(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("unlock_vault", VaultUnfit(FILE, "may be read by others"))
    dialog = UnlockDialog(desk, PromptWork())
    opened(qtbot, dialog)
    fill(dialog, passphrase=RIGHT)
    dialog.submit()
    assert dialog.notice.title.text() == "The vault cannot be used"
    assert f"The vault {FILE} may be read by others." in dialog.notice.text.text()
    assert not dialog.notice.button.isVisible()


# ---------------------------------------------------------------- making and changing


def test_a_vault_is_made_with_a_passphrase_that_was_typed_twice(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("create_vault", InvalidSetting("passphrase", "is easy to guess"))
    dialog = CreateDialog(desk, a_session(), PromptWork())
    opened(qtbot, dialog)
    fill(dialog, passphrase=RIGHT)
    assert not dialog.button.isEnabled()
    fill(dialog, repeat=OTHER)
    dialog.submit()
    assert dialog.fields["repeat"].problem == "Both entries must be the same."
    assert desk.asked == []
    fill(dialog, repeat=RIGHT)
    dialog.submit()
    assert dialog.fields["passphrase"].problem == "The passphrase is easy to guess."
    dialog.submit()
    assert desk.asked[-1] == ("create_vault", Secret(RIGHT))
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_the_strength_follows_what_is_typed() -> None:
    assert passphrase_strength("") == (0, "")
    assert passphrase_strength("x" * (SHORTEST - 1)) == (1, "1 more character needed")
    assert passphrase_strength("a" * 30)[0] == 1
    levels = [passphrase_strength(RIGHT[:length])[0] for length in (15, 20, 29)]
    assert levels == [2, 3, 4]


def test_the_passphrase_is_changed_with_the_present_one(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("change_vault_passphrase", WrongPassphrase(), DatabaseBusy("locked"))
    dialog = ChangeDialog(desk, a_session(), PromptWork())
    opened(qtbot, dialog)
    fill(dialog, old=RIGHT, passphrase=OTHER, repeat=OTHER)
    dialog.submit()
    assert "not the passphrase" in dialog.fields["old"].problem
    dialog.submit()
    assert dialog.notice.title.text() == "The database is in use"
    dialog.submit()
    assert desk.asked[-1] == ("change_vault_passphrase", Secret(RIGHT), Secret(OTHER))


# ---------------------------------------------------------------- what a form offers


def editor_with_password(qtbot: QtBot, desk: CommandDesk) -> CameraEditor:
    editor = CameraEditor(desk, a_session(), PromptWork(), None, sites=["Main site"])
    opened(qtbot, editor)
    editor.form.name.setText("Gate")
    editor.form.location.setText("Yard")
    editor.form.host.setText("192.168.1.20")
    editor.form.username.setText("admin")
    editor.form.password.line.setText("secret")
    return editor


@pytest.mark.fault("F90")
def test_without_a_keyring_a_vault_is_made_and_the_camera_saved(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("add_camera", SecretsUnavailable("This computer offers no keyring."))
    editor = editor_with_password(qtbot, desk)
    editor.save()
    assert editor.notice.button.text() == "Make a vault…"
    assert editor.notice.button.isVisible()
    assert editor.keep_in_memory.isVisible()
    editor.notice.button.click()
    dialog = editor.offer.dialog
    assert isinstance(dialog, CreateDialog)
    fill(dialog, passphrase=RIGHT, repeat=RIGHT)
    dialog.submit()
    assert [asked[0] for asked in desk.asked] == ["add_camera", "create_vault", "add_camera"]
    assert desk.asked[-1][-1] is False
    assert editor.result() == QDialog.DialogCode.Accepted


def test_a_locked_vault_is_unlocked_from_the_form_and_cancelling_keeps_what_was_typed(
    qtbot: QtBot,
) -> None:
    desk = CommandDesk()
    desk.fail("add_camera", VaultLocked(), VaultLocked())
    editor = editor_with_password(qtbot, desk)
    editor.save()
    editor.notice.button.click()
    assert isinstance(editor.offer.dialog, UnlockDialog)
    editor.offer.dialog.reject()
    assert editor.isVisible()
    assert editor.form.password.text() == "secret"
    editor.save()
    editor.notice.button.click()
    assert isinstance(editor.offer.dialog, UnlockDialog)
    fill(editor.offer.dialog, passphrase=RIGHT)
    editor.offer.dialog.submit()
    assert editor.result() == QDialog.DialogCode.Accepted


@pytest.mark.fault("F89", "F94")
@pytest.mark.parametrize(
    "error", [SecretsLocked("The keyring is locked."), VaultUnfit(FILE, "is cut off")]
)
def test_no_vault_is_offered_where_it_is_no_way_out(
    qtbot: QtBot, error: SecretsUnavailable
) -> None:
    desk = CommandDesk()
    desk.fail("add_camera", error)
    editor = editor_with_password(qtbot, desk)
    editor.save()
    assert not editor.notice.button.isVisible()
    assert editor.keep_in_memory.isVisible()
    assert editor.form.password.text() == "secret"


# ---------------------------------------------------------------- the banner


def a_banner(qtbot: QtBot, desk: CommandDesk) -> VaultBanner:
    banner = VaultBanner(desk, a_session(Role.VIEWER), PromptWork())
    qtbot.addWidget(banner)
    return banner


def test_a_locked_vault_is_told_while_cameras_wait_for_it(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.vault = VaultStatus(VaultState.LOCKED)
    banner = a_banner(qtbot, desk)
    banner.show_reasons([Reason.NONE, Reason.PASSWORD_MISSING])
    assert banner.text == ""
    banner.show_reasons([Reason.PASSWORD_LOCKED, Reason.NONE, Reason.PASSWORD_LOCKED])
    assert banner.text == "2 cameras wait for the vault's passphrase."
    banner.button.click()
    assert isinstance(banner.dialog, UnlockDialog)
    fill(banner.dialog, passphrase=RIGHT)
    banner.dialog.submit()
    banner.show_reasons([Reason.NONE, Reason.NONE, Reason.NONE])
    assert banner.text == ""


@pytest.mark.expects_warning
@pytest.mark.fault("F89", "F91")
def test_a_locked_keyring_asks_again_only_when_the_operator_wants_it(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("ask_keyring_again", SecretsLocked("The keyring is locked."))
    banner = a_banner(qtbot, desk)
    banner.show_reasons([Reason.PASSWORD_LOCKED])
    assert banner.text == "1 camera waits for the keyring, which is locked."
    assert "ask_keyring_again" not in [asked[0] for asked in desk.asked]
    banner.button.click()
    assert "The keyring is locked." in banner.text
    assert banner.button.isEnabled()
    banner.button.click()
    assert [asked[0] for asked in desk.asked].count("ask_keyring_again") == 2


# ---------------------------------------------------------------- managing


def test_an_administrator_manages_the_vault(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.vault = VaultStatus(VaultState.OPEN, can_move=True)
    desk.fail("move_vault_to_keyring", PasswordNeeded())
    dialog = ManageDialog(desk, a_session(), PromptWork())
    opened(qtbot, dialog)
    assert dialog.change_button.isVisible()
    assert not dialog.unlock_button.isVisible()
    assert dialog.advice.isVisible()

    def move() -> None:
        dialog.move_button.click()
        (box,) = dialog.findChildren(QMessageBox)
        (yes,) = [one for one in box.findChildren(QPushButton) if one.text() == "Move all"]
        yes.click()
        qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox))

    move()
    assert dialog.notice.title.text() == "This needs your password"
    move()
    assert "3 passwords are in the keyring now" in dialog.notice.title.text()
    assert "There is no vault" in dialog.state.text()
    assert not dialog.move_button.isVisible()


def test_only_who_manages_security_finds_the_vault_in_the_menu(qtbot: QtBot) -> None:
    for role in Role:
        header = Header((), a_session(role))
        qtbot.addWidget(header)
        (menu,) = header.findChildren(QMenu)
        names = [action.text() for action in menu.actions()]
        assert ("Vault for passwords…" in names) == (role is Role.ADMINISTRATOR)
