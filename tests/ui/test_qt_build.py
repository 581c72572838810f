"""The Qt binding itself, where a build of it was found to be broken."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject


def test_a_call_that_returns_none_takes_no_reference_of_it() -> None:
    """PySide6 6.12.0 on Python 3.11 does, and aborts the process after some thousand calls."""
    thing = QObject()
    calls = 200
    before = sys.getrefcount(None)
    for number in range(calls):
        thing.setObjectName(str(number))

    assert sys.getrefcount(None) > before - calls // 2
