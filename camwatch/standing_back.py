"""Lets threads that compute stand back behind the window and the network."""

from __future__ import annotations

import ctypes
import os
import sys
import threading

_NICENESS = 5
"""So a thread gets a third of the time of one that does not stand back, while both want it."""
_BELOW_NORMAL = -1
"""THREAD_PRIORITY_BELOW_NORMAL of the Windows API."""


def stand_back() -> None:
    """Let this thread wait for the others, from now on, where there are too few cores for all.

    With cores to spare it costs nothing. Not done where only whole processes can stand back.
    """
    if sys.platform == "linux":
        # Linux, unlike POSIX, has a niceness of each thread, and takes the thread's number here.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    elif sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetThreadPriority(kernel.GetCurrentThread(), _BELOW_NORMAL)
