"""Renders every page in every theme, language and size, for people to look at.

    xvfb-run -a -s "-screen 0 3840x2160x24" .venv/bin/python tools/gallery.py FOLDER
    … --theme light --language de --percent 200 --only charts        some of them
    … --docs docs/images       the pictures of the documents, named in gallery_documents.py

It runs the demonstration in this process, waits until people are counted, and takes a picture of
each page and dialog for each combination, through the same switch that operators use. An
index.html beside the pictures shows them side by side.
"""

from __future__ import annotations

import argparse
import html
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import gallery_documents

from camwatch.app import Application
from camwatch.config import Display
from camwatch.ui.main_window import MainWindow
from tests.support.stage import COUNTED_S, Sight, is_counting, stage, wait

THEMES = ("dark", "light", "contrast")
LANGUAGES = ("en", "de")
PERCENTS = (100, 200)
# At 200 % a page needs twice the room: the same that a screen of 4K gives.
SIZE = QSize(1280, 800)
_SETTLE_S = 1.5
_PAST_S = 150.0


def _page(index: int) -> Callable[[MainWindow], None]:
    return lambda window: window.show_page(index)


def _dialog(opener: Callable[[MainWindow], object]) -> Callable[[MainWindow], QWidget | None]:
    def show(window: MainWindow) -> QWidget | None:
        opener(window)
        wait(0.2)
        opened = [one for one in window.findChildren(QDialog) if one.isVisible()]
        return opened[-1] if opened else None

    return show


def _waiting(
    show: Callable[[MainWindow, gallery_documents.Wait], QWidget | None],
) -> Callable[[MainWindow], QWidget | None]:
    return lambda window: show(window, wait)


def sights() -> Iterator[Sight]:
    """Name all pages and dialogs that can be opened without changing anything."""
    from camwatch.ui.pages import PAGES  # noqa: PLC0415 - its titles are in the language of now

    for index, page in enumerate(PAGES):
        yield Sight(f"page-{page.icon}", _page(index))
    openers: dict[str, Callable[[MainWindow], object]] = {
        "keys": lambda window: window.dialogs.show_keys(),
        "about": lambda window: window.dialogs.show_about(),
        "account": lambda window: window.dialogs.show_account(),
        "storage": lambda window: window.dialogs.show_storage(),
        "vault": lambda window: window.dialogs.show_vault(),
        "models": lambda window: window.dialogs.show_models(),
        "add-camera": lambda window: window.places.add_camera(),
    }
    for name, opener in openers.items():
        yield Sight(f"dialog-{name}", _dialog(opener))
    for one in gallery_documents.sights():
        if one.is_for_both:
            yield Sight(f"view-{one.name}", _waiting(one.show))


def take(run: Application, folder: Path, display: Display, only: str = "") -> list[str]:
    """Take all pictures of one combination; return their names."""
    run.windows.set_display(display)
    factor = display.text_percent / 100
    taken = []
    # The window is made anew.
    wait(COUNTED_S, lambda: is_counting(run))
    for sight in list(sights()):
        if only and only not in sight.name:
            continue
        window = run.window
        if window is None:
            raise RuntimeError("the window is gone")
        window.resize(SIZE * factor)
        shown = sight.show(window)
        wait(_SETTLE_S)
        name = f"{sight.name}.{display.theme}.{display.language}.{display.text_percent}.png"
        (shown or window).grab().save(str(folder / name))
        taken.append(name)
        gallery_documents.leave(window)
        wait(0.1)
    return taken


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
            wait(2 * _SETTLE_S)
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


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--percent", action="append", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--docs", action="store_true", help="the pictures of the documents")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.docs:
        take_for_documents(given.folder, given.only)
        return
    names = []
    with stage() as run:
        for theme, language, percent in itertools.product(
            given.theme or THEMES, given.language or LANGUAGES, given.percent or PERCENTS
        ):
            display = Display(theme=theme, language=language, text_percent=percent)
            names += take(run, given.folder, display, given.only)
            print(theme, language, percent, len(names), flush=True)
    write_index(given.folder, names)


if __name__ == "__main__":
    main()
