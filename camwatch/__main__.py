"""Entry point of `camwatch` and `python -m camwatch`."""

from __future__ import annotations

import sys

from camwatch.cli import run


def main() -> int:
    """Run the command line of this process."""
    return run()


if __name__ == "__main__":
    sys.exit(main())
