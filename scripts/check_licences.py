"""Tells whether every locked run-time dependency has a licence that we may ship with.

Reads what the installed distributions say of themselves; exits with 1 where one has a
licence that is not listed here.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "run.txt"

# Permissive, or weak copyleft that a separately installed library satisfies: Qt for Python is
# used as an unmodified, replaceable library (LGPL-3.0), certifi is an unmodified file (MPL-2.0).
ALLOWED = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|LGPL|MPL|Mozilla|Unlicense|HPND|Zlib)\b",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"\bAGPL|Affero", re.IGNORECASE)


def licence_of(name: str) -> str:
    """Return what a distribution says of its licence, or "" if it says nothing."""
    about = metadata(name)
    said = [
        (about.get_all(field) or [""])[0].split("\n")[0]
        for field in ("License-Expression", "License")
    ]
    said += [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return " | ".join(part for part in said if part)


def main() -> int:
    """Check each name in the lock file that is installed on this platform."""
    refused = 0
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(), re.MULTILINE):
        try:
            licence = licence_of(name)
        except PackageNotFoundError:
            continue  # locked for another platform
        is_fine = bool(ALLOWED.search(licence)) and not FORBIDDEN.search(licence)
        refused += not is_fine
        if not is_fine or "--list" in sys.argv:
            print(f"{'ok     ' if is_fine else 'REFUSED'} {name}: {licence or 'says nothing'}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
