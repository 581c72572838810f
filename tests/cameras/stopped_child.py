"""Polls cameras at a port, and writes how they are while its process is stopped and goes on."""

from __future__ import annotations

import asyncio
import json
import sys

from camwatch.cameras import pulse
from camwatch.config import CameraPolicy
from camwatch.domain import CameraState
from tests.cameras.watched import Watched, fleet, until
from tests.support.fault_camera import FaultCamera

COUNT = 20
pulse.STOOD_STILL_S = 2.5


def main(port: int) -> None:
    """Tell once all cameras are live, and what happened once they are so again."""
    watched = Watched(CameraPolicy())
    source = FaultCamera(b"")
    source.port = port
    cameras = fleet(source.settings(interval_s=1.0), ["127.0.0.1"] * COUNT)
    facts: dict[str, object] = {}

    async def stop() -> None:
        await until(lambda: len(watched.in_state(CameraState.OK)) == COUNT)
        sys.stdout.write("live\n")
        sys.stdout.flush()
        loop = asyncio.get_running_loop()
        line = loop.run_in_executor(None, sys.stdin.readline)
        await until(lambda: len(watched.states(1)) > 2)
        await until(lambda: len(watched.in_state(CameraState.OK)) == COUNT)
        await line

    watched.run(cameras, stop)
    facts["states"] = sorted({json.dumps(watched.states(one.id)) for one in cameras})
    facts["failures"] = [one.reason for one in watched.failures]
    stats = watched.polling.stats()
    facts["missed"] = stats.missed
    facts["running"] = stats.due - stats.done - stats.missed
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
