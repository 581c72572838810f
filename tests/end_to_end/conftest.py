"""What every test of the whole program needs: a screen of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.screen import Screen, virtual_screen

HANGS_S = 400
"""The waits of one such test together take longer than those of any other; what hangs is found."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests of the whole program more time on a computer that is slow or busy."""
    for item in items:
        if item.get_closest_marker("end_to_end") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(HANGS_S))


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with virtual_screen(tmp_path) as screen:
        yield screen
