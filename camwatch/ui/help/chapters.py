"""Reads the chapters that ship with the program. No Qt."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)

_IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_IMAGES = frozenset({".png", ".jpg", ".svg"})
_MOST_IMAGE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the documents.

    Attributes:
        name: File name without ".md".
        title: Its first line.
        text: All of it, Markdown.
        images: What it shows, by the name under which it stands in the text.
    """

    name: str
    title: str
    text: str
    images: Mapping[str, bytes] = field(default_factory=dict)


def read_chapters(folder: Path, order: Sequence[str]) -> list[Chapter]:
    """Read all chapters of a folder; what cannot be read is left out.

    Args:
        folder: Holds files `*.md`.
        order: Names that come first, in this order.
    """
    found: list[Chapter] = []
    for file in sorted(folder.glob("*.md")):
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            log.warning("the chapter %s cannot be read: %s", file.name, error)
            continue
        first = text.lstrip().partition("\n")[0]
        title = first.lstrip("# ").strip() or file.stem
        found.append(Chapter(file.stem, title, text, _images(folder, text)))
    places = {name: place for place, name in enumerate(order)}
    found.sort(key=lambda one: (places.get(one.name, len(places)), one.title.casefold()))
    return found


def _images(folder: Path, text: str) -> dict[str, bytes]:
    images: dict[str, bytes] = {}
    root = folder.resolve()
    for name in _IMAGE.findall(text):
        file = (folder / name).resolve()
        if not file.is_relative_to(root) or file.suffix not in _IMAGES or not file.is_file():
            continue
        if file.stat().st_size <= _MOST_IMAGE_BYTES:
            images[name] = file.read_bytes()
    return images


def slug(heading: str) -> str:
    """Return how a link names a heading: "The second factor" is "the-second-factor"."""
    return re.sub(r"[^\w\- ]", "", heading.strip().casefold()).replace(" ", "-")
