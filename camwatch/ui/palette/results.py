"""What can be found, and who finds it: the interface that other parts of the window fill.

A part that has something to be found writes a `Provider` and hands it to `PaletteRoom.add`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that can be found.

    Attributes:
        key: Tells it apart for ever, such as "camera:<uid>:live"; what was used lately is kept
            under it, so it holds no name and no secret.
        title: What is shown and searched first, in the operator's language.
        group: What kind of thing it is, as a word or two for the right edge.
        icon: File name without ".svg".
        run: Goes there or does it; called on the GUI thread once the box is closed. It must not
            hold the window: give it a signal, or a widget of a page.
        detail: Said behind the title; searched as well.
        keys: The key that does the same, as operators write it.
        synonyms: Other words under which it is found; not shown. English ones are found in
            every language.
        why_not: Why it cannot be done now, as a sentence; "" if it can. What an operator has no
            permission for is not a result at all.
        rank: Where two answer alike, the lower one stands first.
    """

    key: str
    title: str
    group: str
    icon: str
    run: Callable[[], object]
    detail: str = ""
    keys: str = ""
    synonyms: tuple[str, ...] = ()
    why_not: str = ""
    rank: int = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """What is searched, the most important first."""
        return (self.title, *self.synonyms, self.detail, self.group)


class Provider(Protocol):
    """Knows some of what can be found. All of it is called on the GUI thread and never waits."""

    def refresh(self, changed: Callable[[], None]) -> None:
        """Read anew what can be found, through `Background`: the box was opened.

        Args:
            changed: Call it when `results` has something new; harmless at any time.
        """
        ...

    def results(self) -> Sequence[Result]:
        """Return what is known now, in the order in which it is offered without a query."""
        ...

    def look_for(self, query: str, changed: Callable[[], None]) -> None:
        """Look further for a query, where not all can be known beforehand; else do nothing.

        Args:
            query: What was typed; has rested for a moment.
            changed: As for `refresh`.
        """
        ...


class StandingProvider:
    """A provider whose results are there without reading anything."""

    def refresh(self, changed: Callable[[], None]) -> None:
        """Nothing has to be read."""

    def look_for(self, query: str, changed: Callable[[], None]) -> None:
        """There is nothing further."""
