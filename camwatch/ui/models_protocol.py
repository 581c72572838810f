"""What the dialog of the models asks of the commands."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from camwatch.auth.session import Session
from camwatch.commands.model_commands import ChosenModel, ModelInfo, TriedModel


class DialogCommands(Protocol):
    """The part of `camwatch.commands.Commands` that the dialog needs."""

    def models(self, session: Session) -> list[ModelInfo]:
        """Return all models."""
        ...

    def chosen_model(self, session: Session) -> str:
        """Return what the settings ask for."""
        ...

    def try_model(
        self,
        session: Session,
        name: str,
        picture: bytes | None = None,
        *,
        confirmed: bool = False,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Try a model."""
        ...

    def add_model(
        self,
        session: Session,
        file: Path,
        *,
        confirmed: bool = False,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Try a model file and copy it."""
        ...

    def use_model(self, session: Session, name: str, *, confirmed: bool = False) -> ChosenModel:
        """Choose a model."""
        ...
