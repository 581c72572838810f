"""The screens about rules, with real commands on a real history."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Subject
from camwatch.alerts.rehearsal import Rehearsal
from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    Rule,
    Scope,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.schedule import ALWAYS, WHOLE_DAY, DayException, Schedule
from camwatch.alerts.signals import Block, Explanation, RuleTrace, Told, Usual
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, Role, Sample
from camwatch.events import Bus
from camwatch.scene import Line, Scene, Zone
from camwatch.ui.alerts.rules.condition_form import ConditionForm
from camwatch.ui.alerts.rules.editor import RuleEditor
from camwatch.ui.alerts.rules.ladder import Mark, ladder, outcome
from camwatch.ui.alerts.rules.rehearsal_panel import verdict
from camwatch.ui.alerts.rules.rules_model import Column, RulesModel
from camwatch.ui.alerts.rules.schedule_form import ScheduleForm
from camwatch.ui.alerts.rules.tab import RulesTab
from camwatch.ui.alerts.rules.week_grid import PRESETS, WeekGrid
from camwatch.ui.alerts.rules.why_dialog import WhyDialog
from camwatch.ui.alerts.rules.words import KINDS, lasting, watches, when
from camwatch.ui.bridge import EventBridge
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, counting_in, settings
from tests.ui.screen_edges import Clock, HeldWork, PromptWork
from tests.ui.users_bench import click, click_row

D = TypeVar("D", bound=QDialog)
NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CROWD = Rule("11111111-1111-4111-8111-111111111111", "Crowd", Occupancy(Side.ABOVE, 30, 3, 60.0))


@dataclass
class Bench:
    """The tab, and the commands behind it."""

    qtbot: QtBot
    database: Database
    commands: Commands
    session: Session
    clock: Clock
    bus: Bus
    cameras: list[Camera]
    bridge: EventBridge

    def tab(self, work: HeldWork | None = None, session: Session | None = None) -> RulesTab:
        tab = RulesTab(
            self.commands,
            session or self.session,
            work or PromptWork(),
            self.bridge,
            BERLIN,
            clock=self.clock,
        )
        self.qtbot.addWidget(tab)
        tab.resize(1248, 670)
        with self.qtbot.waitExposed(tab):
            tab.show()
        tab.load()
        return tab

    def editor(self, rule: Rule | None = None, work: HeldWork | None = None) -> RuleEditor:
        tab = self.tab()
        editor = RuleEditor(
            self.commands,
            self.session,
            work or PromptWork(),
            tab._known,
            BERLIN,
            NOW,
            rule,
            parent=tab,
        )
        editor.open()
        return editor


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history with two cameras and an administrator; to make one takes long."""
    file = tmp_path_factory.mktemp("rules") / "camwatch.sqlite3"
    with Database.open(file, clock=Clock(NOW - timedelta(days=8))) as database:
        gate, _hall = (
            database.cameras.add(replace(settings(name), site=site))
            for name, site in (("Gate", "North"), ("Hall", "South"))
        )
        scene = Scene(
            lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),),
            zones=(Zone("Queue", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))),),
        )
        database.scenes.save(gate.id, scene)
        database.operators.add("boss", Role.ADMINISTRATOR, hash_password(PASSWORD))
    return file


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, template: Path) -> Iterator[Bench]:
    clock, bus, keyring = Clock(NOW), Bus(), MemoryKeyring()
    file = Path(shutil.copy(template, tmp_path))
    with Database.open(file, clock=clock) as database:
        secrets = SecretStore(lambda: keyring)
        counting = counting_in(tmp_path, bus)
        commands = Commands(database, secrets, CameraPolicy(), bus, counting, clock)
        boss = database.operators.find("boss")
        assert boss is not None
        role = built_in_role(Role.ADMINISTRATOR)
        session = commands.guard._sessions.start(boss.user, role, NOW)
        bridge = EventBridge(bus)
        cameras = database.cameras.all()
        yield Bench(qtbot, database, commands, session, clock, bus, cameras, bridge)
        bridge.close()
        secrets.close()


