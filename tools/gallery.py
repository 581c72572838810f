"""Renders every page in every theme, language and size, for people to look at.

    xvfb-run -a -s "-screen 0 3840x2160x24" .venv/bin/python tools/gallery.py FOLDER
    … --theme light --language de --percent 200 --only charts        some of them
    … --docs docs/images       the pictures of the documents, named in gallery_documents.py

It runs the demonstration in this process, waits until people are counted, and takes a picture of
each page, dialog and state for each combination, through the same switch that operators use; then
those of a new profile. An index.html beside the pictures shows them side by side. It ends with 1
if something could not be shown, and says what.
"""

from __future__ import annotations

import argparse
import html
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QSize, QThreadPool
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import gallery_documents
import gallery_states

from camwatch.app import Application
from camwatch.config import Display
from camwatch.ui.appearance import Appearance
from camwatch.ui.main_window import MainWindow
from tests.support.stage import COUNTED_S, Sight, is_counting, put_away, stage, wait
from tests.support.stage import sights as stage_sights

THEMES = ("dark", "light", "contrast")
LANGUAGES = ("en", "de")
PERCENTS = (100, 200)
# At 200 % a page needs twice the room: the same that a screen of 4K gives.
SIZE = QSize(1280, 800)
_SETTLE_S = 0.5
_LAID_OUT_S = 0.1
_PAST_S = 150.0


def sights(run: Application) -> Iterator[Sight]:
    """Name what the window of the demonstration can show: all that the tests look at, and more."""
    yield from stage_sights()
    for one in gallery_documents.sights():
        if one.is_for_both:
            yield Sight(f"view-{one.name}", _waiting(one.show))
    yield from gallery_states.over_the_window(run)


def _waiting(
    show: Callable[[MainWindow, gallery_documents.Wait], QWidget | None],
) -> Callable[[MainWindow], QWidget | None]:
    return lambda window: show(window, wait)


class Gallery:
    """Takes the pictures of one combination after the other.

    Attributes:
        names: Of the pictures so far.
        missed: What could not be shown, and why.

    Args:
        folder: Where they go.
        only: What the names of sights must contain.
    """

    def __init__(self, folder: Path, only: str) -> None:
        self._folder = folder
        self._only = only
        self._display = Display()
        self._pens = QThreadPool()
        self.names: list[str] = []
        self.missed: list[str] = []

    def of_demonstration(self, run: Application, display: Display) -> None:
        """Take all pictures of the demonstration."""
        self._display = display
        run.windows.set_display(display)
        # The window is made anew.
        wait(COUNTED_S, lambda: is_counting(run))
        for sight in sights(run):
            if self._only in sight.name:
                self._take(_window_of(run), sight)
        window = _window_of(run)
        originals = [one.camera.id for one in window.live_page.conditions]
        self._keep_all(gallery_states.walls(run, originals, self._resize))
        self._keep_all(
            gallery_states.waiting_and_failing(run, window.sessions.session, self._resize)
        )
        if self._only in "view-locked":
            self._take(window, Sight("view-locked", gallery_states.lock))
        if self._only in "sign-in":
            self._keep("sign-in", gallery_states.sign_out(run, window))
        if self._only in "view-locked" or self._only in "sign-in":
            gallery_states.sign_in(run, window)

    def of_new_profile(self, appearance: Appearance, display: Display) -> None:
        """Take all pictures of the first start."""
        self._display = display
        self._keep_all(gallery_states.new_profile(appearance, display, self._resize))

    def finish(self) -> None:
        """Wait until all are written, and write the page that shows them."""
        self._pens.waitForDone()
        write_index(self._folder, self.names)

    def _take(self, window: MainWindow, sight: Sight) -> None:
        self._resize(window)
        gallery_states.leave(window)  # also of alerts that came by themselves
        try:
            shown = sight.show(window)
        except RuntimeError as error:
            self.missed.append(f"{sight.name} {_words(self._display)}: {error}")
        else:
            wait(_SETTLE_S)
            wait(_LAID_OUT_S)  # what took long just now is not in its place yet
            self._keep(sight.name, shown or window)
        put_away(window)
        gallery_documents.leave(window)
        gallery_states.leave(window)
        wait(0.05)

    def _resize(self, window: QWidget) -> None:
        window.resize(SIZE * (self._display.text_percent / 100))

    def _keep_all(self, shown: gallery_states.Shown) -> None:
        """Keep those that are wanted."""
        for name, show in shown:
            if self._only in name:
                self._keep(name, show())

    def _keep(self, sight: str, shown: QWidget) -> None:
        name = f"{sight}.{_words(self._display)}.png"
        image = shown.grab().toImage()
        file = str(self._folder / name)
        # Beside the program, which goes on.
        self._pens.start(lambda: _save(image, file))
        self.names.append(name)


