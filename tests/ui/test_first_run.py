"""The set-up of a new profile on a real history, with a real simulated camera to be added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.alerts.rules import CameraCondition, Crossings, Occupancy
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.simulated import MOST, is_simulated, port_of
from camwatch.commands import Commands
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Picture, Role
from camwatch.errors import InvalidSetting
from camwatch.events import Bus
from camwatch.scene import Line, Scene, Zone
from camwatch.ui.bridge import EventBridge
from camwatch.ui.first_run.camera_step import Way
from camwatch.ui.first_run.options import SetUpOptions, may_set_up
from camwatch.ui.first_run.progress import ProgressFile, Stage
from camwatch.ui.first_run.room import FirstRun
from camwatch.ui.first_run.rule_step import Kind, condition_of, offered_of, scope_of
from camwatch.ui.first_run.step import Means
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, Clock, counting_in
from tests.ui.live_edges import HeldBackground, session

PORT = 18_711
DOOR = Scene(lines=(Line("Door", (0.5, 0.2), (0.5, 0.9)),))


class Simulator:
    """Serves nothing: these tests want no picture."""

    def serve(self) -> int:
        return PORT


class NoPictures:
    """A shelf on which no picture has come yet."""

    def latest(self, camera_id: CameraId) -> Picture | None:
        del camera_id
        return None


class Works:
    """Everything between the page and the disk, as the program joins it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self._store = SecretStore(MemoryKeyring)
        clock = Clock()
        self.database = Database.open(folder / "camwatch.sqlite3", clock=clock)
        self.commands = Commands(
            self.database,
            self._store,
            CameraPolicy(),
            self.bus,
            counting_in(folder, self.bus),
            clock,
        )
        self.commands.simulator = Simulator()
        self.boss = self.commands.create_first_administrator("boss", PASSWORD)
        self.background = HeldBackground()
        self.file = folder / "window.ini"
        self.window = QWidget()
        qtbot.addWidget(self.window)

    def room(self) -> FirstRun:
        means = Means(self.commands, self.boss, self.background, self.bridge, NoPictures())
        options = SetUpOptions(is_offered=True, file=self.file)
        return FirstRun(means, ZoneInfo("UTC"), options, self.window)

    def open(self, room: FirstRun) -> None:
        room.offer(self.commands.cameras(self.boss))
        if room.page is None:
            room.open()
        self.background.finish()
        assert room.page is not None
        room.page.show()
        self.background.finish()

    def close(self) -> None:
        self.bridge.close()
        if (keeper := self.commands.audit_keeper) is not None:
            keeper.close()
        self._store.close()
        self.database.close()


@pytest.fixture
def works(qtbot: QtBot, tmp_path: Path) -> Iterator[Works]:
    made = Works(qtbot, tmp_path)
    yield made
    made.close()


def test_what_was_set_up_is_there_again_after_it_was_left_half_way(works: Works) -> None:
    room = works.room()
    works.open(room)
    page = room.page
    assert page is not None
    page.go_on()
    page.camera.ways[Way.SIMULATED].setChecked(True)
    page.camera.add()
    works.background.finish()
    (camera,) = works.commands.cameras(works.boss)
    assert is_simulated(camera.settings)
    assert not page.next_button.isEnabled(), "no picture has proven that it works"

    page.skip()
    works.background.finish()
    page.back()
    page.skip()
    page.skip()
    page.rule.kinds[Kind.CROWD].setChecked(True)
    page.rule.numbers[Kind.CROWD].setValue(0)
    page.go_on()
    works.background.finish()
    assert page.index == 4

    # Going back and choosing another rule changes the same one.
    before = len(works.commands.rules(works.boss))
    page.back()
    page.rule.numbers[Kind.CROWD].setValue(3)
    page.go_on()
    works.background.finish()
    rules = works.commands.rules(works.boss)
    assert len(rules) == before
    mine = next(one for one in rules if page.made.rule and one.uid == page.made.rule.uid)
    assert mine.condition == condition_of(Kind.CROWD, 3)

    # The next start offers to go on where it was left.
    again = works.room()
    again.offer(works.commands.cameras(works.boss))
    assert "not set up to the end" in again.banner.text
    works.open(again)
    assert again.page is not None
    assert again.page.index == 4
    assert again.page.made.camera == camera
    assert again.page.rule.numbers[Kind.CROWD].value() == 3


def test_who_has_closed_the_reminder_is_not_asked_again(works: Works) -> None:
    room = works.room()
    works.open(room)
    reminded = works.room()
    reminded.offer(())
    reminded.banner.dismiss()
    assert ProgressFile(works.file).read().stage is Stage.OVER
    later = works.room()
    later.offer(())
    assert later.page is None
    assert later.banner.text == ""


def test_only_who_may_do_all_of_it_sets_up() -> None:
    assert may_set_up(session(Role.ADMINISTRATOR))
    assert not may_set_up(session(Role.SUPERVISOR))
    assert not may_set_up(session(Role.VIEWER))
    assert built_in_role(Role.ADMINISTRATOR).sites is None


def test_a_profile_has_so_many_simulated_cameras_and_no_more(works: Works) -> None:
    for _ in range(MOST):
        settings = works.commands.simulated_camera(works.boss)
        works.commands.add_camera(works.boss, settings, None)
    cameras = works.commands.cameras(works.boss)
    assert len({one.settings.base_path for one in cameras}) == MOST
    assert port_of(cameras) == PORT
    with pytest.raises(InvalidSetting, match="in use"):
        works.commands.simulated_camera(works.boss)

    works.commands.remove_camera(works.boss, cameras[0].id)
    settings = works.commands.simulated_camera(works.boss)
    assert settings.base_path == cameras[0].settings.base_path


@pytest.mark.parametrize(
    ("kind", "condition"),
    [(Kind.CROWD, Occupancy), (Kind.LINE, Crossings), (Kind.DOWN, CameraCondition)],
)
def test_a_stored_rule_is_shown_with_its_number_again(
    works: Works, kind: Kind, condition: type
) -> None:
    room = works.room()
    works.open(room)
    page = room.page
    assert page is not None
    camera = works.commands.add_camera(
        works.boss, works.commands.simulated_camera(works.boss), None
    )
    works.commands.save_scene(works.boss, camera.id, DOOR)
    page.made.take_camera(camera)
    page.made.take_scene(DOOR)
    page.show_step(3)
    page.rule.kinds[kind].setChecked(True)
    page.rule.numbers[kind].setValue(7)
    page.go_on()
    works.background.finish()
    assert page.made.rule is not None
    assert isinstance(page.made.rule.condition, condition)
    assert offered_of(page.made.rule) == (kind, 7)


def test_a_rule_about_a_zone_is_about_the_zone() -> None:
    scene = Scene(zones=(Zone("Counter", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))),))
    (place,) = scope_of(Kind.ZONE, CameraId(3), scene).places
    assert (place.camera_id, place.name) == (CameraId(3), "Counter")
