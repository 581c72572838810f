"""There is one way out of CamWatch for each kind of conversation."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "camwatch"
MAY = {
    "requests": {"outgoing/http.py", "outgoing/faults.py"},
    "urllib3": {"outgoing/http.py", "outgoing/faults.py"},
    "smtplib": {"alerts/channels/smtp.py"},
    "truststore": {"outgoing/tls.py"},
}


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_no_other_module_asks_other_computers_by_these_libraries() -> None:
    users: dict[str, set[str]] = {name: set() for name in MAY}
    for file in ROOT.rglob("*.py"):
        names = imported(file)
        assert not {"urllib.request", "httpx", "ftplib"} & names, file
        for library, found in users.items():
            if any(name.split(".")[0] == library for name in names):
                found.add(file.relative_to(ROOT).as_posix())
    assert users == MAY
