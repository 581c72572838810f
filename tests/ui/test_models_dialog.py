"""The dialog of the models."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.commands.model_commands import ChosenModel, ModelInfo, ModelState, TriedModel
from camwatch.domain import Role
from camwatch.errors import CamWatchError, DatabaseBusy, GivenUp, InvalidSetting, OwnModelUnfit
from camwatch.ui import theme
from camwatch.ui.models_dialog import ModelsDialog
from camwatch.ui.models_table import STATES, Column, ModelTable, family_words, runtime_words
from camwatch.ui.models_trial import facts, verdict
from tests.ui.screen_edges import HeldWork, PromptWork, a_session

MODELS = [
    ModelInfo("nanodet", ModelState.READY, False, "nanodet", "onnxruntime", "int8", threshold=0.33),
    ModelInfo("hog", ModelState.READY, False, "hog", "opencv", "-", note="counts poorly"),
    ModelInfo(
        "gate", ModelState.READY, True, "yolox", "onnxruntime", "float32", (640, 640), 36_000_000,
        0.4, "Apache-2.0", 41.2, 4, 4, 0,
    ),
    ModelInfo("new", ModelState.NEW, True, size_bytes=1_000_000),
    ModelInfo(
        "weak", ModelState.WEAK, True, "detr", "onnxruntime", "float32", (640, 640), 81_000_000,
        0.5, "", 212.0, 3, 4, 1,
    ),
    ModelInfo("bad", ModelState.UNFIT, True, note="is a pickle"),
]  # fmt: skip

GREY = encode_jpeg(np.full((360, 640, 3), 90, np.uint8))


def a_trial(name: str = "gate", found: int | None = 4, false_alarms: int | None = 0) -> TriedModel:
    return TriedModel(
        name, "yolox", "onnxruntime", "float32", "0123456789abcdef", (640, 640), 0.4, 41.26,
        np.array([[0.25, 0.25, 0.5, 0.75]], np.float32), np.array([0.9], np.float32),
        None if found is None else 4, found, false_alarms, True, GREY,
    )  # fmt: skip


class ModelDeskStandIn:
    """Answers what the dialog asks, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.answer = a_trial()
        self.error: CamWatchError | None = None
        self.in_use = "auto"
        self.is_overridden = False
        self.cancel: threading.Event | None = None

    def _fail(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise GivenUp
        if self.error is not None:
            raise self.error

    def models(self, session: object) -> list[ModelInfo]:
        if isinstance(self.error, DatabaseBusy):
            raise self.error
        return MODELS

    def chosen_model(self, session: object) -> str:
        return self.in_use

    def try_model(
        self,
        session: object,
        name: str,
        picture: bytes | None = None,
        *,
        confirmed: bool = False,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        self.asked.append(("try", name, picture, confirmed))
        self.cancel = cancel
        self._fail()
        return dataclasses.replace(self.answer, name=name)

    def add_model(
        self,
        session: object,
        file: Path,
        *,
        confirmed: bool = False,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        self.asked.append(("add", file, confirmed))
        self.cancel = cancel
        self._fail()
        return self.answer

    def use_model(self, session: object, name: str, *, confirmed: bool = False) -> ChosenModel:
        self.asked.append(("use", name, confirmed))
        self._fail()
        self.in_use = name
        return ChosenModel(name, 0.4, self.is_overridden)


@pytest.fixture
def desk() -> ModelDeskStandIn:
    return ModelDeskStandIn()


def open_dialog(
    qtbot: QtBot,
    desk: ModelDeskStandIn,
    work: HeldWork | None = None,
    role: Role = Role.ADMINISTRATOR,
    *,
    is_live: bool = False,
) -> ModelsDialog:
    dialog = ModelsDialog(desk, a_session(role), work or PromptWork(), is_live=is_live)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def cell(dialog: ModelsDialog, name: str, column: Column) -> str:
    return str(dialog.table.data(dialog.table.index(dialog.table.row_of(name), column)))


# ---------------------------------------------------------------- the list


def test_the_table_is_a_sound_model(qtbot: QtBot) -> None:
    table = ModelTable()
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Warning)
    table.set_models(MODELS, "gate")
    assert table.rowCount() == len(MODELS)
    assert table.rowCount(table.index(0, 0)) == 0
    assert table.data(QModelIndex()) is None
    assert table.headerData(0, Qt.Orientation.Vertical) is None
    assert table.model_at(99) is None


def test_models_are_listed_with_what_one_chooses_by(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    dialog = open_dialog(qtbot, desk)
    texts = [cell(dialog, "gate", column) for column in Column]
    assert texts == [
        "gate",
        "Ready",
        "YOLOX",
        "float32, ONNX",
        "41 ms",
        "36.0 MB",
        "40 %",
        "Apache-2.0",
    ]
    assert cell(dialog, "nanodet", Column.STATE) == "In use"
    assert cell(dialog, "new", Column.FAMILY) == "?"
    assert cell(dialog, "weak", Column.LICENCE) == "not told"
    assert dialog.view.selected is MODELS[0]
    for state in ModelState:
        assert STATES[state][0]
    dialog.view.select("bad")
    assert "is a pickle" in dialog.about.text()
    dialog.view.select("new")
    assert "Test it" in dialog.about.text()


def test_words_are_words() -> None:
    assert family_words("yolo-end-to-end") == "YOLO, end to end"
    assert family_words("what-next") == "what-next"
    assert runtime_words("opencv", "-") == "OpenCV"
    assert runtime_words("onnxruntime, opencv", "int8, float32") == "int8, ONNX"


@pytest.mark.parametrize(
    ("name", "can_test", "can_use"),
    [
        ("nanodet", True, False),  # is in use
        ("hog", True, True),
        ("gate", True, True),
        ("new", True, False),
        ("weak", True, True),
        ("bad", False, False),
    ],
)
def test_only_what_can_be_done_is_offered(
    name: str, can_test: bool, can_use: bool, qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.view.select(name)
    assert dialog.test_button.isEnabled() is can_test
    assert dialog.picture_button.isEnabled() is can_test
    assert dialog.use_button.isEnabled() is can_use


def test_who_may_not_choose_only_looks(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    dialog = open_dialog(qtbot, desk, role=Role.VIEWER)
    for button in (
        dialog.add_button, dialog.test_button, dialog.picture_button, dialog.use_button,
    ):  # fmt: skip
        assert not button.isVisible()
    assert not dialog.panel.isVisible(), "an empty panel that nobody can fill"
    said = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert any("and not test, add or choose them" in text for text in said)
    dialog.test()
    assert desk.asked == []


def test_a_list_that_cannot_be_read_can_be_asked_for_again(
    qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    desk.error = DatabaseBusy("x")
    dialog = open_dialog(qtbot, desk)
    assert dialog.notice.isVisible()
    assert dialog.table.rowCount() == 0
    assert not dialog.test_button.isEnabled()
    desk.error = None
    dialog.notice.button.click()
    assert not dialog.notice.isVisible()
    assert dialog.table.rowCount() == len(MODELS)


# ---------------------------------------------------------------- trying


def test_a_trial_shows_picture_boxes_and_speed(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    work = HeldWork()
    dialog = open_dialog(qtbot, desk, work)
    work.finish_all()
    dialog.view.select("gate")
    dialog.test_button.click()
    assert dialog.panel.busy.isVisible()
    assert dialog.panel.stop_button.isVisible()
    assert not dialog.use_button.isEnabled()
    assert not dialog.add_button.isEnabled()
    work.finish_all()
    assert desk.asked == [("try", "gate", None, False)]
    assert not dialog.panel.busy.isVisible()
    assert not dialog.panel.stop_button.isVisible()
    assert dialog.panel.heading.text() == "Test of gate"
    assert "All 4 people found" in dialog.panel.notice.title.text()
    assert "41.3 ms a picture, 24 pictures a second" in dialog.panel.facts.text()
    picture = dialog.panel.picture
    image = picture.grab().toImage()
    ratio = image.width() / picture.width()
    edge = image.pixelColor(round(picture.width() * 0.25 * ratio), image.height() // 2)
    box = QColor(theme.current().box)
    near = [
        image.pixelColor(edge_x, image.height() // 2)
        for edge_x in range(image.width() // 4 - 3, image.width() // 4 + 4)
    ]
    assert box in near, (edge.name(), [one.name() for one in near])
    assert image.pixelColor(image.width() * 3 // 8, image.height() // 2).red() in range(80, 100)
    assert dialog.view.selected is MODELS[2]


@pytest.mark.parametrize(
    ("found", "false_alarms", "kind", "title"),
    [
        (4, 0, "ok", "All 4 people found, and nobody else."),
        (3, 0, "warning", "3 of 4 people found."),
        (4, 2, "warning", "4 of 4 people found, and 2 where nobody is."),
        (None, None, "info", "1 person found."),
    ],
)
def test_what_came_of_a_trial_is_told(
    found: int | None, false_alarms: int | None, kind: str, title: str
) -> None:
    said = verdict(a_trial("x", found, false_alarms))
    assert said[:2] == (kind, title)


def test_facts_leave_out_what_there_is_not() -> None:
    assert "640 × 640" in facts(a_trial())
    assert "Looks at" not in facts(dataclasses.replace(a_trial(), input_wh=None))


def test_a_model_is_tried_on_ones_own_picture(
    qtbot: QtBot, desk: ModelDeskStandIn, tmp_path: Path
) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.view.select("gate")
    (tmp_path / "mine.jpg").write_bytes(GREY)
    dialog.test_on(tmp_path / "mine.jpg")
    assert desk.asked == [("try", "gate", GREY, False)]
    dialog.test_on(tmp_path / "none.jpg")
    assert len(desk.asked) == 1
    assert "cannot be read" in dialog.notice.text.text()


def test_the_keyboard_is_at_stop_while_a_trial_runs_and_back_after_it(
    qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    work = HeldWork()
    dialog = open_dialog(qtbot, desk, work)
    dialog.activateWindow()
    work.finish_all()
    dialog.test_button.setFocus()
    dialog.test_button.click()
    assert dialog.focusWidget() is dialog.panel.stop_button
    work.finish_all()
    assert dialog.focusWidget() is dialog.test_button
    dialog.test_button.click()
    dialog.panel.stop_button.click()
    assert dialog.focusWidget() is dialog.test_button


def test_a_file_that_is_no_model_does_not_stop_the_counting(
    qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    dialog = open_dialog(qtbot, desk)
    desk.error = OwnModelUnfit(Path("/download/gate.onnx"), "is a pickle")
    dialog.add(Path("/download/gate.onnx"))
    assert "The model in use counts on as before." in dialog.notice.text.text()
    assert "nobody is counted" not in dialog.notice.text.text()


def test_a_file_is_added_and_selected(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.add(Path("/download/gate.onnx"))
    assert desk.asked == [("add", Path("/download/gate.onnx"), False)]
    assert dialog.view.selected is MODELS[2]
    assert dialog.panel.facts.isVisible()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OwnModelUnfit(Path("gate.onnx"), "keeps its weights in another file"), "another file"),
        (InvalidSetting("file", "has the name of a model that is there already: gate"), "already"),
    ],
)
def test_what_is_refused_is_told_and_can_be_tried_again(
    error: CamWatchError, said: str, qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    dialog = open_dialog(qtbot, desk)
    desk.error = error
    dialog.add(Path("/download/gate.onnx"))
    assert said in dialog.notice.text.text()
    assert error.error_id in dialog.notice.text.text()
    assert dialog.add_button.isEnabled()
    desk.error = None
    dialog.add(Path("/download/gate.onnx"))
    assert not dialog.notice.isVisible()
    assert dialog.panel.facts.isVisible()


def test_a_trial_can_be_stopped_and_its_answer_is_not_shown(
    qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    work = HeldWork()
    dialog = open_dialog(qtbot, desk, work)
    work.finish_all()
    dialog.view.select("gate")
    dialog.test()
    dialog.panel.stop_button.click()
    assert not dialog.panel.busy.isVisible()
    assert dialog.test_button.isEnabled()
    work.finish_all()
    assert not dialog.panel.facts.isVisible()
    assert not dialog.notice.isVisible()
    dialog.test()
    work.finish_all()
    assert dialog.panel.facts.isVisible()


def test_closing_gives_a_trial_up(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    cancels: list[bool] = []

    class Waiting(HeldWork):
        def finish_after_close(self) -> None:
            self.finish()
            assert desk.cancel is not None
            cancels.append(desk.cancel.is_set())

    work = Waiting()
    dialog = open_dialog(qtbot, desk, work)
    work.finish_all()
    dialog.test()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    work.finish_after_close()
    assert cancels == [True]


# ---------------------------------------------------------------- choosing


def question(dialog: ModelsDialog) -> QMessageBox:
    return next(one for one in dialog.findChildren(QMessageBox) if one.isVisible())


def answer(dialog: ModelsDialog, words: str) -> None:
    box = question(dialog)
    next(one for one in box.buttons() if one.text() == words).click()


def use(dialog: ModelsDialog, words: str = "Use it") -> None:
    dialog.use_button.click()
    answer(dialog, words)


@pytest.mark.parametrize("is_live", [False, True])
def test_a_model_is_chosen_and_the_caller_is_told(
    is_live: bool, qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    dialog = open_dialog(qtbot, desk, is_live=is_live)
    dialog.view.select("gate")
    with qtbot.waitSignal(dialog.model_chosen) as told:
        use(dialog)
    assert told.args == ["gate"]
    assert desk.asked == [("use", "gate", False)]
    assert dialog.notice.title.text() == "gate is chosen."
    assert ("Start CamWatch again" in dialog.notice.text.text()) is not is_live
    assert cell(dialog, "gate", Column.STATE) == "In use"
    assert cell(dialog, "nanodet", Column.STATE) == "Ready"
    assert not dialog.use_button.isEnabled()


def test_a_weak_model_is_used_only_when_that_is_confirmed(
    qtbot: QtBot, desk: ModelDeskStandIn
) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.view.select("weak")
    dialog.use_button.click()
    assert "3 of 4 people" in question(dialog).informativeText()
    answer(dialog, "Cancel")
    assert desk.asked == []
    use(dialog, "Use it all the same")
    assert desk.asked == [("use", "weak", True)]


def test_a_model_that_cannot_be_used_is_told(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.view.select("gate")
    desk.error = OwnModelUnfit(Path("gate.onnx"), "was changed after it had been tested")
    with qtbot.assertNotEmitted(dialog.model_chosen):
        use(dialog)
    assert "was changed" in dialog.notice.text.text()
    assert dialog.use_button.isEnabled()


def test_a_variable_that_wins_is_told(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.view.select("gate")
    desk.is_overridden = True
    with qtbot.assertNotEmitted(dialog.model_chosen):
        use(dialog)
    assert "CAMWATCH_DETECTION_MODEL" in dialog.notice.text.text()


def test_everything_is_reached_by_keys(qtbot: QtBot, desk: ModelDeskStandIn) -> None:
    dialog = open_dialog(qtbot, desk)
    dialog.view.select("gate")
    dialog.view.setFocus()
    reached = []
    for _ in range(5):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.append(dialog.focusWidget())
    assert reached == [
        dialog.add_button,
        dialog.test_button,
        dialog.picture_button,
        dialog.close_button,
        dialog.use_button,
    ]
    QTest.keyClick(dialog.use_button, Qt.Key.Key_Space)
    answer(dialog, "Use it")
    assert desk.asked == [("use", "gate", False)]
