"""Run as a process of its own: moves a history and says after each piece how far it is.

Usage: python -m tests.data.moving_child SOURCE TARGET [ROWS AT ONCE]
       Places are files, or addresses of servers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from camwatch.data.moving import mover
from camwatch.data.server_address import ServerAddress, address_of_url, is_server


def place_of(text: str) -> Path | ServerAddress:
    return address_of_url(text) if is_server(text) else Path(text)


def main() -> None:
    if len(sys.argv) > 3:
        mover._ROWS_AT_ONCE = int(sys.argv[3])

    def tell(done: int, total: int, table: str) -> None:
        print(done, total, table, flush=True)  # noqa: T201 - the parent reads it

    mover.move_history(place_of(sys.argv[1]), place_of(sys.argv[2]), progress=tell)


if __name__ == "__main__":
    main()
