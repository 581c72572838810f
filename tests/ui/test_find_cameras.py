"""The wizard that finds cameras and adds many at once: real commands, threads and windows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.cameras.discovery import Moved
from camwatch.cameras.networks import OwnNetwork, addresses_in, own_networks
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import DatabaseBusy, InvalidSetting, InvalidSettings
from camwatch.ui.cameras.feedback import Feedback
from camwatch.ui.cameras.find_dialog import FindDialog
from camwatch.ui.cameras.find_names import Column as NameColumn
from camwatch.ui.cameras.find_names import filled_in
from camwatch.ui.cameras.find_table import Column, FoundModel
from tests.ui.many_edges import ManyBench, found, locked, many_bench

NETWORKS = [OwnNetwork("eth0", "10.0.0.0/24", False), OwnNetwork("wlan0", "10.9.0.0/24", True)]


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[ManyBench]:
    with many_bench(tmp_path) as bench:
        yield bench


def opened(qtbot: QtBot, bench: ManyBench) -> FindDialog:
    """Return the wizard, once it has read what it needs."""
    dialog = FindDialog(bench.commands, bench.session, bench.pool, look_up=lambda: NETWORKS)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: len(dialog.where.networks) == 2)
    return dialog


def searched(qtbot: QtBot, bench: ManyBench) -> FindDialog:
    """Return the wizard with all that a search finds."""
    bench.commands.search.may_end.set()
    dialog = opened(qtbot, bench)
    dialog.next_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    return dialog


def states(dialog: FindDialog) -> list[str]:
    shown = dialog.results.table.shown
    return [shown.index(row, Column.STATE).data() for row in range(shown.rowCount())]


# ---------------------------------------------------------------- where


def test_nothing_is_searched_before_the_button_is_pressed(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = opened(qtbot, bench)
    assert [box.isChecked() for box in dialog.where.networks] == [True, False]
    assert dialog.where.estimate.text() == "254 addresses to be asked, about 13 s."
    assert bench.commands.search.asked == []
    dialog.reject()
    assert bench.commands.search.asked == []


def test_what_is_chosen_is_what_is_asked(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = opened(qtbot, bench)
    dialog.where.networks[0].setChecked(False)
    dialog.where.multicast.setChecked(False)
    assert not dialog.next_button.isEnabled()
    dialog.where.other.setText("10.2.0.0/28, 10.3.0.7")
    assert dialog.where.estimate.text().startswith("15 addresses")
    dialog.where.ports.setText("80 8080")
    dialog.where.allow_local.setChecked(True)
    bench.commands.search.may_end.set()
    dialog.next_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    (request,) = bench.commands.search.asked
    assert request.networks == ("10.2.0.0/28", "10.3.0.7")
    assert (request.ports, request.use_multicast, request.allow_local) == ((80, 8080), False, True)
    assert (request.username, request.password) == ("", None)
    assert "No camera was found" in dialog.results.notice.title.text()


@pytest.mark.parametrize("ports", ["80,x", "1e3", "٨٠", "-1"])
def test_ports_that_are_none_are_told_at_their_field(
    qtbot: QtBot, bench: ManyBench, ports: str
) -> None:
    dialog = opened(qtbot, bench)
    dialog.where.ports.setText(ports)
    dialog.next_button.click()
    assert dialog.step is dialog.where
    assert "whole numbers" in dialog.where.ports_field.problem
    assert bench.commands.search.asked == []


def test_a_network_that_is_refused_leads_back_to_its_field(qtbot: QtBot, bench: ManyBench) -> None:
    bench.commands.search.trouble = InvalidSettings([InvalidSetting("networks", "cannot be read")])
    dialog = opened(qtbot, bench)
    dialog.where.other.setText("10.2.0.0/99")
    dialog.next_button.click()
    qtbot.waitUntil(lambda: dialog.where.other_field.problem == "The networks cannot be read.")
    assert dialog.step is dialog.where


# ---------------------------------------------------------------- what was found


def test_cameras_appear_while_the_search_goes_on_and_stopping_keeps_them(
    qtbot: QtBot, bench: ManyBench
) -> None:
    bench.commands.search.there = [found(n) for n in (3, 1, 2)]
    dialog = opened(qtbot, bench)
    dialog.next_button.click()
    qtbot.waitUntil(lambda: dialog.results.table.shown.rowCount() == 3)
    assert dialog.results.is_searching
    assert dialog.results.progress_words.text() == "3 of 254 addresses"
    assert not dialog.next_button.isEnabled()
    dialog.results.stop_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    shown = dialog.results.table.shown
    names = [shown.index(row, Column.CAMERA).data() for row in range(3)]
    assert names == ["AXIS P3201", "AXIS P3202", "AXIS P3203"]
    assert dialog.next_button.text() == "Go on with 3 cameras"


def test_cameras_without_a_picture_are_not_ticked_and_known_ones_cannot_be(
    qtbot: QtBot, bench: ManyBench
) -> None:
    odd = replace(found(4), problem=Reason.UNSUPPORTED, preview=b"")
    unseen = replace(found(5), preview=b"")
    bench.commands.search.there = [
        found(1),
        locked(2),
        replace(found(3), known_as="Gate"),
        odd,
        unseen,
    ]
    dialog = searched(qtbot, bench)
    assert states(dialog)[:3] == ["Gives pictures", "Needs a sign-in", "Is there already: Gate"]
    assert states(dialog)[4] == "Has a stream, not looked at yet"
    model = dialog.results.table.cameras
    assert [one.found.host for one in model.ticked] == ["10.0.0.11", "10.0.0.15"]
    dialog.results.all_button.click()
    assert len(model.ticked) == 4
    known = model.index(2, Column.CAMERA)
    assert not model.flags(known) & Qt.ItemFlag.ItemIsEnabled
    model.setData(known, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert len(model.ticked) == 4
    dialog.results.none_button.click()
    assert not dialog.next_button.isEnabled()
    assert dialog.results.summary.text() == "5 cameras found, 0 ticked, 1 in the list already"


def test_the_space_bar_ticks_and_the_filter_finds(qtbot: QtBot, bench: ManyBench) -> None:
    bench.commands.search.there = [found(n) for n in range(1, 12)]
    dialog = searched(qtbot, bench)
    table = dialog.results.table
    dialog.results.search.setText("10.0.0.15")
    assert table.shown.rowCount() == 1
    table.setCurrentIndex(table.shown.index(0, Column.CAMERA))
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert len(table.cameras.ticked) == 10
    dialog.results.search.clear()
    assert table.shown.rowCount() == 11


def test_the_model_keeps_qts_rules(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = FoundModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    for one in (found(1), locked(2), found(1), found(2), replace(found(3), known_as="Gate")):
        model.take([one])
    assert model.rowCount() == 3
    model.tick_all(True)
    model.clear()


def test_names_from_a_device_stay_plain_text(qtbot: QtBot) -> None:
    model = FoundModel()
    model.take([replace(found(1), name="<b>x</b>", make="<img src=y>", preview=b"no picture")])
    assert model.index(0, Column.CAMERA).data() == "<b>x</b>"
    for column in (Column.CAMERA, Column.MODEL):
        assert "<b>" not in model.index(0, column).data(Qt.ItemDataRole.ToolTipRole)
        assert "<img" not in model.index(0, column).data(Qt.ItemDataRole.ToolTipRole)


# ---------------------------------------------------------------- the sign-in


def test_a_common_sign_in_opens_the_ticked_cameras_only(qtbot: QtBot, bench: ManyBench) -> None:
    search = bench.commands.search
    search.there = [found(0), *(locked(n) for n in range(1, 40))]
    search.opened = {one.host: found(n) for n, one in enumerate(search.there)}
    dialog = searched(qtbot, bench)
    dialog.results.all_button.click()
    model = dialog.results.table.cameras
    last = model.index(39, Column.CAMERA)
    model.setData(last, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert not dialog.results.try_button.isEnabled()
    dialog.results.username.setText("viewer")
    dialog.results.password.line.setText("wrong")
    dialog.results.try_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    assert states(dialog)[1] == "Refuses this sign-in"
    dialog.results.password.line.setText("wrong again")
    dialog.results.try_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    assert model.ticked[1].signed_in()[1] == Secret("wrong again")
    dialog.results.password.line.setText("right")
    dialog.results.try_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    assert states(dialog) == [*["Gives pictures"] * 39, "Needs a sign-in"]
    # In portions, and never again to a camera that needs none or was not ticked.
    asked = [request.networks for request in search.asked[1:]]
    assert [len(hosts) for hosts in asked] == [16, 16, 6] * 3
    hosts = {host for networks in asked for host in networks}
    assert not hosts & {"10.0.0.10", "10.0.0.49"}
    entered = [one.signed_in() for one in model.ticked]
    assert [(settings.username, password) for settings, password in entered] == [
        ("", None),
        *[("viewer", Secret("right"))] * 38,
    ]


# ---------------------------------------------------------------- names


def test_patterns_are_filled_in_and_nothing_else_is() -> None:
    model = FoundModel()
    model.take([replace(found(1), name="{number} {0.__class__} %s")])
    one = model.all[0]
    assert filled_in("Gate {number}", one, 7, 3) == "Gate 007"
    assert filled_in("{make}  {model} {address}", one, 7, 1) == "Axis P3201 10.0.0.11"
    assert (
        filled_in("{name}{make}  {other} {0}", one, 7, 1)
        == "{number} {0.__class__} %sAxis {other} {0}"
    )


def test_names_are_made_checked_and_changed_one_by_one(qtbot: QtBot, bench: ManyBench) -> None:
    bench.commands.add_camera(
        bench.session,
        CameraSettings("Gate 02", "Yard", "10.1.0.1", site="Store North", snapshot_path="/a"),
        None,
    )
    bench.commands.search.there = [replace(found(n), name="AXIS") for n in range(1, 4)]
    dialog = searched(qtbot, bench)
    dialog.next_button.click()
    step = dialog.names
    assert step.name.text() == "{name} {number}"
    assert step.site.currentText() == "Store North"
    assert not dialog.next_button.isEnabled()
    assert step.model.index(0, NameColumn.VERDICT).data() == "The location is missing."
    step.location.setText("Hall {number}")
    assert dialog.next_button.text() == "&Add 3 cameras"
    assert dialog.next_button.isEnabled()
    step.name.selectAll()
    QTest.keyClicks(step.name, "Gate {number}")
    step.first.setValue(8)
    assert [settings.name for settings, _ in step.new] == ["Gate 08", "Gate 09", "Gate 10"]
    index = step.model.index(1, NameColumn.NAME)
    step.model.setData(index, "GATE 02")
    assert step.summary.text() == "3 cameras, 1 not fit yet"
    assert "already used by another camera" in step.model.index(1, NameColumn.VERDICT).data()
    step.model.setData(index, "gate 08")
    assert "another one of these" in step.model.index(1, NameColumn.VERDICT).data()
    step.model.setData(index, "Ramp")
    assert dialog.next_button.isEnabled()
    dialog.back_button.click()
    assert dialog.step is dialog.results
    dialog.next_button.click()
    assert [settings.name for settings, _ in step.new] == ["Gate 08", "Ramp", "Gate 10"]
    step.model.setData(index, " ")
    assert step.new[1][0].name == "Gate 09"


# ---------------------------------------------------------------- adding


def named(qtbot: QtBot, bench: ManyBench, count: int) -> FindDialog:
    """Return the wizard at its third step, with cameras that have passwords."""
    search = bench.commands.search
    search.there = [locked(n) for n in range(count)]
    search.opened = {one.host: found(n) for n, one in enumerate(search.there)}
    dialog = searched(qtbot, bench)
    dialog.results.all_button.click()
    dialog.results.username.setText("viewer")
    dialog.results.password.line.setText("right")
    dialog.results.try_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    dialog.next_button.click()
    dialog.names.location.setText("Hall")
    return dialog


def test_all_of_them_are_added_with_their_sign_in(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = named(qtbot, bench, 12)
    dialog.names.site.setCurrentText("Store South")
    dialog.names.interval.setValue(2.5)
    with qtbot.waitSignal(dialog.added) as added:
        dialog.next_button.click()
    assert len(added.args[0]) == 12
    assert dialog.adding.title.text() == "12 cameras are added"
    stored = bench.cameras()
    assert {(one.settings.site, one.settings.interval_s) for one in stored} == {
        ("Store South", 2.5)
    }
    assert {one.settings.username for one in stored} == {"viewer"}
    assert list(bench.keyring.entries.values()) == ["right"] * 12
    assert not dialog.back_button.isVisible()
    dialog.next_button.click()
    assert not dialog.isVisible()


def test_stopping_the_adding_leaves_nothing_and_it_can_be_tried_again(
    qtbot: QtBot, bench: ManyBench
) -> None:
    dialog = named(qtbot, bench, 6)
    bench.keyring.may_write.clear()
    dialog.next_button.click()
    qtbot.waitUntil(lambda: bench.keyring.writes == 1)
    dialog.reject()  # the window's own close button stops it first
    assert dialog.isVisible()
    bench.keyring.may_write.set()
    qtbot.waitUntil(lambda: dialog.adding.title.text() == "No camera is added")
    assert (bench.cameras(), bench.keyring.entries) == ([], {})
    dialog.next_button.click()
    qtbot.waitUntil(lambda: dialog.adding.title.text() == "6 cameras are added")


@pytest.mark.expects_warning
def test_without_a_keyring_passwords_can_be_kept_in_memory(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = named(qtbot, bench, 3)
    bench.keyring.refuses = OSError("the wallet is full")
    dialog.next_button.click()
    qtbot.waitUntil(dialog.adding.keep_in_memory.isVisible)
    assert bench.cameras() == []
    dialog.adding.keep_in_memory.setChecked(True)
    dialog.next_button.click()
    qtbot.waitUntil(lambda: dialog.adding.title.text() == "3 cameras are added")


def test_a_name_taken_meanwhile_is_told_with_the_camera(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = named(qtbot, bench, 2)
    bench.commands.add_camera(
        bench.session, CameraSettings("AXIS P3201", "Yard", "10.1.0.1", snapshot_path="/a"), None
    )
    dialog.next_button.click()
    qtbot.waitUntil(dialog.adding.notice.isVisible)
    assert "AXIS P3201" in dialog.adding.notice.title.text()
    assert "already used" in dialog.adding.notice.text.text()
    dialog.back_button.click()
    assert dialog.step is dialog.names


# ---------------------------------------------------------------- cameras that moved


def test_cameras_that_moved_can_be_followed(qtbot: QtBot, bench: ManyBench) -> None:
    gate = bench.commands.add_camera(
        bench.session, CameraSettings("Gate", "Yard", "10.1.0.1", snapshot_path="/a"), None
    )
    search = bench.commands.search
    search.there = [found(1), found(2)]
    search.moved = [Moved(gate, found(2))]
    dialog = searched(qtbot, bench)
    qtbot.waitUntil(dialog.notice.isVisible)
    assert "“Gate” is at 10.0.0.12 now, and was at " in dialog.notice.text.text()
    dialog.notice.button.click()
    qtbot.waitUntil(lambda: search.followed == [gate.id])


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_camera_that_two_devices_claim_to_be_is_not_followed(
    qtbot: QtBot, bench: ManyBench, *, is_alone: bool
) -> None:
    gate, hall = (
        bench.commands.add_camera(
            bench.session, CameraSettings(name, "Yard", f"10.1.0.{n}", snapshot_path="/a"), None
        )
        for n, name in enumerate(["Gate", "Hall"], 1)
    )
    search = bench.commands.search
    search.there = [found(1), found(2), found(3)]
    search.moved = [Moved(gate, found(2)), Moved(gate, found(3))]
    if not is_alone:
        search.moved.append(Moved(hall, found(1)))
    dialog = searched(qtbot, bench)
    qtbot.waitUntil(dialog.notice.isVisible)
    said = dialog.notice.text.text()
    assert "“Gate” was found at several addresses: 10.0.0.12, 10.0.0.13. It is not followed" in said
    assert dialog.notice.button.isVisible() != is_alone
    if not is_alone:
        assert "“Hall” is at 10.0.0.11 now, and was at " in said
        dialog.notice.button.click()
        qtbot.waitUntil(lambda: search.followed == [hall.id])


# ---------------------------------------------------------------- trouble and end


def test_a_search_that_fails_is_told(qtbot: QtBot, bench: ManyBench) -> None:
    bench.commands.search.trouble = DatabaseBusy("locked")
    dialog = searched(qtbot, bench)
    assert dialog.notice.title.text() == "The database is in use"
    assert not dialog.results.notice.isVisible()


def test_closing_ends_a_search_and_hears_no_more_of_it(qtbot: QtBot, bench: ManyBench) -> None:
    dialog = opened(qtbot, bench)
    dialog.next_button.click()
    qtbot.waitUntil(lambda: len(bench.commands.search.asked) == 1)
    dialog.reject()
    qtbot.waitUntil(lambda: bench.commands.search.ended == 1)
    assert not dialog.results.table.cameras.all


def test_going_back_gives_a_search_up_and_a_new_one_starts_clean(
    qtbot: QtBot, bench: ManyBench
) -> None:
    search = bench.commands.search
    search.there = [found(1), found(2)]
    dialog = opened(qtbot, bench)
    dialog.next_button.click()
    qtbot.waitUntil(lambda: dialog.results.table.shown.rowCount() == 2)
    dialog.back_button.click()
    assert dialog.step is dialog.where
    search.there = [found(3)]
    search.may_end.set()
    dialog.next_button.click()
    qtbot.waitUntil(lambda: not dialog.results.is_searching)
    assert [one.found.host for one in dialog.results.table.cameras.all] == ["10.0.0.13"]


def test_feedback_is_bundled_and_ends_with_its_owner(qtbot: QtBot) -> None:
    owner = QObject()
    feedback = Feedback(owner)
    told: list[list[object]] = []
    feedback.arrived.connect(told.append)

    def job() -> None:
        for number in range(500):
            feedback.tell(number, 9)

    thread = threading.Thread(target=job)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: sum(map(len, told)) == 500)
    assert told[0][0] == (0, 9)
    assert len(told) < 10
    cancel = feedback.cancel
    owner.deleteLater()
    qtbot.waitUntil(cancel.is_set)
    feedback.tell("nobody hears this, and nothing breaks")


# ---------------------------------------------------------------- networks


def test_networks_of_this_computer_are_private_and_not_too_large() -> None:
    for own in own_networks():
        assert 1 <= addresses_in(own.network) <= 1022


@pytest.mark.parametrize(
    ("text", "count"),
    [("10.0.0.0/24", 254), ("10.0.0.7", 1), ("10.0.0.0/31", 2), ("", 0), ("x", 0), ("1.2.3", 0)],
)
def test_addresses_are_counted(text: str, count: int) -> None:
    assert addresses_in(text) == count
