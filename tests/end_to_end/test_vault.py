"""A computer without a keyring: from the first password to the next start, by keys and mouse."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cameras.test_sign_in import digest_parts, expected_response, header
from tests.support.fault_camera import FaultCamera, answer, by_request, jpeg
from tests.support.screen import MAIN_WINDOW, Screen, missing_tools, virtual_screen, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "olga", "walks-past-gate-three"
PASSPHRASE = "seven grey geese over the fen"
OF_CAMERA = "opens-the-gate"


@pytest.fixture
def small_screen(tmp_path: Path) -> Iterator[Screen]:
    with virtual_screen(tmp_path, "1280x800") as screen:
        yield screen


def locked_camera(let_in: list[str]) -> Callable[[str], bytes]:
    """Let in only who knows the password, and keep what was asked without it."""

    def reply(head: str) -> bytes:
        authorization = header(head, "Authorization")
        parts = digest_parts(authorization) if authorization else {}
        if parts and parts["response"] == expected_response(parts, "op", OF_CAMERA):
            let_in.append(head)
            return answer(jpeg(len(let_in), (640, 352)))
        return answer(b"", 'WWW-Authenticate: Digest realm="c", nonce="n"', status="401 No")

    return reply


@contextmanager
def program(screen: Screen, folder: Path) -> Iterator[None]:
    environment = {
        **screen.environment,
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_RUNTIME_DIR": str(folder),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(folder / "profile")],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0, said
    finally:
        process.kill()
        process.communicate()


@pytest.mark.fault("F89", "F90")
def test_a_vault_is_made_for_the_first_password_and_cameras_wait_for_it(
    small_screen: Screen, tmp_path: Path
) -> None:
    screen, let_in = small_screen, list[str]()
    home = tmp_path / "home"
    home.mkdir()
    with FaultCamera(by_request(locked_camera(let_in))) as camera:
        with program(screen, home):
            screen.wait_for_window("first start")
            for text in (NAME, PASSWORD):
                screen.type(text)
                screen.press("Tab")
            screen.press("Tab")
            screen.type(PASSWORD)
            screen.press("Return")
            window = screen.wait_for_window(MAIN_WINDOW)
            wait_until(lambda: _adds(screen), "the form for a new camera", 40)
            screen.wait_for_window("Add a camera")
            screen.type("Entrance")
            screen.press("alt+o")
            screen.type("Ground floor")
            screen.press("alt+a")
            screen.type(f"http://op:{OF_CAMERA}@127.0.0.1:{camera.port}/snapshot.jpg")
            screen.press("Tab", "alt+l")
            wait_until(lambda: _opens(screen, "make a vault"), "the dialog that makes a vault")
            screen.wait_for_window("make a vault")
            screen.type(PASSPHRASE)
            screen.press("Tab", "Tab")
            screen.type(PASSPHRASE)
            screen.picture("1 making")
            screen.press("Return")
            wait_until(lambda: len(let_in) >= 2, "pictures of the camera", 60)
            assert (home / "profile" / "vault.bin").exists()
            screen.wait_for_window(MAIN_WINDOW)
            screen.close(window)

        asked = len(camera.requests)
        with program(screen, home):
            screen.wait_for_window("unlock the vault")
            screen.picture("2 asking")
            screen.press("Escape")
            screen.wait_for_window("sign in")
            screen.type(NAME)
            screen.press("Tab")
            screen.type(PASSWORD)
            screen.press("Return")
            window = screen.wait_for_window(MAIN_WINDOW)
            wait_until(lambda: _opens_banner(screen, window), "the banner's button", 60)
            assert len(camera.requests) == asked  # without its password it was left alone
            screen.wait_for_window("unlock the vault")
            screen.picture("3 asking once more")
            screen.type(PASSPHRASE)
            screen.press("Return")
            seen = len(let_in)
            wait_until(lambda: len(let_in) >= seen + 2, "pictures of the camera", 60)
            screen.wait_for_window(MAIN_WINDOW)
            screen.picture("4 running")
            screen.close(window)


def _adds(screen: Screen) -> bool:
    """Ask for a new camera; a window that is only just there may not hear it."""
    if not screen.windows("Add a camera"):
        screen.press("ctrl+n")
        time.sleep(1.0)
    return bool(screen.windows("Add a camera"))


def _opens(screen: Screen, title: str) -> bool:
    """Save, press the notice's button, which has the keyboard then, and tell what opened."""
    screen.press("alt+s")
    time.sleep(2.0)
    screen.press("space")
    time.sleep(0.5)
    return bool(screen.windows(title))


def _opens_banner(screen: Screen, window: str) -> bool:
    """Click where the banner's button comes, and tell whether the dialog opened."""
    left, top, width, _ = screen.area(window)
    screen.picture("3 waiting")
    screen.click(left + width - 90, top + 42)
    time.sleep(0.4)
    return bool(screen.windows("unlock the vault"))
