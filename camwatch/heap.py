"""Keeps memory from growing for nothing, and the search for garbage from holding up the window.

What a start leaves behind, two hundred thousand objects of libraries and screens, stays until
the end. A full search goes through all of it each time, in whichever thread it falls due, while
every other thread waits: 60 to 130 ms. Set aside, they cost nothing; what comes later is little.
"""

from __future__ import annotations

import ctypes
import gc
import linecache
import sys

_M_ARENA_MAX = -8
"""Of glibc's malloc.h."""
_ARENAS = 2

_YOUNG = 5_000
"""So many new objects start a search among the newest; Python's own 700 are reached several times
a second with hundreds of cameras."""


def share_arenas() -> None:
    """Let all threads take memory from the same two heaps of the C library.

    To be called before threads are started. On Linux the C library else gives each thread a heap
    of its own, up to eight a core, and what the pictures of one thread leave behind is of no use
    to another: with 64 cameras the process was 27 MiB larger, and went on growing. With another
    C library nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    # Only glibc has it; musl, for one, does not.
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, _ARENAS)


def hold() -> None:
    """Search for no garbage until `settle` or `set_aside`: what loads modules leaves hardly any.

    Loading all that a window needs takes a sixth less time without the searches.
    """
    gc.set_threshold(0)


def settle() -> None:
    """Search once through everything, and set aside what is left. Takes up to 0.2 s.

    To be called where nobody notices, such as before a window is shown; after another window
    was closed, again: what was set aside before is searched, too.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _search_seldom()


def set_aside() -> None:
    """Set aside, without a search, what has come since; takes no time.

    The text of all modules goes, which Qt's Python bindings have looked at while they were loaded
    and Python keeps for tracebacks: 25 MB. A traceback reads again what it shows.
    """
    gc.freeze()
    linecache.clearcache()
    _search_seldom()


def _search_seldom() -> None:
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
