from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from camwatch.cli import run
from tests.detect.scene import THREE, scene


def bench(capsys: pytest.CaptureFixture[str], profile: Path, *arguments: str) -> dict[str, Any]:
    """Run `camwatch bench detect --json` and return what it printed."""
    assert run(["--profile", str(profile), "bench", "detect", "--json", *arguments]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    result: dict[str, Any] = json.loads(printed.out)
    return result


def labelled(folder: Path) -> Path:
    """Write a folder of one labelled picture."""
    pixels, truth = scene((1280, 720), THREE)
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    assert cv2.imwrite(str(folder / "images" / "three.png"), pixels)
    rows = [
        f"{(x1 + x2) / 2560:.6f} {(y1 + y2) / 1440:.6f} {(x2 - x1) / 1280:.6f} {(y2 - y1) / 720:.6f}"
        for x1, y1, x2, y2 in truth.tolist()
    ]
    (folder / "labels" / "three.txt").write_text("\n".join(rows), "ascii")
    return folder


def test_the_json_tells_times_rates_agreement_and_accuracy(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = labelled(tmp_path / "people")
    result = bench(capsys, tmp_path / "profile", "--runs", "2", "--people", str(folder))
    assert (result["model"], result["runtime"], result["precision"]) == (
        "nanodet-g",
        "onnxruntime",
        "int8",
    )
    assert result["input"] == [256, 416]
    assert set(result["threads"]) == {"1", "2"}
    for threads in result["threads"].values():
        assert 0 < threads["ms"]["best"] <= threads["ms"]["median"] <= threads["ms"]["p95"]
    assert set(result["stages_ms"]) == {"decode", "prepare", "network", "decode_output"}
    assert result["stages_ms"]["network"] > result["stages_ms"]["decode_output"] > 0
    assert 0 < result["pictures_per_s"] <= result["pictures_per_s_best"]
    assert result["cores_got"] > 0
    assert result["picture"]["wh"] == [1920, 1080]
    assert 150_000 < result["picture"]["bytes"] < 300_000
    assert result["tiles"]["cost_times"] > 1
    assert [(one["runtime"], one["precision"]) for one in result["variants"]] == [
        ("onnxruntime", "int8"),
        ("onnxruntime", "float32"),
        ("opencv", "float32"),
    ]
    assert len(result["agreement"]) == 4  # one and two threads thrice, two runtimes of the float
    for pair in result["agreement"]:
        # The same computation in another order, on pictures that ship with the program.
        assert pair["same_counts"] == pair["pictures"] > 4
        assert pair["score_difference"] < 0.005
        assert pair["least_overlap"] > 0.99
        assert pair["ap50_difference"] < 0.005
    kinds = [(row["model"], row["precision"], row["tiles"]) for row in result["accuracy"]]
    assert kinds == [
        ("nanodet-g", "int8", False),
        ("nanodet-g", "float32", False),
        ("nanodet-g", "float32", False),
        ("nanodet-g", "int8", True),
        ("hog", "-", False),
    ]
    first = result["accuracy"][0]
    assert (first["people"], first["mean_count_error"], first["exact_share"]) == (3, 0.0, 1.0)
    assert first["found_share"] == {"below_15": None, "15_to_35": None, "above_35": 1.0}


def test_a_model_without_stages_tells_only_what_it_can(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    result = bench(capsys, tmp_path, "--runs", "1", "--model", "hog")
    assert (result["model"], result["input"]) == ("hog", None)
    assert set(result["threads"]) == {"1"}
    stages = result["stages_ms"]
    assert stages["decode"] > 0
    assert (stages["prepare"], stages["network"], stages["decode_output"]) == (None, None, None)
    assert len(result["variants"]) == 1
    assert result["agreement"] == []


def test_people_read_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["--profile", str(tmp_path), "bench", "detect", "--runs", "1"]) == 0
    printed = capsys.readouterr().out
    for part in ("1920 x 1080", "nanodet-g int8 in onnxruntime", "pictures/s", "far people"):
        assert part in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ["bench"],
        ["bench", "nothing"],
        ["bench", "detect", "--runs", "0"],
        ["bench", "detect", "--runs", "many"],
        ["bench", "detect", "--people", "nowhere"],
    ],
)
def test_bad_usage_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(arguments)
    assert caught.value.code == 2
    assert "bench" in capsys.readouterr().err


def test_damaged_labels_and_unknown_models_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = labelled(tmp_path / "people")
    (folder / "labels" / "three.txt").write_text("1 2 3", "ascii")
    profile = ["--profile", str(tmp_path / "profile")]
    assert run([*profile, "bench", "detect", "--runs", "1", "--people", str(folder)]) == 1
    assert "not four numbers" in capsys.readouterr().err
    assert run([*profile, "bench", "detect", "--model", "nobodys"]) in (1, 2)
    assert "camwatch bench:" in capsys.readouterr().err
