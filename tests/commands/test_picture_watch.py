"""Pictures are found wherever they are written, by their bytes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from camwatch.cameras.decode import encode_jpeg
from camwatch.commands.picture_watch import PictureWatch

JPEG = encode_jpeg(np.full((36, 64, 3), 90, np.uint8))


@pytest.fixture
def watch(tmp_path: Path) -> PictureWatch:
    (tmp_path / "old.jpg").write_bytes(JPEG)
    watch = PictureWatch([tmp_path])
    watch.begin()
    return watch


def test_nothing_is_found_where_nothing_was_written(watch: PictureWatch, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("a line about a picture.jpg\n")
    noise = np.random.default_rng(3).integers(0, 256, 2**18, np.uint8).tobytes()
    # What a picture begins with, by chance, and nothing of one behind it.
    (tmp_path / "noise.bin").write_bytes(b"\xff\xd8\xff\xe0\x00\x10" + noise)
    assert watch.written() == []


def test_a_picture_under_another_name_is_found(watch: PictureWatch, tmp_path: Path) -> None:
    hidden = tmp_path / "deep" / "notes.txt"
    hidden.parent.mkdir()
    hidden.write_bytes(b"some words, and then " + JPEG)
    assert [one.file for one in watch.written()] == [hidden]


def test_a_picture_in_a_database_is_found(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE kept (data BLOB)")
        database.execute("INSERT INTO kept VALUES (?)", (JPEG,))
    watch = PictureWatch([tmp_path])
    watch.begin()
    assert watch.written() == []
    with sqlite3.connect(file) as database:
        database.execute("INSERT INTO kept VALUES (?)", (JPEG,))
    database.close()
    assert [(one.file, one.pictures) for one in watch.written()] == [(file, 1)]


def test_a_picture_in_an_open_file_that_was_deleted_is_found(
    watch: PictureWatch, tmp_path: Path
) -> None:
    with (tmp_path / "passing").open("w+b") as stream:
        (tmp_path / "passing").unlink()
        stream.write(JPEG)
        stream.flush()
        assert len(watch.written()) == 1
