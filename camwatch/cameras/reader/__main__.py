"""Entry point of a reader process; it is started by CamWatch, not by hand."""

from __future__ import annotations

from camwatch.cameras.reader.capture import main

if __name__ == "__main__":
    main()
