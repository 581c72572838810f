"""`camwatch privacy check`: proves that a camera that only counts writes no picture."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camwatch.alerts.rules import Occupancy, Rule, Scope, Severity, Side
from camwatch.commands.privacy_check import PrivacyProof, watch
from camwatch.config import Settings
from camwatch.domain import Picture, utc_now
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.events import AlertChanged
from camwatch.paths import Profile
from camwatch.scene import PrivacyMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camwatch.app import Application
    from camwatch.auth.session import Session

_LONGEST_S = 600.0
_READY_WITHIN_S = 120.0
_KEPT_WITHIN_S = 6.0


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "privacy",
        help="prove that a camera that only counts writes no picture",
        description="What CamWatch does for the privacy of those who are counted.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser(
        "check",
        help="run everything with simulated cameras that only count, and look for pictures",
        description="Runs the whole program with its window, unseen, on a throw-away profile "
        "with simulated cameras that only count; raises alerts that want pictures, and asks for "
        "a recording and a saved picture. Meanwhile all files of the profile and of the folder "
        "for temporary files, and all files that are open, are searched for pictures. Nothing "
        "of your own cameras is touched; those are tested in their privacy settings.",
        epilog="Exit codes: 0 no picture was written, 1 one was, or nothing is proven.",
    )
    check.add_argument("--seconds", type=float, default=20.0, help="how long (default 20)")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Carry out the command; return the exit code."""
    if not 1 <= parsed.seconds <= _LONGEST_S:
        sys.stderr.write(f"camwatch: --seconds is not from 1 to {_LONGEST_S:g}\n")
        return 2
    proof, refused = check(parsed.seconds)
    is_passed = proof is not None and proof.is_passed and all(refused.values())
    if parsed.json:
        sys.stdout.write(json.dumps(_facts(proof, refused, is_passed=is_passed)) + "\n")
    else:
        sys.stdout.write(_words(proof, refused, is_passed=is_passed) + "\n")
    return 0 if is_passed else 1


def _facts(
    proof: PrivacyProof | None, refused: dict[str, bool], *, is_passed: bool
) -> dict[str, Any]:
    if proof is None:
        return {"passed": False, "refused": refused, "error": "the program did not start"}
    return {
        "passed": is_passed,
        "at": proof.at.isoformat(timespec="seconds"),
        "seconds": proof.seconds,
        "pictures_counted": proof.counted,
        "files_looked_at": proof.files,
        "folders": [str(one) for one in proof.folders],
        "pictures_written": [
            {"file": str(one.file), "pictures": one.pictures} for one in proof.written
        ],
        "not_readable": [str(one) for one in proof.unread],
        "refused": refused,
    }


def _words(proof: PrivacyProof | None, refused: dict[str, bool], *, is_passed: bool) -> str:
    if proof is None:
        return "Nothing is proven: the program did not start."
    lines = [
        "Passed: no picture was written." if is_passed else "FAILED.",
        (
            f"{proof.at:%Y-%m-%d %H:%M:%S} UTC, for {proof.seconds:g} s: people were counted in "
            f"{proof.counted} pictures, and {proof.files} files were searched."
        ),
        *(f"A picture was written to {one.file}." for one in proof.written),
        *(f"{one} could not be read." for one in proof.unread),
        *(f"Not refused: {name}." for name, is_refused in refused.items() if not is_refused),
    ]
    if not proof.counted:
        lines.append("No picture was counted, so that nothing is proven.")
    return "\n".join(lines)


