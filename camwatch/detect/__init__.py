"""Finds people in pictures. The only room, beside two modules of `cameras`, that knows OpenCV."""

from camwatch import opencv_setup

# isort: split
import cv2  # noqa: F401 - here, so that its limits are set before any module of this room loads it

opencv_setup.tidy()
