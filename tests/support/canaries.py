"""Secrets that occur nowhere else, and the search for them in all that a program leaves."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil


class Canaries:
    """Makes secrets, and finds them again however they are written.

    Attributes:
        made: The secrets so far, by what they are for.
    """

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def new(self, name: str) -> str:
        """Make a secret of letters, digits and hyphens only, which any keyboard types."""
        return self.add(name, f"canary-{secrets.token_hex(4)}-{secrets.token_hex(8)}")

    def add(self, name: str, text: str) -> str:
        """Look for a secret as well that somebody else has made."""
        assert len(text) >= 6, "too short to be found for sure"
        self.made[name] = text
        return text

    def in_bytes(self, data: bytes) -> list[str]:
        """Name the secrets that stand in these bytes."""
        return [
            name
            for name, text in self.made.items()
            if any(form in data for form in written_forms(text))
        ]

    def in_files(self, folders: Iterable[Path]) -> dict[str, list[str]]:
        """Return which files of these folders hold which secrets; names of files count, too."""
        found = {}
        for folder in folders:
            for file in _everything(folder):
                data = os.fsencode(file)
                if file.is_file():
                    data += b"\0" + file.read_bytes()
                if names := self.in_bytes(data):
                    found[str(file)] = names
        return found

    def in_processes(self, pid: int) -> dict[str, list[str]]:
        """Return which of a process, and of all its children, shows which secrets to others."""
        found = {}
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            for what in ("cmdline", "environ"):
                try:
                    data = Path(f"/proc/{one.pid}/{what}").read_bytes()
                except (FileNotFoundError, ProcessLookupError, PermissionError):
                    continue
                if names := self.in_bytes(data):
                    found[f"{one.pid}/{what}"] = names
        return found


def written_forms(text: str) -> Iterator[bytes]:
    """Yield how a secret may stand in a file: as text, wide, in hexadecimal, in Base64."""
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield raw.hex().encode()
    # What stands before it in Base64, such as "user:", shifts it by none, one or two bytes.
    for shift in range(3):
        end = len(raw) - (len(raw) + shift) % 3
        cut = base64.b64encode(b"\0" * shift + raw[:end])
        yield cut[4 if shift else 0 :]


def _everything(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(place) / name
