"""Tells whether the device at a camera's address is still the camera."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from camwatch.cameras.identity import as_mac, is_another, neighbours
from camwatch.cameras.onvif.client import OnvifClient
from camwatch.cameras.onvif.device import device_ids, device_information
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from camwatch.language import tr

LIMIT_S = 3.0
"""Longest time for one answer of the device, seconds."""

AGAIN_AFTER_S = 60.0
"""A camera whose pictures come but whose ONVIF service fails is looked at again this often."""

_PASSING = frozenset(
    {
        Reason.TIMEOUT,
        Reason.REFUSED,
        Reason.DNS,
        Reason.UNREACHABLE,
        Reason.DISCONNECTED,
        Reason.TLS,
        Reason.CERTIFICATE_UNKNOWN,
        Reason.CERTIFICATE_CHANGED,
        Reason.BUSY,
        Reason.SERVER_ERROR,
        Reason.OPEN_FILES,
    }
)
"""Failures after which the service may answer another time; others are its last word."""


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
        self._is_confirmed = False
        self._again_s: float | None = None
        self._looking: asyncio.Task[CameraError | None] | None = None
        self._is_refused = False
        self._refused: Secret | None = None

    def lost(self) -> None:
        """Take note that the camera is out of order: what comes back may be another device."""
        self.is_due = True
        self._is_confirmed = False
        self.give_up()

    def give_up(self) -> None:
        """Stop looking, if that is going on."""
        looking, self._looking, self._again_s = self._looking, None, None
        if looking is not None:
            looking.cancel()

    async def check(
        self, session: aiohttp.ClientSession, settings: CameraSettings, password: Secret | None
    ) -> None:
        """Look, if it is due, before a connection is made.

        A device that does not tell what it is passes: its pictures will show whether it works.

        Raises:
            CameraError: OTHER_DEVICE, or UNAUTHORIZED: a guess that the device counts.
        """
        if self._again_s is not None:
            self.check_meanwhile(session, settings, password)
        elif self.is_due and (error := await self._look(session, settings, password)) is not None:
            raise error

    def check_meanwhile(
        self, session: aiohttp.ClientSession, settings: CameraSettings, password: Secret | None
    ) -> None:
        """Look again while pictures come, without holding them up, if it failed before.

        Raises:
            CameraError: As `check`, once that is known.
        """
        if self._looking is None:
            if self.is_due and self._again_s is not None and time.monotonic() >= self._again_s:
                self._looking = asyncio.create_task(self._look(session, settings, password))
        elif self._looking.done():
            looking, self._looking = self._looking, None
            if (error := looking.result()) is not None:
                raise error

    def confirm(self, settings: CameraSettings) -> None:
        """Compare the MAC, if there is no ONVIF to ask, once a picture came.

        Only now the system surely knows who has the address: before, it may remember who had.
        Where it does not tell, nothing is known.

        Raises:
            CameraError: OTHER_DEVICE.
        """
        if self._is_confirmed:
            return
        known = as_mac(settings.hardware_id)
        if known and settings.onvif_url is None:
            shown = neighbours().get(settings.host, known)
            if shown != known:
                raise CameraError(
                    Reason.OTHER_DEVICE, tr("{shown} instead of {known}", shown=shown, known=known)
                )
        self._is_confirmed = True

    async def _look(
        self, session: aiohttp.ClientSession, settings: CameraSettings, password: Secret | None
    ) -> CameraError | None:
        """Return what is to be told, and note whether it is to be looked again."""
        error = None
        if settings.hardware_id and neighbours().get(settings.host) != settings.hardware_id:
            error = await self._ask(session, settings, password)
        if error is None or error.reason is Reason.UNAUTHORIZED:
            self.is_due, self._again_s = False, None
        elif error.reason is Reason.OTHER_DEVICE:
            self._again_s = None
        else:
            self._again_s = time.monotonic() + AGAIN_AFTER_S
            return None
        return error

    async def _ask(
        self, session: aiohttp.ClientSession, settings: CameraSettings, password: Secret | None
    ) -> CameraError | None:
        """Return what is wrong; None if nothing is, or it will never be known."""
        if settings.onvif_url is None or (self._is_refused and self._refused == password):
            return None
        client = OnvifClient(session, settings, password, LIMIT_S)
        try:
            found = await device_information(client)
            ids = await device_ids(client, found)
        except CameraError as error:
            if error.reason is Reason.UNAUTHORIZED and client.has_password:
                # Some have other users for ONVIF; those are not tried again and again.
                self._is_refused, self._refused = True, password
                return error
            is_withheld = settings.is_onvif_weaker and error.reason is Reason.TLS
            return error if error.reason in _PASSING and not is_withheld else None
        if is_another(settings.hardware_id, ids):
            what = f"{found.make} {found.model}".strip() or "another device"
            return CameraError(
                Reason.OTHER_DEVICE,
                tr(
                    "{what}, {ids} instead of {hardware_id}",
                    what=what,
                    ids=ids[0],
                    hardware_id=settings.hardware_id,
                ),
            )
        return None
