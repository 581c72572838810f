"""A model that ends its process does not end CamWatch."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from camwatch import cli
from camwatch.commands.model_desk import ModelDesk
from camwatch.commands.preflight import preflight
from camwatch.detect.library import ModelLibrary
from camwatch.detect.model_files import files_of, read
from camwatch.errors import GivenUp, OwnModelUnfit
from camwatch.paths import bundled_models
from tests.detect.own_models import (
    TensorProto,
    blind_model,
    good_model,
    helper,
    numpy_helper,
    onnx_model,
    save,
)


def fly(file: Path, script: str = "", **options: Any) -> None:
    """Let a model be opened elsewhere, by CamWatch or by a script in its place."""
    files = files_of(file)
    program = [sys.executable, "-c", script] if script else None
    preflight(files, read(files), program=program, **options)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return save(good_model(), tmp_path / "gate.onnx")


def test_a_good_model_comes_back(good: Path) -> None:
    fly(good)


def test_what_is_refused_there_is_refused_here_for_the_same_reason(
    good: Path, tmp_path: Path
) -> None:
    cats = save(onnx_model({"cats": np.zeros((1, 1000))}), tmp_path / "cats.onnx")
    with pytest.raises(OwnModelUnfit, match=r"cats\.onnx is of a kind .* cats 1 x 1000"):
        fly(cats)
    good.with_suffix(".toml").write_text("famly = 'x'")
    with pytest.raises(OwnModelUnfit, match=r"gate\.toml cannot be used: famly is unknown"):
        fly(good)


def test_a_model_that_wants_all_memory_is_refused_and_camwatch_lives(tmp_path: Path) -> None:
    model = good_model()
    model.graph.initializer.append(numpy_helper.from_array(np.array([1 << 40]), "shape"))
    model.graph.node.append(helper.make_node("ConstantOfShape", ["shape"], ["all"]))
    model.graph.output.append(helper.make_tensor_value_info("all", TensorProto.FLOAT, (None,)))
    bomb = save(model, tmp_path / "bomb.onnx")
    with pytest.raises(OwnModelUnfit):
        fly(bomb)
    desk = ModelDesk(ModelLibrary(bundled_models(), tmp_path / "own"), tmp_path / "settings.toml")
    with pytest.raises(OwnModelUnfit):
        desk.add(bomb)
    assert not (tmp_path / "own").exists()


def test_a_model_that_ends_its_process_is_refused(good: Path) -> None:
    with pytest.raises(OwnModelUnfit, match="ends the process"):
        fly(good, "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    with pytest.raises(OwnModelUnfit, match="ends the process"):
        fly(good, "print('[]')")


def still_running(mark: str) -> bool:
    children = psutil.Process().children(recursive=True)
    return any(mark in " ".join(child.cmdline()) for child in children)


def test_a_model_that_never_comes_back_is_refused_and_its_process_ended(good: Path) -> None:
    script = "import threading; threading.Event().wait()  # never-comes-back"
    with pytest.raises(OwnModelUnfit, match="takes too long"):
        fly(good, script, longest_s=0.2)
    assert not still_running("never-comes-back")


def test_it_can_be_given_up(good: Path) -> None:
    cancel = threading.Event()
    timer = threading.Timer(0.2, cancel.set)
    timer.start()
    with pytest.raises(GivenUp):
        fly(good, "import threading; threading.Event().wait()  # given-up", cancel=cancel)
    timer.join()
    assert not still_running("given-up")


def test_a_file_that_is_changed_meanwhile_is_refused(good: Path) -> None:
    files = files_of(good)
    contents = read(files)
    save(blind_model(), good)
    with pytest.raises(OwnModelUnfit, match="changed while it was tested"):
        preflight(files, contents)


def test_a_check_by_hand_says_the_same(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["models", "check", str(good)]) == 0
    assert "gate: yolov8, can be used." in capsys.readouterr().out
    missing = str(good.with_name("none.onnx"))
    assert cli.run(["models", "check", missing]) == 1
    assert "no model none" in capsys.readouterr().err
    assert cli.run(["models", "check", missing, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["path"] == missing
