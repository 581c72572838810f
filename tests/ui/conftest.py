"""What the tests of the screens share."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from camwatch.ui import theme


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application, with the theme that operators see."""
    theme.apply(qapp)
    return qapp
