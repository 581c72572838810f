"""Where cameras of well-known makes give pictures, one kind of camera each."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.domain import SourceKind


@dataclass(frozen=True, slots=True)
class Make:
    """A make of camera, or a program that serves pictures as a camera does.

    A path that must hold the password (snapshots of Reolink, old Foscam) is not listed:
    everybody could read it there.

    Attributes:
        name: As an operator knows it.
        snapshot_path: Of the first channel; "" if its path is not known.
        status_path: "" where there is none that says something.
        mjpeg_path: Of its video for browsers; "" if its path is not known.
        rtsp_path: Of its small stream, which is good enough for counting; likewise.
        rtsp_main_path: Of its stream with the full picture; "" if the small one is all.
    """

    name: str
    snapshot_path: str
    status_path: str = ""
    mjpeg_path: str = ""
    rtsp_path: str = ""
    rtsp_main_path: str = ""

    def stream_path(self, kind: SourceKind) -> str:
        """Return where the counted stream is; "" if that is not known."""
        return {SourceKind.MJPEG: self.mjpeg_path, SourceKind.RTSP: self.rtsp_path}.get(kind, "")

    def offers(self, kind: SourceKind) -> bool:
        """Tell whether its path for this kind is known."""
        return bool(self.snapshot_path if kind is SourceKind.SNAPSHOT else self.stream_path(kind))


MAKES = (
    Make(
        "Axis",
        "/axis-cgi/jpg/image.cgi",
        mjpeg_path="/axis-cgi/mjpg/video.cgi",
        rtsp_path="/axis-media/media.amp?resolution=640x360",
        rtsp_main_path="/axis-media/media.amp",
    ),
    Make(
        "Dahua, Amcrest",
        "/cgi-bin/snapshot.cgi",
        mjpeg_path="/cgi-bin/mjpg/video.cgi?channel=1&subtype=1",
        rtsp_path="/cam/realmonitor?channel=1&subtype=1",
        rtsp_main_path="/cam/realmonitor?channel=1&subtype=0",
    ),
    Make(
        "Hanwha Vision",
        "/stw-cgi/video.cgi?msubmenu=snapshot&action=view",
        rtsp_path="/profile3/media.smp",
        rtsp_main_path="/profile2/media.smp",
    ),
    Make(
        "Hikvision, HiLook",
        "/ISAPI/Streaming/channels/101/picture",
        mjpeg_path="/ISAPI/Streaming/channels/102/httpPreview",
        rtsp_path="/Streaming/Channels/102",
        rtsp_main_path="/Streaming/Channels/101",
    ),
    Make("Mobotix", "/record/current.jpg", mjpeg_path="/control/faststream.jpg?stream=full"),
    Make(
        "Reolink",
        "",
        rtsp_path="/h264Preview_01_sub",
        rtsp_main_path="/h264Preview_01_main",
    ),
    Make("TP-Link Tapo", "", rtsp_path="/stream2", rtsp_main_path="/stream1"),
    Make(
        "Vivotek",
        "/cgi-bin/viewer/video.jpg",
        mjpeg_path="/video.mjpg",
        rtsp_path="/live2.sdp",
        rtsp_main_path="/live.sdp",
    ),
    Make("motion", "/0/current", mjpeg_path="/0/stream"),
    Make("mjpg-streamer", "/?action=snapshot", mjpeg_path="/?action=stream"),
    Make("uStreamer", "/snapshot", "/state", mjpeg_path="/stream"),
)

OTHER = Make("Other", "/snapshot", "/status")


def make_of(snapshot_path: str, status_path: str = "") -> Make:
    """Return the make that has these paths, else one that has this snapshot, else OTHER."""
    if (snapshot_path, status_path) == (OTHER.snapshot_path, OTHER.status_path):
        return OTHER
    same = [make for make in MAKES if make.snapshot_path and make.snapshot_path == snapshot_path]
    exact = (make for make in same if make.status_path == status_path)
    # A path that any camera may have tells no make.
    nearly = (make for make in same if make.snapshot_path != OTHER.snapshot_path)
    return next(exact, next(nearly, OTHER))


def make_of_stream(kind: SourceKind, path: str) -> Make:
    """Return the make whose stream of this kind, or whose full one, has this path; else OTHER."""
    for make in MAKES:
        paths = {make.stream_path(kind)} | (
            {make.rtsp_main_path} if kind is SourceKind.RTSP else set()
        )
        if path and path in paths:
            return make
    return OTHER
