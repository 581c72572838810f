"""What a device says it is."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.cameras.identity import as_mac, as_serial
from camwatch.cameras.onvif.client import DEVICE, OnvifClient
from camwatch.domain import Reason
from camwatch.errors import CameraError

_MOST_INTERFACES = 16


@dataclass(frozen=True, slots=True)
class DeviceInformation:
    """A device's own words about itself; each may be "".

    Attributes:
        make: Such as "AXIS".
        model: Such as "P3245-LV".
        firmware: Its version.
        serial: As the device writes it.
    """

    make: str
    model: str
    firmware: str
    serial: str


async def device_information(client: OnvifClient) -> DeviceInformation:
    """Ask a device what it is.

    Raises:
        CameraError: It does not tell.
    """
    answer = await client.call(DEVICE, "GetDeviceInformation")
    return DeviceInformation(
        make=answer.words_at("Manufacturer"),
        model=answer.words_at("Model"),
        firmware=answer.words_at("FirmwareVersion"),
        serial=answer.words_at("SerialNumber"),
    )


async def device_ids(client: OnvifClient, information: DeviceInformation) -> tuple[str, ...]:
    """Ask a device for its MACs; many tell them only to administrators.

    To be asked after something that every user may ask, lest a user who may not is taken for
    a wrong password.

    Returns:
        What it can be known again by: the MACs of interfaces in use, then of others, then its
        serial number.

    Raises:
        CameraError: It does not answer any more.
    """
    serial = as_mac(information.serial) or as_serial(information.serial)
    macs = await _macs(client)
    return tuple(dict.fromkeys(one for one in (*macs, serial) if one))


async def _macs(client: OnvifClient) -> tuple[str, ...]:
    try:
        answer = await client.call(DEVICE, "GetNetworkInterfaces")
    except CameraError as error:
        if error.reason in (Reason.TIMEOUT, Reason.REFUSED, Reason.UNREACHABLE):
            raise
        return ()
    interfaces = list(answer.all("NetworkInterfaces"))[:_MOST_INTERFACES]
    interfaces.sort(key=lambda one: one.text_at("Enabled") != "true")
    macs = (as_mac(one.text_at("Info", "HwAddress")) for one in interfaces)
    return tuple(dict.fromkeys(mac for mac in macs if mac))
