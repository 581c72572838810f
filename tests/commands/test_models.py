"""Models as an administrator asks for them: listed, tried, added, chosen, audited."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.session import Session
from camwatch.cameras.decode import encode_jpeg
from camwatch.commands import Commands
from camwatch.commands.model_commands import ModelCommands
from camwatch.commands.model_desk import VARIABLE, ModelDesk, desk_for
from camwatch.commands.settings_file import write_values
from camwatch.commands.trail import Trail
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.detect.library import ModelLibrary, ModelState
from camwatch.domain import Role
from camwatch.errors import (
    CameraError,
    GivenUp,
    InvalidSetting,
    InvalidSettings,
    ModelMissing,
    OwnModelMissing,
    OwnModelUnfit,
    PermissionDenied,
    StorageError,
)
from camwatch.paths import Profile, bundled_models
from tests.commands.values import forbid
from tests.detect.own_models import blind_model, good_model, onnx_model, save


class OnlyModels(ModelCommands):
    """The commands about models alone."""

    def __init__(self, commands: Commands, desk: ModelDesk, trail: Trail) -> None:
        self.guard = commands.guard
        self._init_models(desk, trail)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
def desk(profile: Profile) -> ModelDesk:
    """Return a desk whose models are opened here only; test_preflight.py has the other way."""
    library = ModelLibrary(bundled_models(), profile.models_folder)
    return ModelDesk(library, profile.settings_file, environ={}, preflight=lambda *_: None)


@pytest.fixture
def asked(commands: Commands, desk: ModelDesk, database: Database) -> OnlyModels:
    return OnlyModels(commands, desk, Trail(database.audit))


@pytest.fixture
def download(tmp_path: Path) -> Path:
    return save(good_model(), tmp_path / "download" / "gate.onnx")


def state(desk: ModelDesk, name: str) -> ModelState | None:
    return next((one.state for one in desk.models() if one.name == name), None)


# ---------------------------------------------------------------- the desk


def test_a_good_model_is_added_tested_and_may_count(
    desk: ModelDesk, profile: Profile, download: Path
) -> None:
    tried = desk.add(download)
    assert tried.is_recommended
    assert tried.is_accepted
    assert (tried.name, tried.family, tried.count) == ("gate", "yolov8", 4)
    assert (tried.known, tried.found, tried.false_alarms) == (4, 4, 0)
    assert tried.boxes.min() >= 0
    assert tried.boxes.max() <= 1
    assert tried.picture.startswith(b"\xff\xd8")
    assert (profile.models_folder / "gate.onnx").read_bytes() == download.read_bytes()
    assert state(desk, "gate") is ModelState.READY
    assert desk.test("gate").is_recommended


def test_a_weak_model_is_kept_but_may_not_count_before_that_is_confirmed(
    desk: ModelDesk, tmp_path: Path
) -> None:
    tried = desk.add(save(blind_model(), tmp_path / "blind.onnx"))
    assert (tried.found, tried.false_alarms) == (2, 1)
    assert not tried.is_recommended
    assert not tried.is_accepted
    assert state(desk, "blind") is ModelState.WEAK
    with pytest.raises(OwnModelUnfit, match="accepted"):
        desk.use("blind")
    assert desk.chosen() == "auto"
    assert desk.use("blind", confirmed=True).name == "blind"
    assert desk.chosen() == "blind"
    assert state(desk, "blind") is ModelState.READY


def test_a_weak_model_can_be_accepted_while_it_is_tested(desk: ModelDesk, tmp_path: Path) -> None:
    desk.add(save(blind_model(), tmp_path / "blind.onnx"))
    assert desk.test("blind", confirmed=True).is_accepted
    assert state(desk, "blind") is ModelState.READY


def test_a_model_dropped_into_the_folder_is_tested_where_it_is(
    desk: ModelDesk, profile: Profile
) -> None:
    save(good_model(), profile.models_folder / "dropped.onnx")
    assert state(desk, "dropped") is ModelState.NEW
    with pytest.raises(OwnModelUnfit):
        desk.use("dropped", confirmed=True)
    assert desk.test("dropped").is_accepted
    assert desk.use("dropped").threshold == 0.4
    assert [one.name for one in profile.models_folder.glob("*.onnx")] == ["dropped.onnx"]


def test_a_file_that_cannot_be_used_is_not_copied(
    desk: ModelDesk, profile: Profile, tmp_path: Path
) -> None:
    cats = save(onnx_model({"cats": np.zeros((1, 1000))}), tmp_path / "cats.onnx")
    with pytest.raises(OwnModelUnfit, match="does not recognise"):
        desk.add(cats)
    with pytest.raises(OwnModelMissing):
        desk.add(tmp_path / "nothing.onnx")
    assert not profile.models_folder.exists()


def test_giving_up_leaves_nothing(desk: ModelDesk, profile: Profile, download: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(GivenUp):
        desk.add(download, cancel=cancel)
    assert not profile.models_folder.exists()
    with pytest.raises(GivenUp):
        desk.test("nanodet", cancel=cancel)


def test_a_model_is_tried_on_ones_own_picture_without_a_record(
    desk: ModelDesk, profile: Profile
) -> None:
    save(blind_model(), profile.models_folder / "blind.onnx")
    tried = desk.test("blind", encode_jpeg(np.full((720, 1280, 3), 90, np.uint8)))
    assert (tried.known, tried.count, tried.is_accepted) == (None, 3, False)
    assert state(desk, "blind") is ModelState.NEW
    with pytest.raises(CameraError):
        desk.test("blind", b"no picture")


@pytest.mark.parametrize(
    ("name", "full", "wh"),
    [("nanodet", "nanodet-g", (416, 256)), ("auto", "nanodet-g", (416, 256)), ("hog", "hog", None)],
)
def test_shipped_models_can_be_tried_too(
    desk: ModelDesk, name: str, full: str, wh: tuple[int, int] | None
) -> None:
    tried = desk.test(name)
    assert (tried.name, tried.input_wh, tried.is_accepted) == (full, wh, True)
    assert tried.found == 4
    assert tried.is_recommended == (full == "nanodet-g")


# ---------------------------------------------------------------- the settings


def test_the_chosen_model_goes_into_the_settings_and_nothing_else_changes(
    desk: ModelDesk, profile: Profile, download: Path
) -> None:
    desk.add(download)
    profile.folder.mkdir(exist_ok=True)
    before = (
        "# Ours; ask the works council before changes.\n[cameras]\nfrozen_after = 20 # as agreed\n\n"
        "[detection]\n# counts people\nthreads = 2\nmodel = 'auto' # the best\n"
    )
    profile.settings_file.write_text(before)
    chosen = desk.use("gate")
    assert (chosen.name, chosen.threshold, chosen.is_overridden) == ("gate", 0.4, False)
    text = profile.settings_file.read_text()
    assert text == before.replace("'auto'", '"gate"') + "threshold = 0.4\n"
    detection = load_settings(profile.settings_file, {}).detection
    assert (detection.model, detection.threshold, detection.threads) == ("gate", 0.4, 2)
    desk.use("nanodet")
    assert load_settings(profile.settings_file, {}).detection.threshold == 0.33


def test_settings_that_are_not_toml_stay_as_they_are(desk: ModelDesk, profile: Profile) -> None:
    profile.folder.mkdir()
    profile.settings_file.write_text("[detection\n")
    with pytest.raises(InvalidSettings, match="TOML"):
        desk.use("nanodet")
    assert profile.settings_file.read_text() == "[detection\n"
    profile.settings_file.write_text("detection = 3\n")
    with pytest.raises(InvalidSettings, match="no section"):
        desk.use("nanodet")


def test_a_value_is_added_where_there_was_nothing(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.toml"
    write_values(file, "detection", {"model": "hog"})
    assert file.read_text() == '[detection]\nmodel = "hog"\n'
    write_values(file, "display", {"time_zone": "Europe/Berlin"})
    assert file.read_text() == (
        '[detection]\nmodel = "hog"\n\n[display]\ntime_zone = "Europe/Berlin"\n'
    )


def test_a_variable_that_wins_is_told(profile: Profile) -> None:
    library = ModelLibrary(bundled_models(), profile.models_folder)
    desk = ModelDesk(library, profile.settings_file, environ={VARIABLE: "nanodet"})
    assert desk.use("auto").is_overridden
    assert not desk.use("nanodet").is_overridden


def test_what_cannot_be_used_is_never_chosen(desk: ModelDesk, profile: Profile) -> None:
    with pytest.raises(OwnModelMissing):
        desk.use("nowhere")
    empty = ModelDesk(ModelLibrary(profile.folder, profile.models_folder), profile.settings_file)
    with pytest.raises(ModelMissing):
        empty.use("nanodet")
    assert not profile.settings_file.exists()


def test_a_profile_has_a_desk(profile: Profile) -> None:
    assert [one.name for one in desk_for(profile).models()] == ["nanodet", "hog"]


# ---------------------------------------------------------------- permission and audit


def test_administrators_choose_and_everybody_looks(
    asked: OnlyModels, sessions: dict[Role, Session], download: Path
) -> None:
    for session in sessions.values():
        assert [one.name for one in asked.models(session)] == ["nanodet", "hog"]
        assert asked.chosen_model(session) == "auto"
    for role in (Role.VIEWER, Role.SUPERVISOR):
        with pytest.raises(PermissionDenied):
            asked.add_model(sessions[role], download)
        with pytest.raises(PermissionDenied):
            asked.try_model(sessions[role], "nanodet")
        with pytest.raises(PermissionDenied):
            asked.use_model(sessions[role], "hog")
    assert asked.chosen_model(sessions[Role.VIEWER]) == "auto"


def test_every_change_is_audited(
    asked: OnlyModels, commands: Commands, boss: Session, download: Path
) -> None:
    tried = asked.add_model(boss, download)
    asked.try_model(boss, "gate")
    asked.use_model(boss, "gate")
    with pytest.raises(OwnModelMissing):
        asked.use_model(boss, "nowhere")
    entries = commands.find_audit_entries(boss, AuditQuery(), 4)
    assert [(one.actor, one.action, one.target, one.result) for one in reversed(entries)] == [
        ("boss", "add_model", "gate", "done"),
        ("boss", "test_model", "gate", "done"),
        ("boss", "use_model", "gate", "done"),
        ("boss", "use_model", "nowhere", "failed"),
    ]
    added = entries[3].details
    assert added["sha256"].startswith(tried.fingerprint)
    assert added["found"] == "4 of 4, 0 false"
    assert entries[1].details == {"threshold": "0.4", "confirmed": "no"}


@pytest.mark.expects_warning
def test_what_cannot_be_audited_is_not_done(
    asked: OnlyModels, boss: Session, profile: Profile, file: Path, download: Path
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(StorageError):
        asked.add_model(boss, download)
    with pytest.raises(StorageError):
        asked.use_model(boss, "hog")
    assert not profile.models_folder.exists()
    assert not profile.settings_file.exists()


def test_a_second_model_of_a_name_is_refused(
    asked: OnlyModels, boss: Session, download: Path, tmp_path: Path
) -> None:
    asked.add_model(boss, download)
    with pytest.raises(InvalidSetting, match="there already"):
        asked.add_model(boss, save(blind_model(), tmp_path / "other" / "gate.onnx"))
