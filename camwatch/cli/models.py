"""`camwatch models`: lists, adds, tests and chooses the models that find people."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from camwatch.cli import application
from camwatch.commands.model_desk import (
    SUFFIXES,
    VARIABLE,
    ModelDesk,
    ModelInfo,
    ModelState,
    TriedModel,
    desk_for,
)
from camwatch.detect.model_files import files_of, read
from camwatch.detect.opening import open_own
from camwatch.errors import (
    CameraError,
    CamWatchError,
    ModelError,
    OwnModelMissing,
    OwnModelUnfit,
    UserError,
)
from camwatch.paths import profile_at

_MOST_MEMORY = 8 << 30
"""Of addresses, most of which are never used: an engine reserves more than it takes."""

_STATES = {
    ModelState.READY: "ready",
    ModelState.NEW: "new, not accepted yet",
    ModelState.WEAK: "tested, not accepted",
    ModelState.CHANGED: "changed since its test",
    ModelState.MISSING: "missing",
    ModelState.UNFIT: "cannot be used",
}


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "models",
        help="list, add, test and choose the models that find people",
        description="Without a window: which models there are, and adding one's own.",
        epilog="A model of your own is tested on a picture of four people before it may count. "
        "The chosen model takes effect when CamWatch starts next.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shown = actions.add_parser("list", help="show all models and whether they can be used")
    added = actions.add_parser(
        "add", help="test a model file, and copy it into the models folder of the profile"
    )
    added.add_argument("file", metavar="FILE", type=Path, help=f"one of {', '.join(SUFFIXES)}")
    tested = actions.add_parser("test", help="try a model: whom it finds, and how fast")
    tested.add_argument("name", metavar="NAME")
    tested.add_argument(
        "--picture",
        metavar="FILE",
        type=Path,
        help="a JPEG or PNG file of your own to try it on; nothing is recorded then",
    )
    checked = actions.add_parser(
        "check", help="look whether a model file can be used, without adding it"
    )
    checked.add_argument("file", metavar="FILE", type=Path)
    checked.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    used = actions.add_parser("use", help="write a model and its threshold into the settings")
    used.add_argument("name", metavar="NAME", help="auto, nanodet, hog, or a model of your own")
    for action in (added, tested, used):
        action.add_argument(
            "--confirm",
            action="store_true",
            help="accept it although it does not find exactly the people of the test picture",
        )
    for action in (shown, added, tested, checked, used):
        action.add_argument(
            "--json", action="store_true", help="print one JSON object and nothing else"
        )
        application.add_profile_option(action, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    if arguments.action == "check":
        return _check(arguments)
    desk = desk_for(profile_at(arguments.profile))
    actions = {"list": _list, "add": _add, "test": _test, "use": _use}
    try:
        return actions[arguments.action](desk, arguments)
    except (CamWatchError, OSError) as error:
        print(f"camwatch models: {_explained(error)}.", file=sys.stderr)
        return 2 if isinstance(error, UserError | OwnModelMissing) else 1


def _list(desk: ModelDesk, arguments: argparse.Namespace) -> int:
    models, chosen = desk.models(), desk.chosen()
    if arguments.json:
        _print_json({"chosen": chosen, "models": [_as_json(one) for one in models]})
        return 0
    for one in models:
        print(_line(one, is_chosen=_is_chosen(one, chosen)))
    print(f"\nThe settings ask for: {chosen}.")
    return 0


def _add(desk: ModelDesk, arguments: argparse.Namespace) -> int:
    return _tell(desk.add(arguments.file, confirmed=arguments.confirm), arguments)


def _test(desk: ModelDesk, arguments: argparse.Namespace) -> int:
    picture = arguments.picture.read_bytes() if arguments.picture else None
    return _tell(desk.test(arguments.name, picture, confirmed=arguments.confirm), arguments)


def _use(desk: ModelDesk, arguments: argparse.Namespace) -> int:
    chosen = desk.use(arguments.name, confirmed=arguments.confirm)
    if arguments.json:
        _print_json(asdict(chosen))
        return 0
    print(f"{chosen.name} counts from the next start on, from a score of {chosen.threshold:g}.")
    if chosen.is_overridden:
        print(f"But {VARIABLE} is set, and wins: it names another model.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    """Open a model file; `preflight` has this done in a process of its own."""
    if arguments.alone:
        _limit_memory()
    try:
        files = files_of(arguments.file)
        contents = read(files, is_named=True)
        detector = open_own(files, contents=contents)
    except ModelError as error:
        reason = error.reason if isinstance(error, OwnModelUnfit) else str(error)
        if arguments.json:
            _print_json({"path": str(error.path or arguments.file), "reason": reason})
        else:
            print(f"camwatch models: {error}.", file=sys.stderr)
        return 1
    if arguments.json:
        _print_json({"family": detector.recipe.family, "sha256": dict(contents.sha256)})
    else:
        print(f"{detector.name}: {detector.recipe.family}, can be used.")
    return 0


def _limit_memory() -> None:
    """Let this process have no more memory than any detector needs."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MOST_MEMORY if most == resource.RLIM_INFINITY else min(most, _MOST_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _tell(tried: TriedModel, arguments: argparse.Namespace) -> int:
    if arguments.json:
        _print_json(_tried_as_json(tried))
        return 0
    size = f"{tried.input_wh[0]} x {tried.input_wh[1]}" if tried.input_wh else "any size"
    print(
        f"{tried.name}: {tried.family}, {tried.precision} in {tried.runtime}, input {size}, "
        f"{tried.ms:.1f} ms a picture, fingerprint {tried.fingerprint}"
    )
    for box, score in zip(tried.boxes.tolist(), tried.scores.tolist(), strict=True):
        print("  person at " + ", ".join(f"{side:.3f}" for side in box) + f"   score {score:.2f}")
    if tried.known is None:
        print(f"{tried.count} people found at a threshold of {tried.threshold:g}.")
        return 0
    print(
        f"{tried.found} of {tried.known} people found, {tried.false_alarms} false, at a threshold "
        f"of {tried.threshold:g}."
    )
    if not tried.is_recommended:
        print(
            "Not recommended: it does not find exactly the people of the test picture. Channel "
            "order, scale or threshold may be wrong: see “Your own model” in docs/models.md."
        )
    if tried.is_accepted:
        print("It may count.")
    else:
        print(
            f"It may not count. To accept it all the same: camwatch models test {tried.name} "
            "--confirm"
        )
    return 0


