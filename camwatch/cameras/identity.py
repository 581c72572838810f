"""How a device is known again under another address: by its MAC or serial number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}")
_NOBODYS = frozenset({"0" * 12, "f" * 12})
_LONGEST = 64
_NEIGHBOURS = Path("/proc/net/arp")
_FILLED_IN = 0x2


def as_mac(text: str) -> str:
    """Return a MAC in one form, "ac:cc:8e:12:34:56"; "" if the text is none.

    Some makes write the MAC without colons as the serial number.
    """
    text = text.strip().lower()
    if not _MAC.fullmatch(text):
        return ""
    digits = text.replace(":", "").replace("-", "")
    # Group addresses belong to no device.
    if digits in _NOBODYS or int(digits[:2], 16) & 1:
        return ""
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def as_serial(text: str) -> str:
    """Return a serial number in one form; "" for those that whole series share."""
    text = " ".join(text.split())[:_LONGEST]
    plain = "".join(c for c in text if c.isalnum())
    is_real = len(plain) >= 4 and len(set(plain)) > 1 and plain not in "01234567890123456789"
    return text if is_real and any(c.isdigit() for c in plain) else ""


def is_another(hardware_id: str, ids: Iterable[str]) -> bool:
    """Tell whether a device is surely not the one of this id.

    Only what is of one kind can differ: a device may keep its MACs from some users.

    Args:
        hardware_id: What is known of the one.
        ids: What is known of the other.
    """
    mac = as_mac(hardware_id)
    alike = [one for one in ids if bool(as_mac(one)) is bool(mac)]
    return bool(hardware_id and alike) and (mac or hardware_id) not in alike


def neighbours() -> dict[str, str]:
    """Return the MAC of each address that this computer just spoke to in its own network.

    Empty where the system does not tell (other systems than Linux), and for addresses
    behind a router.
    """
    try:
        lines = _NEIGHBOURS.read_text("ascii", "replace").splitlines()[1:]
    except OSError:
        return {}
    found = {}
    for line in lines:
        parts = line.split()
        is_filled_in = len(parts) >= 4 and int(parts[2], 16) & _FILLED_IN
        if is_filled_in and (mac := as_mac(parts[3])):
            found[parts[0]] = mac
    return found
