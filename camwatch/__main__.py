"""Entry point of `camwatch` and `python -m camwatch`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process."""
    if sys.argv[1:] == ["reader"]:
        # What a frozen program starts for each stream: it needs nothing of the rest.
        from camwatch.cameras.reader.capture import main as read  # noqa: PLC0415

        read()
    from camwatch.cli import run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
