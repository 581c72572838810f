"""Where cameras of well-known makes give their pictures, and how a make is recognised."""

from __future__ import annotations

import re
from dataclasses import dataclass

from camwatch.domain import SourceKind


@dataclass(frozen=True, slots=True)
class Make:
    """A make of camera, or a program that serves pictures as a camera does.

    A path that must hold the password (snapshots of Reolink, Foscam, GeoVision) is not
    listed: everybody could read it there. Paths are those of the first channel.

    Attributes:
        name: As an operator knows it.
        snapshot_path: "" if it is not known.
        status_path: "" where there is none that says something.
        mjpeg_path: Of its video for browsers; "" if it is not known.
        rtsp_path: Of its small stream, which is good enough for counting; likewise.
        rtsp_main_path: Of its stream with the full picture; "" if the small one is all.
        hints: Whole words in what its servers say of themselves, in lower case.
        http_port: Where snapshots and MJPEG are, as it comes from the factory.
        rtsp_port: Where streams are.
        is_checked: The paths were tried on the real thing; the others are from the makers'
            documentation.
    """

    name: str
    snapshot_path: str = ""
    status_path: str = ""
    mjpeg_path: str = ""
    rtsp_path: str = ""
    rtsp_main_path: str = ""
    hints: tuple[str, ...] = ()
    http_port: int = 80
    rtsp_port: int = 554
    is_checked: bool = False

    def stream_path(self, kind: SourceKind) -> str:
        """Return where the counted stream is; "" if that is not known."""
        return {SourceKind.MJPEG: self.mjpeg_path, SourceKind.RTSP: self.rtsp_path}.get(kind, "")

    def offers(self, kind: SourceKind) -> bool:
        """Tell whether its path for this kind is known."""
        return bool(self.snapshot_path if kind is SourceKind.SNAPSHOT else self.stream_path(kind))