def history(bench: Bench) -> None:
    """Store three hours of the gate: 20 people, and twice for ten minutes 40."""
    begin = NOW - timedelta(hours=3)
    bench.database.counts.save(
        [
            Sample(
                bench.cameras[0].id,
                begin + timedelta(minutes=n),
                40 if n in range(30, 40) or n in range(100, 110) else 20,
                0.5,
                0.01,
                60.0,
            )
            for n in range(180)
        ],
        [],
    )


def dialog(parent: RulesTab, kind: type[D]) -> D:
    found = [one for one in parent.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def names(tab: RulesTab) -> list[str]:
    shown = tab.shown
    return [shown.index(row, Column.NAME).data() for row in range(shown.rowCount())]


def cell(tab: RulesTab, name: str, column: Column) -> str:
    text: str = tab.shown.index(names(tab).index(name), column).data()
    return text


def rule_named(bench: Bench, name: str) -> Rule:
    return next(one for one in bench.commands.rules(bench.session) if one.name == name)


# ---------------------------------------------------------------- the list


def test_rules_are_listed_in_words(bench: Bench) -> None:
    hall = bench.cameras[1]
    week = (WHOLE_DAY & ~((1 << 16) - 1) & ((1 << 36) - 1),) * 5 + (0, 0)
    bench.commands.save_rule(
        bench.session,
        replace(CROWD, scope=Scope(cameras=frozenset({hall.id})), schedule=Schedule(week)),
    )

    tab = bench.tab()

    assert cell(tab, "Crowd", Column.WATCHES) == "30 people or more for 1 min"
    assert cell(tab, "Crowd", Column.WHERE) == "Hall"
    assert cell(tab, "Crowd", Column.WHEN) == "Mon\u2013Fri 08:00\u201318:00"
    assert cell(tab, "Crowd", Column.SEVERITY) == "Warning"
    assert cell(tab, "Crowd", Column.TELLS) == "On this screen"
    assert cell(tab, "Camera down", Column.WHERE) == "All cameras"


def test_space_and_a_click_switch_a_rule(bench: Bench) -> None:
    tab = bench.tab()
    tab.table.choose(names(tab).index("Camera down"))
    tab.table.setFocus()

    QTest.keyClick(tab.table, Qt.Key.Key_Space)
    assert not rule_named(bench, "Camera down").is_enabled
    assert tab.switch_button.text() == "S&witch on"

    click_row(tab.table, names(tab).index("Camera down"))
    assert rule_named(bench, "Camera down").is_enabled


def test_without_rules_the_tab_says_what_to_do(bench: Bench) -> None:
    for rule in bench.commands.rules(bench.session):
        bench.commands.remove_rule(bench.session, rule.uid)

    tab = bench.tab()

    assert tab.stack.currentWidget() is tab.empty
    click(tab.empty.button)
    assert dialog(tab, RuleEditor).isVisible()


def test_a_rule_is_removed_after_a_question(bench: Bench) -> None:
    tab = bench.tab()
    tab.table.choose(names(tab).index("Camera down"))
    tab.table.setFocus()

    QTest.keyClick(tab.table, Qt.Key.Key_Delete)
    box = dialog(tab, QMessageBox)
    click(next(one for one in box.buttons() if one.text() == "Remove"))

    assert "Camera down" not in names(tab)


def test_who_may_not_change_rules_can_still_ask_why(bench: Bench) -> None:
    user = bench.database.operators.add("vera", Role.VIEWER, "x")
    viewer = bench.commands.guard._sessions.start(user, built_in_role(Role.VIEWER), NOW)
    tab = bench.tab(session=viewer)
    tab.table.choose(0)

    assert not tab.new_button.isEnabled()
    assert "role" in tab.new_button.toolTip()
    assert tab.why_button.isEnabled()
    before = rule_named(bench, names(tab)[0]).is_enabled
    click_row(tab.table, 0)
    assert rule_named(bench, names(tab)[0]).is_enabled is before


# ---------------------------------------------------------------- the editor


def test_a_rule_is_made_by_keyboard(bench: Bench) -> None:
    tab = bench.tab()
    tab.new_button.setFocus()
    QTest.keyClick(tab.new_button, Qt.Key.Key_Space)
    editor = dialog(tab, RuleEditor)
    QTest.keyClicks(editor.name, "Queue too long")
    editor.condition.threshold.number.setFocus()
    editor.condition.threshold.number.selectAll()
    QTest.keyClicks(editor.condition.threshold.number, "12")
    editor.scope.mode.setFocus()
    QTest.keyClick(editor.scope.mode, Qt.Key.Key_End)
    top = editor.scope.tree.topLevelItem(0)
    assert top is not None
    queue = top.child(0)
    assert queue is not None
    editor.scope.tree.setCurrentItem(queue)
    QTest.keyClick(editor.scope.tree, Qt.Key.Key_Space)
    QTest.keyClick(editor, Qt.Key.Key_Return)

    stored = rule_named(bench, "Queue too long")
    assert stored.condition == Occupancy(Side.ABOVE, 12, 2, 30.0)
    assert stored.scope == Scope(places=frozenset({PlaceRef(bench.cameras[0].id, "Queue")}))
    assert tab.table.chosen == stored


def test_tab_goes_through_the_form_from_the_top(bench: Bench) -> None:
    editor = bench.editor(replace(CROWD, condition=Crossings(Way.IN, Side.ABOVE, 9, 60.0)))
    bench.qtbot.waitUntil(editor.isActiveWindow)
    condition = editor.condition
    expected = [
        *(editor.name, condition.kind, condition.way, *condition.period.parts),
        *(*condition.threshold.parts, condition.is_critical, editor.scope.mode),
        *(editor.scope.together, editor.severity, *editor.cool_down.parts),
        *(*editor.schedule.presets.values(), editor.schedule.grid, editor.schedule.add_button),
        *(editor.plan, editor.template.text),
    ]
    visited = []
    for _ in expected:
        here = QApplication.focusWidget()
        assert here is not None
        visited.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)

    assert visited == expected


