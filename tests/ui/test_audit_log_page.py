"""The page about who did what: searched, filtered, read on, checked, exported, tampered with."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import camwatch
from camwatch.auth.accounts import AuditQuery
from camwatch.auth.audit_check import (
    AuditCheck,
    AuditFault,
    AuditFinding,
    AuditState,
    Unchecked,
)
from camwatch.ui.audit.check_words import check_words, finding_words
from camwatch.ui.audit.export_saver import AuditSaver
from camwatch.ui.audit.page import AuditPage
from camwatch.ui.audit.table_model import Column
from camwatch.ui.audit.wording import ACTIONS, RESULTS, action_words, actions_saying, actor_words
from camwatch.ui.charts.ranges import Preset
from tests.commands.test_permission_matrix import GUARDED
from tests.commands.values import NOON
from tests.ui.audit_log_bench import AuditLogBench

BERLIN = ZoneInfo("Europe/Berlin")
PACKAGE = Path(camwatch.__file__).parent


@pytest.fixture
def bench(qapp: QApplication, tmp_path: Path) -> Iterator[AuditLogBench]:
    bench = AuditLogBench(tmp_path)
    yield bench
    bench.stop()


@pytest.fixture
def open_page(qtbot: QtBot, bench: AuditLogBench) -> Callable[..., AuditPage]:
    """Return what opens the page and waits until it has read and checked."""

    def open_it(*, is_tested: bool = True) -> AuditPage:
        page = AuditPage(bench.commands, bench.session, bench.pool, BERLIN, clock=bench.clock)
        qtbot.addWidget(page)
        if is_tested:  # it asks for more rows all the time, as nobody who looks does
            QAbstractItemModelTester(
                page.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page
            )
        page.resize(1280, 724)
        page.show()
        settle(qtbot, page)
        return page

    return open_it


def settle(qtbot: QtBot, page: AuditPage) -> None:
    """Wait until nothing is read or checked any more."""
    qtbot.waitUntil(
        lambda: (
            page.busy.isHidden() and page.state.button.isEnabled() and not page._typing.isActive()
        )
    )


def has_rows(page: AuditPage, count: int) -> bool:
    return page.model.rowCount() == count


def column(page: AuditPage, which: Column) -> list[str]:
    return [str(page.model.index(row, which).data()) for row in range(page.model.rowCount())]


FEW = (
    ("maria", "save_scene", "Hall", "done"),
    ("remote:jo", "sign_in", "jo", "failed"),
    ("boss", "remove_camera", "Tür 100%", "denied"),
)


def test_it_tells_in_plain_words_who_did_what(
    bench: AuditLogBench, open_page: Callable[[], AuditPage]
) -> None:
    bench.write(*FEW)
    page = open_page()
    rows = [[str(page.model.index(row, one).data()) for one in Column] for row in range(4)]
    assert rows == [
        [
            "2026-03-02 13:03:00",
            "boss",
            "Remove a camera",
            "Tür 100%",
            "Not allowed",
            "front-desk",
        ],
        ["2026-03-02 13:02:00", "jo (login service)", "Sign in", "jo", "Failed", "front-desk"],
        ["2026-03-02 13:01:00", "maria", "Change lines and zones", "Hall", "Done", "front-desk"],
        [
            "2026-03-02 13:00:00",
            "boss",
            "Make the first administrator",
            "boss",
            "Done",
            "front-desk",
        ],
    ]
    assert page.summary.text() == "4 entries"
    assert page.state.title.text() == "Sound: 4 entries, checked 13:03"
    assert page.state.text.text() == ""


def test_the_chosen_entry_tells_everything(
    bench: AuditLogBench, open_page: Callable[[], AuditPage]
) -> None:
    bench.database.audit.append("maria", "edit_camera", "<b>Gate</b>", "done", {"fields": "host"})
    page = open_page()
    assert page.detail.title.text() == "No entry chosen"
    page.table.selectRow(0)
    assert page.detail.title.text() == "Entry 2"
    assert page.detail.texts() == [
        "When",
        "2026-03-02 13:00:00.000 (CET)",
        "Who",
        "maria",
        "What",
        "Change a camera",
        "Which",
        "<b>Gate</b>",
        "How it went",
        "Done",
        "Computer",
        "front-desk",
        "What was changed",
        "host",
        "Name of the action",
        "edit_camera",
    ]
    for label in page.findChildren(QLabel):
        if label.text().startswith("<"):
            assert label.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hall", ["Hall"]),
        ("TÜR", ["Tür 100%"]),
        ("100%", ["Tür 100%"]),
        ("lines and", ["Hall"]),
        ("remote:JO", ["jo"]),
        ("%", ["Tür 100%"]),
        ("_", ["Tür 100%", "jo", "Hall", "boss"]),
        ("no such thing", []),
    ],
)
def test_a_search_finds_words_of_the_screen_and_of_the_log(
    bench: AuditLogBench,
    open_page: Callable[[], AuditPage],
    qtbot: QtBot,
    typed: str,
    found: list[str],
) -> None:
    bench.write(*FEW)
    page = open_page()
    QTest.keyClicks(page.search, typed)
    assert page._typing.isActive()
    settle(qtbot, page)
    assert column(page, Column.WHICH) == found
    assert page._stack.currentIndex() == (0 if found else 1)
    assert page.filter_bar.clear_button.isEnabled()
    QTest.mouseClick(page.filter_bar.clear_button, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert len(column(page, Column.WHICH)) == 4
    assert page.search.text() == ""


def test_who_what_result_and_time_are_chosen_from_what_there_is(
    bench: AuditLogBench, open_page: Callable[[], AuditPage], qtbot: QtBot
) -> None:
    bench.write(*FEW)
    bench.write(("maria", "save_scene", "Later", "done"), step_s=3 * 3600)
    page = open_page()
    bar = page.filter_bar
    assert [bar.who.itemText(place) for place in range(bar.who.count())] == [
        "Anybody",
        "boss",
        "jo (login service)",
        "maria",
    ]
    assert [bar.result.itemText(place) for place in range(bar.result.count())] == [
        "Any result",
        "Done",
        "Failed",
        "Not allowed",
    ]
    for box, data, found in (
        (bar.who, "maria", ["Later", "Hall"]),
        (bar.when, Preset.LAST_HOUR, ["Later"]),
        (bar.when, Preset.CUSTOM, ["Later", "Hall"]),
        (bar.result, "denied", []),
    ):
        box.setCurrentIndex(box.findData(data))
        settle(qtbot, page)
        assert column(page, Column.WHICH) == found
    assert bar.custom.isVisible()
    bar.clear()
    bar.what.setCurrentIndex(bar.what.findData("sign_in"))
    settle(qtbot, page)
    assert column(page, Column.WHICH) == ["jo"]
    assert not bar.custom.isVisible()


def test_older_entries_follow_when_one_scrolls(
    bench: AuditLogBench, open_page: Callable[..., AuditPage], qtbot: QtBot
) -> None:
    bench.write(*(("maria", "save_scene", str(number), "done") for number in range(450)))
    page = open_page(is_tested=False)
    assert page.summary.text() == "200 entries, more as you scroll"
    page.table.selectRow(10)
    chosen = page.chosen_entry()
    for count in (400, 451):
        page.table.scrollToBottom()
        qtbot.waitUntil(partial(has_rows, page, count))
        settle(qtbot, page)
    assert column(page, Column.WHICH) == [*map(str, reversed(range(450))), "boss"]
    assert page.chosen_entry() == chosen
    assert page.summary.text() == "451 entries"
    page.table.scrollToBottom()
    assert not page.model.has_more


def test_a_log_that_was_changed_is_told_at_the_top_and_checked_again_on_request(
    bench: AuditLogBench, open_page: Callable[[], AuditPage], qtbot: QtBot
) -> None:
    bench.write(*FEW)
    page = open_page()
    bench.tamper("UPDATE audit SET actor = 'eve' WHERE seq = 2")
    assert page.state.title.text().startswith("Sound")
    QTest.mouseClick(page.state.button, Qt.MouseButton.LeftButton)
    assert not page.state.button.isEnabled()
    settle(qtbot, page)
    assert page.state.title.text() == "Entry 2 was changed after it was written."
    assert "4 entries" in page.state.text.text()
    assert "2 was changed" in page.state.accessibleName()
    page.hide()
    page.show()
    settle(qtbot, page)
    assert column(page, Column.WHO)[2] == "eve", "what stands there is shown all the same"


def test_the_entries_that_are_looked_for_are_exported(
    bench: AuditLogBench, open_page: Callable[[], AuditPage], qtbot: QtBot, tmp_path: Path
) -> None:
    bench.write(*FEW)
    page = open_page()
    page.search.setText("hall")
    settle(qtbot, page)
    QTest.mouseClick(page.export_button, Qt.MouseButton.LeftButton)
    (saver,) = page.findChildren(AuditSaver)
    file = tmp_path / "out.csv"
    saver.save(str(file))
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.title.text() == "1 entry is saved"
    assert file.read_text("utf-8-sig").count("\n") == 2


def test_what_is_checked_again_is_listed_as_well(
    bench: AuditLogBench, open_page: Callable[[], AuditPage], qtbot: QtBot
) -> None:
    page = open_page()
    assert has_rows(page, 1)
    bench.write(*FEW)
    page.state.button.click()
    qtbot.waitUntil(lambda: has_rows(page, 4))
    settle(qtbot, page)


@pytest.mark.expects_warning
def test_trouble_is_told_and_reading_can_be_tried_again(
    bench: AuditLogBench, open_page: Callable[[], AuditPage], qtbot: QtBot
) -> None:
    page = open_page()
    bench.commands.sign_out(bench.session)
    page.reload()
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.title.text() == "Your session has ended"
    page.check_again()
    qtbot.waitUntil(page.state.button.isEnabled)
    assert page.state.title.text() == "The log could not be checked"


# ---------------------------------------------------------------- words


def written_actions() -> set[str]:
    """Return each action that stands in the source of the program as that of an entry."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        names = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in {"record", "record_all", "try_to_record", "append"}:
                continue
            if len(node.args) < 3:
                continue
            action = node.args[1]
            either = (action.body, action.orelse) if isinstance(action, ast.IfExp) else (action,)
            for one in either:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    found.add(one.value)
                elif isinstance(one, ast.Name) and one.id in names:
                    found.add(names[one.id])
    return found


