"""The reader process: opens one source with OpenCV, and hands out the pictures that are due.

Each picture of a stream is fetched as soon as it is there, so that the newest is never old;
only those that are due are converted and packed, which costs most. The process ends when its
owner goes, when its source does, or when it is told to; it never tries again by itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from camwatch import opencv_setup
from camwatch.cameras import ffmpeg_options
from camwatch.cameras.gate import is_picture
from camwatch.cameras.policy import path_problem
from camwatch.cameras.reader.lag import Lag
from camwatch.cameras.reader.messages import Kind, Message, error_message
from camwatch.cameras.reader.order import Order
from camwatch.cameras.reader.outlet import Outlet
from camwatch.cameras.ticks import Ticks
from camwatch.domain import Reason, SourceKind
from camwatch.errors import CameraError
from camwatch.language import tr

# isort: split
import cv2

opencv_setup.tidy()

JPEG_QUALITY = 90
_BEAT_S = 0.5
_LIBRARY_TIMEOUT_MS = 60_000
"""The owner's time-outs are shorter, and hold; this one is for a reader without an owner."""

_FFMPEG_WARNINGS = "24"
_LONGEST_SLEEP_S = 0.25
_LATE_S = 1.0
_LONGEST_GAP_S = 60.0
_PICTURES = frozenset((".jpg", ".jpeg", ".png"))
_MOST_UNUSABLE = 3  # due ones in a row
_NO_MEMORY = -4  # cv2.Error.StsNoMem


class _Reading:
    """What is read, and how fast; the rate may be changed by another thread."""

    def __init__(self, order: Order, outlet: Outlet) -> None:
        self.order = order
        self._outlet = outlet
        self._wished_s = order.interval_s
        self._pace = Ticks(order.interval_s)
        self._beat_s = 0.0
        self._unusable = 0

    def set_interval(self, interval_s: float) -> None:
        """Wish for another rate."""
        self._wished_s = interval_s

    @property
    def interval_s(self) -> float:
        """The rate that is wished now, as the time from picture to picture."""
        return self._wished_s

    def is_due(self, at_s: float) -> bool:
        """Tell whether the picture of this moment is to be handed out."""
        self._pace.interval_s = self._wished_s
        return self._pace.takes(at_s) is not None

    def beat(self, kind: Kind = Kind.BEAT) -> None:
        """Tell now and then that pictures come, or why none does."""
        now_s = time.monotonic()
        if now_s - self._beat_s >= _BEAT_S:
            self._beat_s = now_s
            self._outlet.say(Message(kind))

    def hand_out(self, data: bytes) -> None:
        """Send a picture."""
        if len(data) > self.order.max_bytes:
            raise CameraError(Reason.TOO_LARGE, tr("{count} bytes", count=len(data)))
        self._unusable = 0
        self._outlet.say(Message(Kind.PICTURE, data))

    def leave_out(self) -> None:
        """Pass over a picture that was due and cannot be converted.

        Raises:
            CameraError: CORRUPT; none can be.
        """
        self._unusable += 1
        if self._unusable >= _MOST_UNUSABLE:
            detail = f"{self._unusable} pictures running cannot be decoded"
            raise CameraError(Reason.CORRUPT, detail)


def main() -> None:
    """Read until the end; never returns."""
    # Whatever else is printed by whichever library must not get between the messages.
    descriptor = os.dup(1)
    os.dup2(2, 1)
    outlet = Outlet(descriptor)
    try:
        reading = _Reading(Order.from_line(sys.stdin.buffer.readline(65_536)), outlet)
    except ValueError as error:
        outlet.say(error_message(Reason.READER_BROKE, f"no order: {error}"))
    else:
        threading.Thread(target=_listen, args=[reading], name="owner", daemon=True).start()
        outlet.say(_outcome(reading, outlet))
    outlet.finish()
    # Without clearing up: a library that hangs in its thread must not keep the process.
    os._exit(0)


def _listen(reading: _Reading) -> None:
    """Take the owner's wishes; end with the owner."""
    for line in iter(lambda: sys.stdin.buffer.readline(65_536), b""):
        try:
            reading.set_interval(float(json.loads(line)["interval_s"]))
        except (ValueError, TypeError, KeyError):
            break
    os._exit(0)