@contextmanager
def _own_folders() -> Iterator[Path]:
    """Make a folder in which all of this run is, temporary files included."""
    with tempfile.TemporaryDirectory(
        prefix="camwatch-privacy-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        passing = folder / "temporary"
        passing.mkdir()
        before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
        tempfile.tempdir = os.environ["TMPDIR"] = str(passing)
        try:
            yield folder
        finally:
            tempfile.tempdir = before
            if variable is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = variable


def check(seconds: float) -> tuple[PrivacyProof | None, dict[str, bool]]:
    """Run the whole program for a while, and look for pictures.

    Args:
        seconds: How long, once the first picture can be counted.

    Returns:
        The proof, None if the program did not start; and of each way to keep a picture that was
        tried by hand, whether it was refused.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Only with this command: it takes Qt and half of the program.
    from PySide6.QtCore import QTimer  # noqa: PLC0415

    from camwatch.app import Application  # noqa: PLC0415
    from camwatch.demonstration import make_site  # noqa: PLC0415
    from camwatch.running import make_qt_application  # noqa: PLC0415
    from camwatch.ui import qt_log  # noqa: PLC0415

    usual = Settings()
    settings = usual.model_copy(
        update={
            "cameras": usual.cameras.model_copy(
                update={"new_camera_privacy": PrivacyMode.COUNT_ONLY}
            ),
            "history": usual.history.model_copy(update={"backups": 0, "reserve_mib": 0}),
        }
    )
    with _own_folders() as folder:
        profile = Profile(folder / "profile")
        profile.create()
        qt_log.install()
        qt = make_qt_application()
        application = Application(profile, settings, make_site())
        trial = _Trial(application, folder, seconds)
        timer = QTimer()
        timer.timeout.connect(trial.step)
        timer.start(50)
        QTimer.singleShot(0, application.start)
        QTimer.singleShot(round((_READY_WITHIN_S + seconds) * 1000), application.stop)
        qt.exec()
        if trial.thread.is_alive():
            trial.thread.join(5)
    return trial.proof, trial.refused


class _Trial:
    """Signs in when one can, has the program watched, and stops it."""

    def __init__(self, application: Application, folder: Path, seconds: float) -> None:
        self._application = application
        self._folder = folder
        self._seconds = seconds
        self._session: Session | None = None
        self.thread = threading.Thread(target=self._watch, name="privacy check", daemon=True)
        self.proof: PrivacyProof | None = None
        self.refused: dict[str, bool] = {}
        self._alert_s = math.inf

    def step(self) -> None:
        """Do what can be done next."""
        application = self._application
        if application.exit_code or application.commands is None:
            return
        if self._session is not None:
            if not self.thread.is_alive():
                application.stop()
            return
        sign_in = application.demo_sign_in
        if sign_in is None:
            return
        self._session = application.commands.sign_in(*sign_in)
        rule = Rule(
            str(uuid.uuid4()),
            "Somebody is there",
            Occupancy(Side.ABOVE, 1, for_s=1.0),
            Scope(),
            Severity.INFORMATION,
            cool_down_s=5.0,
        )
        application.commands.save_rule(self._session, rule)
        application.windows.open_window(self._session)
        self.thread.start()

    def _watch(self) -> None:
        end = self._application.bus.subscribe(AlertChanged, self._on_alert)
        self.proof = watch(
            "simulated cameras",
            None,
            ([self._folder], ()),
            self._application.bus,
            self._seconds,
            utc_now(),
            is_enough=self._has_had_alert,
        )
        end()
        # Without an alert nothing was asked to keep a picture.
        self.refused["keeping a picture with an alert"] = self._has_had_alert()
        self._try_by_hand()

    def _on_alert(self, _event: AlertChanged) -> None:
        self._alert_s = min(self._alert_s, time.monotonic())

    def _has_had_alert(self) -> bool:
        """Tell whether an alert was raised, and its picture would be kept by now."""
        return time.monotonic() - self._alert_s >= _KEPT_WITHIN_S

    def _try_by_hand(self) -> None:
        commands, session = self._application.commands, self._session
        if commands is None or session is None:
            return
        camera = commands.cameras(session)[0]
        picture = Picture(camera.id, 1, b"\xff\xd8\xff\xe0", (16, 16), utc_now(), 0.0, 1.0)
        try:
            commands.save_picture(session, picture, self._folder / "saved.jpg")
        except InvalidSetting:
            self.refused["saving a picture"] = True
        except CamWatchError:
            self.refused["saving a picture"] = False
        else:
            self.refused["saving a picture"] = False
