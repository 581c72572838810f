"""Lifted privacy: who may lift it gets there, and whoever sees it lets it hold again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, Role
from camwatch.errors import CamWatchError, DatabaseBusy
from camwatch.events import Bus
from camwatch.scene import Lift, Privacy, PrivacyMode, PrivacyRecord
from camwatch.ui.bridge import EventBridge
from camwatch.ui.main_window import MainWindow
from camwatch.ui.privacy.action import PrivacyAction
from camwatch.ui.privacy.dialog import PrivacyDialog
from camwatch.ui.window.base import WindowOptions
from camwatch.ui.window.commands import WindowCommands
from tests.ui.live_edges import CameraShelf, HeldBackground, PictureDesk, cameras, session
from tests.ui.privacy_edges import OpenPrivacy
from tests.ui.screen_edges import PromptWork

LIFTED = CameraId(2)


def lifted() -> list[PrivacyRecord]:
    now = datetime.now(UTC)
    lift = Lift("ada", "a theft", now, now + timedelta(hours=1))
    return [PrivacyRecord(LIFTED, Privacy(PrivacyMode.BLURRED), lift)]


class Shelf(CameraShelf, OpenPrivacy):
    """Cameras of which the privacy of one is lifted."""

    def __init__(self) -> None:
        super().__init__(cameras(3))
        self.records = lifted()
        self.trouble: CamWatchError | None = None

    def privacy(self, _session: Session) -> list[PrivacyRecord]:
        return self.records

    def end_privacy_lift(self, _session: Session, camera_id: CameraId) -> PrivacyRecord:
        if self.trouble is not None:
            raise self.trouble
        self.records = [replace(one, lift=None) for one in self.records]
        return next(one for one in self.records if one.camera_id == camera_id)


def test_who_sees_that_privacy_is_lifted_lets_it_hold_again(qtbot: QtBot) -> None:
    shelf, background, bridge = Shelf(), HeldBackground(), EventBridge(Bus())
    window = MainWindow(
        cast("WindowCommands", shelf),
        session(Role.VIEWER),
        background,
        PictureDesk(),
        bridge,
        WindowOptions(time_zone="UTC"),
    )
    qtbot.addWidget(window)
    window.show()
    background.finish()
    banner = window.banners.privacy
    assert "Camera 02" in banner.text
    shelf.trouble = DatabaseBusy("busy")
    banner.button.click()
    background.finish()
    assert window.banners.notice.text
    shelf.trouble = None
    banner.button.click()
    background.finish()
    assert [one.lift for one in shelf.records] == [None]
    bridge.close()


@pytest.mark.parametrize("may_draw", [False, True])
def test_who_may_only_lift_privacy_does_that_and_nothing_else(qtbot: QtBot, may_draw: bool) -> None:
    allowed = {Permission.VIEW_CAMERAS, Permission.LIFT_PRIVACY}
    if may_draw:
        allowed.add(Permission.EDIT_SCENES)
    who = replace(session(), role=OperatorRole("guard", "Guard", frozenset(allowed), None))
    page, shelf = QWidget(), Shelf()
    shelf.records = [replace(one, lift=None) for one in shelf.records]
    qtbot.addWidget(page)
    chosen = [one for one in cameras(3) if one.id == LIFTED]
    action = PrivacyAction(shelf, who, PromptWork(), page, lambda: chosen)
    action.update()
    assert action.button.isEnabled()
    action.open()
    dialog = page.findChild(PrivacyDialog)
    assert dialog is not None
    assert dialog.lift_button.isVisibleTo(dialog)
    assert dialog.save_button.isVisibleTo(dialog) is may_draw
    assert dialog.modes.isEnabled() is may_draw
