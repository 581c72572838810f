"""The manual tells of every state and reason there is."""

from __future__ import annotations

import re
from pathlib import Path

from camwatch.domain import CameraState, Reason

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "cameras.md"


def test_every_state_and_reason_has_a_line_in_the_manual() -> None:
    rows = re.findall(r"^\|.*\|$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    told = {code for row in rows for code in re.findall(r"\| `(\w+)` \|", row)}
    assert {state.value for state in CameraState} <= told
    assert {reason.value for reason in Reason} - {"none"} <= told
