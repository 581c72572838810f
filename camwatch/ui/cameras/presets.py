"""Where cameras of well-known makes give a snapshot over HTTP."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Make:
    """A make of camera, or a program that serves pictures as a camera does.

    Makes that want the password inside the address (Reolink, old Foscam) are not
    listed: the password would stand in the path for everybody to read.

    Attributes:
        name: As an operator knows it.
        snapshot_path: Of the first channel.
        status_path: "" where there is none that says something.
    """

    name: str
    snapshot_path: str
    status_path: str = ""


MAKES = (
    Make("Axis", "/axis-cgi/jpg/image.cgi"),
    Make("Dahua, Amcrest", "/cgi-bin/snapshot.cgi"),
    Make("Hanwha Vision", "/stw-cgi/video.cgi?msubmenu=snapshot&action=view"),
    Make("Hikvision, HiLook", "/ISAPI/Streaming/channels/101/picture"),
    Make("Mobotix", "/record/current.jpg"),
    Make("Vivotek", "/cgi-bin/viewer/video.jpg"),
    Make("motion", "/0/current"),
    Make("mjpg-streamer", "/?action=snapshot"),
    Make("uStreamer", "/snapshot", "/state"),
)

OTHER = Make("Other", "/snapshot", "/status")


def make_of(snapshot_path: str, status_path: str = "") -> Make:
    """Return the make that has these paths, else one that has this snapshot, else OTHER."""
    if (snapshot_path, status_path) == (OTHER.snapshot_path, OTHER.status_path):
        return OTHER
    same = [make for make in MAKES if make.snapshot_path == snapshot_path]
    exact = (make for make in same if make.status_path == status_path)
    # A path that any camera may have tells no make.
    nearly = (make for make in same if make.snapshot_path != OTHER.snapshot_path)
    return next(exact, next(nearly, OTHER))
