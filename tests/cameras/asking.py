"""Ways of asking a camera once, as the tests of HTTP need them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from camwatch.cameras.http import CameraStatus, HttpCamera, open_session
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Secret
from camwatch.errors import CameraError

QUICK = CameraPolicy(snapshot_timeout_s=0.3, status_timeout_s=0.3)
PATIENT = CameraPolicy(snapshot_timeout_s=5.0, status_timeout_s=5.0)


async def _snapshots(
    settings: CameraSettings, password: Secret | None, limits: CameraPolicy, times: int
) -> list[bytes | CameraError]:
    camera = HttpCamera(settings, password, limits)
    results: list[bytes | CameraError] = []
    async with open_session() as session:
        for _ in range(times):
            try:
                results.append(await camera.snapshot(session))
            except CameraError as error:
                results.append(error)
    return results


def poll(
    settings: CameraSettings,
    password: str | None = None,
    limits: CameraPolicy = PATIENT,
    times: int = 1,
) -> Sequence[bytes | CameraError]:
    """Ask one camera several times over one session; a failure is returned, not raised."""
    secret = None if password is None else Secret(password)
    return asyncio.run(_snapshots(settings, secret, limits, times))


def snapshot(
    settings: CameraSettings, password: str | None = None, limits: CameraPolicy = PATIENT
) -> bytes:
    """Fetch one picture.

    Raises:
        CameraError: There is none.
    """
    (result,) = poll(settings, password, limits)
    if isinstance(result, CameraError):
        raise result
    return result


def failure(
    settings: CameraSettings, password: str | None = None, limits: CameraPolicy = PATIENT
) -> CameraError:
    """Return why there is no picture; fail if there is one."""
    (result,) = poll(settings, password, limits)
    assert isinstance(result, CameraError), f"a picture of {len(result)} bytes came"
    return result


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something is so; fail after five seconds."""
    async with asyncio.timeout(5.0):
        while not condition():  # noqa: ASYNC110 - it changes in another thread
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.005)


def status(
    settings: CameraSettings, password: str | None = None, limits: CameraPolicy = PATIENT
) -> CameraStatus:
    """Ask the camera how it is.

    Raises:
        CameraError: It does not say.
    """

    async def ask() -> CameraStatus:
        secret = None if password is None else Secret(password)
        async with open_session() as session:
            return await HttpCamera(settings, secret, limits).status(session)

    return asyncio.run(ask())
