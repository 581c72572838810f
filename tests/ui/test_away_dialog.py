"""The window that stands in the sign-in's place while the database server is away."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from camwatch.errors import DatabaseAway, DatabaseRefuses, SecretsUnavailable
from camwatch.ui.away_dialog import AwayDialog

AWAY = DatabaseAway(
    "No PostgreSQL server answers for the database camwatch on db.example.com:5432: the "
    "connection was refused.",
    "See that the server runs, listens on this address and port, and that no firewall is in "
    "between. CamWatch tries again by itself.",
)
REFUSES = DatabaseRefuses("The password is wrong.", "Enter the right one.")


@pytest.fixture
def dialog(qtbot: QtBot) -> AwayDialog:
    dialog = AwayDialog(AWAY, is_counting=True)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_it_says_what_is_wrong_what_to_do_and_what_becomes_of_the_counts(
    dialog: AwayDialog,
) -> None:
    assert dialog.title.text() == "The database server is away"
    assert "db.example.com:5432" in dialog.happened.text()
    assert "firewall" in dialog.remedy.text()
    assert "saved in their order" in dialog.counting.text()
    assert "in 10 seconds" in dialog.status.text()


def test_where_nothing_is_known_it_says_that_nothing_is_counted(qtbot: QtBot) -> None:
    dialog = AwayDialog(AWAY, is_counting=False)
    qtbot.addWidget(dialog)
    assert "Nothing is counted" in dialog.counting.text()


def test_it_tries_again_by_itself_when_the_time_is_over(dialog: AwayDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.try_wanted):
        for _ in range(10):
            dialog._clock.timeout.emit()
    assert not dialog._clock.isActive(), "one try at a time"
    assert not dialog.try_button.isEnabled()
    dialog.show_failure(REFUSES)
    assert dialog.title.text() == "The database server refuses"
    assert dialog.happened.text() == "The password is wrong."
    assert dialog.try_button.isEnabled()
    assert dialog._clock.isActive()


def test_the_keyboard_stays_with_trying_again_and_never_goes_to_quitting(
    dialog: AwayDialog, qtbot: QtBot
) -> None:
    dialog.activateWindow()
    qtbot.waitUntil(dialog.try_button.hasFocus)
    dialog.try_now()
    assert not dialog.quit_button.hasFocus(), "Return or a blank would end CamWatch"
    dialog.show_failure(AWAY)
    assert dialog.try_button.hasFocus()


def test_a_password_that_nobody_gives_is_no_refusal_of_the_server(qtbot: QtBot) -> None:
    error = DatabaseRefuses("There is no keyring.", "Make a vault.")
    error.__cause__ = SecretsUnavailable("none")
    dialog = AwayDialog(error, is_counting=False)
    qtbot.addWidget(dialog)
    assert dialog.title.text() == "The password of the database server cannot be read"


def test_a_click_tries_at_once_and_only_once(dialog: AwayDialog, qtbot: QtBot) -> None:
    asked: list[None] = []
    dialog.try_wanted.connect(lambda: asked.append(None))
    dialog.try_button.click()
    dialog.try_button.click()
    assert len(asked) == 1


def test_quitting_and_closing_end_it(dialog: AwayDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.rejected):
        dialog.quit_button.click()
    assert not dialog._clock.isActive()


def test_a_locked_vault_can_be_unlocked_from_here(qtbot: QtBot) -> None:
    dialog = AwayDialog(REFUSES, is_counting=False, has_vault=True)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.unlock_wanted):
        dialog.unlock_button.click()
