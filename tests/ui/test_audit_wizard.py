"""An audit from the recording to the badge, by mouse and keyboard, on real files and threads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from camwatch.accuracy import AuditKind, AuditReport, Step, Truth
from camwatch.accuracy.keeping import open_recording
from camwatch.accuracy.plan import RecordingState, RecordingStatus
from camwatch.scene import Direction, Scene, Zone
from camwatch.ui import theme
from camwatch.ui.accuracy.audit_wizard import AuditWizard
from camwatch.ui.accuracy.film_step import FilmStep
from camwatch.ui.accuracy.panels import OccupancyPanel, PassagePanel
from camwatch.ui.accuracy.picture_step import PictureStep
from camwatch.ui.accuracy.plan_step import PlanStep
from camwatch.ui.accuracy.recording_step import RecordingStep
from camwatch.ui.accuracy.result_step import ResultStep
from tests.data.disks import small_disk
from tests.ui.audit_bench import DOOR, AuditBench
from tests.workers.audit_site import a_count, a_picture, people

STEP = TypeVar("STEP", bound=QWidget)
Key = Qt.Key

# Numbers that nothing else on the counting step shows, so that finding one means it leaks.
SECRET = 77
SECRETS = (SECRET,) * 20


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[AuditBench]:
    bench = AuditBench(tmp_path)
    yield bench
    bench.stop()


@pytest.fixture
def open_wizard(qtbot: QtBot, bench: AuditBench) -> Callable[[RecordingStatus | None], AuditWizard]:
    """Return what opens the dialog; the recorder runs then, as in the program."""

    opened: list[AuditWizard] = []  # a dialog that nobody holds is taken away at any moment

    def open_it(status: RecordingStatus | None = None) -> AuditWizard:
        if not bench.recordings.is_open:
            bench.start()
            qtbot.waitUntil(lambda: bench.recordings.is_open)
        wizard = AuditWizard(bench.commands, bench.session, bench.pool, bench.camera, status)
        qtbot.addWidget(wizard, before_close_func=lambda dialog: dialog.reject())
        opened.append(wizard)
        bench.recordings.changed.connect(wizard.on_recording_changed)
        wizard.show()
        qtbot.waitExposed(wizard)
        return wizard

    return open_it


Open = Callable[..., AuditWizard]


def at_step(qtbot: QtBot, wizard: AuditWizard, kind: type[STEP]) -> STEP:
    """Wait for a step."""
    qtbot.waitUntil(lambda: isinstance(wizard.step, kind))
    assert isinstance(wizard.step, kind)
    return wizard.step


def press(step: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(step, key)


def click(button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(qtbot: QtBot, wizard: QWidget, words: str) -> None:
    """Press a button of the question that is asked."""
    qtbot.waitUntil(lambda: bool(wizard.findChildren(QMessageBox)))
    (box,) = wizard.findChildren(QMessageBox)
    (button,) = [one for one in box.buttons() if one.text() == words]
    click(button)


def visible_texts(widget: QWidget) -> list[str]:
    """Return all words that stand on a widget, tooltips and names for screen readers too."""
    found = []
    for part in [widget, *widget.findChildren(QWidget)]:
        found += [part.toolTip(), part.accessibleName(), part.accessibleDescription()]
        if isinstance(part, QLabel | QAbstractButton):
            found.append(part.text())
        if isinstance(part, QComboBox):
            found.append(part.currentText())
    return [text for text in found if text]


def watch(qtbot: QtBot, step: FilmStep) -> None:
    """Play to the end at the fastest speed."""
    step.set_speed(4)
    press(step, Key.Key_Space)
    qtbot.waitUntil(lambda: step.is_whole, timeout=20_000)


def stored(bench: AuditBench) -> list[AuditReport]:
    return bench.commands.audits(bench.session, bench.camera.id)


def actions(bench: AuditBench) -> list[str]:
    return [entry.action for entry in bench.database.audit.newest(50)]


# -------------------------------------------------------------------- the whole way


def test_from_recording_to_badge(qtbot: QtBot, bench: AuditBench, open_wizard: Open) -> None:
    wizard = open_wizard()
    plan = at_step(qtbot, wizard, PlanStep)
    plan.minutes.setValue(1)
    click(plan.start_button)
    recording = at_step(qtbot, wizard, RecordingStep)
    for frame in range(12):
        picture = a_picture(frame, camera=bench.camera.id)
        bench.recordings.offer(picture)
        bench.bus.publish(a_count(picture, people(frame)))
        # Pictures come one after the other, as a camera sends them.
        qtbot.waitUntil(lambda: not bench.recordings.waiting_pictures)
    qtbot.waitUntil(lambda: recording.status.pictures == 12)
    qtbot.waitUntil(lambda: not recording.view.image.isNull())
    assert recording.facts.text().startswith("12 pictures")
    click(recording.stop_button)
    answer(qtbot, wizard, "Stop now")
    qtbot.waitUntil(lambda: recording.status.state is RecordingState.READY, timeout=10_000)
    click(recording.count_button)

    film = at_step(qtbot, wizard, FilmStep)
    press(film, (Key.Key_0, Key.Key_1, Key.Key_2, Key.Key_3)[people(0)])
    watch(qtbot, film)
    click(wizard.foot.result_button)
    result = at_step(qtbot, wizard, ResultStep)
    assert stored(bench) == []
    result.comment.setPlainText("Nothing special.")
    with qtbot.waitSignal(wizard.audit_stored) as told:
        click(result.store_button)
    (report,) = stored(bench)
    assert told.args is not None
    assert told.args[0] == report
    assert report.comment == "Nothing special."
    assert report.made_by == "maria"
    badge = bench.commands.badges(bench.session)[bench.camera.id]
    assert badge.audit_uid == report.uid
    # The pictures are gone, and the log tells each step.
    assert list(bench.folder.iterdir()) == []
    done = actions(bench)
    for action in ("start_recording", "stop_recording", "open_recording", "store_audit"):
        assert action in done


def test_pictures_are_kept_if_that_is_wished(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(counts=(1,) * 8)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    press(film, Key.Key_1)
    watch(qtbot, film)
    click(wizard.foot.result_button)
    result = at_step(qtbot, wizard, ResultStep)
    click(result.keep)
    with qtbot.waitSignal(wizard.audit_stored):
        click(result.store_button)
    assert bench.recordings.progress(opened.status.uid).state is RecordingState.KEPT
    assert len(list(opened.folder.glob("*.jpg"))) == 8


def test_discarding_needs_a_second_word(qtbot: QtBot, bench: AuditBench, open_wizard: Open) -> None:
    opened = bench.record()
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    press(film, Key.Key_1)
    watch(qtbot, film)
    click(wizard.foot.result_button)
    result = at_step(qtbot, wizard, ResultStep)
    click(result.discard_button)
    answer(qtbot, wizard, "Keep it")
    assert opened.folder.exists()
    qtbot.waitUntil(lambda: not wizard.findChildren(QMessageBox))
    with qtbot.waitSignal(wizard.finished):
        click(result.discard_button)
        answer(qtbot, wizard, "Discard")
    assert not opened.folder.exists()
    assert stored(bench) == []
    # Who looks at a poor result and discards it is in the log.
    assert actions(bench)[:2] == ["discard_recording", "preview_audit"]


# -------------------------------------------------------------------- what to check


def test_the_plan_says_what_it_takes(qtbot: QtBot, open_wizard: Open) -> None:
    plan = at_step(qtbot, open_wizard(), PlanStep)
    qtbot.waitUntil(lambda: plan.place.count() == 1)
    plan.minutes.setValue(30)
    assert "9\u202f000 pictures" in plan.estimate.text()
    click(plan.radios[AuditKind.PICTURES])
    plan.pictures.setValue(50)
    assert "50 pictures" in plan.estimate.text()
    assert plan.hours.isVisible()
    assert not plan.minutes.isVisible()
    assert (plan.plan().pictures, plan.plan().seconds) == (50, 8 * 3600)
    click(plan.radios[AuditKind.PASSAGES])
    assert (plan.plan().place, plan.plan().pictures) == ("Door", None)
    assert any("deleted once the audit is stored" in text for text in visible_texts(plan))


def test_without_a_line_nobody_can_pass_it(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    bench.database.scenes.save(bench.camera.id, Scene())
    plan = at_step(qtbot, open_wizard(), PlanStep)
    qtbot.waitUntil(lambda: not plan.radios[AuditKind.PASSAGES].isEnabled())
    assert any("no line and no gate" in text for text in visible_texts(plan))


def test_a_camera_that_is_not_counted_cannot_be_audited(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    bench.setup = None
    plan = at_step(qtbot, open_wizard(), PlanStep)
    click(plan.start_button)
    qtbot.waitUntil(plan.notice.isVisible)
    assert "nothing to audit" in plan.notice.text.text()
    assert plan.start_button.isEnabled()


def test_too_little_room_is_told_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        bench = AuditBench(disk)
        bench.recordings._limits = type(bench.recordings._limits)()
        bench.start()
        qtbot.waitUntil(lambda: bench.recordings.is_open)
        wizard = AuditWizard(bench.commands, bench.session, bench.pool, bench.camera)
        qtbot.addWidget(wizard)
        wizard.show()
        plan = at_step(qtbot, wizard, PlanStep)
        click(plan.start_button)
        qtbot.waitUntil(plan.notice.isVisible)
        assert "500 MB" in plan.notice.text.text()
        bench.stop()


def test_closing_leaves_the_recording_running(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    wizard = open_wizard()
    click(at_step(qtbot, wizard, PlanStep).start_button)
    step = at_step(qtbot, wizard, RecordingStep)
    assert "min left" in step.heading.text()
    press(wizard, Key.Key_Escape)
    assert not wizard.isVisible()
    (status,) = bench.commands.recordings(bench.session)
    assert status.state is RecordingState.RUNNING
    again = open_wizard(status)
    at_step(qtbot, again, RecordingStep)


# -------------------------------------------------------------------- counting blind


@pytest.mark.parametrize("kind", AuditKind)
def test_the_programs_count_is_nowhere_while_one_counts(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open, kind: AuditKind
) -> None:
    opened = bench.record(kind, counts=SECRETS)
    wizard = open_wizard(opened.status)
    qtbot.waitUntil(lambda: isinstance(wizard.step, FilmStep | PictureStep))
    step = wizard.step
    assert isinstance(step, FilmStep | PictureStep)
    for _ in range(3):
        press(step, Key.Key_1, Key.Key_Return, Key.Key_Period)
        texts = visible_texts(wizard)
        assert len(texts) > 20
        assert [text for text in texts if re.search(rf"(?<!\d){SECRET}(?!\d)", text)] == []
    # Nor are its boxes drawn.
    assert list(step.view._boxes) == []


def test_numbers_are_entered_by_keys_at_the_picture_that_is_seen(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(counts=(1,) * 20)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    assert isinstance(film.panel, OccupancyPanel)
    assert film.panel.number.text() == "?"
    press(film, Key.Key_Space)
    assert not film.playback.is_playing  # first the number at the start
    press(film, Key.Key_2)
    assert film.panel.number.text() == "2"

    def go_to(picture: int) -> None:
        while film.playback.index < picture:
            press(film, Key.Key_Right)
        qtbot.waitUntil(lambda: film.view.shown == opened.recording.pictures[picture].file)

    go_to(5)
    press(film, Key.Key_Plus)
    go_to(10)
    press(film, Key.Key_Minus, Key.Key_Minus)
    go_to(12)
    press(film, Key.Key_PageUp)
    go_to(13)
    press(film, Key.Key_9, Key.Key_Backspace)
    assert film.panel.number.text() == "6"
    steps = film.truth().steps
    assert [(round(one.t_s, 3), one.people) for one in steps] == [
        (0.0, 2),
        (1.0, 3),
        (2.0, 1),
        (2.4, 6),
    ]
    assert [mark.text for mark in film.timeline.marks] == ["2", "3", "1", "6"]
    press(film, Key.Key_B)
    assert film.playback.place_s == 0
    # The number is that of the picture that is seen, which comes a moment later.
    number = film.panel.number
    qtbot.waitUntil(lambda: number.text() == "2")


def test_passages_are_marked_by_keys_and_buttons(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 20)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    panel = film.panel
    assert isinstance(panel, PassagePanel)
    press(film, Key.Key_I, Key.Key_Period, Key.Key_Right, Key.Key_Period)
    qtbot.waitUntil(lambda: film.view.shown == opened.recording.pictures[2].file)
    press(film, Key.Key_O, Key.Key_Left)
    click(panel.buttons[Direction.OUT])
    assert [panel.numbers[way].text() for way in Direction] == ["2", "3"]
    press(film, Key.Key_Backspace)
    click(panel.undo)
    assert [panel.numbers[way].text() for way in Direction] == ["2", "1"]
    assert [mark.is_inwards for mark in film.timeline.marks] == [True, True, False]
    assert film.truth().passages[-1].t_s == pytest.approx(0.4)


def test_it_plays_pauses_and_changes_speed_by_keys(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 40)
    film = at_step(qtbot, open_wizard(opened.status), FilmStep)
    press(film, Key.Key_Space, Key.Key_Up)
    assert film.playback.speed == 2
    assert film.play_button.text() == "Pause"
    seen: list[str] = []
    film.view.picture_shown.connect(seen.append)
    qtbot.waitUntil(lambda: len(seen) >= 5)
    press(film, Key.Key_Space)
    assert not film.playback.is_playing
    assert seen == sorted(seen)
    press(film, Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Down)
    assert film.playback.speed == 0.25
    click(film.speed_buttons.button(2))
    assert film.playback.speed == 1


def test_the_timeline_goes_back_but_not_beyond_what_was_watched(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 20)
    film = at_step(qtbot, open_wizard(opened.status), FilmStep)
    for _ in range(10):
        press(film, Key.Key_Period)
    middle = film.timeline.height() // 2
    for share, place_s in ((0.25, 1.0), (0.9, 2.0)):
        x = 8 + round(share * (film.timeline.width() - 16))
        QTest.mouseClick(film.timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, middle))
        assert film.playback.place_s == pytest.approx(place_s, abs=0.02)


def test_pictures_are_counted_one_by_one(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PICTURES, counts=(1, 12, 3, 0), every_s=60)
    wizard = open_wizard(opened.status)
    step = at_step(qtbot, wizard, PictureStep)
    press(step, Key.Key_Return)  # no number yet
    assert step.index == 0
    press(step, Key.Key_1, Key.Key_Return, Key.Key_1, Key.Key_3, Key.Key_Backspace, Key.Key_2)
    assert step.panel.number.text() == "12"
    press(step, Key.Key_Return, Key.Key_S)
    assert step.place.text() == "Picture 4 of 4, 1 left to count"
    assert wizard.foot.result_button.text() == "Stop here, show the &result"
    press(step, Key.Key_0, Key.Key_Enter)
    assert step.is_whole
    assert wizard.foot.result_button.text() == "Show the &result"
    press(step, Key.Key_Left, Key.Key_Left)
    assert step.panel.number.text() == "12"
    click(wizard.foot.result_button)
    result = at_step(qtbot, wizard, ResultStep)
    with qtbot.waitSignal(wizard.audit_stored):
        click(result.store_button)
    (report,) = stored(bench)
    assert [(one.truth, one.counted) for one in report.intervals] == [(1, 1), (12, 12), (0, 0)]


def test_the_audited_line_is_drawn_over_the_pictures(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 20)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    qtbot.waitUntil(lambda: not film.view.image.isNull())
    assert film.view.scene == Scene(lines=(DOOR,))
    assert wizard.notice.isHidden()
    view = film.view
    accent = QColor(theme.current().accent)

    def is_line_drawn() -> bool:
        drawn = view.grab().toImage()
        y = round(view.height() * 0.4)
        colors = [drawn.pixelColor(view.width() // 2 + step, y) for step in range(-3, 4)]
        return any(color.blue() > 200 and abs(color.hue() - accent.hue()) < 12 for color in colors)

    qtbot.waitUntil(is_line_drawn)


def test_masks_are_drawn_and_explained_where_people_are_counted(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    mask = Zone("Poster", ((0.0, 0.0), (0.2, 0.0), (0.2, 0.3)))
    scene = bench.database.scenes.save(bench.camera.id, Scene(lines=(DOOR,), masks=(mask,))).scene
    opened = bench.record(counts=(1,) * 20, scene=scene)
    film = at_step(qtbot, open_wizard(opened.status), FilmStep)
    assert film.view.scene == Scene(masks=scene.masks)
    assert any("hatched area" in text for text in visible_texts(film.panel))


def test_a_line_that_was_moved_since_is_not_drawn_in_the_wrong_place(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 20)
    bench.database.scenes.save(bench.camera.id, Scene(lines=(DOOR.swapped,)))
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    assert film.view.scene is None
    assert wizard.notice.title.text() == "The lines are not drawn"


# -------------------------------------------------------------------- nothing is lost


@pytest.mark.parametrize("kind", AuditKind)
def test_what_was_counted_survives_closing(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open, kind: AuditKind
) -> None:
    opened = bench.record(kind, counts=(1,) * 20)
    wizard = open_wizard(opened.status)
    qtbot.waitUntil(lambda: isinstance(wizard.step, FilmStep | PictureStep))
    first = wizard.step
    assert isinstance(first, FilmStep | PictureStep)
    keys = {
        AuditKind.OCCUPANCY: (Key.Key_3, Key.Key_Period, Key.Key_Period),
        AuditKind.PASSAGES: (Key.Key_Period, Key.Key_Period, Key.Key_I),
        AuditKind.PICTURES: (Key.Key_4, Key.Key_Return, Key.Key_2, Key.Key_Return),
    }[kind]
    press(first, *keys)
    truth = first.truth()
    click(wizard.foot.later_button)
    qtbot.waitUntil(lambda: open_recording(opened.folder).truth == truth)

    again = open_wizard(opened.status)
    qtbot.waitUntil(lambda: isinstance(again.step, FilmStep | PictureStep))
    second = again.step
    assert isinstance(second, FilmStep | PictureStep)
    assert second.truth() == truth
    if isinstance(second, FilmStep):
        assert second.playback.place_s == pytest.approx(0.4)
    else:
        assert second.index == 2


def test_marks_are_on_the_disk_before_the_dialog_is_closed(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 20)
    film = at_step(qtbot, open_wizard(opened.status), FilmStep)
    press(film, Key.Key_Period, Key.Key_I)

    def kept() -> Truth | None:
        return open_recording(opened.folder).truth

    qtbot.waitUntil(lambda: kept() == film.truth())
    assert [one.direction for one in film.truth().passages] == [Direction.IN]


def test_a_part_that_was_not_watched_is_left_out(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(counts=(1,) * 150)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    press(film, Key.Key_1)
    for _ in range(50):
        press(film, Key.Key_Period)
    click(wizard.foot.result_button)
    result = at_step(qtbot, wizard, ResultStep)
    with qtbot.waitSignal(wizard.audit_stored):
        click(result.store_button)
    (report,) = stored(bench)
    assert report.duration_s == pytest.approx(10.0)


def test_a_count_that_cannot_be_saved_is_told_and_saved_later(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(AuditKind.PASSAGES, counts=(1,) * 20)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    # Where the truth would be written stands a folder.
    (opened.folder / "truth.json").mkdir()
    press(film, Key.Key_I)
    qtbot.waitUntil(wizard.notice.isVisible)
    assert wizard.notice.title.text() == "What you counted is not saved"
    (opened.folder / "truth.json").rmdir()
    press(film, Key.Key_I)
    qtbot.waitUntil(lambda: open_recording(opened.folder).truth is not None)


def test_a_damaged_recording_is_told_and_can_be_discarded(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record()
    (opened.folder / opened.recording.pictures[3].file).unlink()
    wizard = open_wizard(opened.status)
    qtbot.waitUntil(wizard.notice.isVisible)
    assert wizard.notice.title.text() == "The recording cannot be read"
    assert "000004.jpg" in wizard.notice.text.text()
    click(wizard.notice.button)
    answer(qtbot, wizard, "Discard")
    qtbot.waitUntil(lambda: not opened.folder.exists())


# -------------------------------------------------------------------- the result


def test_the_result_shows_where_they_differ_with_boxes(
    qtbot: QtBot, bench: AuditBench, open_wizard: Open
) -> None:
    opened = bench.record(counts=[1] * 30 + [3] * 30)
    wizard = open_wizard(opened.status)
    film = at_step(qtbot, wizard, FilmStep)
    press(film, Key.Key_1)
    watch(qtbot, film)
    click(wizard.foot.result_button)
    result = at_step(qtbot, wizard, ResultStep)
    first = result.list.item(0)
    assert first.text() == "0:06  You: 1 person, the program: 3"
    picture = opened.recording.pictures[30].file
    qtbot.waitUntil(lambda: result.view.shown == picture)
    assert len(result.view._boxes) == 3
    click(result.before_button)
    qtbot.waitUntil(lambda: result.view.shown == opened.recording.pictures[29].file)
    assert len(result.view._boxes) == 1
    assert result.moment.text() == "0:05: the program counted 1"
    click(result.recount_button)
    film = at_step(qtbot, wizard, FilmStep)
    assert film.is_whole
    assert film.truth().steps == (Step(0.0, 1),)


def test_the_threads_end_with_a_window_that_is_taken_away(qtbot: QtBot, bench: AuditBench) -> None:
    """As at a sign-out: nobody closes the dialog, it goes with its window."""
    opened = bench.record()
    bench.start()
    qtbot.waitUntil(lambda: bench.recordings.is_open)
    window = QWidget()
    window.show()
    wizard = AuditWizard(
        bench.commands, bench.session, bench.pool, bench.camera, opened.status, parent=window
    )
    wizard.open()
    loader = at_step(qtbot, wizard, FilmStep).view._loader
    qtbot.waitUntil(loader.isRunning)
    window.deleteLater()
    qtbot.waitUntil(loader.isFinished)
