"""`camwatch models`, as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camwatch import cli
from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.simulator.sample import known_picture
from tests.detect.own_models import blind_model, good_model, onnx_model, save


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


class Shell:
    """Runs commands in one profile."""

    def __init__(self, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile = profile
        self._capsys = capsys

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        code = cli.run([*map(str, arguments), "--profile", str(self.profile)])
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        code, out, err = self.run(*arguments, "--json")
        assert (code, err) == (0, "")
        found = json.loads(out)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def shell(profile: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(profile, capsys)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.jpg"
    file.write_bytes(encode_jpeg(known_picture()[0]))
    return file


def test_a_link_into_a_download_cache_is_added_as_a_plain_file(
    shell: Shell, profile: Path, tmp_path: Path
) -> None:
    blob = save(good_model(), tmp_path / "cache" / "blobs" / "3f1c")
    link = tmp_path / "cache" / "snapshots" / "gate.onnx"
    link.parent.mkdir()
    link.symlink_to(blob)
    assert shell.json("models", "add", link)["is_accepted"]
    blob.unlink()
    kept = profile / "models" / "gate.onnx"
    assert kept.is_file()
    assert not kept.is_symlink()
    assert shell.json("models", "test", "gate")["is_accepted"]


def test_the_way_of_a_model_from_file_to_count(
    shell: Shell, profile: Path, tmp_path: Path, people: Path
) -> None:
    listed = shell.json("models", "list")
    assert listed["chosen"] == "auto"
    assert [one["name"] for one in listed["models"]] == ["nanodet", "hog"]

    added = shell.json("models", "add", save(good_model(), tmp_path / "gate.onnx"))
    assert (added["found"], added["known"], added["false_alarms"]) == (4, 4, 0)
    assert (added["is_recommended"], added["is_accepted"]) == (True, True)
    assert added["input"] == [640, 640]
    assert added["ms"] > 0
    assert len(added["boxes"]) == 4

    counted = shell.json("count", people, "--model", "gate")
    assert (counted["model"], counted["threshold"]) == ("gate", 0.4)
    assert counted["samples"][0]["count"] == 4

    assert shell.json("models", "use", "gate") == {
        "name": "gate",
        "threshold": 0.4,
        "is_overridden": False,
    }
    assert shell.json("count", people)["model"] == "gate"
    listed = shell.json("models", "list")
    assert listed["chosen"] == "gate"
    assert listed["models"][2]["state"] == "ready"
    assert shell.json("models", "test", "gate")["found"] == 4

    (profile / "models" / "gate.onnx").write_bytes(blind_model().SerializeToString())
    code, out, err = shell.run("count", people)
    assert (code, out) == (1, "")
    assert "changed after it had been tested" in err
    assert shell.json("models", "list")["models"][2]["state"] == "changed"


def test_it_tells_in_words(shell: Shell, tmp_path: Path, people: Path) -> None:
    code, out, _ = shell.run("models", "add", save(blind_model(), tmp_path / "blind.onnx"))
    assert code == 0
    assert "2 of 4 people found, 1 false" in out
    assert "Not recommended" in out
    assert "camwatch models test blind --confirm" in out
    code, _, err = shell.run("models", "use", "blind")
    assert code == 1
    assert "accepted" in err
    code, out, _ = shell.run("models", "test", "blind", "--confirm")
    assert code == 0
    assert "It may count." in out
    code, out, _ = shell.run("models", "use", "blind")
    assert (code, out.count("blind counts from the next start")) == (0, 1)
    code, out, _ = shell.run("models", "test", "blind", "--picture", people)
    assert "3 people found at a threshold of 0.4." in out
    code, out, _ = shell.run("models", "list")
    assert "* blind" in out
    assert "The settings ask for: blind." in out


def test_mistakes_end_with_a_code_and_a_sentence(shell: Shell, tmp_path: Path) -> None:
    cats = save(onnx_model({"cats": np.zeros((1, 1000))}), tmp_path / "cats.onnx")
    for arguments, code, said in (
        (("models", "add", tmp_path / "none.onnx"), 2, "no model none"),
        (("models", "add", tmp_path / "weights.pt"), 1, "export it to ONNX"),
        (("models", "add", cats), 1, "cats 1 x 1000"),
        (("models", "test", "nowhere"), 2, "no model nowhere"),
        (("models", "test", "hog", "--picture", tmp_path / "none.jpg"), 1, "cannot be read"),
        (("models", "test", "hog", "--picture", cats), 1, "picture cannot be used"),
        (("models", "use", "nowhere"), 2, "no model nowhere"),
        (("count", cats, "--model", "nowhere"), 1, "cats"),
    ):
        found, out, err = shell.run(*arguments)
        assert (found, out) == (code, ""), arguments
        assert said in err
    with pytest.raises(SystemExit) as caught:
        shell.run("count", cats, "--model", "../elsewhere")
    assert caught.value.code == 2
    with pytest.raises(SystemExit):
        shell.run("models")
