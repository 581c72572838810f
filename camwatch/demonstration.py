"""The simulated site of `camwatch --demo` and `--sample`, and the cameras that stand for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from camwatch.alerts.rules import Occupancy, Rule, Scope, Severity, Side
from camwatch.auth.session import Session
from camwatch.cameras.policy import parse_camera_url
from camwatch.commands import Commands
from camwatch.data.made_up import MadeUpHistory
from camwatch.domain import Camera, CameraId, CameraSettings
from camwatch.language import tr
from camwatch.scene import Gate, Line, Scene, Zone

if TYPE_CHECKING:
    from camwatch.cameras.simulator import SimulatedSite

_PAST = timedelta(days=56)
_PAST_IN_MINUTES = timedelta(days=14)
_INTERVAL_S = 0.5
_CROWD = 4
"""So many people are in the Hall twice in the two minutes after which they come again."""
CAMERAS = 6


@dataclass(frozen=True, slots=True)
class _Place:
    """What a camera looks at.

    Attributes:
        scene: What is counted there; None for nothing but people.
        is_crowded: A rule tells of a crowd there.
    """

    name: str
    location: str
    scene: Scene | None = None
    is_crowded: bool = False


def _places() -> Sequence[_Place]:
    """Return them in the language of now; `CAMERAS`, in the order of the site's cameras."""
    # From the top of the picture to the bottom: who walks to the right comes in.
    middle = Line(tr("Door"), (0.5, 0.15), (0.5, 1.0))
    outer = Line(tr("Outer"), (0.42, 0.15), (0.42, 1.0))
    inner = Line(tr("Inner"), (0.58, 0.15), (0.58, 1.0))
    counter = Zone(tr("Counter"), ((0.03, 0.55), (0.45, 0.55), (0.45, 0.99), (0.03, 0.99)))
    queue = Zone(tr("Queue"), ((0.55, 0.5), (0.97, 0.5), (0.97, 0.99), (0.55, 0.99)))
    gate = tr("Gate 3")
    return (
        _Place(tr("Entrance"), tr("Ground floor, main door"), Scene(lines=(middle,))),
        _Place(tr("Hall"), tr("Ground floor, west wing"), Scene(zones=(counter,)), is_crowded=True),
        _Place(gate, tr("Ground floor, departures"), Scene(gates=(Gate(gate, outer, inner),))),
        _Place(tr("Corridor"), tr("First floor"), Scene(lines=(middle,))),
        _Place(
            tr("Checkout"),
            tr("Ground floor, tills 1 to 6"),
            Scene(lines=(middle,), zones=(queue,)),
        ),
        _Place(tr("Foyer"), tr("Ground floor, lifts")),
    )


def make_site() -> SimulatedSite:
    """Make the site; it has as many pictures a second as are asked for, and no more."""
    from camwatch.cameras.simulator import SimulatedSite  # noqa: PLC0415 - paints and serves

    return SimulatedSite(
        cameras=CAMERAS,
        size=(1280, 720),
        fps=1 / _INTERVAL_S,
        seed=7,
        cache_mib=64,
        is_hasty=True,
    )


def fill(commands: Commands, session: Session, addresses: Sequence[str]) -> list[CameraId]:
    """Make the demonstration's cameras, what is counted there, and a rule. Blocks.

    Args:
        commands: Of a throw-away profile.
        session: Of its administrator; it ends.
        addresses: Of the site's cameras, like "http://127.0.0.1:4711/cam/1".

    Returns:
        The cameras.

    Raises:
        StorageError: They cannot be stored.
    """
    ids: list[CameraId] = []
    site = tr("Demonstration site")
    for place, address in zip(_places(), addresses, strict=True):
        where = parse_camera_url(address)
        settings = CameraSettings(
            name=place.name,
            location=place.location,
            host=where.host,
            port=where.port,
            base_path=where.path,
            allow_local=True,
            interval_s=_INTERVAL_S,
            site=site,
        )
        camera = commands.add_camera(session, settings, None)
        ids.append(camera.id)
        if place.scene is not None:
            commands.save_scene(session, camera.id, place.scene)
        if place.is_crowded:
            commands.save_rule(session, _crowd_rule(camera))
    commands.sign_out(session)
    return ids


def fill_past(file: Path, camera_ids: Sequence[CameraId], zone: ZoneInfo, now: datetime) -> None:
    """Make up what was counted before, up to the hour that goes on. Blocks for some seconds.

    Args:
        file: The history of a profile that is thrown away.
        camera_ids: Its cameras.
        zone: By whose clocks it is day.
        now: UTC.

    Raises:
        StorageError: It cannot be stored.
    """
    end = now.replace(minute=0, second=0, microsecond=0)
    history = MadeUpHistory(file)
    try:
        for _ in history.fill(
            camera_ids, end - _PAST, end, zone, minutes_from=end - _PAST_IN_MINUTES
        ):
            pass
    finally:
        history.close()


def _crowd_rule(camera: Camera) -> Rule:
    """Return a rule that raises an alert within two minutes, so that there is one to look at."""
    return Rule(
        str(uuid.uuid4()),
        tr("Demonstration: a crowd in the {place}", place=camera.settings.name),
        Occupancy(Side.ABOVE, _CROWD, hysteresis=2, for_s=3.0),
        Scope(cameras=frozenset({camera.id})),
        Severity.WARNING,
        cool_down_s=60.0,
    )
