"""What must surround `import cv2`; knows no OpenCV itself.

Importing this module sets the limits that OpenCV reads once, when it is loaded:
without them a 631-byte JPEG that claims 30,000 x 30,000 pixels costs half a
minute and 5 GiB. So a module that needs OpenCV does, in this order:

    from camwatch import opencv_setup

    # isort: split
    import cv2

    opencv_setup.tidy()
"""

from __future__ import annotations

import os
import sys

MAX_PIXELS = 7680 * 4320
"""Most pixels of a picture: 8K."""

MAX_SIDE = 8192
"""Longest side of a picture, pixels."""

_OVERWRITTEN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
"""What `import cv2` sets to folders of its own wheel.

The first two send Qt to plug-ins of another Qt; the third ends with an empty
entry, which makes child processes look for libraries in their working folder.
"""

os.environ.update(
    OPENCV_IO_MAX_IMAGE_PIXELS=str(MAX_PIXELS),
    OPENCV_IO_MAX_IMAGE_WIDTH=str(MAX_SIDE),
    OPENCV_IO_MAX_IMAGE_HEIGHT=str(MAX_SIDE),
)
_before = {} if "cv2" in sys.modules else {name: os.environ.get(name) for name in _OVERWRITTEN}


def tidy() -> None:
    """Put back the variables that `import cv2` has overwritten; harmless when called again."""
    for name in _OVERWRITTEN:
        value = _before.get(name)
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
