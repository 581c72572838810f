"""How long the time machine needs for one moment of many cameras from a long history.

    python benchmarks/moments.py [--cameras 64] [--rows 10000000] [--json]

Makes a history in a temporary folder: a measurement of each camera a second, kept pictures, changes
of states and 100,000 alerts. Then it asks for moments at random and one after the other, as somebody
scrubs, and reads and decodes their pictures.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from camwatch.alerts.alert import Alert, AlertPart, Subject
from camwatch.alerts.rules import Severity
from camwatch.auth.permissions import built_in_role
from camwatch.auth.session import Session
from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.moment_desk import MomentDesk
from camwatch.commands.past_pictures import PastPictureStore, Shot, as_allowed
from camwatch.config import AlertPolicy, History
from camwatch.data.alert_rows import columns_of
from camwatch.data.connections import open_raw
from camwatch.data.engine import Database
from camwatch.domain import CameraId, CameraSettings, Picture, Role, User, UserId
from camwatch.history.keeping import Retention

_ALERTS = 100_000
_ASKED = 400
_START = datetime(2026, 6, 1, tzinfo=UTC)


def _fill(file: Path, cameras: int, seconds: int) -> None:
    """Write rows as the recorder leaves them, but at once."""
    connection = open_raw(file, "rw")
    start_ms = int(_START.timestamp() * 1000)
    for camera in range(1, cameras + 1):
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO sample (camera_id, ts, workstation, count, confidence, processing_us,"
            " interval_ms, shown) VALUES (?, ?, 0, ?, 800, 20000, 1000, ?)",
            ((camera, start_ms + 1000 * n, n % 9, n % 9) for n in range(seconds)),
        )
        connection.executemany(
            "INSERT INTO minute (camera_id, minute, samples, count_sum, count_min, count_max,"
            " people_ms, covered_ms, confidence_sum) VALUES (?, ?, 60, 240, 0, 8, 240000, 60000, 0)",
            ((camera, start_ms // 60_000 + n) for n in range(seconds // 60)),
        )
        connection.executemany(
            "INSERT INTO camera_state (camera_id, ts, state, reason) VALUES (?, ?, ?, 'none')",
            (
                (camera, start_ms + 600_000 * n, "ok" if n % 2 else "slow")
                for n in range(seconds // 600)
            ),
        )
        connection.executemany(
            "INSERT INTO past_picture (camera_id, ts, workstation, size, count, is_masked, boxes)"
            " VALUES (?, ?, 0, 18000, 3, 0, ?)",
            ((camera, start_ms + 20_000 * n, bytes(48)) for n in range(seconds // 20)),
        )
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    step = 1000 * seconds // _ALERTS
    part = AlertPart(Subject.of_camera(CameraId(1)), "Camera 1", _START)
    alert = Alert(
        "a", "r", "Rule", "occupancy", Severity.WARNING, _START, _START, (part,), "Full", "Full"
    )
    body = columns_of(alert)["body"]
    connection.executemany(
        "INSERT INTO alert (uid, rule_uid, state, severity, raised_at, changed_at, closed_at,"
        " is_together, searched, body, version) VALUES (?, 'r', 'closed', 1, ?, ?, ?, 0, '', ?, 1)",
        (
            (f"a{n}", start_ms + step * n, start_ms + step * n, start_ms + step * n + 60_000, body)
            for n in range(_ALERTS)
        ),
    )
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


def _camera(number: int) -> CameraSettings:
    return CameraSettings(
        name=f"Camera {number}", location="Hall", site=f"Site {number % 4}", host="10.0.0.1"
    )


def _share(times: list[float], share: float) -> float:
    return round(sorted(times)[int(share * (len(times) - 1))] * 1000, 1)


def _measure(cameras: int, rows: int) -> dict[str, float]:
    seconds = rows // cameras
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "camwatch.sqlite3")
        with Database.open(file, clock=lambda: _START - timedelta(days=1)) as database:
            ids = [database.cameras.add(_camera(n)).id for n in range(cameras)]
        _fill(file, cameras, seconds)
        with Database.open(file) as database:
            return _ask(database, Path(folder), ids, seconds) | {"rows": rows, "cameras": cameras}


def _ask(database: Database, folder: Path, ids: list[CameraId], seconds: int) -> dict[str, float]:
    end = _START + timedelta(seconds=seconds)
    store = PastPictureStore(
        folder / "past", database, History(), as_allowed(database, PrivacyGate()), lambda: end
    )
    desk = MomentDesk(
        database,
        store,
        EvidenceStore(None, database, AlertPolicy()),
        Retention,
        lambda: end,
    )
    role = built_in_role(Role.ADMINISTRATOR)
    user = User(UserId(1), "bench", role.key, False, _START)
    session = Session("bench", user, _START, _START + timedelta(days=999), role)
    chance = random.Random(7)
    answers: dict[str, list[float]] = {"random": [], "scrubbed": []}
    for number in range(_ASKED):
        anywhere = _START + timedelta(seconds=chance.uniform(60, seconds - 60))
        onward = _START + timedelta(seconds=seconds * 0.5 + number * 15)
        for kind, at in (("random", anywhere), ("scrubbed", onward)):
            began = time.perf_counter()
            found = desk.moment(session, at, ids)
            answers[kind].append(time.perf_counter() - began)
            if sum(one.count is not None for one in found.cameras.values()) != len(ids):
                raise AssertionError(at)
    chance_pixels = np.random.default_rng(7)
    picture = encode_jpeg(chance_pixels.integers(0, 255, (1080, 1920, 3), np.uint8).repeat(1, 0))
    shots = [
        Shot(Picture(one, 1, picture, (1920, 1080), end, 0.0, 1.0), np.zeros((3, 4), np.float32), 3)
        for one in ids
    ]
    began = time.perf_counter()
    kept = store.keep(shots)
    kept_s = time.perf_counter() - began
    began = time.perf_counter()
    files = desk.files(session, end, ids)
    read_s = time.perf_counter() - began
    return {
        "moment_random_p50_ms": _share(answers["random"], 0.5),
        "moment_random_p95_ms": _share(answers["random"], 0.95),
        "moment_random_max_ms": _share(answers["random"], 1.0),
        "moment_scrubbed_p50_ms": _share(answers["scrubbed"], 0.5),
        "moment_scrubbed_p95_ms": _share(answers["scrubbed"], 0.95),
        "mean_ms": round(statistics.mean(answers["random"]) * 1000, 1),
        "keep_one_ms": round(1000 * kept_s / max(1, kept), 1),
        "read_files_ms": round(1000 * read_s, 1),
        "files": len(files),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = _measure(options.cameras, options.rows)
    if options.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:28} {value:g}")


if __name__ == "__main__":
    main()
