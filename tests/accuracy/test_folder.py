from __future__ import annotations

from pathlib import Path

import pytest

from camwatch.accuracy import (
    AuditKind,
    read_recording,
    write_recording,
)
from camwatch.errors import InvalidSetting
from tests.accuracy.values import picture, recording

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
RECORDING = recording(AuditKind.PICTURES, [picture(0, 1, file="a.jpg")], duration_s=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(JPEG)
    write_recording(folder, RECORDING)
    return folder


def test_a_recording_is_read_from_its_folder(folder: Path) -> None:
    assert read_recording(folder) == RECORDING
    assert sorted(file.name for file in folder.iterdir()) == ["a.jpg", "recording.json"]


@pytest.mark.parametrize("data", [b"", JPEG[:-1], b"GIF89a" + JPEG])
def test_a_damaged_picture_is_named(folder: Path, data: bytes) -> None:
    (folder / "a.jpg").write_bytes(data)
    with pytest.raises(InvalidSetting) as caught:
        read_recording(folder)
    assert caught.value.field == "a.jpg"


def test_a_missing_picture_and_a_link_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "a.jpg").unlink()
    with pytest.raises(InvalidSetting, match=r"a\.jpg"):
        read_recording(folder)
    (tmp_path / "elsewhere.jpg").write_bytes(JPEG)
    (folder / "a.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    with pytest.raises(InvalidSetting, match=r"a\.jpg"):
        read_recording(folder)


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="no recording"):
        read_recording(tmp_path)
    (tmp_path / "recording.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidSetting, match="not text"):
        read_recording(tmp_path)