def test_no_letter_leads_to_two_places_of_the_form(bench: Bench) -> None:
    for kind in KINDS:
        editor = bench.editor(replace(CROWD, condition=kind.first()))
        labels = [one for one in editor.findChildren(QLabel) if one.buddy() is not None]
        texts = [one.text() for one in labels if one.isVisibleTo(editor)]
        texts += [
            one.text() for one in editor.findChildren(QAbstractButton) if one.isVisibleTo(editor)
        ]
        letters = [text[text.index("&") + 1].casefold() for text in texts if "&" in text]
        assert sorted(letters) == sorted(set(letters)), kind.key


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(bench: Bench) -> None:
    editor = bench.editor()
    editor.submit()
    assert editor.fields["name"].problem == "The name is needed."

    QTest.keyClicks(editor.name, "Camera down")
    editor.scope.mode.setCurrentIndex(1)
    editor.submit()
    assert "ticked" in editor.fields["scope"].problem
    editor.scope.mode.setCurrentIndex(0)
    editor.template.text.setPlainText("$camra is full")
    editor.submit()

    assert "camera" in editor.fields["template"].problem
    assert editor.template.text.toPlainText() == "$camra is full"
    editor.template.text.setPlainText("$camera is full")
    editor.submit()
    assert editor.isVisible()
    assert editor.fields["name"].problem
    assert editor.name.text() == "Camera down"


def test_escape_asks_before_a_rule_that_was_entered_is_lost(bench: Bench) -> None:
    editor = bench.editor()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()

    editor = bench.editor()
    QTest.keyClicks(editor.name, "Crowd")
    QTest.keyClick(editor.name, Qt.Key.Key_Escape)
    (question,) = editor.findChildren(QMessageBox)
    assert editor.isVisible()
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert editor.name.text() == "Crowd"
    assert editor.isVisible()
    QTest.mouseClick(editor.cancel_button, Qt.MouseButton.LeftButton)
    assert not editor.isVisible()


def test_what_was_typed_survives_a_session_that_locks(bench: Bench) -> None:
    editor = bench.editor()
    QTest.keyClicks(editor.name, "Crowd")
    bench.commands.lock(bench.session)

    editor.submit()

    assert editor.isVisible()
    assert editor.name.text() == "Crowd"
    assert editor.do_button.isEnabled()
    assert editor.notice.isVisible()
    assert "Crowd" not in [one.name for one in bench.commands.rules(bench.session)]
    bench.commands.confirm_password(bench.session, PASSWORD)
    editor.submit()
    assert rule_named(bench, "Crowd").version == 1


