"""Polls cameras by name as a user who may start no more threads."""

from __future__ import annotations

import encodings.idna  # noqa: F401 - nobody may not read it later
import json
import os
import resource
import sys

from camwatch.config import CameraPolicy
from camwatch.domain import CameraState, Reason
from tests.cameras.watched import Watched, fleet, until
from tests.support.fault_camera import FaultCamera

NOBODY = 65534


def main(port: int) -> None:
    """Have no thread for a look-up, then have one again."""
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 100))
    os.setresuid(NOBODY, NOBODY, 0)
    watched = Watched(CameraPolicy(breaker_pause_s=2.0))
    source = FaultCamera(b"")
    source.port = port
    named = fleet(source.settings(), ["localhost"])
    plain = fleet(source.settings(), ["127.0.0.1"], 2)

    async def starve() -> None:
        await until(lambda: watched.state(1) == (CameraState.OFFLINE, Reason.OPEN_FILES))
        await until(lambda: watched.state(2) == (CameraState.OK, Reason.NONE))
        resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))
        await until(lambda: watched.state(1) == (CameraState.OK, Reason.NONE))

    watched.run([*named, *plain], starve)
    json.dump([(one.reason, one.detail) for one in watched.failures[:1]], sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
