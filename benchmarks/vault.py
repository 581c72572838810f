"""Measure the vault on this machine; print one JSON object.

    python benchmarks/vault.py

`unlock_ms` is the time from a passphrase to an open vault: Argon2id with 64 MiB, 3 rounds and 4
lanes, once. `read_ms` is one password of a vault that holds 64 of them, `write_ms` one more, with
lock, encryption and the disk's word that it is kept. Medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from camwatch.auth.vault import Vault
from camwatch.auth.vault_format import USUAL_COST
from camwatch.domain import Secret

PASSPHRASE = Secret("seven grey geese over the fen")
SERVICE = "camwatch"
CAMERAS = 64


def median_ms(call: Callable[[int], object], runs: int) -> float:
    """Return the median time of a call in milliseconds; it is told which run it is."""
    times_ms = []
    for run in range(runs):
        started = time.perf_counter()
        call(run)
        times_ms.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times_ms), 2)


def main() -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="camwatch-vault-") as folder:
        file = Path(folder) / "vault.bin"
        vault = Vault(file, Path(folder) / "state")
        vault.create(PASSPHRASE)
        for number in range(CAMERAS):
            vault.set_password(SERVICE, f"uid-{number}", f"password {number}")
        found = {
            "memory_mib": USUAL_COST.memory_kib // 1024,
            "rounds": USUAL_COST.rounds,
            "lanes": USUAL_COST.lanes,
            "file_bytes": file.stat().st_size,
            "unlock_ms": median_ms(lambda _: Vault(file).unlock(PASSPHRASE), runs),
            "read_ms": median_ms(
                lambda run: vault.get_password(SERVICE, f"uid-{run % CAMERAS}"), runs * 10
            ),
            "write_ms": median_ms(
                lambda run: vault.set_password(SERVICE, f"uid-{run % CAMERAS}", str(run)), runs
            ),
        }
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