def test_every_action_has_words() -> None:
    written = written_actions()
    assert {"add_camera", "sign_in", "camera_blocked", "create_first_administrator"} <= written
    assert (written | set(GUARDED)) - set(ACTIONS) == set()
    assert all(words[0].isupper() and not words.endswith(".") for words in ACTIONS.values())
    assert {"done", "failed", "denied", "locked"} <= set(RESULTS)


def test_an_action_of_a_newer_camwatch_is_readable() -> None:
    assert action_words("paint_camera") == "Paint camera"
    assert actor_words("command line") == "Command line"
    assert "add_camera" in actions_saying("add a CAM")
    assert actions_saying("  ") == ()


@pytest.mark.parametrize("fault", AuditFault)
@pytest.mark.parametrize(("first", "last"), [(57, 57), (51, 57)])
def test_every_finding_is_a_sentence_that_names_its_entry(
    fault: AuditFault, first: int, last: int
) -> None:
    for detail in ("file", "keyring", "both"):
        words = finding_words(AuditFinding(fault, first, last, 57, detail))
        assert words.endswith(".")
        assert words[0].isupper()
        without = {AuditFault.HEAD_MISSING, AuditFault.HEAD_CHANGED}
        assert fault in without or str(first) in words or str(first - 1) in words


def test_what_a_check_does_not_prove_is_said() -> None:
    def words(state: AuditState, **facts: object) -> str:
        check = AuditCheck(state, NOON, 1234, **facts)  # type: ignore[arg-type]
        told = check_words(check, BERLIN)
        return f"{told.kind}: {told.title} / {told.text}"

    assert words(AuditState.SOUND) == "ok: Sound: 1\u202f234 entries, checked 13:00 / "
    assert "12 entries were written without a key" in words(AuditState.SOUND, without_key=12)
    assert "1 entry of an older CamWatch is protected only" in words(
        AuditState.SOUND, sealed_later=1
    )
    for why in Unchecked:
        assert words(AuditState.UNCHECKED, why=why).startswith("warning: ")
    many = tuple(AuditFinding(AuditFault.CHANGED, number, number) for number in range(1, 20))
    told = words(AuditState.BROKEN, findings=many)
    assert told.startswith("error: Entry 1 was changed")
    assert "And 13 more." in told


def test_an_empty_search_wants_everything() -> None:
    assert AuditQuery() == AuditQuery(actions_of_text=actions_saying(""))
