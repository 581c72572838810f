"""A virtual screen with a window manager, and the hands and eyes of an operator on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtGui import QImage

TOOLS = ("Xvfb", "openbox", "xdotool")
MAIN_WINDOW = "^CamWatch(: set up.*)?$"
"""Title of the operator's window, which leads an administrator without cameras through the set-up."""


def missing_tools() -> list[str]:
    """Name the programs that a virtual screen needs and that are not there."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def wait_until(is_so: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    """Look again and again until it is so; fail with words if it never is."""
    ends_s = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < ends_s, f"waited {timeout_s:.0f} s for {what}"
        time.sleep(0.1)


@dataclass
class Screen:
    """One virtual screen.

    Attributes:
        display: Its name, such as ":7".
        folder: Screenshots are put here.
    """

    display: str
    folder: Path
    _manager: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def manage(self) -> None:
        """Let a window manager run; it breaks now and then, and is started again."""
        if self._manager is None or self._manager.poll() is not None:
            self._manager = subprocess.Popen(
                ["openbox"],
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            # Only a window manager knows desktops: windows opened before it would get no frame.
            wait_until(lambda: self.has_manager, "the window manager", 20)

    def leave(self) -> None:
        """End the window manager."""
        if self._manager is not None:
            self._manager.terminate()
            self._manager.wait(10)

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which a program opens its windows here."""
        kept = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("CAMWATCH_", "QT_", "DBUS_", "WAYLAND_"))
        }
        return {**kept, "DISPLAY": self.display, "LANG": "C.UTF-8"}

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        assert "Unknown command" not in done.stderr, done.stderr
        return done.stdout.strip()

    @property
    def has_manager(self) -> bool:
        """True once the window manager has taken over."""
        return self._xdotool("get_num_desktops").isdigit()

    def windows(self, title: str) -> list[str]:
        """Return the ids of visible windows whose title matches the pattern."""
        return self._xdotool("search", "--onlyvisible", "--name", title).split()

    def wait_for_window(self, title: str, timeout_s: float = 40.0) -> str:
        """Wait for a visible window, give it the keyboard, return its id."""
        self.manage()
        found: list[str] = []

        def is_there() -> bool:
            # While its frame is put around it, a window is gone for a moment.
            found[:] = self.windows(title)
            return bool(found)

        wait_until(is_there, f"a window {title!r}", timeout_s)
        self._xdotool("windowactivate", "--sync", found[-1])
        return found[-1]

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        self._xdotool("type", "--delay", "15", text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, such as "Return" or "ctrl+n"."""
        self._xdotool("key", "--delay", "40", *keys)

    def click(self, x: int, y: int) -> None:
        """Click at a place on the screen."""
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at one place of the screen, move to another, let go."""
        halfway = (start[0] + end[0]) // 2, (start[1] + end[1]) // 2
        self._xdotool("mousemove", str(start[0]), str(start[1]), "mousedown", "1")
        for x, y in (halfway, end):
            self._xdotool("mousemove", str(x), str(y))
        self._xdotool("mouseup", "1")

    def area(self, window: str) -> tuple[int, int, int, int]:
        """Return where a window is on the screen, without its frame: left, top, width, height."""
        said = self._xdotool("getwindowgeometry", "--shell", window)
        found = dict(line.split("=") for line in said.splitlines())
        left, top, width, height = (int(found[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return left, top, width, height

    def close(self, window: str) -> None:
        """Ask a window to close, as its title bar's button does, and see it go.

        A window manager under load can give the keyboard to a window that is just going away:
        then nobody hears the keys, and an operator would press them again.
        """
        for _ in range(4):
            self.manage()
            self._xdotool("windowactivate", "--sync", window)
            self._xdotool("key", "alt+F4")
            for _ in range(50):
                if window not in self._xdotool("search", "--onlyvisible", "--name", ".").split():
                    return
                time.sleep(0.1)
        self.picture("not-closed")
        raise AssertionError(f"the window {window} did not close; see not-closed.png")

    def picture(self, name: str) -> QImage:
        """Take a screenshot, keep it as a file, return it."""
        file = self.folder / f"{name}.png"
        raw = self.folder / f"{name}.xwd"
        # Xvfb keeps its frame buffer in this file, which needs no further tool.
        shutil.copyfile(self.folder / "Xvfb_screen0", raw)
        image = _read_xwd(raw.read_bytes())
        raw.unlink()
        image.save(str(file))
        return image


def _read_xwd(data: bytes) -> QImage:
    """Read a 32-bit XWD file, little endian pixels, header fields big endian."""
    header = [int.from_bytes(data[i : i + 4], "big") for i in range(0, 100, 4)]
    header_size, width, height, line_bytes, colors = (
        header[0],
        header[4],
        header[5],
        header[12],
        header[19],
    )
    start = header_size + colors * 12
    pixels = data[start : start + line_bytes * height]
    return QImage(pixels, width, height, line_bytes, QImage.Format.Format_RGB32).copy()


@contextmanager
def virtual_screen(folder: Path, size: str = "1600x1000") -> Iterator[Screen]:
    """Start Xvfb and openbox; stop both at the end."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{size}x24",
            "-fbdir",
            str(folder),
            "-nolisten",
            "tcp",
        ],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        number = stream.readline().strip()
    assert re.fullmatch(r"\d+", number), "Xvfb did not start"
    screen = Screen(f":{number}", folder)
    try:
        screen.manage()
        yield screen
    finally:
        screen.leave()
        server.terminate()
        server.wait(10)
