from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest

from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.stream import (
    PictureFiles,
    SkippedPicture,
    Snapshot,
    SourceError,
    SourcePicture,
    VideoFile,
    open_source,
)
from camwatch.config import CameraPolicy
from camwatch.domain import Reason
from camwatch.errors import CameraError, InvalidSetting

WH = (160, 96)


def shade(number: int) -> int:
    """Return the grey of a test video's picture."""
    return 20 + 10 * number


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Return a video of 20 pictures at 10 a second, each of its own grey."""
    file = tmp_path / "grey.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, WH)
    assert writer.isOpened()
    for number in range(20):
        writer.write(np.full((WH[1], WH[0], 3), shade(number), np.uint8))
    writer.release()
    return file


def jpeg(value: int = 90, wh: tuple[int, int] = WH) -> bytes:
    pixels = np.random.default_rng(value).integers(0, value + 1, (wh[1], wh[0], 3), np.uint8)
    return encode_jpeg(pixels)


def read(source: PictureFiles | VideoFile | Snapshot) -> list[SourcePicture]:
    found = list(source.pictures())
    pictures = [one for one in found if isinstance(one, SourcePicture)]
    assert len(pictures) == len(found)
    return pictures


# ---------------------------------------------------------------- videos


def test_every_picture_of_a_video_comes_with_its_time(video: Path) -> None:
    source = VideoFile(video)
    pictures = read(source)
    assert (source.fps, source.frames, len(pictures)) == (10.0, 20, 20)
    for number, picture in enumerate(pictures):
        assert (picture.index, picture.name) == (number, None)
        assert picture.t_s == pytest.approx(number / 10)
        assert picture.pixels.shape == (WH[1], WH[0], 3)
        assert abs(float(picture.pixels.mean()) - shade(number)) < 3


@pytest.mark.parametrize(
    ("fps", "indices"),
    [
        (10.0, list(range(20))),
        (30.0, list(range(20))),
        (5.0, list(range(0, 20, 2))),
        (1.0, [0, 10]),
        (0.5, [0]),
        (4.0, [0, 3, 5, 8, 10, 13, 15, 18]),
    ],
)
def test_so_many_pictures_a_second_are_taken(video: Path, fps: float, indices: list[int]) -> None:
    source = VideoFile(video, fps)
    assert [picture.index for picture in read(source)] == indices
    assert source.frames == 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"),
        ("list.txt", "ffconcat version 1.0\nfile {}\n"),
    ],
)
def test_a_play_list_reaches_no_other_file(
    tmp_path: Path, video: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text.format(video.name), "ascii")
    with pytest.raises(SourceError) as caught:
        open_source(tmp_path / name)
    assert caught.value.reason is Reason.FORMAT


@pytest.mark.parametrize("name", ["text.mp4", "text.mkv", "text"])
def test_what_is_no_video_is_refused(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(b"not a video\n" * 500)
    with pytest.raises(SourceError) as caught:
        open_source(tmp_path / name)
    assert caught.value.reason is Reason.FORMAT
    assert capfd.readouterr().err == ""


# ---------------------------------------------------------------- pictures


def test_a_folder_is_read_by_name_and_other_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "b.JPG").write_bytes(jpeg())
    assert cv2.imwrite(str(tmp_path / "a.png"), np.full((40, 50), 70, np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture", "ascii")
    source = open_source(tmp_path)
    pictures = list(source.pictures())
    assert [one.name for one in pictures] == ["a.png", "b.JPG"]
    assert (source.fps, source.frames) == (None, 2)
    first = pictures[0]
    assert isinstance(first, SourcePicture)
    assert first.pixels.shape == (40, 50, 3)
    assert (first.pixels == 70).all()


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _smeared(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(range(1, 201)) + data[middle + 200 :]


def _nothing(_data: bytes) -> bytes:
    return b""


def _text(_data: bytes) -> bytes:
    return b"<html>please sign in</html>"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_cut, Reason.TRUNCATED),
        (_smeared, Reason.CORRUPT),
        (_nothing, Reason.EMPTY),
        (_text, Reason.FORMAT),
    ],
)
def test_a_damaged_picture_is_named_and_the_others_are_read(
    tmp_path: Path, damage: Callable[[bytes], bytes], reason: Reason
) -> None:
    data = jpeg(wh=(320, 240))
    (tmp_path / "1.jpg").write_bytes(data)
    (tmp_path / "2.jpg").write_bytes(damage(data))
    (tmp_path / "3.jpg").write_bytes(data)
    source = open_source(tmp_path)
    first, second, third = source.pictures()
    assert isinstance(first, SourcePicture)
    assert isinstance(third, SourcePicture)
    assert (first.index, third.index, source.frames) == (0, 2, 2)
    assert isinstance(second, SkippedPicture)
    assert (second.name, second.error.reason) == ("2.jpg", reason)


def test_pictures_of_a_kind_that_is_not_read_are_named(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "a.bmp"), np.zeros((40, 50, 3), np.uint8))
    (only,) = open_source(tmp_path).pictures()
    assert isinstance(only, SkippedPicture)
    assert only.error.reason is Reason.FORMAT


def test_one_picture_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(jpeg())
    source = open_source(tmp_path / "picture")
    (only,) = source.pictures()
    assert isinstance(only, SourcePicture)
    assert (only.index, only.name, only.t_s) == (0, "picture", 0.0)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere", Reason.NOT_FOUND), ("empty.jpg", Reason.EMPTY), ("folder", Reason.EMPTY)],
)
def test_a_source_that_cannot_be_read_is_told(tmp_path: Path, name: str, reason: Reason) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError) as caught:
        open_source(tmp_path / name)
    assert caught.value.reason is reason


# ---------------------------------------------------------------- addresses


@pytest.fixture
def address() -> Iterator[str]:
    """Return the address of a server with a picture, a page, and a way to elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/elsewhere":
                self.send_response(302)
                self.send_header("Location", "/snap.jpg?x=1")
                self.end_headers()
                return
            body = jpeg() if self.path == "/snap.jpg?x=1" else b"<html>hello</html>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_snapshot_is_fetched(address: str) -> None:
    source = Snapshot(f"{address}/snap.jpg?x=1", CameraPolicy())
    (only,) = read(source)
    assert only.pixels.shape == (WH[1], WH[0], 3)
    assert (only.name, source.frames, source.fps) == (None, 1, None)


@pytest.mark.parametrize(
    ("path", "reasons"),
    [
        ("/", {Reason.WEB_PAGE, Reason.FORMAT}),
        ("/elsewhere", {Reason.REDIRECT}),
    ],
)
def test_what_is_no_snapshot_is_told(address: str, path: str, reasons: set[Reason]) -> None:
    with pytest.raises(CameraError) as caught:
        read(Snapshot(address + path, CameraPolicy()))
    assert caught.value.reason in reasons


@pytest.mark.parametrize("text", ["rtsp://10.0.0.7/x", "file:///etc/passwd", "http://"])
def test_other_kinds_of_addresses_are_refused(text: str) -> None:
    with pytest.raises(InvalidSetting):
        Snapshot(text, CameraPolicy())
