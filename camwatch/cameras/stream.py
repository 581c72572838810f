"""Pictures to be read once: a picture file, a folder of them, a video file, one snapshot."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from camwatch import opencv_setup
from camwatch.cameras import ffmpeg_options
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture, is_picture
from camwatch.cameras.http import HttpCamera, open_session
from camwatch.cameras.policy import KIND_SCHEMES, parse_camera_url
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Pixels, Reason, SourceKind
from camwatch.errors import CameraError, InvalidSetting
from camwatch.language import tr

# isort: split
import cv2

opencv_setup.tidy()
# Read when the first video is opened: FFmpeg's remarks stay off standard error.
os.environ.setdefault(ffmpeg_options.LOG_LEVEL, "-8")

MAX_FILE_BYTES = 64 * 1024 * 1024
"""A larger picture file is refused unread."""

_READ = frozenset((".jpg", ".jpeg", ".png"))
_OTHER_PICTURES = frozenset((".avif", ".bmp", ".gif", ".heic", ".jp2", ".tif", ".tiff", ".webp"))


class SourceError(CameraError):
    """A source cannot be read at all; its detail says so in words."""


@dataclass(frozen=True, slots=True, eq=False)
class SourcePicture:
    """One decoded picture.

    Attributes:
        index: Which picture of the source it is, from 0; skipped ones count.
        name: Name of its file; None in a video.
        t_s: When it is shown in a video, seconds from the start; 0.0 for a file.
        pixels: uint8, shape (height, width, 3), BGR.
    """

    index: int
    name: str | None
    t_s: float
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class SkippedPicture:
    """A picture that could not be read: unknown, not empty.

    Attributes:
        name: Name of its file.
        error: What is wrong with it.
    """

    name: str
    error: CameraError


class Source(Protocol):
    """Where pictures come from.

    Attributes:
        fps: Pictures per second of a video; None for picture files.
        frames: How many pictures were passed so far, analysed or not, without skipped ones.
    """

    fps: float | None
    frames: int

    def pictures(self) -> Iterator[SourcePicture | SkippedPicture]:
        """Yield the pictures in order, once.

        Raises:
            CameraError: The source cannot be read at all.
        """


class PictureFiles:
    """One picture file, or several."""

    fps: float | None = None

    def __init__(self, files: list[Path]) -> None:
        self.frames = 0
        self._files = files

    def pictures(self) -> Iterator[SourcePicture | SkippedPicture]:
        """Yield each picture; one that cannot be read comes as a `SkippedPicture`."""
        for index, file in enumerate(self._files):
            try:
                pixels = read_picture(file)
            except CameraError as error:
                yield SkippedPicture(file.name, error)
            else:
                self.frames += 1
                yield SourcePicture(index, file.name, 0.0, pixels)


class VideoFile:
    """A video file.

    Attributes:
        fps: As the file says; it need not be kept exactly.
        frames: How many pictures were passed so far.
    """

    def __init__(self, file: Path, analysed_fps: float | None = None) -> None:
        """Open the video.

        Args:
            file: Any format of `ffmpeg_options.for_files`.
            analysed_fps: Yield so many pictures per second of the video; None yields all.

        Raises:
            SourceError: FORMAT, it is no video that can be read.
        """
        self._file = file
        self._analysed_fps = analysed_fps
        self.frames = 0
        with _guarded_ffmpeg():
            self._capture = cv2.VideoCapture(str(file.absolute()), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise SourceError(
                Reason.FORMAT,
                tr("this is neither a picture (JPEG or PNG) nor a video that can be read"),
            )
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps: float | None = float(fps) if np.isfinite(fps) and fps > 0 else None

    def pictures(self) -> Iterator[SourcePicture | SkippedPicture]:
        """Yield the pictures that are due; the others are decoded but not converted."""
        due = 0
        try:
            while self._capture.grab():
                index, self.frames = self.frames, self.frames + 1
                t_s = self._time_of(index)
                if self._analysed_fps is not None:
                    # A millisecond of slack: times in files are rounded.
                    if t_s + 0.001 < due / self._analysed_fps:
                        continue
                    due = int((t_s + 0.001) * self._analysed_fps) + 1
                is_read, pixels = self._capture.retrieve()
                if not is_read:
                    yield SkippedPicture(
                        tr("picture {index}", index=index),
                        CameraError(Reason.CORRUPT, tr("cannot be decoded")),
                    )
                    continue
                yield SourcePicture(index, None, t_s, np.asarray(pixels, np.uint8))
        finally:
            self._capture.release()
        if not self.frames:
            raise SourceError(Reason.EMPTY, tr("no picture of this video can be read"))

    def _time_of(self, index: int) -> float:
        """Return when the picture just grabbed is shown, seconds."""
        told_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        if told_s > 0 or not index or self.fps is None:
            return max(0.0, told_s)
        return index / self.fps


class Snapshot:
    """One picture from an address; asked for when it is wanted, not before."""

    fps: float | None = None

    def __init__(self, address: str, limits: CameraPolicy) -> None:
        """Take the address apart.

        Args:
            address: With user name and password if the camera wants them. Addresses of
                this computer are allowed: whoever names one here means it.
            limits: Time and size that are granted.

        Raises:
            InvalidSetting: This is no address of a picture.
        """
        parsed = parse_camera_url(address)
        if parsed.scheme not in KIND_SCHEMES[SourceKind.SNAPSHOT]:
            raise InvalidSetting(
                "address", tr("must start with http:// or https:// to be a snapshot")
            )
        settings = CameraSettings(
            name=parsed.host,
            location=parsed.host,
            scheme=parsed.scheme,
            host=parsed.host,
            port=parsed.port,
            snapshot_path=parsed.path or "/",
            username=parsed.username,
            allow_local=True,
        )
        self.frames = 0
        self._limits = limits
        self._camera = HttpCamera(settings, parsed.password, limits)

    def pictures(self) -> Iterator[SourcePicture | SkippedPicture]:
        """Yield the picture.

        Raises:
            CameraError: There is none, or it cannot be read.
        """
        data = asyncio.run(self._fetched())
        check_picture(data, max_bytes=self._limits.max_picture_bytes)
        self.frames = 1
        yield SourcePicture(0, None, 0.0, decode_bytes(data))

    async def _fetched(self) -> bytes:
        async with open_session() as session:
            return await self._camera.snapshot(session)


def open_source(path: Path, analysed_fps: float | None = None) -> Source:
    """Open a picture file, a folder of pictures, or a video file.

    Args:
        path: In a folder, JPEG and PNG files are read by name; files that are no
            pictures are passed over.
        analysed_fps: Pictures per second of a video to yield; None yields all.

    Raises:
        SourceError: NOT_FOUND, FORBIDDEN, EMPTY or FORMAT.
    """
    try:
        if path.is_dir():
            wanted = _READ | _OTHER_PICTURES
            files = sorted(file for file in path.iterdir() if file.suffix.lower() in wanted)
            if not files:
                raise SourceError(Reason.EMPTY, tr("there is no picture in this folder"))
            return PictureFiles(files)
        with path.open("rb") as stream:
            start = stream.read(16)
    except FileNotFoundError as error:
        raise SourceError(Reason.NOT_FOUND, tr("there is no such file or folder")) from error
    except OSError as error:
        raise SourceError(
            Reason.FORBIDDEN, tr("this cannot be read: {strerror}", strerror=error.strerror)
        ) from error
    if not start:
        raise SourceError(Reason.EMPTY, tr("this file is empty"))
    return PictureFiles([path]) if is_picture(start) else VideoFile(path, analysed_fps)


def read_picture(file: Path) -> Pixels:
    """Read a picture file at full size; an orientation noted in it is not applied.

    Returns:
        uint8, shape (height, width, 3), BGR.

    Raises:
        CameraError: As `gate.check_picture` and `decode.decode_bytes`.
        SourceError: FORBIDDEN or EMPTY.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise CameraError(
                Reason.TOO_LARGE,
                tr("more than {max_file_bytes} bytes", max_file_bytes=MAX_FILE_BYTES),
            )
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(
            Reason.FORBIDDEN, tr("this cannot be read: {strerror}", strerror=error.strerror)
        ) from error
    if not data:
        raise SourceError(Reason.EMPTY, tr("this file is empty"))
    check_picture(data, max_bytes=MAX_FILE_BYTES)
    return decode_bytes(data)


@contextmanager
def _guarded_ffmpeg() -> Iterator[None]:
    """Let FFmpeg open only plain videos, and keep OpenCV's remarks off standard error."""
    level = cv2.utils.logging.getLogLevel()
    options = os.environ.get(ffmpeg_options.VARIABLE)
    os.environ[ffmpeg_options.VARIABLE] = ffmpeg_options.for_files()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
        if options is None:
            del os.environ[ffmpeg_options.VARIABLE]
        else:
            os.environ[ffmpeg_options.VARIABLE] = options
