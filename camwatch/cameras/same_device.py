"""Tells whether the device at a camera's address is still the camera."""

from __future__ import annotations

import aiohttp

from camwatch.cameras.identity import is_another, neighbours
from camwatch.cameras.onvif.client import OnvifClient
from camwatch.cameras.onvif.device import device_ids, device_information
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError

LIMIT_S = 3.0
"""Longest time for one answer of the device, seconds."""


class DeviceCheck:
    """Looks whether a camera's device is the same, once at the start and once after each outage.

    Another device gets a camera's address when addresses are given out anew; its pictures
    would be counted as the camera's. The check asks as the camera's user, which gives away no
    more than the next poll does, and only if the MAC does not tell already.

    Attributes:
        is_due: The device was not seen, or has been away since.
    """

    def __init__(self) -> None:
        self.is_due = True
        self._is_refused = False

    async def check(
        self, session: aiohttp.ClientSession, settings: CameraSettings, password: Secret | None
    ) -> None:
        """Look, if it is due.

        A device that does not tell what it is passes: its pictures will show whether it works.

        Raises:
            CameraError: OTHER_DEVICE.
        """
        if not self.is_due:
            return
        if settings.hardware_id and neighbours().get(settings.host) != settings.hardware_id:
            await self._ask(session, settings, password)
        self.is_due = False

    async def _ask(
        self, session: aiohttp.ClientSession, settings: CameraSettings, password: Secret | None
    ) -> None:
        if settings.onvif_url is None or self._is_refused:
            return
        try:
            client = OnvifClient(session, settings, password, LIMIT_S)
            found = await device_information(client)
            ids = await device_ids(client, found)
        except CameraError as error:
            # Some have other users for ONVIF; those are not tried again and again.
            self._is_refused = error.reason is Reason.UNAUTHORIZED
            return
        if is_another(settings.hardware_id, ids):
            what = f"{found.make} {found.model}".strip() or "another device"
            raise CameraError(
                Reason.OTHER_DEVICE, f"{what}, {ids[0]} instead of {settings.hardware_id}"
            )
