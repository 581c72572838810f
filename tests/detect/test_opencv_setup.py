from __future__ import annotations

import json
import os
import subprocess
import sys

PROGRAM = """
import json, os, struct, zlib
import camwatch.detect.geometry
import cv2, numpy as np

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

def png(width, height):
    rows = zlib.compress(bytes((width + 1)) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

def is_decoded(width, height):
    try:
        return cv2.imdecode(np.frombuffer(png(width, height), np.uint8), cv2.IMREAD_COLOR) is not None
    except cv2.error:
        return False

print(json.dumps({
    "small": is_decoded(640, 480),
    "wide": is_decoded(8193, 20),
    "many": is_decoded(8000, 5000),
    "variables": {name: os.environ.get(name) for name in
        ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")},
}))
"""


def test_opencv_is_limited_and_leaves_no_variables_behind() -> None:
    environment = {**os.environ, "QT_QPA_FONTDIR": "/my/fonts"}
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "LD_LIBRARY_PATH"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True
    )
    result = json.loads(done.stdout)
    assert (result["small"], result["wide"], result["many"]) == (True, False, False)
    assert result["variables"] == {
        "QT_QPA_PLATFORM_PLUGIN_PATH": None,
        "QT_QPA_FONTDIR": "/my/fonts",
        "LD_LIBRARY_PATH": None,
    }
