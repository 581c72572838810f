"""Writes a camera's name and clock into a picture, white with a dark outline."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from camwatch.domain import Pixels

_ROWS = 7
_COLUMNS = 5

# Seven rows of five dots each, a row as two base-32 digits would be hard to check: so as dots.
_SHAPES = {
    "A": ".###. #...# #...# ##### #...# #...# #...#",
    "B": "####. #...# #...# ####. #...# #...# ####.",
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "D": "####. #...# #...# #...# #...# #...# ####.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "F": "##### #.... #.... ####. #.... #.... #....",
    "G": ".###. #...# #.... #.### #...# #...# .####",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###.",
    "J": "..### ...#. ...#. ...#. ...#. #..#. .##..",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#",
    "N": "#...# ##..# #.#.# #..## #...# #...# #...#",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "P": "####. #...# #...# ####. #.... #.... #....",
    "Q": ".###. #...# #...# #...# #.#.# #..#. .##.#",
    "R": "####. #...# #...# ####. #.#.. #..#. #...#",
    "S": ".#### #.... #.... .###. ....# ....# ####.",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "U": "#...# #...# #...# #...# #...# #...# .###.",
    "V": "#...# #...# #...# #...# #...# .#.#. ..#..",
    "W": "#...# #...# #...# #.#.# #.#.# ##.## #...#",
    "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
    "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
    "Z": "##### ....# ...#. ..#.. .#... #.... #####",
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ...#. ..#.. .#... #####",
    "3": "##### ...#. ..#.. ...#. ....# #...# .###.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": "..##. .#... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. .#... .#... .#...",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ...#. .##..",
    ":": "..... ..#.. ..#.. ..... ..#.. ..#.. .....",
    "-": "..... ..... ..... ##### ..... ..... .....",
    " ": "..... ..... ..... ..... ..... ..... .....",
}


def write(pixels: Pixels, text: str, *, at_right: bool = False) -> None:
    """Write a line along the upper edge of a picture.

    Args:
        pixels: uint8, shape (height, width, 3), changed in place.
        text: Letters A to Z of either case, digits, spaces, colons and hyphens; another
            character becomes a space.
        at_right: Ends at the right edge instead of beginning at the left one.
    """
    height, width = pixels.shape[:2]
    dot = max(1, height // 270)
    mask, outline = _stamp(text.upper(), dot)
    margin = 4 * dot
    rows = min(mask.shape[0], height - margin)
    columns = min(mask.shape[1], width - 2 * margin)
    if rows <= 0 or columns <= 0:
        return
    left = width - margin - columns if at_right else margin
    area = pixels[margin : margin + rows, left : left + columns]
    area[outline[:rows, :columns]] = 24
    area[mask[:rows, :columns]] = 238


@lru_cache(maxsize=512)
def _stamp(text: str, dot: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where a text is light and where its outline is dark."""
    small = np.zeros((_ROWS + 2, (_COLUMNS + 1) * len(text) + 1), bool)
    for index, character in enumerate(text):
        shape = _SHAPES.get(character, _SHAPES[" "]).split()
        left = 1 + index * (_COLUMNS + 1)
        small[1:-1, left : left + _COLUMNS] = [[dot == "#" for dot in row] for row in shape]
    outline = np.zeros_like(small)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            outline |= np.roll(small, (down, right), (0, 1))
    return small.repeat(dot, 0).repeat(dot, 1), outline.repeat(dot, 0).repeat(dot, 1)