def test_each_kind_of_condition_comes_back_as_it_was(qtbot: QtBot) -> None:
    form = ConditionForm()
    qtbot.addWidget(form)
    for kind in KINDS:
        form.set_condition(kind.first())
        assert form.condition() == kind.first()
        form.kind.setCurrentIndex(0)
        form.kind.setCurrentIndex(form.kind.findData(kind.key))
        assert form.condition() == kind.first()


@pytest.mark.parametrize(
    "rule",
    [
        replace(CROWD, condition=Occupancy(Side.BELOW, 3, 2, 5400.0, critical_at=0)),
        replace(
            CROWD,
            condition=Crossings(Way.BOTH, Side.ABOVE, 9000, 90.0, critical_at=9500),
            scope=Scope(places=frozenset({PlaceRef(CameraId(1), "Door")}), is_together=True),
        ),
        replace(
            CROWD,
            condition=Unusual(Side.BELOW, 4.5, 61.0, 9),
            scope=Scope(cameras=frozenset({CameraId(2), CameraId(77)})),
            schedule=Schedule(
                (0b101, *(WHOLE_DAY,) * 6),
                (
                    DayException(date(2026, 12, 24), 0, "Christmas Eve"),
                    DayException(date(2026, 12, 27), 0b1100, "Sale"),
                    DayException(date(2026, 12, 28), 0b101, "Odd"),
                ),
            ),
            template="$camera: $value",
            plan_uid="gone",
            keeps_picture=False,
            is_enabled=False,
        ),
    ],
    ids=["below", "crossings", "unusual"],
)
def test_a_rule_comes_back_from_its_form_as_it_was(bench: Bench, rule: Rule) -> None:
    assert bench.editor(rule).rule() == rule


def test_another_kind_keeps_cameras_but_no_places(bench: Bench) -> None:
    zone = Scope(places=frozenset({PlaceRef(bench.cameras[0].id, "Queue")}))
    editor = bench.editor(replace(CROWD, scope=zone))

    editor.condition.kind.setCurrentIndex(editor.condition.kind.findData("crossings:above"))
    assert editor.rule().scope == Scope()

    hall = Scope(cameras=frozenset({bench.cameras[1].id}))
    editor = bench.editor(replace(CROWD, scope=hall))
    editor.condition.kind.setCurrentIndex(editor.condition.kind.findData("camera:down"))
    assert editor.rule().scope == hall
    editor.condition.kind.setCurrentIndex(editor.condition.kind.findData("program:disk"))
    assert editor.rule().scope == Scope()


def test_the_preview_follows_the_text_and_buttons_put_fields_in(bench: Bench) -> None:
    editor = bench.editor(CROWD)
    button = next(
        one
        for one in editor.template.findChildren(type(editor.do_button))
        if one.text() == "$value"
    )
    button.click()

    bench.qtbot.waitUntil(lambda: editor.template.message.text() == "31")
    assert editor.template.text.toPlainText() == "$value"
    editor.template.text.setPlainText("$camra")
    bench.qtbot.waitUntil(lambda: "camera" in editor.template.field.problem)


# ---------------------------------------------------------------- the rehearsal


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (0.1, "Would not have fired, but less than a day is stored."),
        (0.2, "Would never have fired."),
    ],
)
def test_what_a_rule_would_never_do_is_not_said_of_a_few_hours(weeks: float, said: str) -> None:
    assert verdict(CROWD, Rehearsal((), 0, 0, 0, 0.01, weeks)) == said


def test_the_rehearsal_follows_the_slider(bench: Bench) -> None:
    history(bench)
    editor = bench.editor(replace(CROWD, cool_down_s=7200.0))
    bench.qtbot.waitUntil(lambda: editor.panel.rehearsal is not None)

    assert editor.panel.verdict.text() == ("Would have fired twice; with the cool-down of 2 h: 1.")
    assert editor.panel.basis.text().startswith("Less than a day of history")
    begin, _ = editor.panel.chart.limit.getData()
    assert begin[0] > (NOW - timedelta(hours=4)).timestamp()
    marks, _ = editor.panel.chart.marks.getData()
    assert len(marks) == 1

    editor.condition.threshold.slider.setValue(41)
    assert editor.panel.verdict.text() == "Would not have fired, but less than a day is stored."
    editor.condition.threshold.slider.setValue(20)
    assert editor.panel.verdict.text() == "Would have fired once; with the cool-down of 2 h: 1."
    # It reaches a little above what was stored.
    assert editor.condition.threshold.slider.maximum() == 48


