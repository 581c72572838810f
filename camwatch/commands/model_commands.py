"""The commands about models, each with who may give it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.model_desk import (
    SUFFIXES,
    ChosenModel,
    ModelDesk,
    ModelInfo,
    ModelState,
    Note,
    TriedModel,
)
from camwatch.commands.sight import About
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.errors import CamWatchError

__all__ = ["SUFFIXES", "ChosenModel", "ModelCommands", "ModelInfo", "ModelState", "TriedModel"]

_FOR_ALL_SITES = About("the same models count at all sites, and name none")


class ModelCommands:
    """Part of `Commands`; whoever inherits it calls `_init_models` and has a `guard`."""

    guard: Guard

    def _init_models(self, desk: ModelDesk, trail: Trail) -> None:
        """Take what these commands work with."""
        self._model_desk = desk
        self._model_trail = trail

    @needs(Permission.VIEW_ACCURACY, about=_FOR_ALL_SITES)
    def models(self, session: Session) -> list[ModelInfo]:
        """Return all models, those that ship with CamWatch first. Reads whole files.

        Raises:
            ModelMissing: The list of shipped models is gone.
            ModelUnfit: A list of models is damaged.
        """
        del session
        return self._model_desk.models()

    @needs(Permission.VIEW_ACCURACY, about=_FOR_ALL_SITES)
    def chosen_model(self, session: Session) -> str:
        """Return the name of the model that the settings ask for, such as "auto".

        Raises:
            InvalidSettings: The settings cannot be read.
        """
        del session
        return self._model_desk.chosen()

    @needs(Permission.CHOOSE_MODEL)
    def try_model(
        self,
        session: Session,
        name: str,
        picture: bytes | None = None,
        *,
        confirmed: bool = False,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Try a model. Takes seconds.

        Args:
            session: Who asks.
            name: Of the model.
            picture: A JPEG or PNG file; None is the test picture, and only what came of
                that one is recorded.
            confirmed: Accept it although it does not find exactly the people of the test
                picture.
            cancel: Set it when nobody waits any more.

        Raises:
            OwnModelMissing: There is no model of this name.
            ModelUnfit: The model cannot be used.
            CameraError: The picture cannot be read.
            GivenUp: cancel was set.
        """
        return self._model_desk.test(
            name,
            picture,
            confirmed=confirmed,
            note=self._note(session, "test_model"),
            cancel=cancel,
        )

    @needs(Permission.CHOOSE_MODEL)
    def add_model(
        self,
        session: Session,
        file: Path,
        *,
        confirmed: bool = False,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Try a model file and copy it into the models folder. Takes seconds.

        Args:
            session: Who asks.
            file: An .onnx, .caffemodel or .pb file; what belongs to it stands beside it.
            confirmed: Accept it in any case.
            cancel: Set it when nobody waits any more: then nothing was copied.

        Raises:
            InvalidSetting: There is another model of its name; the field is "file".
            OwnModelMissing: It is not there.
            OwnModelUnfit: It cannot be used; nothing was copied.
            GivenUp: cancel was set.
        """
        note = self._note(session, "add_model")
        return self._model_desk.add(file, confirmed=confirmed, note=note, cancel=cancel)

    @needs(Permission.CHOOSE_MODEL)
    def use_model(self, session: Session, name: str, *, confirmed: bool = False) -> ChosenModel:
        """Write a model into the settings, with the threshold that suits it.

        Args:
            session: Who asks.
            name: "auto", "nanodet", "hog", or a model of one's own.
            confirmed: Accept a model that was tested and did not find exactly the people
                of the test picture.

        Raises:
            OwnModelMissing: There is no model of this name.
            ModelUnfit: It cannot be used, or was not tested and accepted.
            InvalidSettings: The settings cannot be changed.
        """
        try:
            note = self._note(session, "use_model")
            return self._model_desk.use(name, confirmed=confirmed, note=note)
        except CamWatchError:
            self._model_trail.try_to_record(session.actor, "use_model", name, FAILED)
            raise

    def _note(self, session: Session, action: str) -> Note:
        """Return what writes to the audit log; a deed that cannot be audited is not done."""

        def write(name: str, details: Mapping[str, str]) -> None:
            self._model_trail.record(session.actor, action, name, DONE, **details)

        return write
