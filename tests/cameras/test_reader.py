"""A reader process can hang, crash, lie and eat memory, and only its own camera suffers."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.reader import capture
from camwatch.cameras.reader.messages import Kind, Message, error_message
from camwatch.cameras.reader.order import Order
from camwatch.cameras.reader.outlet import Outlet
from camwatch.cameras.reader.process import STDERR_LINES, Reader, ReaderLimits
from camwatch.domain import Notice, Reason, SourceKind
from camwatch.errors import CameraError
from camwatch.logs import hide
from tests.support.fault_camera import jpeg

LIMITS = ReaderLimits(open_s=20.0, stall_s=20.0, terminates_within_s=0.3)
QUICK = ReaderLimits(open_s=0.5, stall_s=0.5, terminates_within_s=0.3)
MAX_BYTES = 1 << 20
CANARY = "canary-7f3a-password"
RELAY = "rtsp://127.0.0.1:1/x"

READY = Message(Kind.READY).to_bytes()
PICTURE = Message(Kind.PICTURE, jpeg()).to_bytes()


class Taken:
    """What a reader gave.

    Attributes:
        pictures: With what was known to be wrong with each.
    """

    def __init__(self, reader: Reader, enough: Callable[[Taken], bool]) -> None:
        self.reader = reader
        self.pictures: list[tuple[bytes, frozenset[Notice]]] = []
        self._enough = enough

    async def on_picture(self, data: bytes, notices: frozenset[Notice]) -> None:
        self.pictures.append((data, notices))
        if self._enough(self):
            raise CameraError(Reason.NONE)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def order(source: Path | str, interval_s: float = 0.1, **more: object) -> Order:
    kind = SourceKind.FILE if isinstance(source, Path) else SourceKind.RTSP
    values = {"kind": kind, "source": str(source), "interval_s": interval_s, **more}
    return Order(**{"max_bytes": MAX_BYTES, **values})  # type: ignore[arg-type]


def read(
    what: Order,
    limits: ReaderLimits = LIMITS,
    enough: Callable[[Taken], bool] = lambda taken: len(taken.pictures) >= 3,
    command: list[str] | None = None,
) -> tuple[Taken, CameraError]:
    """Read until that is enough or it ends; check that nothing of the reader is left."""
    reader = Reader(what, limits, asyncio.Semaphore(), command)
    taken = Taken(reader, enough)

    async def run() -> CameraError:
        with pytest.raises(CameraError) as ended:
            await reader.run(taken.on_picture)
        return ended.value

    files_before = open_files()
    error = asyncio.run(run())
    assert not reader.pid or not psutil.pid_exists(reader.pid), "the reader outlived its owner"
    assert open_files() <= files_before
    return taken, error


def script(*lines: str) -> list[str]:
    """Return the command of a reader that does as these lines of Python say."""
    return [sys.executable, "-c", "import os,signal,sys,time\n" + "\n".join(lines)]


def say(data: bytes) -> str:
    return f"os.write(1, {data!r})"


# ---------------------------------------------------------------- what it reads


@pytest.mark.parametrize("name", ["h264.mp4", "h265.mp4", "h264.ts"])
def test_a_video_is_played_as_fast_as_it_was_taken(videos: Path, name: str) -> None:
    began_s = time.monotonic()
    times: list[float] = []

    def enough(taken: Taken) -> bool:
        times.append(time.monotonic())
        return len(taken.pictures) >= 6

    taken, _ = read(order(videos / name, 0.2), enough=enough)
    assert times[-1] - times[0] > 0.7
    assert times[0] - began_s < 20
    for data, notices in taken.pictures:
        assert check_picture(data, max_bytes=MAX_BYTES) == (320, 240)
        assert not notices
    assert len({data for data, _ in taken.pictures}) == 6


def test_a_video_ends_or_begins_anew(videos: Path) -> None:
    short = ReaderLimits(open_s=20, stall_s=20)
    taken, error = read(order(videos / "h264.mp4", 0.5), short, lambda _: False)
    assert error.reason is Reason.ENDED
    assert 4 <= len(taken.pictures) <= 5
    _, error = read(
        order(videos / "h264.mp4", 0.5, loops=True), short, lambda taken: len(taken.pictures) >= 6
    )
    assert error.reason is Reason.NONE


@pytest.mark.fault("F52")
def test_times_that_jump_do_not_stop_a_video(videos: Path, tmp_path: Path) -> None:
    file = tmp_path / "jump.ts"
    file.write_bytes((videos / "h264.ts").read_bytes() * 2)
    begun_s = time.monotonic()
    taken, error = read(order(file, 0.5), LIMITS, lambda _: False)
    assert error.reason is Reason.ENDED
    assert len(taken.pictures) >= 7
    assert time.monotonic() - begun_s < 20


def test_a_folder_of_pictures_is_shown_in_order(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    (tmp_path / "notes.txt").write_text("no picture")
    taken, error = read(order(tmp_path, 0.05), enough=lambda _: False)
    assert [data for data, _ in taken.pictures] == [jpeg(0), jpeg(1), jpeg(2)]
    assert error.reason is Reason.ENDED


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.mp4", Reason.NOT_FOUND),
        ("empty.mp4", Reason.EMPTY),
        ("folder", Reason.EMPTY),
        ("list.m3u8", Reason.FORMAT),
        ("concat.txt", Reason.FORMAT),
        ("text.mp4", Reason.FORMAT),
    ],
)
@pytest.mark.fault("F49", "F50")
def test_what_is_no_video_is_named(videos: Path, tmp_path: Path, name: str, reason: Reason) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello " * 1000)
    video = videos / "h264.mp4"
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:4,\n{video}\n#EXT-X-ENDLIST\n")
    (tmp_path / "concat.txt").write_text(f"ffconcat version 1.0\nfile '{video}'\n")
    taken, error = read(order(tmp_path / name))
    assert (error.reason, taken.pictures) == (reason, [])


@pytest.mark.fault("F49")
@pytest.mark.parametrize(
    "source",
    [
        *("file:/etc/passwd", "concat:/a|/b", "subfile,,start,0,end,9,,:/etc/passwd", "-i x"),
        *("exec:id", " exec:id", "/etc/passwd", "http://127.0.0.1/x", "rtsp://10.0.0.1:554/x"),
        *("rtsp://127.0.0.1:5/a b", "rtsp://user:pw@127.0.0.1:5/a", "", "rtsp://127.0.0.1:5"),
    ],
)
def test_a_reader_opens_nothing_but_its_relay(source: str) -> None:
    with pytest.raises(ValueError, match="to be read"):
        Order(SourceKind.RTSP, source, 1.0, MAX_BYTES)


@pytest.mark.fault("F49")
@pytest.mark.parametrize("kind", ["pipe", "device", "process"])
@pytest.mark.parametrize("is_in_folder", [False, True])
def test_a_link_to_what_is_no_file_is_not_followed(
    tmp_path: Path, kind: str, is_in_folder: bool
) -> None:
    os.mkfifo(tmp_path / "pipe")
    targets = {
        "pipe": tmp_path / "pipe",
        "device": Path("/dev/zero"),
        "process": Path("/proc/self/environ"),
    }
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "door.jpg"
    link.symlink_to(targets[kind])
    taken, error = read(order(link.parent if is_in_folder else link))
    assert error.reason is Reason.FORBIDDEN
    assert not taken.pictures


@pytest.mark.fault("F49")
@pytest.mark.parametrize("source", ["door.mp4", "../door.mp4", "http://x/y.mp4", "concat:/a|/b"])
def test_a_file_is_a_whole_path(source: str) -> None:
    with pytest.raises(ValueError, match="to be read"):
        Order(SourceKind.FILE, source, 1.0, MAX_BYTES)
    with pytest.raises(ValueError, match="to be read"):
        Order(SourceKind.SNAPSHOT, "http://127.0.0.1/x", 1.0, MAX_BYTES)


def test_a_device_that_is_not_there_is_named() -> None:
    what = Order(SourceKind.USB, "250", 1.0, MAX_BYTES)
    _, error = read(what)
    assert (error.reason, error.detail) == (Reason.NO_DEVICE, "/dev/video250 is not there")


# ---------------------------------------------------------------- what it does wrong


def test_a_reader_that_never_starts_is_given_up() -> None:
    limits = ReaderLimits(5, 5, starts_within_s=0.3, terminates_within_s=0.3)
    _, error = read(order(RELAY), limits, command=script("time.sleep(60)"))
    assert error.reason is Reason.READER_BROKE


@pytest.mark.fault("F44", "F46")
def test_a_reader_that_hangs_and_will_not_end_is_killed() -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    command = script(deaf, say(READY), "time.sleep(60)")
    begun_s = time.monotonic()
    _, error = read(order(RELAY), QUICK, command=command)
    assert (error.reason, error.detail) == (Reason.TIMEOUT, "no picture within 0.5 s")
    assert time.monotonic() - begun_s < 10


@pytest.mark.fault("F45", "F46")
def test_a_reader_that_is_stopped_is_killed(videos: Path) -> None:
    def stop(taken: Taken) -> bool:
        os.kill(taken.reader.pid, signal.SIGSTOP)
        return False

    limits = ReaderLimits(open_s=20, stall_s=0.6, terminates_within_s=0.3)
    taken, error = read(order(videos / "h264.mp4", 0.5), limits, stop)
    assert (error.reason, error.detail) == (Reason.STALLED, "no picture for 0.6 s")
    assert len(taken.pictures) == 1


@pytest.mark.fault("F45", "F46")
@pytest.mark.parametrize(
    ("first", "reason"), [(b"", Reason.TIMEOUT), (PICTURE, Reason.STALLED)], ids=["never", "once"]
)
def test_a_reader_that_decodes_for_ever_without_a_picture_is_given_up(
    first: bytes, reason: Reason
) -> None:
    beats = f"for _ in range(100): {say(Message(Kind.BEAT).to_bytes())}; time.sleep(0.05)"
    taken, error = read(order(RELAY), QUICK, command=script(say(READY + first), beats))
    assert (error.reason, len(taken.pictures)) == (reason, bool(first))


def test_beats_that_waited_while_this_process_was_held_up_are_no_stall() -> None:
    beat = Message(Kind.BEAT).to_bytes()
    held_up = script(say(READY + PICTURE + beat * 20 + PICTURE + beat * 20 + PICTURE))

    def enough(taken: Taken) -> bool:
        time.sleep(0.8)  # longer than a stall may last
        return len(taken.pictures) >= 3

    taken, error = read(order(RELAY), QUICK, enough, held_up)
    assert (error.reason, len(taken.pictures)) == (Reason.NONE, 3)


def test_pictures_that_cannot_be_converted_end_the_reading() -> None:
    class Blind:
        """What a capture is whose decoder gives nothing that can be used."""

        def retrieve(self) -> tuple[bool, None]:
            return False, None

    with Path(os.devnull).open("wb") as nowhere:
        reading = capture._Reading(order(RELAY), Outlet(nowhere.fileno()))
        for _ in range(2):
            for _ in range(capture._MOST_UNUSABLE - 1):
                capture._hand_out_frame(Blind(), reading)
            reading.hand_out(jpeg())
        reading.leave_out()
        reading.leave_out()
        with pytest.raises(CameraError) as ended:
            capture._hand_out_frame(Blind(), reading)
        reading._outlet.finish()
    assert ended.value.reason is Reason.CORRUPT


def test_a_video_with_long_gaps_does_not_stall(tmp_path: Path) -> None:
    file = tmp_path / "slow.mp4"
    picture = "testsrc2=size=320x240:rate=1/2:duration=6"
    subprocess.run(
        [*("ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture), *("-c:v", "libx264", str(file))],
        check=True,
    )
    limits = ReaderLimits(open_s=20.0, stall_s=1.0)
    taken, error = read(order(file), limits, lambda taken: len(taken.pictures) >= 2)
    assert error.reason is Reason.NONE, error
    assert len(taken.pictures) == 2


@pytest.mark.fault("F47")
def test_a_reader_that_crashes_is_named(videos: Path) -> None:
    def crash(taken: Taken) -> bool:
        os.kill(taken.reader.pid, signal.SIGSEGV)
        return False

    _, error = read(order(videos / "h264.mp4", 0.5), enough=crash)
    assert (error.reason, error.detail) == (Reason.READER_BROKE, "it was ended by SIGSEGV")


@pytest.mark.fault("F48")
def test_a_reader_that_floods_its_error_output_is_kept_short_and_without_secrets() -> None:
    hide(CANARY)
    command = script(
        say(READY),
        f"line = b'rtsp://op:{CANARY}@10.0.0.7/x and more\\n' * 500",
        "end = time.monotonic() + 0.6",
        "while time.monotonic() < end: os.write(2, line)",
        say(error_message(Reason.ENDED, "").to_bytes()),
    )
    taken, error = read(order(RELAY), ReaderLimits(20, 20), command=command)
    assert error.reason is Reason.ENDED
    assert 0 < len(taken.reader.lines) <= STDERR_LINES
    assert not any(CANARY in line for line in taken.reader.lines)
    assert sum(map(len, taken.reader.lines)) < 200 * 500


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"hello, this is no message", Reason.READER_BROKE),
        (READY + b"\xc7\x09\0\0\0\0", Reason.READER_BROKE),
        (READY + b"\xc7\x03\xff\xff\xff\xff", Reason.READER_BROKE),
        (READY + b"\xc7\x02\xff\xff\xff\xff", Reason.TOO_LARGE),
        (READY + b"\xc7\x02\0\0\0\x09abc", Reason.READER_BROKE),
        (READY + Message(Kind.ERROR, b"{}").to_bytes(), Reason.READER_BROKE),
        (READY + Message(Kind.ERROR, b"[1]").to_bytes(), Reason.READER_BROKE),
        (READY + Message(Kind.ERROR, b'{"reason":"x","detail":1}').to_bytes(), Reason.READER_BROKE),
        (error_message(Reason.CORRUPT, "x").to_bytes(), Reason.CORRUPT),
        (b"", Reason.READER_BROKE),
    ],
)
def test_nothing_a_reader_says_is_believed(said: bytes, reason: Reason) -> None:
    _, error = read(order(RELAY), command=script(say(said)))
    assert error.reason is reason


@pytest.mark.fault("F52")
def test_a_picture_that_builds_upon_damage_is_marked(videos: Path, tmp_path: Path) -> None:
    data = bytearray((videos / "long.mp4").read_bytes())
    start = data.index(b"mdat") + 4
    for at in range(start + (len(data) - start) // 3, len(data) - 4000, 1500):
        data[at : at + 40] = bytes(40)
    file = tmp_path / "damaged.mp4"
    file.write_bytes(data)

    def enough(taken: Taken) -> bool:
        return any(notices for _, notices in taken.pictures)

    taken, error = read(order(file, 0.1, loops=True), enough=enough)
    assert error.reason is Reason.NONE, taken.reader.lines
    assert taken.pictures[0][1] == frozenset()
    assert taken.pictures[-1][1] == {Notice.DAMAGED}


@pytest.mark.fault("F61")
def test_a_video_that_wants_too_much_memory_ends_only_its_reader(tmp_path: Path) -> None:
    file = tmp_path / "large.mp4"
    subprocess.run(
        [
            *(
                "ffmpeg",
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "color=size=3840x2160:rate=5:duration=1",
            ),
            *("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", str(file)),
        ],
        check=True,
    )
    _, error = read(order(file, memory_mib=40))
    assert error.reason is Reason.MEMORY
    taken, error = read(order(file, memory_mib=1024), enough=lambda _: True)
    assert error.reason is Reason.NONE
    assert decode_bytes(taken.pictures[0][0]).shape == (2160, 3840, 3)


@pytest.mark.fault("F62")
def test_without_free_files_no_reader_starts_and_that_is_named(videos: Path) -> None:
    what = order(videos / "h264.mp4")
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)

    reader = Reader(what, LIMITS, asyncio.Semaphore())

    async def run() -> CameraError:
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files(), usual[1]))
        try:
            with pytest.raises(CameraError) as ended:
                await reader.run(Taken(reader, lambda _: True).on_picture)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)
        return ended.value

    assert asyncio.run(run()).reason is Reason.OPEN_FILES


WITHOUT_PROCESSES = """
import asyncio, os, resource
from camwatch.cameras.reader.order import Order
from camwatch.cameras.reader.process import Reader, ReaderLimits
from camwatch.domain import SourceKind
from camwatch.errors import CameraError
if os.getuid() == 0:
    os.setuid(65534)  # the limit does not bind root
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
order = Order(SourceKind.FILE, "/x.mp4", 1.0, 1000)
try:
    asyncio.run(Reader(order, ReaderLimits(5, 5), asyncio.Semaphore()).run(None))
except CameraError as error:
    print(error.reason, error.detail)
"""


@pytest.mark.fault("F63")
def test_without_further_processes_no_reader_starts_and_that_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES], capture_output=True, text=True, check=True
    )
    assert done.stdout == "reader_broke this computer allows no more processes\n"


def test_a_reader_whose_owner_dies_ends(videos: Path) -> None:
    what = order(videos / "h264.mp4", loops=True)
    owner = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'camwatch.cameras.reader'], "
        "stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)\n"
        f"child.stdin.write({what.to_line()!r}); child.stdin.flush()\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        process.kill()
    child.wait(20)


def test_a_frozen_program_starts_a_reader_by_its_hidden_command(videos: Path) -> None:
    command = [sys.executable, "-m", "camwatch", "reader"]
    taken, error = read(order(videos / "h264.mp4"), command=command)
    assert (error.reason, len(taken.pictures)) == (Reason.NONE, 3)
