"""Make labelled clips of the simulated site, on which releases are compared.

    python tools/make_accuracy_clips.py FOLDER [--clips N] [--seconds S] [--fps F]
    camwatch accuracy run FOLDER

Each clip is a video of one simulated place and a file that says who passed the line across its
middle, and how many people were in view when. The same options make the same clips.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2

from camwatch.accuracy import Step, TruePassage
from camwatch.accuracy.clips import ENDING, Clip, ClipLine
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.simulator.film import MOST_SCENES, Film
from camwatch.cameras.simulator.visit import LINE_X
from camwatch.scene import Direction

SEED = 11
TOLERANCE_S = 1.0


def make_clip(film: Film, place: int, seconds: float, folder: Path) -> Path:
    """Write one clip: its video and its truth.

    Args:
        film: The simulated site.
        place: Index of the place.
        seconds: How long it is.
        folder: Where to.

    Returns:
        The file of the truth.

    Raises:
        OSError: It cannot be written.
    """
    name = f"simulated-{place + 1}"
    video = folder / f"{name}.avi"
    writer = cv2.VideoWriter(
        str(video), cv2.VideoWriter.fourcc(*"MJPG"), film.fps, film.size, isColor=True
    )
    if not writer.isOpened():
        raise OSError(f"{video} cannot be written")
    steps: list[Step] = []
    passages: list[TruePassage] = []
    before = film.moment(place, 0).crossings
    for frame in range(round(seconds * film.fps)):
        moment = film.moment(place, frame)
        writer.write(decode_bytes(film.picture(place, frame)))
        if not steps or steps[-1].people != moment.occupancy:
            steps.append(Step(moment.t, moment.occupancy))
        since, before = moment.crossings.since(before), moment.crossings
        passages += [TruePassage(moment.t, Direction.IN)] * since.inwards
        passages += [TruePassage(moment.t, Direction.OUT)] * since.outwards
    writer.release()
    line = ClipLine("middle", (LINE_X, 0.0), (LINE_X, 1.0), tuple(passages))
    clip = Clip(video.name, TOLERANCE_S, (line,), tuple(steps), ())
    truth = folder / f"{name}{ENDING}"
    truth.write_text(clip.to_json() + "\n", "utf-8")
    return truth


def main() -> int:
    """Make the clips that the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if it is not there")
    parser.add_argument("--clips", type=int, default=4, help=f"1 to {MOST_SCENES} (4)")
    parser.add_argument("--seconds", type=float, default=120.0, help="of each clip (120)")
    parser.add_argument("--fps", type=float, default=5.0, help="pictures per second (5)")
    parser.add_argument("--width", type=int, default=1280, help="of the pictures (1280)")
    parser.add_argument("--people", type=int, default=6, help="in view at once, at most (6)")
    arguments = parser.parse_args()
    if not 1 <= arguments.clips <= MOST_SCENES:
        parser.error(f"--clips: {arguments.clips} is not from 1 to {MOST_SCENES}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    film = Film(
        arguments.clips,
        (arguments.width, arguments.width * 9 // 16),
        fps=arguments.fps,
        seed=SEED,
        cache_bytes=0,
        most_people=arguments.people,
    )
    for place in range(arguments.clips):
        print(make_clip(film, place, arguments.seconds, arguments.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
