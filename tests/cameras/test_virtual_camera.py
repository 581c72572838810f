"""An ONVIF camera that nobody here wrote, in a network of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

SCRIPT = (
    "ip link set lo up && ip link set lo multicast on && ip route add 239.0.0.0/8 dev lo && "
    'exec "$@"'
)
CHECKS = "tests/cameras/checks_of_ipycam.py"
TAKES_S = 250


def namespace() -> list[str]:
    """Return what runs a command in a new network namespace; skip where that may not be."""
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None or shutil.which("ffmpeg") is None:
        pytest.skip("unshare, ip or ffmpeg is not installed")
    command = [unshare, "-n"] if os.geteuid() == 0 else [unshare, "-rn"]
    if subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("network namespaces may not be made here")
    return command


@pytest.mark.end_to_end
def test_a_virtual_onvif_camera_is_found_asked_and_turned() -> None:
    pytest.importorskip("ipycam")
    python = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", CHECKS]
    done = subprocess.run(
        [*namespace(), "sh", "-c", SCRIPT, "sh", *python],
        env={**os.environ, "TESTS_IN_NAMESPACE": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=TAKES_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