def _outcome(reading: _Reading, outlet: Outlet) -> Message:
    """Read, and return why it ended."""
    try:
        _limit_memory(reading.order.memory_mib)
        outlet.say(Message(Kind.READY))
        _SOURCES[reading.order.kind](reading)
    except CameraError as error:
        return error_message(error.reason, error.detail)
    except MemoryError:
        return error_message(Reason.MEMORY, "")
    except cv2.error as error:
        reason = Reason.MEMORY if error.code == _NO_MEMORY else Reason.CORRUPT
        return error_message(reason, error.err or "the decoder failed")
    return error_message(Reason.ENDED, "")


def _limit_memory(more_mib: int) -> None:
    """Bound what a hostile video can take, where the system can do that."""
    if not more_mib or not sys.platform.startswith("linux"):
        return
    import resource  # noqa: PLC0415 - only some systems have it

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + more_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_rtsp(reading: _Reading) -> None:
    """Read an RTSP stream until it ends.

    Raises:
        CameraError: It cannot be opened, or has ended.
    """
    order = reading.order
    options = ffmpeg_options.for_rtsp(order.transport, order.token)
    capture = _opened(order.source, cv2.CAP_FFMPEG, options)
    if capture is None:
        raise CameraError(Reason.FORMAT, tr("no video came that can be decoded"))
    _follow(capture, reading)
    raise CameraError(Reason.DISCONNECTED, tr("the stream ended"))


def _read_usb(reading: _Reading) -> None:
    """Read a camera of this computer until it is gone.

    Raises:
        CameraError: It is not there, or another program has it.
    """
    device = reading.order.source
    is_linux = sys.platform.startswith("linux")
    path = Path(f"/dev/video{device}" if device.isdigit() else device)
    if is_linux:
        if not path.exists():
            raise CameraError(Reason.NO_DEVICE, tr("{path} is not there", path=path))
        if not os.access(path, os.R_OK | os.W_OK):
            raise CameraError(
                Reason.FORBIDDEN, tr("{path} may not be used by this user", path=path)
            )
    source = int(device) if device.isdigit() else device
    capture = _opened(source, cv2.CAP_V4L2 if is_linux else cv2.CAP_ANY)
    if capture is None:
        if not is_linux:
            raise CameraError(
                Reason.NO_DEVICE, tr("device {device} cannot be opened", device=device)
            )
        raise CameraError(
            Reason.DEVICE_BUSY, tr("{path} cannot be opened; another program may use it", path=path)
        )
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    _follow(capture, reading)
    gone = is_linux and not path.exists()
    raise CameraError(
        Reason.NO_DEVICE if gone else Reason.DISCONNECTED, tr("no more pictures came")
    )


def _opened(source: str | int, backend: int, options: str = "") -> Any | None:
    """Open a capture; None if it cannot be opened."""
    os.environ[ffmpeg_options.VARIABLE] = options
    os.environ[ffmpeg_options.LOG_LEVEL] = _FFMPEG_WARNINGS
    parameters: list[int] = []
    if backend == cv2.CAP_FFMPEG:
        parameters = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _LIBRARY_TIMEOUT_MS),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _LIBRARY_TIMEOUT_MS),
            # More threads hold pictures back, one each.
            *(cv2.CAP_PROP_N_THREADS, 1),
        ]
    capture = cv2.VideoCapture(source, backend, parameters)
    return capture if capture.isOpened() else None


def _follow(capture: Any, reading: _Reading) -> None:
    """Hand out what is due of a live source, until no more comes.

    Raises:
        CameraError: OVERLOADED; the pictures come too late to be shown as live.
    """
    lag = Lag()
    before_s = 0.0
    while capture.grab():
        now_s = time.monotonic()
        reading.beat()
        shown_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        # A device tells no times, and some streams repeat them.
        if np.isfinite(shown_s) and shown_s != before_s and lag.is_too_much(now_s, shown_s):
            raise CameraError(Reason.OVERLOADED, tr("this computer decodes its video too slowly"))
        before_s = shown_s
        if reading.is_due(now_s):
            _hand_out_frame(capture, reading)


def _hand_out_frame(capture: Any, reading: _Reading) -> None:
    """Convert and pack the picture that was fetched last; leave out one that cannot be.

    Raises:
        CameraError: CORRUPT; several in a row could not be. TOO_LARGE.
    """
    is_read, pixels = capture.retrieve()
    if not is_read:
        reading.leave_out()
        return
    _flush()
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    pixels = np.ascontiguousarray(pixels)
    data = simplejpeg.encode_jpeg(pixels, JPEG_QUALITY, colorspace="BGR", colorsubsampling="420")
    reading.hand_out(bytes(data))


def _flush() -> None:
    """Let what the decoder said of this picture go out before it.

    OpenCV prints it to the C library's standard output, which keeps it back in a pipe.
    """
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)


