"""Labelled clips: read strictly, counted as a camera is, compared with an earlier run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from camwatch.accuracy import Step
from camwatch.accuracy.clips import Clip, read_clips
from camwatch.cli import run
from camwatch.errors import InvalidSetting

TOOL = Path(__file__).resolve().parent.parent.parent / "tools" / "make_accuracy_clips.py"


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two short clips of the simulated site."""
    folder = tmp_path_factory.mktemp("clips")
    options = ["--clips", "2", "--seconds", "30", "--fps", "3", "--people", "3", "--width", "640"]
    subprocess.run([sys.executable, str(TOOL), str(folder), *options], check=True)
    return folder


@pytest.fixture
def printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, Any, str]]:
    """Return what runs the command; it gives the exit code, the JSON, and what was said."""

    def run_it(folder: Path, *options: str) -> tuple[int, Any, str]:
        command = ["accuracy", "run", str(folder), "--json", "--profile", str(tmp_path)]
        code = run([*command, *options])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return run_it


def test_clips_are_counted_and_judged_like_a_camera_and_a_worse_run_fails(
    clips: Path, printed: Callable[..., tuple[int, Any, str]], tmp_path: Path
) -> None:
    code, result, err = printed(clips)
    assert (code, err) == (0, "")
    assert [clip["name"] for clip in result["clips"]] == ["simulated-1", "simulated-2"]
    assert [clip["pictures"] for clip in result["clips"]] == [90, 90]
    assert result["baseline"] is None
    overall = {one["kind"]: one for one in result["overall"]}
    passages, occupancy = overall["passages"], overall["occupancy"]
    assert passages["truth"] >= 4
    assert passages["accuracy"]["value"] >= 0.75
    assert passages["accuracy"]["low"] < 0.8  # a few people prove little
    assert occupancy["accuracy"]["value"] >= 0.75
    assert occupancy["truth"] > 0

    old = tmp_path / "old.json"
    old.write_text(json.dumps(result))
    code, worse, err = printed(clips, "--baseline", str(old), "--threshold", "0.9")
    assert code == 1
    verdicts = {one["name"]: one["verdict"] for one in worse["baseline"]}
    assert len(verdicts) == 6
    assert verdicts["all clips, people in view"] == "worse"
    assert "all clips, people in view got worse" in err


@pytest.mark.parametrize("text", ["", "{}", '{"clips": 1}', '{"clips": [{"reports": [{}]}]}'])
def test_a_baseline_that_is_none_is_refused(
    clips: Path, printed: Callable[..., tuple[int, Any, str]], tmp_path: Path, text: str
) -> None:
    old = tmp_path / "old.json"
    old.write_text(text)
    code, result, err = printed(clips, "--baseline", str(old))
    assert (code, result) == (2, None)
    assert "--baseline" in err


def test_what_is_wrong_with_a_folder_is_said(
    printed: Callable[..., tuple[int, Any, str]], tmp_path: Path
) -> None:
    code, _, err = printed(tmp_path / "nowhere")
    assert code == 1
    assert "nowhere" in err
    folder = tmp_path / "clips"
    folder.mkdir()
    code, _, err = printed(folder)
    assert code == 2
    assert "holds no clip" in err
    clip = Clip("a.avi", 1.0, (), (Step(0, 1),), ())
    (folder / "a.truth.json").write_text(clip.to_json())
    code, _, err = printed(folder)
    assert code == 2
    assert "a.avi is not in the folder" in err
    (folder / "a.avi").write_bytes(b"no video")
    code, _, err = printed(folder)
    assert code == 1
    assert "a.avi" in err


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"video": "../a.avi"}, "video"),
        ({"video": ""}, "video"),
        ({"tolerance_s": 0}, "tolerance_s"),
        ({"occupancy": []}, "lines"),
        ({"occupancy": [{"t_s": 1, "people": 0}]}, "steps"),
        ({"lines": [{"name": "a", "start": [0, 0], "end": [0, 0], "passages": []}]}, "end"),
        ({"lines": [{"name": "a", "start": [0, 2], "end": [0, 0], "passages": []}]}, "start"),
        ({"extra": 1}, "camwatch-clip.extra"),
    ],
)
def test_a_clip_that_cannot_be_is_refused(change: dict[str, Any], field: str) -> None:
    clip = Clip("a.avi", 1.0, (), (Step(0, 1),), ())
    text = json.dumps({**json.loads(clip.to_json()), **change})
    with pytest.raises(InvalidSetting) as caught:
        Clip.from_json(text)
    assert caught.value.field == field


def test_a_truth_in_numbers_of_pictures_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"")
    (tmp_path / "walk-truth.json").write_text(
        json.dumps(
            {
                "video": "film.mp4",
                "width": 800,
                "fps": 10,
                "line_x200_left": {
                    "right_to_left": 0,
                    "crossings": [{"p": 1, "frame": 15}, {"p": 2, "frame": 40}],
                },
                "visible": [{"p": 1, "first": 10, "last": 29}, {"p": 2, "first": 20, "last": 49}],
            }
        )
    )
    (found,) = read_clips(tmp_path)
    assert (found.name, found.video) == ("walk", tmp_path / "film.mp4")
    (line,) = found.clip.lines
    assert (line.start, line.end) == ((0.25, 0), (0.25, 1))
    assert [one.t_s for one in line.passages] == [1.5, 4]
    assert found.clip.occupancy == (Step(0, 0), Step(1, 1), Step(2, 2), Step(3, 1), Step(5, 0))


@pytest.mark.needs_shared
def test_the_footage_is_counted_right(
    shared_data: Path, printed: Callable[..., tuple[int, Any, str]]
) -> None:
    code, result, _ = printed(shared_data, "--fps", "5")
    assert code == 0
    (clip,) = result["clips"]
    found = {report["place"]: report for report in clip["reports"]}
    assert found["x384"]["overall"]["truth"] == found["x384"]["overall"]["counted"] == 5
    assert found["x576"]["overall"]["truth"] == found["x576"]["overall"]["counted"] == 6
    assert found["x384"]["passages"]["missed"] == found["x384"]["passages"]["false"] == []
    assert found[None]["overall"]["accuracy"]["value"] > 0.85