MAKES = (
    Make(
        "ACTi",
        rtsp_path="/track2",
        rtsp_main_path="/track1",
        hints=("acti",),
        rtsp_port=7070,
    ),
    Make(
        "Avigilon",
        "/media/cam0/still.jpg",
        rtsp_path="/defaultSecondary?streamType=u",
        rtsp_main_path="/defaultPrimary?streamType=u",
        hints=("avigilon",),
    ),
    Make(
        "Axis",
        "/axis-cgi/jpg/image.cgi",
        mjpeg_path="/axis-cgi/mjpg/video.cgi",
        rtsp_path="/axis-media/media.amp?resolution=640x360",
        rtsp_main_path="/axis-media/media.amp",
        hints=("axis",),
    ),
    Make(
        "Bosch",
        "/snap.jpg",
        rtsp_path="/rtsp_tunnel?inst=2",
        rtsp_main_path="/rtsp_tunnel?inst=1",
        hints=("bosch", "vcs-videojet"),
    ),
    Make(
        "Canon",
        "/-wvhttp-01-/image.cgi",
        mjpeg_path="/-wvhttp-01-/video.cgi",
        hints=("canon",),
    ),
    Make(
        "D-Link",
        "/image/jpeg.cgi",
        mjpeg_path="/video/mjpg.cgi",
        rtsp_path="/play2.sdp",
        rtsp_main_path="/play1.sdp",
        hints=("d-link", "dcs-"),
    ),
    Make(
        "Dahua, Amcrest, Lorex, IMOU",
        "/cgi-bin/snapshot.cgi",
        mjpeg_path="/cgi-bin/mjpg/video.cgi?channel=1&subtype=1",
        rtsp_path="/cam/realmonitor?channel=1&subtype=1",
        rtsp_main_path="/cam/realmonitor?channel=1&subtype=0",
        hints=("dahua", "amcrest", "lorex", "imou", "login to "),
    ),
    Make(
        "Foscam",
        rtsp_path="/videoSub",
        rtsp_main_path="/videoMain",
        hints=("foscam",),
        http_port=88,
        rtsp_port=88,
    ),
    Make(
        "GeoVision",
        rtsp_path="/CH002.sdp",
        rtsp_main_path="/CH001.sdp",
        hints=("geovision", "geohttpserver"),
        rtsp_port=8554,
    ),
    Make(
        "Grandstream",
        "/snapshot/view0.jpg",
        rtsp_path="/4",
        rtsp_main_path="/0",
        hints=("grandstream",),
    ),
    Make(
        "Hanwha Vision, Samsung",
        "/stw-cgi/video.cgi?msubmenu=snapshot&action=view",
        rtsp_path="/profile3/media.smp",
        rtsp_main_path="/profile2/media.smp",
        hints=("hanwha", "wisenet", "samsung techwin", "ipolis"),
    ),
    Make(
        "Hikvision, HiLook, Annke",
        "/ISAPI/Streaming/channels/101/picture",
        mjpeg_path="/ISAPI/Streaming/channels/102/httpPreview",
        rtsp_path="/Streaming/Channels/102",
        rtsp_main_path="/Streaming/Channels/101",
        hints=("hikvision", "hilook", "annke", "dnvrs-webs", "app-webs"),
    ),
    Make(
        "INSTAR",
        "/tmpfs/snap.jpg",  # noqa: S108 - on the camera
        mjpeg_path="/mjpegstream.cgi?-chn=12",
        rtsp_path="/12",
        rtsp_main_path="/11",
        hints=("instar",),
    ),
    Make(
        "Milesight",
        "/snapshot.cgi",
        mjpeg_path="/ipcam/mjpeg.cgi",
        rtsp_path="/sub",
        rtsp_main_path="/main",
        hints=("milesight",),
    ),
    Make(
        "Mobotix",
        "/record/current.jpg",
        mjpeg_path="/control/faststream.jpg?stream=full",
        hints=("mobotix",),
    ),
    Make(
        "Panasonic, i-PRO",
        "/cgi-bin/camera",
        mjpeg_path="/cgi-bin/nphMotionJpeg?Resolution=640x360&Quality=Standard",
        rtsp_path="/MediaInput/h264/stream_2",
        rtsp_main_path="/MediaInput/h264/stream_1",
        hints=("panasonic", "i-pro"),
    ),
    Make(
        "Pelco",
        rtsp_path="/stream2",
        rtsp_main_path="/stream1",
        hints=("pelco", "sarix"),
    ),
    Make(
        "Reolink",
        rtsp_path="/h264Preview_01_sub",
        rtsp_main_path="/h264Preview_01_main",
        hints=("reolink",),
    ),
    Make(
        "Sony",
        "/oneshotimage1",
        rtsp_path="/media/video2",
        rtsp_main_path="/media/video1",
        hints=("sony", "snc-"),
    ),
    Make(
        "TP-Link Tapo, VIGI",
        rtsp_path="/stream2",
        rtsp_main_path="/stream1",
        hints=("tp-link", "tapo", "vigi"),
    ),
    Make(
        "Ubiquiti UniFi",
        "/snap.jpeg",
        rtsp_path="/s1",
        rtsp_main_path="/s0",
        hints=("ubiquiti", "ubnt", "unifi"),
    ),
    Make(
        "Uniview",
        "/images/snapshot.jpg",
        rtsp_path="/unicast/c1/s1/live",
        rtsp_main_path="/unicast/c1/s0/live",
        hints=("uniview", "univiewm"),
    ),
    Make(
        "Vivotek",
        "/cgi-bin/viewer/video.jpg",
        mjpeg_path="/video.mjpg",
        rtsp_path="/live2.sdp",
        rtsp_main_path="/live.sdp",
        hints=("vivotek",),
    ),
    Make(
        "Zmodo",
        rtsp_path="/tcp/av0_1",
        rtsp_main_path="/tcp/av0_0",
        hints=("zmodo",),
        rtsp_port=10554,
    ),
    Make(
        "ESP32-CAM",
        "/capture",
        hints=("esp32",),
    ),
    Make(
        "go2rtc",
        "/api/frame.jpeg?src=camera",
        mjpeg_path="/api/stream.mjpeg?src=camera",
        rtsp_path="/camera",
        hints=("go2rtc",),
        http_port=1984,
        rtsp_port=8554,
    ),
    Make(
        "IP Webcam (Android)",
        "/shot.jpg",
        mjpeg_path="/video",
        rtsp_path="/h264_ulaw.sdp",
        hints=("ip webcam",),
        http_port=8080,
        rtsp_port=8080,
    ),
    Make(
        "ipycam",
        "/snapshot.jpg",
        mjpeg_path="/stream.mjpeg",
        rtsp_path="/video_sub",
        rtsp_main_path="/video_main",
        hints=("ipycam", "pythoncam"),
        http_port=8080,
        rtsp_port=8554,
        is_checked=True,
    ),
    Make(
        "MediaMTX",
        rtsp_path="/mystream",
        hints=("mediamtx", "gortsplib"),
        rtsp_port=8554,
    ),
    Make(
        "mjpg-streamer",
        "/?action=snapshot",
        mjpeg_path="/?action=stream",
        hints=("mjpg-streamer",),
        http_port=8080,
    ),
    Make(
        "motion",
        "/0/current",
        mjpeg_path="/0/stream",
        hints=("motion-httpd", "motion/"),
        http_port=8081,
        is_checked=True,
    ),
    Make(
        "uStreamer",
        "/snapshot",
        "/state",
        mjpeg_path="/stream",
        hints=("ustreamer",),
        http_port=8080,
        is_checked=True,
    ),
)
"""By name: makes of cameras, then programs."""

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


def make_from_words(*words: str) -> Make | None:
    """Return the make that a server's words about itself tell of, None if they tell of none.

    Args:
        words: Such as the Server header, the realm of a sign-in, the title of its page, or
            what it calls its manufacturer.
    """
    said = "\n".join(words).lower()
    for make in MAKES:
        if any(re.search(rf"(?<![a-z0-9]){re.escape(hint)}(?![a-z])", said) for hint in make.hints):
            return make
    return None
