"""Recipients, groups and plans on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.rules import USUAL_PLAN, Severity
from camwatch.alerts.schedule import ALWAYS
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.ui.alerts.delivery.plan_dialog import PlanDialog
from camwatch.ui.alerts.delivery.recipient_dialog import GroupDialog, RecipientDialog
from tests.ui.delivery_bench import DeliveryBench, click, delivery_bench
from tests.ui.delivery_edges import DAY, NIGHTLY, DeliveryDesk


@pytest.fixture
def bench(qtbot: QtBot) -> DeliveryBench:
    return delivery_bench(qtbot)


def test_a_recipient_is_added_with_a_number_as_people_write_it(bench: DeliveryBench) -> None:
    bench.tab.show_section("Recipients")
    click(bench.tab.people.add_button)
    dialog = bench.dialog(RecipientDialog)
    dialog.name.setText("Cleo")
    QTest.keyClicks(dialog.phone, "030 12")
    assert "count its digits" in dialog.fields["phone"].message.text()
    QTest.keyClicks(dialog.phone, "3456")
    # The gateway says that numbers without + are German ones.
    assert dialog.fields["phone"].message.text() == "+49 30 123456, Germany."
    assert not dialog.schedule.isVisible()
    bench.desk.trouble["save_recipient"] = [
        InvalidSettings([InvalidSetting("email", "has no @"), InvalidSetting("name", "is taken")])
    ]
    dialog.email.setText("cleo")
    click(dialog.do_button)
    assert dialog.fields["email"].problem == "The e-mail address has no @."
    assert dialog.fields["name"].problem == "The name is taken."
    dialog.email.setText("cleo@example.org")
    click(dialog.do_button)
    (stored,) = bench.given("save_recipient")
    assert isinstance(stored, Recipient)
    assert (stored.name, stored.email, stored.phone, stored.on_call) == (
        "Cleo",
        "cleo@example.org",
        "+4930123456",
        ALWAYS,
    )
    chosen = bench.tab.people.table.chosen
    assert chosen is not None
    assert chosen.name == "Cleo"


def test_hours_on_call_are_painted(bench: DeliveryBench) -> None:
    bench.tab.show_section("Recipients")
    bench.tab.people.table.choose(0)
    click(bench.tab.people.edit_button)
    dialog = bench.dialog(RecipientDialog)
    assert dialog.schedule.schedule().week == (DAY,) * 7
    click(dialog.schedule.presets["Nights"])
    dialog.enabled.box.setChecked(False)
    click(dialog.do_button)
    (stored,) = bench.given("save_recipient")
    assert isinstance(stored, Recipient)
    assert not stored.on_call.week[0] & DAY
    assert not stored.is_enabled
    row = bench.tab.people.table.model().index(0, 3)
    assert row.data() == "Switched off"


def test_somebody_whom_a_plan_needs_is_not_removed(bench: DeliveryBench) -> None:
    bench.desk.trouble["remove_recipient"] = [
        InvalidSetting("recipient", "is the only one whom “Night shift” tells in a step")
    ]
    bench.tab.show_section("Recipients")
    bench.tab.people.table.choose(0)
    bench.tab.activateWindow()
    bench.tab.people.table.setFocus()
    bench.qtbot.waitUntil(bench.tab.people.table.hasFocus)
    QTest.keyClick(bench.tab.people.table, Qt.Key.Key_Delete)
    bench.answer("Remove recipient")
    assert "“Night shift”" in bench.tab.people.notice.text.text()
    bench.qtbot.waitUntil(lambda: not bench.is_open(QMessageBox))
    click(bench.tab.people.remove_button)
    bench.answer("Remove recipient")
    assert [one.name for one in bench.desk.people] == ["Ben"]


def test_a_group_is_made_changed_and_removed(bench: DeliveryBench) -> None:
    people = bench.tab.people
    bench.tab.show_section("Recipients")
    click(people.add_group_button)
    dialog = bench.dialog(GroupDialog)
    dialog.name.setText("Day")
    dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
    click(dialog.do_button)
    (stored,) = bench.given("save_recipient_group")
    assert isinstance(stored, RecipientGroup)
    assert stored.members == ("ben",)
    bench.qtbot.waitUntil(lambda: not bench.is_open(GroupDialog))
    click(people.edit_group_button)
    dialog = bench.dialog(GroupDialog)
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    click(dialog.do_button)
    (stored,) = bench.given("save_recipient_group")
    assert isinstance(stored, RecipientGroup)
    assert stored.members == ("ben", "anna")
    bench.qtbot.waitUntil(lambda: not bench.is_open(GroupDialog))
    click(people.remove_group_button)
    bench.answer("Remove group")
    assert [one.name for one in bench.desk.teams] == ["All shifts"]


def test_an_empty_list_of_people_leads_on(qtbot: QtBot) -> None:
    bench = delivery_bench(qtbot, DeliveryDesk())
    bench.tab.show_section("Recipients")
    click(bench.tab.people.empty.button)
    assert bench.is_open(RecipientDialog)


def plan_dialog(bench: DeliveryBench, row: int) -> PlanDialog:
    bench.tab.show_section("Plans")
    bench.tab.plans.table.choose(row)
    click(bench.tab.plans.edit_button)
    return bench.dialog(PlanDialog)


def test_a_plan_comes_back_as_it_was_stored(bench: DeliveryBench) -> None:
    dialog = plan_dialog(bench, 1)
    assert dialog.plan() == NIGHTLY
    assert any("Nobody of them is on call Sat and Sun" in one for one in dialog.preview.lines)


def test_a_step_is_moved_with_its_time_staying_in_place(bench: DeliveryBench) -> None:
    dialog = plan_dialog(bench, 1)
    last = dialog.lines[-1]
    click(last.up)
    steps = dialog.plan().steps
    assert [(one.after_s, one.channel) for one in steps] == [
        (0.0, ChannelKind.POPUP),
        (60.0, ChannelKind.SOUND),
        (300.0, ChannelKind.SMS),
        (900.0, ChannelKind.EMAIL),
    ]
    assert dialog.lines[2] is last


def test_a_step_with_another_time_finds_its_place(bench: DeliveryBench) -> None:
    dialog = plan_dialog(bench, 1)
    sound = dialog.lines[1]
    sound.after.setValue(20)
    sound.timed.emit()
    assert dialog.lines[-1] is sound
    assert dialog.plan().steps[-1].after_s == 1200.0


def test_a_plan_is_built_step_by_step(bench: DeliveryBench) -> None:
    bench.tab.show_section("Plans")
    click(bench.tab.plans.new_button)
    dialog = bench.dialog(PlanDialog)
    assert any("Nothing leaves the screen" in one for one in dialog.preview.lines)
    dialog.name.setText("Day shift")
    click(dialog.add_button)
    line = dialog.lines[-1]
    assert line.to.isVisible()
    assert any("Nobody is named" in one for one in dialog.preview.lines)
    line.to.actions_by_uid["anna"].trigger()
    assert line.to.text().strip() == "Anna"
    line.severity.setCurrentIndex(line.severity.findData(Severity.WARNING))
    dialog.over.setChecked(True)
    assert "Whoever was told is also told when it is over." in dialog.preview.lines
    bench.desk.trouble["save_plan"] = [InvalidSetting("steps", "name what is not there")]
    click(dialog.do_button)
    assert dialog.fields["steps"].problem == "The steps name what is not there."
    click(dialog.do_button)
    (stored,) = bench.given("save_plan")
    assert isinstance(stored, Plan)
    assert stored.steps[0] == PlanStep(0.0, ChannelKind.POPUP)
    assert (stored.steps[1].to, stored.steps[1].from_severity) == (("anna",), Severity.WARNING)
    assert stored.tells_return


def test_the_last_step_can_be_removed_and_is_missed(bench: DeliveryBench) -> None:
    bench.tab.show_section("Plans")
    click(bench.tab.plans.new_button)
    dialog = bench.dialog(PlanDialog)
    click(dialog.lines[0].remove)
    assert dialog.plan().steps == ()
    assert dialog.preview.lines == ["There is no step, so nobody is told."]


def test_the_usual_plan_is_changed_but_never_removed(bench: DeliveryBench) -> None:
    dialog = plan_dialog(bench, 0)
    assert "followed by all rules that name no other" in dialog.about.text()
    click(dialog.do_button)
    (stored,) = bench.given("save_plan")
    assert isinstance(stored, Plan)
    assert stored.uid == USUAL_PLAN
    bench.tab.plans.table.choose(0)
    assert not bench.tab.plans.remove_button.isEnabled()
    assert "always there" in bench.tab.plans.remove_button.toolTip()


def test_a_plan_is_copied_and_removed(bench: DeliveryBench) -> None:
    bench.tab.show_section("Plans")
    bench.tab.plans.table.choose(1)
    click(bench.tab.plans.copy_button)
    dialog = bench.dialog(PlanDialog)
    assert dialog.name.text() == "Night shift (copy)"
    click(dialog.do_button)
    (stored,) = bench.given("save_plan")
    assert isinstance(stored, Plan)
    assert stored.uid != NIGHTLY.uid
    assert stored.steps == NIGHTLY.steps
    bench.qtbot.waitUntil(lambda: not bench.is_open(PlanDialog))
    click(bench.tab.plans.remove_button)
    bench.answer("Remove plan")
    assert len(bench.desk.ladders) == 2
