"""Measures what letting a session through costs, for who sees all sites and for who sees some.

Prints one JSON object. Run from the checkout: python benchmarks/permissions.py
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import WHOLE_PROGRAM, Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import CameraSettings, Sample, utc_now
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.scene import Line, Scene
from camwatch.workers.audit_recordings import AuditRecordings

PASSWORD = "brown kettle sings"
SITES = 8


def fill(database: Database, cameras: int) -> None:
    """Store cameras of several sites, with two lines each and some passing time."""
    lines = (Line("A", (0.2, 0.1), (0.2, 0.9)), Line("B", (0.8, 0.1), (0.8, 0.9)))
    at = utc_now() - timedelta(minutes=1)
    for number in range(cameras):
        host = f"10.0.{number // 250}.{number % 250}"
        camera = database.cameras.add(
            CameraSettings(f"Camera {number}", "Hall", host, site=f"Site {number % SITES}")
        )
        places = tuple(database.scenes.save(camera.id, Scene(lines=lines)).ids.values())
        database.counts.save([Sample(camera.id, at, 1, 0.9, 0.01, 1.0, watched=places)], [])


def median_ms(question: Callable[[], object], times: int) -> float:
    """Ask several times; return the median time."""
    found = []
    for _ in range(times):
        start_s = time.perf_counter()
        question()
        found.append((time.perf_counter() - start_s) * 1000)
    return round(statistics.median(found), 2)


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=256)
    parser.add_argument("--times", type=int, default=101)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Database.open(folder / "camwatch.sqlite3") as database:
            print(json.dumps(measure(database, folder, options.cameras, options.times)))


def measure(database: Database, folder: Path, cameras: int, times: int) -> dict[str, object]:
    """Return what each question takes, milliseconds."""
    fill(database, cameras)
    bus, secrets, profile = Bus(), SecretStore(), Profile(folder)
    recordings = AuditRecordings(profile.audits_folder, bus)
    counting = Counting(desk_for(profile), recordings, lambda _camera: None, lambda: 0.33)
    commands = Commands(database, secrets, CameraPolicy(), bus, counting)
    everybody = commands.create_first_administrator("boss", PASSWORD)
    site = database.cameras.sites()[0].id
    permissions = frozenset(one.value for one in set(Permission) - WHOLE_PROGRAM)
    database.roles.put(
        RoleRecord("some", "Some", permissions, frozenset({site}), needs_second_factor=False),
        "some",
    )
    database.operators.add("some", "some", hash_password(PASSWORD))
    some = commands.sign_in("some", PASSWORD)
    first = database.cameras.all()[0].id
    start = datetime.now(UTC) - timedelta(hours=1)

    def questions(session: Session) -> dict[str, float]:
        return {
            "recognise": median_ms(lambda: commands.still_here(session), times),
            "scene": median_ms(lambda: commands.scene(session, first), times),
            "cameras": median_ms(lambda: commands.cameras(session), times),
            "passed_since": median_ms(lambda: commands.passed_since(session, start), times),
            "places": median_ms(lambda: commands.places(session), times),
        }

    found = {
        "cameras": cameras,
        "sites": SITES,
        "all_sites_ms": questions(everybody),
        "one_site_ms": questions(some),
    }
    secrets.close()
    return found


if __name__ == "__main__":
    main()
