"""Points in a picture, and the names of what is drawn on it."""

from __future__ import annotations

from camwatch.errors import InvalidSetting
from camwatch.language import tr

Point = tuple[float, float]
"""x and y in parts of the picture, 0 to 1."""

LONGEST_NAME = 100


def check_name(name: str) -> None:
    """Check what a line or a zone is called.

    Raises:
        InvalidSetting: It is empty, longer than `LONGEST_NAME`, or not printable.
    """
    if not name.strip():
        raise InvalidSetting("name", tr("is missing"))
    if len(name) > LONGEST_NAME:
        raise InvalidSetting(
            "name", tr("is longer than {longest_name} characters", longest_name=LONGEST_NAME)
        )
    if not name.isprintable():
        raise InvalidSetting("name", tr("holds a character that cannot be shown"))


def check_point(field: str, point: Point) -> None:
    """Check that a point lies in the picture.

    Raises:
        InvalidSetting: It does not, or is not a number.
    """
    if not all(0 <= side <= 1 for side in point):
        raise InvalidSetting(
            field,
            tr(
                "({point:g}, {point2:g}) lies outside the picture: coordinates are parts of its "
                "width and height, from 0 to 1",
                point=point[0],
                point2=point[1],
            ),
        )
