"""Guards around every test: no screen is needed, nothing is left running, no warning passes."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt: without a screen Qt would abort the whole process.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _name in [name for name in os.environ if name.startswith("CAMWATCH_")]:
    if _name != "CAMWATCH_VENV":
        del os.environ[_name]

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

pytest_plugins = ["tests.faults.plugin", "tests.support.on_postgres"]

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the shared footage where that is not there."""
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="../shared/data is not there")
    for item in items:
        if item.get_closest_marker("needs_shared"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real footage; only for tests marked needs_shared."""
    return SHARED


@pytest.fixture(autouse=True)
def no_unexpected_warnings(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail a test in which CamWatch logged a warning that it did not provoke on purpose."""
    yield
    if request.node.get_closest_marker("expects_warning"):
        return
    found = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING and record.name.startswith(("camwatch", "qt"))
    ]
    assert not found, f"unexpected warnings in the log: {found}"


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread behind."""
    before = set(threading.enumerate())
    yield
    application = QApplication.instance()
    left = [
        thread
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not thread.daemon and not thread.name.startswith("Dummy")
    ]
    for thread in left:
        thread.join(2.0)
    still = [thread.name for thread in left if thread.is_alive()]
    if application is not None:
        still += [
            thread.objectName() or "QThread"
            for thread in application.findChildren(QThread)
            if thread.isRunning()
        ]
    assert not still, f"left running: {still}"