def _is_chosen(one: ModelInfo, chosen: str) -> bool:
    return one.name == ("nanodet" if chosen == "auto" else chosen)


def _line(one: ModelInfo, *, is_chosen: bool) -> str:
    speed = f"{one.ms:.0f} ms" if one.ms is not None else ""
    size = f"{one.size_bytes / 1e6:.1f} MB" if one.size_bytes else ""
    mark = "*" if is_chosen else " "
    state = _STATES[one.state]
    note = f" ({one.note})" if one.note and one.state is not ModelState.NEW else ""
    return (
        f"{mark} {one.name:<24} {one.family or '?':<16} {one.precision:<14} {size:>9} {speed:>7}  "
        f"{one.licence or 'licence not told':<16}  {state}{note}"
    )


def _as_json(one: ModelInfo) -> dict[str, Any]:
    return {**asdict(one), "state": one.state.value}


def _tried_as_json(tried: TriedModel) -> dict[str, Any]:
    return {
        "name": tried.name,
        "family": tried.family,
        "runtime": tried.runtime,
        "precision": tried.precision,
        "fingerprint": tried.fingerprint,
        "input": tried.input_wh,
        "threshold": tried.threshold,
        "ms": round(tried.ms, 2),
        "count": tried.count,
        "boxes": [
            [*(round(side, 4) for side in box), round(score, 4)]
            for box, score in zip(tried.boxes.tolist(), tried.scores.tolist(), strict=True)
        ],
        "known": tried.known,
        "found": tried.found,
        "false_alarms": tried.false_alarms,
        "is_recommended": tried.is_recommended,
        "is_accepted": tried.is_accepted,
    }


def _print_json(values: dict[str, Any]) -> None:
    print(json.dumps(values, ensure_ascii=False, allow_nan=False))


def _explained(error: CamWatchError | OSError) -> str:
    """Return a sentence without its full stop."""
    match error:
        case CameraError():
            return f"the picture cannot be used: {error}"
        case OSError():
            return f"{error.filename} cannot be read: {error.strerror}"
        case _:
            return str(error)
