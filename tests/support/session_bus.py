"""A session bus of its own, on which nothing runs that a test has not started."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

# Without a list of services D-Bus starts nothing by itself, such as a second keyring
# while the first one is still starting.
_BUS_CONFIG = """\
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_type="*" eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def start_bus(folder: Path, environ: Mapping[str, str]) -> tuple[subprocess.Popen[str], str]:
    """Start a D-Bus daemon whose files are in the folder; return it, and its address."""
    config = folder / "bus.conf"
    config.write_text(_BUS_CONFIG.format(folder=folder), encoding="utf-8")
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"],
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout is not None
    return bus, bus.stdout.readline().strip()