def _save(image: QImage, file: str) -> None:
    image.save(file)


def _words(display: Display) -> str:
    return f"{display.theme}.{display.language}.{display.text_percent}"


def _window_of(run: Application) -> MainWindow:
    if run.window is None:
        raise RuntimeError("the window is gone")
    return run.window


def take_for_documents(folder: Path, only: str = "") -> None:
    """Take the pictures of the documents: dark, English, small."""
    taken: dict[str, QImage] = {}
    with stage(is_sample=True) as run:
        run.windows.set_display(Display(theme="dark", language="en"))
        wait(COUNTED_S, lambda: is_counting(run))
        # Until the time machine has pictures, and somebody has crossed a line.
        wait(0 if only else _PAST_S)
        for sight in gallery_documents.sights():
            if only and only not in sight.name:
                continue
            window = run.window
            if window is None:
                raise RuntimeError("the window is gone")
            window.resize(SIZE)
            shown = sight.show(window, wait)
            wait(6 * _SETTLE_S)
            gallery_documents.clear(window)
            wait(0.2)
            taken[sight.name] = (shown or window).grab().toImage()
            gallery_documents.leave(window)
            wait(0.1)
    # Now, for it takes seconds in which the program would stand still.
    for name, image in taken.items():
        print(name, gallery_documents.save_small(image, folder / f"{name}.png"), flush=True)


def write_index(folder: Path, names: Sequence[str]) -> None:
    """Write a page that shows the pictures of each sight side by side."""
    rows = []
    for sight, group in itertools.groupby(sorted(names), key=lambda name: name.split(".")[0]):
        pictures = "".join(
            f'<figure><img src="{html.escape(name)}" width="480">'
            f"<figcaption>{html.escape(name)}</figcaption></figure>"
            for name in group
        )
        rows.append(f"<h2>{html.escape(sight)}</h2><div>{pictures}</div>")
    style = "body{font-family:sans-serif}div{display:flex;flex-wrap:wrap;gap:16px}figure{margin:0}"
    (folder / "index.html").write_text(
        f"<!DOCTYPE html><meta charset=utf-8><title>CamWatch</title><style>{style}</style>"
        + "".join(rows),
        encoding="utf-8",
    )


def take_all(gallery: Gallery, displays: Sequence[Display]) -> int:
    """Take the pictures of all combinations, and say how many; return 0 if none is missing."""
    began = time.monotonic()
    kept: list[Appearance] = []

    def appear(app: QApplication) -> Appearance:
        kept.append(Appearance(app))
        return kept[0]

    with stage(appear) as run:
        gallery_states.hide_some(run, _window_of(run))
        for display in displays:
            gallery.of_demonstration(run, display)
            print(_words(display), len(gallery.names), flush=True)
    for display in displays:
        gallery.of_new_profile(kept[0], display)
    gallery.finish()
    took = (time.monotonic() - began) / 60
    print(f"{len(gallery.names)} pictures in {took:.1f} minutes", *gallery.missed, sep="\n")
    return 1 if gallery.missed else 0


def share_out(folder: Path, only: str, displays: Sequence[Display], jobs: int) -> int:
    """Let several processes take the pictures, each all of a combination; return 0 if all did."""
    began = time.monotonic()

    def take(display: Display) -> int:
        command = (sys.executable, __file__, str(folder), "--only", only)
        which = ("--theme", display.theme, "--language", display.language)
        percent = ("--percent", str(display.text_percent))
        done = subprocess.run((*command, *which, *percent), check=False)
        return done.returncode

    with ThreadPoolExecutor(jobs) as pool:
        codes = list(pool.map(take, displays))
    known = {_words(display) for display in displays}
    names = [one.name for one in folder.glob("*.png") if one.stem.partition(".")[2] in known]
    write_index(folder, names)
    took = (time.monotonic() - began) / 60
    print(f"{len(names)} pictures in all, in {took:.1f} minutes")
    return max(codes)


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--percent", action="append", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2, help="so many processes at once")
    parser.add_argument("--docs", action="store_true", help="the pictures of the documents")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.docs:
        take_for_documents(given.folder, given.only)
        return
    displays = [
        Display(theme=theme, language=language, text_percent=percent)
        for theme, language, percent in itertools.product(
            given.theme or THEMES, given.language or LANGUAGES, given.percent or PERCENTS
        )
    ]
    if len(displays) > 1 and given.jobs > 1:
        sys.exit(share_out(given.folder, given.only, displays, given.jobs))
    sys.exit(take_all(Gallery(given.folder, given.only), displays))


if __name__ == "__main__":
    main()
