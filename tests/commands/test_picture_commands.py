"""Pictures that leave CamWatch: as the camera sent them, and audited."""

from __future__ import annotations

from pathlib import Path

import pytest

from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Picture, Role
from camwatch.errors import FilesTroubled, NotFound, StorageError
from tests.commands.values import NOON, forbid, settings

DATA = b"\xff\xd8\xff as the camera sent it \xff\xd9"


def picture(camera_id: CameraId) -> Picture:
    return Picture(camera_id, 7, DATA, (640, 360), NOON, 1.0, 1.0)


def test_a_picture_is_written_as_it_came_and_audited(
    commands: Commands, database: Database, sessions: dict[Role, Session], tmp_path: Path
) -> None:
    gate = database.cameras.add(settings("Gate", username=""))
    file = tmp_path / "gate.jpg"
    file.write_bytes(b"an older one")
    assert commands.save_picture(sessions[Role.SUPERVISOR], picture(gate.id), file) == file
    assert file.read_bytes() == DATA
    assert list(tmp_path.glob("*.part")) == list(tmp_path.glob(".*.part")) == []
    entry = database.audit.newest(1)[0]
    assert (entry.action, entry.target) == ("save_picture", "Gate")
    assert entry.details["file"] == "gate.jpg"
    assert entry.details["taken_at"].startswith(f"{NOON:%Y-%m-%dT%H:%M}")


def test_a_picture_that_cannot_be_audited_is_not_written(
    commands: Commands,
    database: Database,
    file: Path,
    sessions: dict[Role, Session],
    tmp_path: Path,
) -> None:
    gate = database.cameras.add(settings("Gate", username=""))
    forbid(file, "INSERT", "audit")
    with pytest.raises(StorageError):
        commands.save_picture(sessions[Role.SUPERVISOR], picture(gate.id), tmp_path / "gate.jpg")
    assert not (tmp_path / "gate.jpg").exists()


def test_trouble_with_the_file_is_told(
    commands: Commands, database: Database, sessions: dict[Role, Session], tmp_path: Path
) -> None:
    gate = database.cameras.add(settings("Gate", username=""))
    with pytest.raises(FilesTroubled):
        commands.save_picture(
            sessions[Role.SUPERVISOR], picture(gate.id), tmp_path / "nowhere" / "gate.jpg"
        )
    with pytest.raises(NotFound):
        commands.save_picture(
            sessions[Role.SUPERVISOR], picture(CameraId(99)), tmp_path / "gate.jpg"
        )
