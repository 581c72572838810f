"""Keeps Python's search for cyclic garbage from holding up the window.

What a start leaves behind, two hundred thousand objects of libraries and screens, stays until
the end. A full search goes through all of it each time, in whichever thread it falls due, while
every other thread waits: 60 to 130 ms. Set aside, they cost nothing; what comes later is little.
"""

from __future__ import annotations

import gc

_YOUNG = 5_000
"""So many new objects start a search among the newest; Python's own 700 are reached several times
a second with hundreds of cameras."""


def settle() -> None:
    """Search once through everything, and set aside what is left. Takes up to 0.2 s.

    To be called where nobody notices, such as before a window is shown; after another window
    was closed, again: what was set aside before is searched, too.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


def set_aside() -> None:
    """Set aside, without a search, what has come since; takes no time."""
    gc.freeze()
