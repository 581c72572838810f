"""How memory is shared out between threads."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each thread takes memory from the C library, which then has a heap for it or shares one.
PROGRAM = """
import ctypes, sys, threading
from camwatch.heap import share_arenas
libc = ctypes.CDLL(None)
if sys.argv[1] == "shared":
    share_arenas()
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(6)
def take():
    together.wait()
    for _ in range(50):
        libc.malloc(60_000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
out = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
"""


def heaps(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of Linux")
def test_all_threads_share_two_heaps() -> None:
    assert heaps("each") > 2
    assert heaps("shared") == 2
