"""A real Secret Service of its own: a D-Bus daemon and gnome-keyring in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.support.session_bus import start_bus

IS_INSTALLED = all(shutil.which(name) for name in ("dbus-daemon", "gnome-keyring-daemon"))


class SecretService:
    """The service, running and unlocked; nothing of it is outside its folder.

    Attributes:
        environ: What a process needs to find it.
    """

    def __init__(self, folder: Path) -> None:
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
        }
        self._bus, address = start_bus(folder, self.environ)
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        self._keyring = self._start("--unlock")

    def _start(self, *options: str) -> subprocess.Popen[str]:
        keyring = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--components=secrets", *options],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert keyring.stdin is not None
        keyring.stdin.write("the keyring's own password\n")
        keyring.stdin.close()
        return keyring

    def hang(self) -> None:
        """Stop the keyring in its tracks: it answers nothing, and nobody is told."""
        self._keyring.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End `hang`."""
        self._keyring.send_signal(signal.SIGCONT)

    def lock(self) -> None:
        """Put a locked keyring in the place of the unlocked one.

        There is no screen on which it could ask for its password, so its question
        counts as dismissed by the operator.
        """
        self.end_keyring()
        self._keyring = self._start()

    def end_keyring(self) -> None:
        """End the keyring; D-Bus goes on."""
        self._keyring.kill()
        self._keyring.wait()

    def stop(self) -> None:
        """End all of it."""
        for process in (self._keyring, self._bus):
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
