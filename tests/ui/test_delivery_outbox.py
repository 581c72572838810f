"""The outbox, the proof of all channels, and drills on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.drill import DrillReport, DrillStep
from camwatch.alerts.notification import NotificationState, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.errors import DatabaseBusy, InvalidSetting
from camwatch.events import DrillProgressed
from camwatch.ui.alerts.delivery.drill_dialog import DrillDialog
from camwatch.ui.alerts.delivery.proof import ProofDialog
from tests.ui.delivery_bench import DeliveryBench, click, delivery_bench
from tests.ui.delivery_edges import NOON, DeliveryDesk, a_message


@pytest.fixture
def bench(qtbot: QtBot) -> DeliveryBench:
    return delivery_bench(qtbot)


def states(bench: DeliveryBench) -> list[str]:
    shown = bench.tab.outbox.shown
    return [shown.index(row, 5).data() for row in range(shown.rowCount())]


def test_each_message_says_what_became_of_it(bench: DeliveryBench) -> None:
    bench.tab.show_section("Outbox")
    assert states(bench) == [
        "Waits, next try today 12:04",
        "Delivered today 11:40",
        "Delivered today 10:00, late",
        "Refused",
        "Given up",
        "Not needed any more",
    ]
    bench.tab.outbox.table.choose(0)
    assert "tried 2 times" in bench.tab.outbox.detail.text()
    assert bench.tab.outbox.said.text() == "Last answer: HTTP 503"


def test_the_outbox_is_filtered(bench: DeliveryBench) -> None:
    bench.tab.show_section("Outbox")
    outbox = bench.tab.outbox
    outbox.state.setCurrentIndex(outbox.state.findData(NotificationState.DELIVERED))
    assert outbox.count.text() == "2 of 6 messages"
    outbox.way.setCurrentIndex(outbox.way.findData(ChannelKind.POPUP))
    assert states(bench) == ["Delivered today 11:40"]
    outbox.show_all()
    outbox.search.setText("4f1b2c")
    assert states(bench) == ["Delivered today 10:00, late"]
    outbox.search.setText("nothing like this")
    assert outbox.pages.currentWidget() is outbox.empty
    click(outbox.empty.button)
    assert len(states(bench)) == 6


def test_an_outbox_that_cannot_be_read_says_so_and_can_be_read_again(bench: DeliveryBench) -> None:
    bench.tab.show_section("Outbox")
    bench.desk.trouble["outbox"] = [DatabaseBusy("locked")]
    click(bench.tab.outbox.refresh_button)
    assert bench.tab.notice.title.text() == "The database is in use"
    click(bench.tab.notice.button)
    assert not bench.tab.notice.isVisible()


def test_an_empty_outbox_says_what_it_is_for(qtbot: QtBot) -> None:
    bench = delivery_bench(qtbot, DeliveryDesk())
    assert bench.tab.outbox.empty.title.text() == "Nothing was sent yet"
    assert not bench.tab.outbox.empty.button.isVisibleTo(bench.tab.outbox.empty)


def test_all_channels_are_proven_and_each_answer_is_shown(bench: DeliveryBench) -> None:
    click(bench.tab.prove_button)
    dialog = bench.dialog(ProofDialog)
    assert set(dialog.words()) == {"mail", "sms", "hook", "environment"}
    waiting = [
        a_message(f"proof-{uid}", purpose=Purpose.CANARY, channel_uid=uid)
        for uid in ("mail", "sms", "hook")
    ]
    before = list(bench.desk.messages)

    def prove(_session: object) -> None:
        bench.desk.messages = [*waiting, *before]

    bench.desk.prove_channels = prove  # type: ignore[method-assign]
    click(dialog.do_button)
    assert dialog.words()["mail"] == "Sending …"
    assert "No plan uses it" in dialog.words()["environment"]
    done = replace(
        waiting[0], state=NotificationState.DELIVERED, delivered_at=NOON, answer="250 Ok"
    )
    failed = replace(waiting[1], attempts=1, answer="HTTP 401", next_at=NOON + timedelta(minutes=1))
    bench.desk.messages = [done, failed, waiting[2], *before]
    dialog.look()
    assert dialog.words()["mail"] == "It works. 250 Ok"
    assert dialog.words()["sms"] == "It did not work. It is tried again by itself. HTTP 401"
    assert dialog.verdict.text() == "Waiting for the answers …"
    hook = replace(waiting[2], state=NotificationState.FAILED, attempts=1)
    bench.desk.messages = [done, failed, hook, *before]
    dialog.look()
    assert dialog.verdict.text() == "2 of 4 channels did not work."
    good = [replace(one, state=NotificationState.DELIVERED) for one in waiting]
    bench.desk.messages = [*good, *before]
    dialog.look()
    assert dialog.verdict.text() == "All channels in use work."


def test_a_drill_shows_each_step_as_it_comes(bench: DeliveryBench) -> None:
    click(bench.tab.drill_button)
    dialog = bench.dialog(DrillDialog)
    assert "No drill was played" in dialog.said.text()
    click(dialog.do_button)
    assert bench.desk.times("start_drill") == 1
    assert dialog.lines == ["People appear"]
    assert not dialog.do_button.isEnabled()
    steps = (
        DrillStep("People appear", ok=True, detail="3 people", seconds=0.2),
        DrillStep("E-mail “Office mail”", ok=False, detail="535 no", seconds=2.1),
    )
    report = DrillReport(1, "maria", NOON, steps, "Text message")
    bench.bus.publish(DrillProgressed(NOON, report))
    bench.qtbot.waitUntil(lambda: len(dialog.lines) == 3)
    assert dialog.lines[1] == "E-mail “Office mail”: 535 no"
    over = replace(report, doing="", is_over=True)
    bench.bus.publish(DrillProgressed(NOON, over))
    bench.qtbot.waitUntil(dialog.do_button.isEnabled)
    assert dialog.said.text() == "1 of 2 steps did not go as they should."
    bench.desk.trouble["start_drill"] = [
        InvalidSetting("drill", "is going on already; otto began it")
    ]
    click(dialog.do_button)
    assert dialog.notice.text.text() == "The drill is going on already; otto began it."


def test_a_drill_is_stopped(bench: DeliveryBench) -> None:
    bench.desk.drill = DrillReport(4, "otto", NOON, doing="People appear")
    click(bench.tab.drill_button)
    dialog = bench.dialog(DrillDialog)
    bench.desk.drill = DrillReport(4, "otto", NOON, is_over=True)
    click(dialog.stop_button)
    assert "proves nothing" in bench.dialog(QMessageBox).informativeText()
    bench.answer("Stop it")
    assert bench.desk.times("stop_drill") == 1
    assert dialog.said.text() == "The drill was stopped before its end."
    assert dialog.do_button.isEnabled()
