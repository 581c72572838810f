"""A program of its own that writes entries into an audit log: profile, name, how many, key."""

from __future__ import annotations

import sys
from pathlib import Path

from camwatch.auth.audit_key import ENTRY
from camwatch.auth.secrets import SERVICE
from tests.commands.audit_site import AuditSite


def main(folder: str, name: str, count: str, key: str) -> None:
    """Write them, with the same key as the others: all have one keyring on a real computer."""
    site = AuditSite(Path(folder))
    site.keyring.entries[SERVICE, ENTRY] = key
    with site.run() as (audit, _):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for number in range(int(count)):
            audit.append(name, "sign_in", str(number), "done")


if __name__ == "__main__":
    main(*sys.argv[1:])
