"""Polls cameras in a network namespace of its own, and takes the only interface away.

Run by `unshare -n`; writes what happened as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time

from camwatch.config import CameraPolicy
from camwatch.domain import CameraState, Reason
from tests.cameras.watched import Watched, fleet, until
from tests.support.fault_camera import FaultCamera, moving

COUNT = 20
ADDRESS = "10.77.3.1"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def main() -> None:
    """Take the interface down and up again."""
    ip("link", "set", "lo", "up")
    ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    ip("link", "set", "v1", "up")
    ip("addr", "add", f"{ADDRESS}/24", "dev", "v0")
    ip("link", "set", "v0", "up")
    watched = Watched(CameraPolicy())
    facts: dict[str, object] = {}
    with FaultCamera(moving(), address="0.0.0.0") as source:
        away = fleet(source.settings(interval_s=1.0), [ADDRESS] * COUNT)
        here = fleet(source.settings(), ["127.0.0.1"], COUNT + 1)

        async def unplug() -> None:
            await until(lambda: len(watched.in_state(CameraState.OK)) == COUNT + 1)
            ip("link", "set", "v0", "down")
            gone_s = time.monotonic()
            offline = (CameraState.OFFLINE, Reason.HOST_OFFLINE)
            await until(lambda: len(watched.in_state(*offline)) == COUNT)
            facts["noticed_s"] = time.monotonic() - gone_s
            delivered = len(watched.pictures)
            await asyncio.sleep(3.0)
            facts["delivered_meanwhile"] = len(watched.pictures) - delivered
            facts["by"] = sorted({one.camera_id for one in watched.pictures[delivered:]})
            facts["causes"] = [
                (one.key, one.scope, one.reason, len(one.camera_ids)) for one in watched.causes
            ]
            ip("link", "set", "v0", "up")
            back_s = time.monotonic()
            await until(lambda: len(watched.in_state(CameraState.OK)) == COUNT + 1)
            facts["recovered_s"] = time.monotonic() - back_s
            await until(lambda: not watched.causes[-1].camera_ids)

        watched.run([*away, *here], unplug)
    facts["states"] = sorted({json.dumps(watched.states(one.id)) for one in away})
    facts["own_failures"] = [one.reason for one in watched.failures]
    facts["missed"] = watched.polling.stats().missed
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