def test_of_many_movements_only_the_newest_is_rehearsed(bench: Bench) -> None:
    history(bench)
    work = HeldWork()
    editor = bench.editor(CROWD, work)
    bench.qtbot.waitUntil(lambda: work.waiting >= 1)
    work.finish_all()
    bench.qtbot.waitUntil(lambda: editor.panel.rehearsal is not None)
    editor.template._timer.stop()

    for value in range(21, 40):
        editor.condition.threshold.slider.setValue(value)
        editor.template._timer.stop()
    assert work.waiting == 1
    editor.condition.threshold.slider.setValue(45)
    editor.template._timer.stop()
    work.finish_all()

    assert editor.panel.verdict.text() == "Would not have fired, but less than a day is stored."


def test_without_history_nothing_is_promised(bench: Bench) -> None:
    editor = bench.editor(CROWD)
    bench.qtbot.waitUntil(editor.panel.nothing.isVisible)
    assert "Nothing is stored yet" in editor.panel.nothing.text.text()
    assert not editor.panel.verdict.isVisible()

    editor.condition.kind.setCurrentIndex(editor.condition.kind.findData("program:disk"))
    assert "cannot be rehearsed" in editor.panel.nothing.text.text()


# ---------------------------------------------------------------- the schedule


def test_the_week_is_painted_with_the_mouse(qtbot: QtBot) -> None:
    grid = WeekGrid()
    qtbot.addWidget(grid)
    grid.resize(grid.sizeHint())
    grid.set_week((0,) * 7)

    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=grid.cell(1, 16).center())
    QTest.mouseMove(grid, grid.cell(2, 18).center())
    QTest.mouseMove(grid, grid.cell(2, 17).center() + QPoint(1, 0))
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=grid.cell(2, 17).center())

    assert grid.week == (0, 3 << 16, 3 << 16, 0, 0, 0, 0)


def test_the_week_is_painted_with_the_keys(qtbot: QtBot) -> None:
    grid = WeekGrid()
    qtbot.addWidget(grid)
    grid.set_week((0,) * 7)

    QTest.keyClick(grid, Qt.Key.Key_Home)
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert grid.accessibleDescription() == "Monday 00:00\u201300:30: on"
    QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid, Qt.Key.Key_Down)

    assert grid.week == (0b11, 0b10, 0, 0, 0, 0, 0)
    assert grid.at == (2, 1)
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.at == (2, 47)


def test_presets_and_dates_make_a_schedule(qtbot: QtBot) -> None:
    form = ScheduleForm(date(2026, 12, 24))
    qtbot.addWidget(form)
    form.show()
    click(form.presets["Working hours"])
    assert form.schedule().week == PRESETS["Wor&king hours"]
    assert form.words.text().startswith("Mon\u2013Fri 08:00\u201318:00.")

    click(form.add_button)
    click(form.add_button)
    form.rows[1].how.setCurrentIndex(2)
    form.rows[1].begin.setCurrentIndex(40)
    QTest.keyClicks(form.rows[1].note, "Late")
    assert form.schedule().exceptions == (
        DayException(date(2026, 12, 24), 0),
        DayException(date(2026, 12, 25), 1 << 40, "Late"),
    )
    qtbot.waitUntil(form.rows[0].remove_button.isVisible)
    click(form.rows[0].remove_button)
    assert [one.note for one in form.schedule().exceptions] == ["Late"]


def test_schedules_and_times_are_told_in_words() -> None:
    assert when(ALWAYS) == "Always"
    assert when(Schedule((0,) * 7)) == "Never"
    assert when(Schedule(PRESETS["Ni&ghts"])) == "Daily 00:00\u201306:00, 22:00\u201324:00"
    assert when(Schedule((0b1, 0b10) * 3 + (0,))) == "3 of 168 hours a week"
    holiday = Schedule(exceptions=(DayException(date(2026, 12, 24), 0),))
    assert when(holiday) == "Always; 1 date differs"
    assert lasting(5430) == "1 h 30 min 30 s"
    assert watches(Occupancy(Side.BELOW, 0)) == "Nobody"
    assert watches(CameraCondition(CameraTrouble.BLIND, 0)) == "Camera blind"


