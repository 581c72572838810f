"""One line for each common cause, with the cameras behind it, gone when it is over."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, CameraState, Reason
from camwatch.events import ClockJumped, CommonCause, ComputerResumed
from camwatch.ui.causes import CauseBanners, CauseDialog, cause_text, jumped_text, resumed_text
from camwatch.ui.live.condition import CameraCondition
from tests.ui.live_edges import NOON, cameras, in_state

BERLIN = ZoneInfo("Europe/Berlin")


def cause(
    count: int,
    key: str = "1",
    *,
    scope: str = "network",
    where: str = "10.0.3.0/24",
    reason: Reason = Reason.TIMEOUT,
) -> CommonCause:
    ids = tuple(CameraId(number) for number in range(1, count + 1))
    later = NOON + timedelta(minutes=5)
    return CommonCause(later, key, scope, where, ids, reason, NOON + timedelta(minutes=2))


@pytest.mark.fault("F54")
def test_it_says_how_many_where_since_when_and_what_it_probably_is() -> None:
    assert cause_text(cause(14), BERLIN) == (
        "No answer since 14:02 from 14 cameras of 10.0.3.0/24: probably the switch or recorder"
        " there."
    )
    assert cause_text(cause(16, scope="host", where="10.0.3.9"), BERLIN) == (
        "No answer since 14:02 from 16 cameras at 10.0.3.9: probably the recorder there is off or"
        " restarts."
    )


@pytest.mark.fault("F56", "F62", "F34", "F60")
@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.TIMEOUT, "No camera answers since 14:02 (64 cameras): probably this computer's"),
        (Reason.HOST_OFFLINE, "This computer has no network since 14:02: 64 cameras cannot be"),
        (Reason.OPEN_FILES, "This computer grants CamWatch no more connections since 14:02"),
        (Reason.DNS, "The names of 64 cameras are not found since 14:02"),
        (Reason.OVERLOADED, "This computer cannot keep up since 14:02"),
    ],
)
def test_what_lies_at_this_computer_is_said_so(reason: Reason, said: str) -> None:
    text = cause_text(cause(64, scope="computer", where="", reason=reason), BERLIN)
    assert text.startswith(said)
    assert text.endswith(".")


@pytest.mark.fault("F54")
def test_a_trouble_has_one_line_while_it_grows_and_none_when_it_is_over(qtbot: QtBot) -> None:
    banners = CauseBanners(BERLIN)
    qtbot.addWidget(banners)
    banners.show()
    for count in range(5, 51):
        banners.show_cause(cause(count))
    assert banners.texts == [cause_text(cause(50), BERLIN)]
    assert banners.isVisible()
    banners.show_cause(cause(0))
    assert banners.texts == []
    assert banners.isHidden()


def test_the_largest_come_first_and_what_is_too_much_is_added_up(qtbot: QtBot) -> None:
    banners = CauseBanners(BERLIN)
    qtbot.addWidget(banners)
    banners.show()
    for number in range(1, 6):
        banners.show_cause(cause(number + 3, str(number), where=f"10.0.{number}.0/24"))
    assert [text.partition(" from ")[2].partition(":")[0] for text in banners.texts[:3]] == [
        "8 cameras of 10.0.5.0/24",
        "7 cameras of 10.0.4.0/24",
        "6 cameras of 10.0.3.0/24",
    ]
    assert banners.texts[3:] == ["9 cameras at 2 other places fail together too."]
    banners.show_cause(cause(0, "5"))
    assert len(banners.texts) == 4
    assert banners.texts[-1] == "4 cameras at 1 other place fail together too."


def test_a_click_asks_for_the_cameras_behind_it(qtbot: QtBot) -> None:
    banners = CauseBanners(BERLIN)
    qtbot.addWidget(banners)
    banners.show_cause(cause(5))
    banners.show_cause(cause(7))
    (button,) = banners.findChildren(QPushButton)
    with qtbot.waitSignal(banners.list_requested) as asked:
        button.click()
    assert asked.args == [cause(7)]


def test_the_list_names_the_cameras_and_their_states(qtbot: QtBot) -> None:
    conditions = [CameraCondition(one) for one in cameras(8)]
    conditions[0].take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    dialog = CauseDialog(cause(5), conditions, BERLIN)
    qtbot.addWidget(dialog)
    assert dialog.list.topLevelItemCount() == 5
    first = dialog.list.topLevelItem(0)
    assert first is not None
    assert first.text(0) == "Camera 01"
    assert first.text(2) == "Offline: It did not answer in time"


@pytest.mark.fault("F57", "F58")
def test_sleep_and_a_set_clock_are_said_in_words() -> None:
    assert "asleep or stopped for 8 h" in resumed_text(ComputerResumed(NOON, 8 * 3600))
    assert "set forwards by 24 h" in jumped_text(ClockJumped(NOON, 86400))
    assert "set back by 30 s" in jumped_text(ClockJumped(NOON, -30.2))
