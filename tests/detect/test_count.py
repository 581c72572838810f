from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from camwatch.cli import count
from camwatch.config import Detection
from tests.detect.scene import THREE, scene

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `camwatch count` and gives exit code, output and errors."""
    monkeypatch.setenv("CAMWATCH_PROFILE", str(tmp_path / "profile"))

    def run_it(*arguments: object) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        count.add_parser(parser.add_subparsers())
        try:
            parsed = parser.parse_args(["count", *map(str, arguments)])
            code = int(parsed.run(parsed))
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of three people, nobody, and a damaged picture."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    assert cv2.imwrite(str(pictures / "a.jpg"), scene((1280, 720), THREE)[0])
    assert cv2.imwrite(str(pictures / "b.png"), scene((960, 540))[0])
    (pictures / "c.jpg").write_bytes((pictures / "a.jpg").read_bytes()[:20_000])
    return pictures


def result(printed: str) -> dict[str, Any]:
    """Return the JSON object; fails if anything else was printed."""
    parsed = json.loads(printed)
    assert isinstance(parsed, dict)
    return parsed


def test_a_folder_as_json(run: Run, folder: Path) -> None:
    code, out, err = run(folder, "--json")
    assert (code, err) == (0, "")
    found = result(out)
    assert found["source"] == str(folder)
    assert (found["model"], found["runtime"]) == ("nanodet-g", "onnxruntime")
    assert (found["frames"], found["fps"], found["threshold"]) == (2, None, Detection().threshold)
    assert (found["lines"], found["zones"]) == ([], [])
    three, nobody = found["samples"]
    assert (three["index"], three["name"], three["t"], three["count"]) == (0, "a.jpg", 0.0, 3)
    assert 0.5 < three["confidence"] < 1
    assert 0 < three["processing_time"] < 10
    assert (nobody["index"], nobody["name"]) == (1, "b.png")
    assert (nobody["count"], nobody["confidence"]) == (0, 0.0)
    assert "boxes" not in three
    (skipped,) = found["skipped"]
    assert (skipped["name"], skipped["reason"]) == ("c.jpg", "truncated")
    assert "cut off" in skipped["message"]
    summary = found["summary"]
    assert (summary["mean_count"], summary["max_count"], summary["mode"]) == (1.5, 3, "occupancy")
    assert 0 < summary["detect_ms"]["median"] <= summary["detect_ms"]["p95"]
    assert summary["total_s"] > 0


def test_boxes_are_in_pixels_of_the_picture(run: Run, folder: Path) -> None:
    _, out, _ = run(folder / "a.jpg", "--json", "--boxes")
    (sample,) = result(out)["samples"]
    _, truth = scene((1280, 720), THREE)
    assert len(sample["boxes"]) == sample["count"] == 3
    for box in sample["boxes"]:
        assert len(box) == 5
        nearest = np.abs(truth - box[:4]).max(axis=1).min()
        assert nearest < 60
    scores = [box[4] for box in sample["boxes"]]
    assert sum(scores) / 3 == pytest.approx(sample["confidence"], abs=1e-3)


def test_a_table_for_people(run: Run, folder: Path) -> None:
    code, out, err = run(folder)
    assert (code, err) == (0, "")
    first, second, third, _, *summary = out.splitlines()
    assert first.split()[:3] == ["a.jpg", "3", "people"]
    assert second.split()[:3] == ["b.png", "0", "people"]
    assert third.startswith("c.jpg")
    assert "not counted: the picture is cut off" in third
    assert summary[0] == "2 pictures counted: 1.50 people on average, 3 at most."


def test_a_video_at_a_lower_rate(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "door.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (640, 360))
    empty, one = scene((640, 360))[0], scene((640, 360), ((1, 300, 220),))[0]
    for number in range(20):
        writer.write(empty if number < 10 else one)
    writer.release()

    code, out, _ = run(file, "--json", "--fps", "2")
    found = result(out)
    assert code == 0
    assert (found["frames"], found["fps"]) == (20, 10.0)
    assert [(s["index"], s["t"], s["count"]) for s in found["samples"]] == [
        (0, 0.0, 0),
        (5, 0.5, 0),
        (10, 1.0, 1),
        (15, 1.5, 1),
    ]
    assert {sample["name"] for sample in found["samples"]} == {None}

    code, out, _ = run(file)
    stretches = [line.split() for line in out.splitlines()[:2]]
    assert [(words[0], words[3], words[5]) for words in stretches] == [
        ("0.0", "0.9", "0"),
        ("1.0", "1.9", "1"),
    ]


def walker_video(file: Path) -> Path:
    """Write a video of one person who walks to the right and back: 6 s at 10 pictures/s."""
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (640, 360))
    for number in range(60):
        left = 120 + 10 * (number if number < 30 else 59 - number)
        writer.write(scene((640, 360), ((1, left, 220),))[0])
    writer.release()
    return file


def test_lines_and_zones_of_a_video(run: Run, tmp_path: Path) -> None:
    file = walker_video(tmp_path / "walker.avi")
    arguments = [
        file,
        *("--line", "door:0.5,0,0.5,1", "--line", "door back:0.5,1,0.5,0"),
        *("--line", "far:0.9,0,0.9,1"),
        *("--zone", "left:0,0;0.5,0;0.5,1;0,1", "--zone", "all:0,0;1,0;1,1;0,1"),
    ]
    code, out, err = run(*arguments, "--json", "--fps", "5")
    assert (code, err) == (0, "")
    found = result(out)
    door, back, far = found["lines"]
    assert (door["name"], door["in"], door["out"], door["note"]) == ("door", 1, 1, None)
    assert [crossing["direction"] for crossing in door["crossings"]] == ["in", "out"]
    there_s, back_s = (crossing["t"] for crossing in door["crossings"])
    # Up to 3 s the person walks to the right, at 100 pixels a second from about 160.
    assert there_s == pytest.approx(1.6, abs=0.3)
    assert there_s + back_s == pytest.approx(5.9, abs=0.3)
    assert [crossing["direction"] for crossing in back["crossings"]] == ["out", "in"]
    assert (far["in"], far["out"], far["crossings"]) == (0, 0, [])
    left, everywhere = found["zones"]
    assert (left["name"], left["max"], everywhere["max"]) == ("left", 1, 1)
    assert left["mean"] == pytest.approx(0.55, abs=0.1)
    assert everywhere["mean"] == found["summary"]["mean_count"] == 1.0
    assert found["summary"]["mode"] == "in_out"

    code, out, _ = run(*arguments, "--fps", "5")
    assert code == 0
    assert "line door                     1 in, 1 out" in out
    assert "zone all                      1.00 people on average, 1 at most" in out


def test_gates_and_who_turns_round(run: Run, tmp_path: Path) -> None:
    file = walker_video(tmp_path / "walker.avi")
    arguments = [
        file,
        *("--line", "door:0.5,0,0.5,1"),
        *("--gate", "gate:0.4,0,0.4,1;0.55,0,0.55,1", "--gate", "far:0.5,0,0.5,1;0.9,0,0.9,1"),
        *("--json", "--fps", "10"),
    ]
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    door, gate, far = result(out)["lines"]
    assert [one["kind"] for one in (door, gate, far)] == ["line", "gate", "gate"]
    assert (gate["name"], gate["in"], gate["out"]) == ("gate", 1, 1)
    (in_s, out_s), (door_in_s, door_out_s) = (
        [crossing["t"] for crossing in one["crossings"]] for one in (gate, door)
    )
    # The gate is passed when its second line is, on either way.
    assert in_s > door_in_s
    assert out_s > door_out_s
    assert (far["in"], far["out"]) == (0, 0)

    # Over the door at about 1.6 s, and back at about 4.3 s.
    for seconds, expected in ((4, (0, 0)), (2, (1, 1))):
        _, out, _ = run(*arguments, "--u-turn", seconds)
        door = result(out)["lines"][0]
        assert (door["in"], door["out"]) == expected
    _, out, _ = run(*arguments, "--once")
    assert [(one["in"], one["out"]) for one in result(out)["lines"][:2]] == [(1, 1), (1, 1)]


def test_pictures_too_rare_for_in_and_out(run: Run, tmp_path: Path) -> None:
    file = walker_video(tmp_path / "walker.avi")
    code, out, _ = run(file, "--line", "door:0.5,0,0.5,1", "--json", "--fps", "1")
    (line,) = result(out)["lines"]
    assert (code, result(out)["summary"]["mode"]) == (0, "occupancy")
    assert (line["in"], line["out"], line["crossings"]) == (None, None, [])
    assert "pictures a second or more, and there are 1.0" in line["note"]
    _, out, _ = run(file, "--line", "door:0.5,0,0.5,1", "--fps", "1")
    assert "line door                     in and out are not counted" in out


def test_pictures_of_unknown_time_have_zones_but_no_lines(run: Run, folder: Path) -> None:
    code, out, _ = run(
        folder, "--line", "door:0.5,0,0.5,1", "--zone", "all:0,0;1,0;1,1;0,1", "--json"
    )
    found = result(out)
    (line,), (zone,) = found["lines"], found["zones"]
    assert (code, found["summary"]["mode"]) == (0, "occupancy")
    assert (line["in"], line["out"]) == (None, None)
    assert "not known when the pictures were taken" in line["note"]
    assert (zone["mean"], zone["max"]) == (1.5, 3)


def test_the_threshold_is_the_argument_s_or_else_the_settings(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMWATCH_DETECTION_THRESHOLD", "0.94")
    _, out, _ = run(folder / "a.jpg", "--json")
    assert (result(out)["threshold"], result(out)["summary"]["max_count"]) == (0.94, 0)
    _, out, _ = run(folder / "a.jpg", "--json", "--threshold", "0.3")
    assert (result(out)["threshold"], result(out)["summary"]["max_count"]) == (0.3, 3)


def test_the_poor_model_says_so_but_not_in_the_json(run: Run, folder: Path) -> None:
    code, out, err = run(folder / "b.png", "--json", "--model", "hog")
    assert code == 0
    assert (result(out)["model"], result(out)["is_poor"]) == ("hog", True)
    assert "do not rely on it" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.jpg", "--json"], 1, "there is no such file or folder"),
        (["{folder}/c.jpg", "--json"], 1, "the picture is cut off"),
        (["{folder}", "--fps", "2"], 2, "for videos and streams only"),
        (["{folder}", "--fps", "0"], 2, "--fps"),
        (["{folder}", "--threshold", "0,5"], 2, "'0,5' is not a number from 0.05 to 0.95"),
        (["{folder}", "--threshold", "nan"], 2, "not a number"),
        (["{folder}", "--model", "yolo"], 1, "there is no model yolo in the models folder"),
        (["{folder}", "--model", "../yolo"], 2, "'../yolo' is no name of a model"),
        (["{folder}", "--line", "door:0.5,0,0.5"], 2, "has 3 coordinates, not the 4"),
        (["{folder}", "--line", "a:2,0,1,1", "--zone", "b:0,0"], 2, "put it in quotes"),
        (["{folder}", "--gate", "a:0.4,0,0.4,1"], 2, "put it in quotes"),
        (["{folder}", "--once"], 2, "there is none"),
        (["{folder}", "--u-turn", "3", "--zone", "z:0,0;1,0;1,1"], 2, "there is none"),
        (["{folder}", "--u-turn", "61"], 2, "is not a number of seconds from 0 to 60"),
        (["ftp://10.0.0.7/stream"], 2, "must start with http://"),
        (["{folder}", "--seconds", "3"], 2, "for streams only"),
        (["rtsp://127.0.0.1:1/stream", "--seconds", "0"], 2, "above 0 and up to 3600"),
        (["http://operator:hush-hush@127.0.0.1:1/x"], 1, "***@127.0.0.1:1/x"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, folder: Path, arguments: list[str], code: int, words: str
) -> None:
    got, out, err = run(*(one.format(folder=folder) for one in arguments))
    assert (got, out) == (code, "")
    assert words in err
    assert "hush-hush" not in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1 or err.startswith("usage")


def test_a_damaged_model_counts_nothing(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "bundled_models", lambda: tmp_path)
    code, out, err = run(folder, "--json")
    assert (code, out) == (1, "")
    assert "people cannot be counted: the model file is missing" in err


@pytest.mark.needs_shared
@pytest.mark.parametrize("fps", [2, 5])
def test_one_walker_at_a_time_is_counted(run: Run, shared_data: Path, fps: int) -> None:
    truth = json.loads((shared_data / "one-by-one-truth.json").read_text("utf-8"))
    video = shared_data / "one-by-one-person-detection.mp4"
    lines = ("--line", "middle:0.5,0,0.5,1", "--line", "right:0.75,0,0.75,1")
    code, out, _ = run(video, "--json", "--fps", fps, *lines)
    found = result(out)
    assert (code, found["frames"], found["fps"]) == (0, 1394, 10.0)
    checked = right = 0
    for sample in found["samples"]:
        index = sample["index"]
        if any(abs(index - p[end]) <= 3 for p in truth["visible"] for end in ("first", "last")):
            continue
        expected = sum(p["first"] <= index <= p["last"] for p in truth["visible"])
        checked += 1
        right += sample["count"] == expected
    assert checked > 125 * fps
    assert right / checked > 0.97
    assert found["summary"]["mode"] == "in_out"
    for line, name in zip(
        found["lines"], ("line_x384_vertical_middle", "line_x576_vertical_75pct"), strict=True
    ):
        expected_s = [crossing["frame"] / 10 for crossing in truth[name]["crossings"]]
        assert (line["in"], line["out"]) == (len(expected_s), 0)
        counted_s = [crossing["t"] for crossing in line["crossings"]]
        assert counted_s == pytest.approx(expected_s, abs=0.1 + 1 / fps)
