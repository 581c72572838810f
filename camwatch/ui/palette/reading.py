"""Providers that read what they find through commands: cameras, alerts, rules, operators."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.ui.background import Background
from camwatch.ui.palette.results import Result

log = logging.getLogger(__name__)

T = TypeVar("T")


class ReadProvider(QObject, Generic[T]):
    """Reads through `Background` each time the box is opened; shows what it knew until then.

    Subclasses give `needs`, `read` and `made`.

    Args:
        background: Reads; best without asking for a password: nobody asked for a secret.
        session: Returns who is signed in now.
        parent: Owns it.
    """

    needs: tuple[Permission, ...] = ()

    def __init__(
        self, background: Background, session: Callable[[], Session], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._session = session
        self._question = 0
        self._known: tuple[Result, ...] = ()

    def read(self, session: Session) -> T:
        """Read it; called beside the GUI thread."""
        raise NotImplementedError

    def made(self, answer: T) -> Sequence[Result]:
        """Make results of what was read; called on the GUI thread."""
        raise NotImplementedError

    @property
    def is_permitted(self) -> bool:
        """Whether the operator may see it at all."""
        session = self._session()
        return all(session.may(one) for one in self.needs)

    def refresh(self, changed: Callable[[], None]) -> None:
        """Read anew. Nothing is asked that would be refused: each refusal is audited."""
        if not self.is_permitted:
            return
        session = self._session()
        self.ask(lambda: self.read(session), changed)

    def ask(self, job: Callable[[], T], changed: Callable[[], None]) -> None:
        """Read something, and take it up unless something else was asked meanwhile."""
        self._question += 1
        question = self._question

        def done(answer: T) -> None:
            if question == self._question:
                self._known = tuple(self.made(answer))
                changed()

        self._background.run(job, done, self._failed, owner=self)

    def _failed(self, error: CamWatchError) -> None:
        # What is in trouble says so itself, on its page and in the status bar.
        log.info("%s could not be read to be found: %s", type(self).__name__, error)

    def results(self) -> Sequence[Result]:
        """Return what was read last, as long as the operator may see it."""
        return self._known if self.is_permitted else ()

    def look_for(self, query: str, changed: Callable[[], None]) -> None:
        """All is known beforehand."""