def _read_file(reading: _Reading) -> None:
    """Play a video, a picture, or a folder of pictures, once or for ever.

    Raises:
        CameraError: There is nothing to be played.
    """
    path = Path(reading.order.source)
    try:
        path = _playable(path)
        if path.is_dir():
            files = sorted(one for one in path.iterdir() if one.suffix.lower() in _PICTURES)
            if not files:
                raise CameraError(Reason.EMPTY, tr("there is no picture in this folder"))
            _show_pictures(files, reading)
            return
        with path.open("rb") as stream:
            start = stream.read(16)
    except FileNotFoundError as error:
        raise CameraError(Reason.NOT_FOUND, tr("there is no such file or folder")) from error
    except OSError as error:
        detail = f"this cannot be read: {error.strerror}"
        raise CameraError(Reason.FORBIDDEN, detail) from error
    if not start:
        raise CameraError(Reason.EMPTY, tr("this file is empty"))
    if is_picture(start):
        _show_pictures([path], reading)
    else:
        _play_video(path, reading)


def _playable(path: Path) -> Path:
    """Return where a path leads to, if that is a file or folder that may be played.

    A link may lead where the path itself could not, and a pipe or device never ends, or lets
    whoever opens it wait for ever.

    Raises:
        CameraError: It is nothing of the kind.
        OSError: It is not there, or cannot be looked at.
    """
    try:
        found = path.resolve(strict=True)
    except RuntimeError as error:
        raise CameraError(Reason.NOT_FOUND, tr("this is a link to itself")) from error
    if problem := path_problem(str(found)):
        raise CameraError(Reason.FORBIDDEN, tr("this {problem}", problem=problem))
    mode = found.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise CameraError(Reason.FORBIDDEN, tr("this is neither a file nor a folder"))
    return found


def _show_pictures(files: list[Path], reading: _Reading) -> None:
    """Hand out picture files as they are, one per interval."""
    while True:
        for name in files:
            file = _playable(name)
            if file.stat().st_size > reading.order.max_bytes:
                raise CameraError(
                    Reason.TOO_LARGE, tr("{st_size} bytes", st_size=file.stat().st_size)
                )
            shown_s = time.monotonic()
            reading.hand_out(file.read_bytes())
            # The owner may wish for another rate meanwhile.
            while (left_s := shown_s + reading.interval_s - time.monotonic()) > 0:
                reading.beat()
                time.sleep(min(left_s, _LONGEST_SLEEP_S))
        if not reading.order.loops:
            return


def _play_video(path: Path, reading: _Reading) -> None:
    """Hand out what is due of a video, as fast as it was taken."""
    begun_s = time.monotonic()
    while True:
        capture = _opened(str(path), cv2.CAP_FFMPEG, ffmpeg_options.for_files())
        if capture is None:
            raise CameraError(
                Reason.FORMAT,
                tr("this is neither a picture (JPEG or PNG) nor a video that can be read"),
            )
        length_s: float | None = None
        for t_s in _times(capture):
            length_s = t_s
            now_s = time.monotonic()
            if now_s > begun_s + t_s + _LATE_S:
                begun_s = now_s - t_s  # this computer is too slow for it
            while (left_s := begun_s + t_s - time.monotonic()) > 0:
                reading.beat(Kind.WAIT)
                time.sleep(min(left_s, _LONGEST_SLEEP_S))
            reading.beat()
            if reading.is_due(begun_s + t_s):
                _hand_out_frame(capture, reading)
        fps = capture.get(cv2.CAP_PROP_FPS)
        capture.release()
        if length_s is None:
            raise CameraError(Reason.EMPTY, tr("no picture of this video can be read"))
        if not reading.order.loops:
            return
        begun_s += length_s + (1 / fps if np.isfinite(fps) and fps > 0 else 0.04)


def _times(capture: Any) -> Iterator[float]:
    """Fetch picture after picture; yield when each is shown, seconds from the start."""
    fps = capture.get(cv2.CAP_PROP_FPS)
    per_picture_s = 1 / fps if np.isfinite(fps) and fps > 0 else 0.04
    last_s = 0.0
    index = 0
    while capture.grab():
        told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        is_told = np.isfinite(told_s) and last_s <= told_s <= last_s + _LONGEST_GAP_S
        last_s = float(told_s) if is_told and (told_s > 0 or not index) else last_s + per_picture_s
        index += 1
        yield last_s


_SOURCES = {
    SourceKind.RTSP: _read_rtsp,
    SourceKind.USB: _read_usb,
    SourceKind.FILE: _read_file,
}
