"""A site of simulated cameras, of which it is known who is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camwatch.cameras.simulator.site import SimulatedSite, ThreadedSite

__all__ = ["SimulatedSite", "ThreadedSite"]


def __getattr__(name: str) -> Any:
    # The site needs OpenCV and an HTTP server; the command line lists the faults without.
    if name in __all__:
        from camwatch.cameras.simulator import site  # noqa: PLC0415

        return getattr(site, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
