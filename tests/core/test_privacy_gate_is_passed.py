"""Who touches a camera's raw picture: a new one must say so here, or go through the gate."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "camwatch"

DECODERS = {"decode", "decode_bytes", "decode_grey", "make_tile", "paint_over"}

# Each with why it may. What decodes bytes that passed the gate is no exception to the rule: it
# is listed so that whoever adds another decides that anew.
MAY_DECODE = {
    "cameras/camera_task.py": "looks whether a picture is damaged; keeps nothing of it",
    "cameras/live.py": "`camwatch count` on an address, which shows and keeps no picture",
    "cameras/privacy_gate.py": "is the gate",
    "cameras/simulator/visitors.py": "the simulator's own drawings",
    "cameras/stream.py": "`camwatch count` on files, which shows and keeps no picture",
    "cameras/survey.py": "previews of found cameras; `discover_cameras` hands on what passed",
    "cameras/trial.py": "the preview of a trial; `test_camera` hands on what passed",
    "cli/bench_detect.py": "the simulator's pictures",
    "commands/model_desk.py": "a file that the operator chose; not of a camera",
    "ui/cameras/thumbnails.py": "decodes what passed: from `ShownPictures`, or kept evidence",
    "workers/analysis.py": "counts people, in memory only",
    "workers/audit_writing.py": "gets what `CountingRoom` let pass",
    "workers/drill.py": "the drill's own picture",
    "workers/focus.py": "hands its tiles to the gate",
    "workers/pictures.py": "hands its tiles to the gate",
}

# Who may ask for pictures as the camera sent them. All others get `ShownPictures`.
MAY_USE_SHELF = {
    "counting_room.py": "owns it",
    "alert_room.py": "hands it to the evidence keeper",
    "app.py": "hands it to PastPictureWorker",
    "workers/alert_pictures.py": "hands pictures to EvidenceStore, which asks the gate",
    "workers/alerts.py": "makes the evidence keeper",
    "workers/past_pictures.py": "hands pictures to PastPictureStore, which asks the gate",
    "workers/pictures.py": "defines it",
}

# What writes bytes that could be a picture.
WRITES_PICTURES = {
    "commands/evidence_store.py": "stored(",
    "commands/past_pictures.py": "stored(",
    "commands/picture_commands.py": "stored(",
    "counting_room.py": "stored(",
}


@cache
def _sources() -> dict[str, ast.Module]:
    return {
        file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text("utf-8"))
        for file in PACKAGE.rglob("*.py")
    }


def _imports(tree: ast.Module, module: str, names: set[str]) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == module
        and any(alias.name in names for alias in node.names)
        for node in ast.walk(tree)
    )


def _attributes(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == name for node in ast.walk(tree))


def test_only_who_is_listed_decodes_pictures() -> None:
    found = {
        name
        for name, tree in _sources().items()
        if _imports(tree, "camwatch.cameras.decode", DECODERS)
    }
    assert found == set(MAY_DECODE)


def test_only_who_is_listed_gets_pictures_as_the_camera_sent_them() -> None:
    found = {
        name
        for name, tree in _sources().items()
        if _imports(tree, "camwatch.workers.pictures", {"PictureShelf"})
        or _attributes(tree, "shelf")
        or name == "workers/pictures.py"
    }
    assert found == set(MAY_USE_SHELF)


def test_tiles_reach_the_screen_through_the_gate_only() -> None:
    offering = set()
    for name, tree in _sources().items():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "offer"
                and isinstance(node.func.value, ast.Attribute | ast.Name)
                and "feed" in ast.unparse(node.func.value)
            ):
                offering.add(name)
    assert offering == {"cameras/privacy_gate.py"}


def test_nobody_but_the_gate_looks_behind_a_veiled_picture() -> None:
    reading = {
        name
        for name, tree in _sources().items()
        if _imports(tree, "camwatch.cameras.privacy_gate", {"VeiledPicture"})
    }
    assert not reading


def test_what_keeps_pictures_asks_the_gate() -> None:
    for name, call in WRITES_PICTURES.items():
        assert call in (PACKAGE / name).read_text("utf-8"), name


def test_the_window_gets_no_raw_pictures() -> None:
    text = (PACKAGE / "window_room.py").read_text("utf-8")
    assert "pictures=sources.counting.shown" in text
    assert ".shelf" not in text
    assert (PACKAGE / "app.py").read_text("utf-8").count(".shelf") == 1  # for the time machine
