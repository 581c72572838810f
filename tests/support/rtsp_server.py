"""An RTSP server of GStreamer; run by the system's Python, which has its bindings.

Usage: rtsp_server.py PORT PATH=FILE:CODEC... [--user NAME] [--basic] [--tls CERTIFICATE KEY]

Each FILE is played for ever without being encoded again. CODEC is h264 or h265. With --user
its password comes as the first line of standard input.
"""

# mypy: ignore-errors

from __future__ import annotations

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


class Looped(GstRtspServer.RTSPMediaFactory):
    """Plays one file again and again."""

    def __init__(self, file: str, codec: str) -> None:
        super().__init__()
        self.set_launch(
            f'( filesrc location="{file}" ! qtdemux name=d d.video_0 ! queue '
            f"! {codec}parse name=parse ! rtp{codec}pay name=pay0 pt=96 config-interval=1 )"
        )
        self.set_shared(True)

    def do_configure(self, media) -> None:
        """Seek to the start where the end would come."""
        media.set_reusable(True)
        element = media.get_element()
        pad = element.get_by_name("parse").get_static_pad("sink")

        def on_event(pad, info):
            if info.get_event().type != Gst.EventType.EOS:
                return Gst.PadProbeReturn.OK
            GLib.idle_add(again)
            return Gst.PadProbeReturn.DROP

        def again():
            flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.KEY_UNIT
            element.seek_simple(Gst.Format.TIME, flags, 0)
            return False

        pad.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, on_event)


def main() -> None:
    """Serve until killed; say "ready" once connections are taken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("mounts", nargs="+")
    parser.add_argument("--user")
    parser.add_argument("--basic", action="store_true")
    parser.add_argument("--tls", nargs=2)
    arguments = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    role = None
    auth = GstRtspServer.RTSPAuth()
    if arguments.tls:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*arguments.tls))
        server.set_auth(auth)
    if arguments.user:
        password = sys.stdin.readline().rstrip("\n")
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        if arguments.basic:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(arguments.user, password), token)
        else:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(arguments.user, password, token)
        server.set_auth(auth)
        role = "user"
    for mount in arguments.mounts:
        path, _, what = mount.partition("=")
        file, _, codec = what.rpartition(":")
        factory = Looped(file, codec)
        if role is not None:
            factory.add_role_from_structure(
                Gst.Structure.from_string(
                    f"{role}, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
                )[0]
            )
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    print("ready", flush=True)  # noqa: T201 - whoever started this waits for it
    GLib.MainLoop().run()


main()
