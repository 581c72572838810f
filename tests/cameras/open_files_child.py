"""Polls more cameras than it may open connections, and saves history all the same."""

from __future__ import annotations

import json
import resource
import sys
from datetime import timedelta
from pathlib import Path

from camwatch.cameras.open_files import raise_limit
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import CameraState, Reason, Sample, utc_now
from tests.cameras.watched import Watched, fleet, until
from tests.support.fault_camera import FaultCamera

COUNT = 60
LIMIT = 64


def main(port: int, folder: Path) -> None:
    """Run out of open files, save, and get more of them."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, hard))
    watched = Watched(CameraPolicy(breaker_pause_s=2.0))
    source = FaultCamera(b"")
    source.port = port
    cameras = fleet(source.settings(interval_s=1.0), ["127.0.0.1"] * COUNT)
    facts: dict[str, object] = {}

    async def exhaust() -> None:
        await until(lambda: len(watched.in_state(CameraState.OFFLINE, Reason.OPEN_FILES)) > 3)
        await until(lambda: bool(watched.causes))
        # Only now: the history, the log and the picture of a new window need files of their own.
        database = Database.open(folder / "history.db")
        stored = database.cameras.add(cameras[0].settings)
        at = utc_now()
        rows = [Sample(stored.id, at + timedelta(seconds=n), 1, 0.5, 0.1, 1.0) for n in range(9)]
        facts["saved"] = database.counts.save(rows, [])
        with (folder / "camwatch.log").open("w") as log:
            log.write("alive\n")
        database.close()
        facts["offline"] = len(watched.in_state(CameraState.OFFLINE, Reason.OPEN_FILES))
        facts["live"] = len({one.camera_id for one in watched.pictures})
        facts["causes"] = sorted({(one.key, one.scope, one.reason) for one in watched.causes})
        facts["limit"] = raise_limit()
        await until(lambda: len(watched.in_state(CameraState.OK)) == COUNT)

    watched.run(cameras, exhaust)
    facts["reasons"] = sorted({one.reason for one in watched.failures})
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
