"""What is loaded behind the first window, and what the first window goes without."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from camwatch.workers.loading import (
    OF_A_DEMONSTRATION,
    OF_THE_PROGRAM,
    OF_THE_WINDOW,
    WITHOUT_QT,
    Loader,
    TurnLoader,
)


def loaded_by(*modules: str) -> set[str]:
    """Return what an interpreter has loaded once it has these."""
    names = "; ".join(f"import {module}" for module in modules)
    code = f"import sys; {names}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("names", [OF_A_DEMONSTRATION, OF_THE_PROGRAM, OF_THE_WINDOW, WITHOUT_QT])
def test_all_that_is_to_be_loaded_exists(names: tuple[str, ...]) -> None:
    assert [name for name in names if find_spec(name) is None] == []


def test_what_is_loaded_in_a_thread_makes_nothing_of_qt() -> None:
    loaded = loaded_by(*WITHOUT_QT, *OF_A_DEMONSTRATION)
    assert "camwatch.data.engine" in loaded
    assert loaded.isdisjoint({"PySide6", "shiboken6", "pyqtgraph"})


def test_the_first_window_needs_little_more_than_qt() -> None:
    heavy = {"sqlalchemy", "alembic", "aiohttp", "requests", "cv2", "pyqtgraph", "phonenumbers"}
    heavy |= {"camwatch.commands", "camwatch.app", "smtplib", "onnxruntime", "psycopg"}
    assert (
        loaded_by("camwatch.cli.application", "camwatch.last_good", "camwatch.running") & heavy
        == set()
    )


def test_the_usual_start_loads_nothing_of_servers_migrations_and_simulators() -> None:
    loaded = loaded_by("camwatch.app")
    rare = {"alembic", "psycopg", "pyqtgraph", "onnxruntime", "aiohttp.web"}
    assert loaded & (rare | {"camwatch.cameras.simulator.site"}) == set()


def test_modules_are_loaded_in_turns(qtbot: QtBot) -> None:
    parent = QObject()
    loader = TurnLoader(("wave", "colorsys"), parent)
    with qtbot.waitSignal(loader.done):
        loader.begin()
    assert {"wave", "colorsys"} <= set(sys.modules)


@pytest.mark.expects_warning
def test_a_module_that_cannot_be_had_keeps_nobody_waiting(qtbot: QtBot) -> None:
    loader = Loader(("camwatch.no_such_module",))
    with qtbot.waitSignals([loader.crashed, loader.loaded]):
        loader.start()
    assert loader.wait(5000)