# ---------------------------------------------------------------- why, why not


def test_why_a_rule_did_not_fire_is_told_with_numbers(bench: Bench) -> None:
    gate = bench.cameras[0]
    bench.database.counts.save(
        [
            Sample(gate.id, NOW - timedelta(seconds=n), 37 if n <= 45 else 9, 0.5, 0.01, 1.0)
            for n in range(100)
        ],
        [],
    )
    bench.commands.save_rule(bench.session, CROWD)
    tab = bench.tab()
    tab.table.choose(names(tab).index("Crowd"))
    tab.table.setFocus()
    click(tab.why_button)
    why = dialog(tab, WhyDialog)

    gates = next(one for one in why.cards if one.accessibleName().startswith("Gate"))
    assert gates.outcome.text() == "No alert: it had not held long enough."
    assert "Yes: Known: 37 people at 12:00:00 (100 % of the time measured)" in gates.lines
    assert "Yes: Limit: from 30 on" in gates.lines
    assert "No: Held: held 45 s of 1 min" in gates.lines
    assert "Yes: Schedule: on at this hour" in gates.lines

    why.at.setDateTime(why.at.dateTime().addSecs(3600))
    QTest.keyClick(why, Qt.Key.Key_Return)
    assert "future" in why.at_field.problem
    assert why.cards == []


def test_a_rule_that_is_gone_is_said_to_be(bench: Bench) -> None:
    tab = bench.tab()

    tab.explain("99999999-1111-4111-8111-111111111111", NOW)

    why = dialog(tab, WhyDialog)
    assert why.notice.title.text() == "This rule is gone"
    assert why.rule.count() > 0


def test_the_ladder_tells_cool_down_shelving_and_what_was_sent() -> None:
    found = Explanation(
        Subject.of_camera(CameraId(1)),
        "Gate",
        value=22.0,
        threshold=18.5,
        back_at=17.5,
        coverage=1.0,
        held_s=400.0,
        needed_s=300.0,
        is_scheduled=False,
        usual=Usual(8.0, 2.6, 5),
        is_raised=True,
        cool_down_left_s=240.0,
        block=Block.SHELVED,
    )
    trace = RuleTrace(
        found,
        NOW,
        NOW,
        alert_uid="a",
        alert_number=214,
        raised_at=NOW - timedelta(minutes=6),
        told_at=NOW - timedelta(minutes=6),
        cool_down_s=600.0,
        shelved_by="anna",
        shelved_until=NOW + timedelta(hours=1),
        shelved_why="a fire drill",
        told=(
            Told(NOW, "email", "gate@example.org", "delivered", "250 OK"),
            Told(NOW, "sms", "+4930123456", "failed", "no credit"),
        ),
    )
    rule = replace(CROWD, condition=Unusual())

    rungs = {rung.name: (rung.mark, rung.said) for rung in ladder(rule, trace, UTC_ZONE)}

    assert outcome(trace) == "Alert 214 was open."
    assert rungs["Enough history"] == (
        Mark.YES,
        "5 weeks; usual are 8, give or take 2.6",
    )
    assert rungs["Schedule"] == (Mark.NO, "off at this hour")
    assert rungs["Cool-down"] == (Mark.NO, "4 min left")
    assert rungs["Put aside"] == (
        Mark.NO,
        "shelved by anna until Wed 25 Nov, 12:00:00: a fire drill",
    )
    told = [rung.said for rung in ladder(rule, trace, UTC_ZONE) if rung.name == "Told"]
    assert told == [
        "mail to gate@example.org, 11:00:00, delivered: 250 OK",
        "SMS to +4930123456, 11:00:00, refused: no credit",
    ]


UTC_ZONE = ZoneInfo("UTC")


def test_the_model_keeps_to_the_rules_of_qt(qtmodeltester: object) -> None:
    model = RulesModel()
    conditions: list[Condition] = [kind.first() for kind in KINDS]
    model.set_records([replace(CROWD, uid=str(n), condition=c) for n, c in enumerate(conditions)])
    qtmodeltester.check(model)  # type: ignore[attr-defined]
    assert QApplication.instance() is not None
