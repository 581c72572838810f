"""There is one way out of CamWatch for each kind of conversation."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "camwatch"
MAY = {
    "requests": {"outgoing/http.py", "outgoing/faults.py"},
    "urllib3": {"outgoing/http.py", "outgoing/faults.py"},
    "smtplib": {"alerts/channels/smtp.py"},
    "truststore": {"outgoing/tls.py"},
    "httpx": set[str](),
    "urllib.request": set[str](),
    "ftplib": set[str](),
}
_IMPORTS = re.compile(
    rf"^[ \t]*(?:from|import)[ \t]+({'|'.join(map(re.escape, MAY))})\b", re.MULTILINE
)


def test_no_other_module_asks_other_computers_by_these_libraries() -> None:
    users: dict[str, set[str]] = {name: set() for name in MAY}
    for file in ROOT.rglob("*.py"):
        for library in _IMPORTS.findall(file.read_text()):
            users[library].add(file.relative_to(ROOT).as_posix())
    assert users == MAY
