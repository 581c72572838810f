"""Stand-ins, on a bus of a test, for what keeps a computer awake. Run as a process of its own."""

from __future__ import annotations

import os
import select
import sys
from typing import Any

LOGIND = "org.freedesktop.login1"
POWER = "org.freedesktop.PowerManagement"
SCREEN = "org.freedesktop.ScreenSaver"


def main(bus_name: str) -> None:
    """Serve one name; print what is asked, a line each."""
    # Found on Linux only, while the names above are imported everywhere.
    from jeepney import (  # noqa: PLC0415
        HeaderFields,
        MessageType,
        message_bus,
        new_error,
        new_method_return,
    )
    from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

    is_system = bus_name == LOGIND
    bus = open_dbus_connection("SYSTEM" if is_system else "SESSION", enable_fds=is_system)
    bus.send_and_get_reply(message_bus.RequestName(bus_name), timeout=5)
    _say("ready")
    held: dict[int, int] = {}
    while True:
        readable, _, _ = select.select([bus.sock, *held], [], [])
        for number in [one for one in held if one in readable]:
            os.close(number)  # the other end was closed
            del held[number]
            _say("let go")
        if bus.sock not in readable:
            continue
        message: Any = bus.receive(timeout=5)
        if message.header.message_type is not MessageType.method_call:
            continue
        method = message.header.fields.get(HeaderFields.member)
        _say("|".join(str(one) for one in (method, *message.body)))
        if method == "Inhibit" and is_system:
            ours, theirs = os.pipe()
            held[ours] = theirs
            bus.send(new_method_return(message, "h", (theirs,)))
            os.close(theirs)
        elif method == "Inhibit":
            bus.send(new_method_return(message, "u", (77,)))
        elif method == "UnInhibit":
            bus.send(new_method_return(message))
        else:
            bus.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
