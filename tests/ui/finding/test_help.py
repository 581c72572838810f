"""Help at the place, and the chapters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout

from camwatch.auth.session import Session
from camwatch.domain import Role
from camwatch.events import Bus
from camwatch.paths import documents
from camwatch.ui.bridge import EventBridge
from camwatch.ui.forms import Field
from camwatch.ui.help.button import HelpButton, explain
from camwatch.ui.help.chapters import read_chapters, slug
from camwatch.ui.help.popover import HelpPopover
from camwatch.ui.help.room import room_of
from camwatch.ui.help.topics import CHAPTERS, PAGE_TOPICS, TOPICS
from camwatch.ui.help.viewer import HelpViewer
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import CAMERAS, PAGES
from camwatch.ui.window.base import WindowOptions
from camwatch.ui.window.commands import WindowCommands
from tests.ui.live_edges import CameraShelf, HeldBackground, PictureDesk, cameras, session

# The offscreen platform says this of every window that is brought to the front.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Shelf(CameraShelf):
    """What the live page reads as well."""

    def walls(self, _session: Session) -> list:  # type: ignore[type-arg]
        return []


@pytest.fixture(scope="module")
def background() -> HeldBackground:
    return HeldBackground()


@pytest.fixture(scope="module")
def window(qapp: object, background: HeldBackground) -> Iterator[MainWindow]:
    bridge = EventBridge(Bus())
    made = MainWindow(
        cast("WindowCommands", Shelf(cameras(1))),
        session(Role.VIEWER),
        background,
        PictureDesk(),
        bridge,
        WindowOptions(),
    )
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    background.finish()
    yield made
    made.close()
    made.deleteLater()
    bridge.close()


def popover_of(window: QDialog | MainWindow) -> HelpPopover:
    (found,) = window.findChildren(HelpPopover)
    return found


def test_each_page_and_each_field_is_explained_by_a_chapter_that_is_there() -> None:
    assert set(PAGE_TOPICS) == set(range(len(PAGES)))
    chapters = {one.name: one for one in read_chapters(documents(), tuple(CHAPTERS))}
    for name, topic in TOPICS.items():
        assert topic.what.endswith((".", "?")), name
        assert topic.why.endswith((".", "?")), name
        assert topic.chapter in CHAPTERS, name
        headings = {
            slug(line.lstrip("# "))
            for line in chapters[topic.chapter].text.splitlines()
            if line.startswith("#")
        }
        assert not topic.heading or slug(topic.heading) in headings, name


def test_each_chapter_that_ships_has_a_title_and_is_shown_with_its_pictures() -> None:
    chapters = read_chapters(documents(), tuple(CHAPTERS))
    assert {one.name for one in chapters} >= set(CHAPTERS)
    assert [one.name for one in chapters][: len(CHAPTERS)] == list(CHAPTERS)
    with_pictures = next(one for one in chapters if one.name == "alerts")
    assert with_pictures.images["images/alerts.png"].startswith(b"\x89PNG")


def test_no_picture_from_beside_the_chapters_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "a.md").write_text("# A\n\n![x](../secret.png) ![y](gone.png)\n")
    (chapter,) = read_chapters(folder, ())
    assert chapter.images == {}


def test_f1_explains_the_page_beside_its_button(window: MainWindow) -> None:
    window.show_page(CAMERAS)
    QTest.keyClick(window, Qt.Key.Key_F1)
    popover = popover_of(window)
    assert popover.isVisible()
    assert popover.title.text() == TOPICS["cameras"].title
    assert popover.why.text() == TOPICS["cameras"].why
    assert window.rect().contains(popover.geometry())
    QTest.keyClick(popover.more_button, Qt.Key.Key_Escape)
    assert popover.isHidden()


def test_each_page_has_its_help_button(window: MainWindow) -> None:
    for index, page in enumerate(window.pages.all):
        topics = {button.topic for button in page.findChildren(HelpButton)}
        assert PAGE_TOPICS[index] in topics, PAGES[index].title


def test_the_chapter_opens_at_its_heading_is_searched_and_goes_back(
    window: MainWindow, background: HeldBackground
) -> None:
    viewer = window.help_room.open_chapter("rules", "Cool-down")
    assert isinstance(viewer, HelpViewer)
    background.finish()
    browser = viewer.browser
    assert browser.textCursor().block().text() == "Cool-down"

    browser.anchorClicked.emit(QUrl("sign-in.md#the-second-factor"))
    assert browser.chapter is not None
    assert browser.chapter.name == "sign-in"
    assert browser.textCursor().block().text() == "The second factor"
    viewer.go_back()
    assert browser.chapter.name == "rules"

    viewer.line.setText("RTSP")
    listed = [viewer.list.item(row).text() for row in range(viewer.list.count())]
    assert CHAPTERS["streams"] in listed
    assert CHAPTERS["audit"] not in listed
    assert browser.textCursor().selectedText().casefold() == "rtsp"
    viewer.line.setText("qqqqzzzz")
    assert viewer.list.count() == 0
    assert viewer.found.text() == "in no chapter"
    viewer.close()


def test_nothing_is_fetched_and_no_link_leads_out(
    window: MainWindow, background: HeldBackground
) -> None:
    viewer = window.help_room.open_chapter("rules")
    assert viewer is not None
    background.finish()
    kind = QTextDocument.ResourceType.ImageResource.value
    for address in ("http://127.0.0.1:9/x.png", "file:///etc/hostname", "../LICENSE"):
        assert viewer.browser.loadResource(kind, QUrl(address)) is None
    viewer.browser.anchorClicked.emit(QUrl("https://example.org/"))
    assert "https://example.org/" in viewer.outside.text()
    assert viewer.browser.chapter is not None
    assert viewer.browser.chapter.name == "rules"
    viewer.close()


def test_a_field_keeps_its_label_and_its_help_works_in_a_dialog(
    window: MainWindow, background: HeldBackground
) -> None:
    dialog = QDialog(window)
    field = Field("&Pace", QLineEdit(dialog), dialog)
    button = explain(field, "interval")
    column = QVBoxLayout(dialog)
    column.addWidget(field)
    dialog.resize(700, 500)
    dialog.open()
    assert field.label.buddy() is field.input
    assert button.height() <= field.label.height() + 2
    button.click()
    popover = popover_of(dialog)
    assert popover.title.text() == TOPICS["interval"].title
    assert room_of(dialog) is window.help_room
    QTest.keyClick(popover.more_button, Qt.Key.Key_Return)
    viewer = window.help_room.viewer
    assert viewer is not None
    background.finish()
    assert viewer.browser.chapter is not None
    assert viewer.browser.chapter.name == "counting"
    viewer.close()
    dialog.reject()


def test_the_key_that_quits_is_heard_in_a_dialog_and_asks_first(window: MainWindow) -> None:
    class Unsaved(QDialog):
        is_saved = False

        def reject(self) -> None:
            if self.is_saved:
                super().reject()

    dialog = Unsaved(window)
    line = QLineEdit(dialog)
    dialog.open()
    line.setFocus()
    QTest.qWaitForWindowActive(dialog)
    QTest.keyClick(line, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert dialog.isVisible()
    assert window.isVisible()

    dialog.is_saved = True
    QTest.keyClick(line, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isVisible()
    assert not window.isVisible()
