"""Which part of the charted time is in view, as it is zoomed and moved. Knows no Qt."""

from __future__ import annotations

SHORTEST_S = 300.0
"""Nothing shorter is shown: five minutes, each a good part of the chart wide."""

View = tuple[float, float]
"""Where the view begins and ends, seconds since 1970."""


def fitted(view: View, whole: View) -> View:
    """Return the view moved and cut so that it lies in the whole."""
    length = min(max(view[1] - view[0], SHORTEST_S), whole[1] - whole[0])
    start = min(max(view[0], whole[0]), whole[1] - length)
    return start, start + length


def zoomed(view: View, whole: View, factor: float, at_s: float) -> View:
    """Return the view with `factor` times its length; the moment stays where it is on the screen.

    Args:
        view: What is seen now.
        whole: All there is.
        factor: Below 1 comes nearer.
        at_s: The moment, seconds since 1970.
    """
    length = view[1] - view[0]
    longest = whole[1] - whole[0]
    wanted = min(max(length * factor, min(SHORTEST_S, longest)), longest)
    share = (at_s - view[0]) / length if length else 0.5
    start = at_s - share * wanted
    return fitted((start, start + wanted), whole)


def panned(view: View, whole: View, share: float) -> View:
    """Return the view moved by a share of its length; to the right if it is positive."""
    by = (view[1] - view[0]) * share
    return fitted((view[0] + by, view[1] + by), whole)
