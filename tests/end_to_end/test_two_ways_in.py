"""A second factor, and a login service that goes away: a real process and keyring, by keys alone."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import cv2
import numpy as np
import pyotp
import pytest
from PySide6.QtGui import QImage

from camwatch.auth.passwords import hash_password
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import Role
from camwatch.paths import Profile
from tests.auth.conftest import no_keyring, secret_service
from tests.auth.remote.conftest import serve, settings_for
from tests.auth.secret_service import SecretService
from tests.support.login_service import LoginService
from tests.support.screen import MAIN_WINDOW, Screen, missing_tools, wait_until

__all__ = ["no_keyring", "secret_service", "serve"]

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "olga", "walks-past-gate-three"
ANNA, HERS = "anna", "green bicycle rides"


def written(profile: Profile, action: str) -> list[tuple[str, str]]:
    """Return who tried something, and how it went, oldest first."""
    with closing(sqlite3.connect(f"file:{profile.database_file}?mode=ro", uri=True)) as history:
        query = "SELECT actor, result FROM audit WHERE action = ? ORDER BY seq"
        return history.execute(query, (action,)).fetchall()


@contextmanager
def running(screen: Screen, profile: Profile, keyring: SecretService) -> Iterator[None]:
    """Start the program with a keyring; afterwards close its window and see it end in order."""
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(profile.folder)],
        cwd=ROOT,
        env={**screen.environment, **keyring.environ},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        screen.wait_for_window("sign in")
        yield
        screen.close(screen.windows("CamWatch")[-1])
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said


def sign_in(screen: Screen, name: str, password: str) -> None:
    """Fill in name and password; the name has the keyboard."""
    screen.press("alt+u", "ctrl+a")
    screen.type(name)
    screen.press("alt+p", "ctrl+a")
    screen.type(password)
    screen.press("Return")


def decoded(image: QImage) -> str:
    """Return what the QR code on a screenshot says; "" if there is none.

    OpenCV's readers, each by itself, fail on one sound code in thirty; together on none of 150.
    """
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    screen = flat[:, : image.width()].copy()
    soft = cv2.GaussianBlur(cv2.resize(screen, None, fx=2, fy=2), (5, 5), 0)
    readers = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    for reader, picture in itertools.product(readers, (screen, soft)):
        if text := reader.detectAndDecode(picture)[0]:
            return str(text)
    return ""


def test_a_device_is_set_up_and_asked_for_at_the_next_sign_in(
    screen: Screen, tmp_path: Path, secret_service: SecretService
) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    with Database.open(profile.database_file) as database:
        key = Role.ADMINISTRATOR.value
        database.operators.add(NAME, key, hash_password(PASSWORD))
        database.roles.put(RoleRecord(key, key, frozenset(), None, needs_second_factor=True), key)

    with running(screen, profile, secret_service):
        sign_in(screen, NAME, PASSWORD)
        wait_until(
            lambda: decoded(screen.picture("1 set up")).startswith("otpauth:"), "the QR code"
        )
        device = pyotp.parse_uri(decoded(screen.picture("1 set up")))
        assert isinstance(device, pyotp.TOTP)
        screen.type(device.now())
        screen.press("Return")
        wait_until(lambda: (NAME, "done") in written(profile, "sign_in"), "the device's code")
        wait_until(lambda: not decoded(screen.picture("2 recovery codes")), "the recovery codes")
        time.sleep(0.5)  # the button can be pressed once all of the step is there
        screen.picture("2 recovery codes")
        screen.press("alt+k")
        time.sleep(0.5)  # a box that is ticked by its key takes a moment
        screen.press("Return")
        screen.wait_for_window(MAIN_WINDOW)
        screen.picture("3 in")

    with running(screen, profile, secret_service):
        sign_in(screen, NAME, PASSWORD)
        wait_until(lambda: written(profile, "sign_in")[-1] == (NAME, "pending"), "the next step")
        time.sleep(0.5)
        screen.picture("4 code")
        screen.type("000000")
        screen.press("Return")
        wait_until(lambda: (NAME, "failed") in written(profile, "sign_in"), "the refusal")
        screen.picture("5 refused")
        screen.press("ctrl+a")
        # The code of now was used already; that of the next half minute is taken as well.
        screen.type(device.at(int(time.time()) + device.interval))
        screen.press("Return")
        screen.wait_for_window(MAIN_WINDOW)
        screen.picture("6 in again")
    assert written(profile, "sign_in")[-1] == (NAME, "done")


@pytest.mark.fault("F105")
def test_the_login_service_lets_somebody_in_and_so_does_what_it_said_while_it_is_away(
    screen: Screen,
    tmp_path: Path,
    secret_service: SecretService,
    serve: Callable[..., LoginService],
) -> None:
    service = serve()
    profile = Profile(tmp_path / "profile")
    profile.create()
    with Database.open(profile.database_file) as database:
        database.operators.add(NAME, Role.ADMINISTRATOR, hash_password(PASSWORD))
    lines = [f"{name} = {value!r}" for name, value in _settings(service).items()]
    profile.settings_file.write_text("\n".join(["[remote_login]", *lines]) + "\n")

    with running(screen, profile, secret_service):
        screen.press("shift+Tab", "Right")
        screen.picture("1 tabs")
        sign_in(screen, ANNA, "not this one")
        wait_until(lambda: bool(written(profile, "sign_in")), "the refusal")
        screen.picture("2 refused")
        sign_in(screen, ANNA, HERS)
        screen.wait_for_window("signed in through")
        screen.picture("3 in")

    service.go_down()
    with running(screen, profile, secret_service):
        screen.press("shift+Tab", "Right")
        sign_in(screen, "lena", "quiet harbour wakes")  # was never let in here
        wait_until(lambda: len(written(profile, "sign_in")) >= 3, "the refusal")
        screen.picture("4 away")
        sign_in(screen, ANNA, HERS)
        screen.wait_for_window("login service away")
        screen.picture("5 offline")
        service.come_up()
        screen.wait_for_window("signed in through", timeout_s=60)
        screen.picture("6 back")
    done = [actor for actor, result in written(profile, "sign_in") if result == "done"]
    assert done == [f"remote:{ANNA}"] * 2


def _settings(service: LoginService) -> dict[str, str]:
    found = settings_for(service, name="Site login")
    return {"url": found.url, "ca_file": found.ca_file, "name": found.name} | {
        f"mapping.{name}": role for name, role in found.mapping.items()
    }
