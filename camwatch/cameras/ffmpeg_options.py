"""What FFmpeg, inside OpenCV, may open: told to it by a variable of the environment.

A file that is no video but a play list, or a camera that points elsewhere, could make FFmpeg
open other files and addresses. So it may read only formats that hold their pictures
themselves, over no other protocols than the source needs.
"""

from __future__ import annotations

VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
"""Read by OpenCV whenever it opens a video."""

LOG_LEVEL = "OPENCV_FFMPEG_LOGLEVEL"
"""Read by OpenCV when it opens the first one."""

_FILE_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mjpeg,h264,"
    "hevc,ivf"
)
_ANALYSE_US = 500_000  # FFmpeg otherwise looks at five seconds before it gives a picture


def for_files() -> str:
    """Return the options for a video file."""
    return f"format_whitelist;{_FILE_FORMATS}|protocol_whitelist;file"


def for_rtsp(transport: str, user_agent: str) -> str:
    """Return the options for an RTSP stream.

    Args:
        transport: "tcp" or "udp", of the pictures.
        user_agent: What it calls itself.
    """
    return (
        f"rtsp_transport;{transport}|user_agent;{user_agent}|format_whitelist;rtsp"
        f"|protocol_whitelist;tcp,udp,rtp|allowed_media_types;video"
        f"|analyzeduration;{_ANALYSE_US}|fflags;nobuffer"
    )
