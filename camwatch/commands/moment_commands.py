"""Looking at the past again: the wall, its numbers and alerts as they were at a moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.moment_desk import MomentDesk
from camwatch.commands.settings_file import write_values
from camwatch.commands.sight import About
from camwatch.commands.storage_desk import StorageDesk
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.config import History
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.history.moments import Moment, PictureKeeping, PictureStock, StoredPicture


@dataclass(frozen=True, slots=True)
class MomentTools:
    """What these commands stand on.

    Attributes:
        desk: Puts moments together.
        trail: The audit log.
        settings_file: Where it is written how pictures are kept; None writes it nowhere.
        storage: Lets the housekeeper do at once what another way of keeping them asks for.
    """

    desk: MomentDesk
    trail: Trail
    settings_file: Path | None
    storage: StorageDesk


class MomentCommands:
    """Part of `Commands`, whose errors they share; whoever inherits it calls `_init_moments`."""

    guard: Guard
    moments: MomentDesk
    _moment_tools: MomentTools

    def _init_moments(self, tools: MomentTools) -> None:
        """Take what these commands work with."""
        self.moments = tools.desk
        self._moment_tools = tools

    @needs(
        Permission.VIEW_CAMERAS,
        about=About(why="it is about no camera: each moment is judged by itself"),
    )
    def open_time_machine(self, session: Session, moment: datetime) -> None:
        """Note in the audit log that somebody begins to look at the past.

        That is noted once, and not for each moment that is passed on the way.

        Args:
            session: Who asks.
            moment: Where they begin, UTC.
        """
        self._moment_tools.trail.record(
            session.actor,
            "open_time_machine",
            "",
            DONE,
            moment=moment.isoformat(timespec="seconds"),
        )

    @needs(Permission.VIEW_CAMERAS)
    def moment(self, session: Session, at: datetime, camera_ids: Collection[CameraId]) -> Moment:
        """Return what is known of a moment: pictures, numbers, states and alerts.

        Numbers are left out for who may not see numbers, alerts for who may not see alerts.

        Args:
            session: Who asks.
            at: UTC.
            camera_ids: Which cameras.
        """
        return self.moments.moment(session, at, camera_ids)

    @needs(Permission.VIEW_CAMERAS)
    def moment_pictures(
        self, session: Session, at: datetime, camera_ids: Collection[CameraId]
    ) -> Mapping[CameraId, StoredPicture]:
        """Return the files of the pictures that `moment` tells of; one that is gone is left out.

        Raises:
            FilesTroubled: One cannot be read.
        """
        return self.moments.files(session, at, camera_ids)

    @needs(
        Permission.VIEW_ALERTS,
        about=About(why="it looks itself who sees what"),
    )
    def alert_beside(self, session: Session, at: datetime, is_after: bool) -> datetime | None:
        """Return when the first alert after a moment was raised, or the last one before it.

        Args:
            session: Who asks; of alerts that they do not see nothing is told.
            at: UTC.
            is_after: Which of the two.

        Returns:
            UTC; None if there is none.
        """
        found = self.moments.database.alerts.beside(at, is_after=is_after, sites=session.role.sites)
        return None if found is None else found.raised_at

    @needs(Permission.MANAGE_HISTORY)
    def picture_stock(self, session: Session) -> PictureStock:
        """Tell how pictures are kept to look at them again, and what of them there is."""
        del session
        desk = self.moments
        watched = sum(one.is_watched for one in desk.database.cameras.all())
        return desk.pictures.stock(watched)

    @needs(Permission.MANAGE_HISTORY)
    def preview_picture_keeping(self, session: Session, keeping: PictureKeeping) -> tuple[int, int]:
        """Return how many pictures would go now if they were kept so, and their bytes, about.

        Raises:
            InvalidSettings: With every refused field.
        """
        del session
        _check(keeping)
        return self.moments.pictures.surplus(keeping)

    @needs(Permission.MANAGE_HISTORY, fresh=True)
    def set_picture_keeping(self, session: Session, keeping: PictureKeeping) -> None:
        """Keep pictures in another way from now on; what is too much goes in small steps.

        Raises:
            InvalidSettings: With every refused field; or the settings cannot be written, with
                their file. Nothing was changed.
        """
        _check(keeping)
        tools, store = self._moment_tools, self.moments.pictures
        before, after = _values(store.keeping), _values(keeping)
        changed = {
            name: f"{before[name]} -> {value}"
            for name, value in after.items()
            if before[name] != value
        }
        tools.trail.record(session.actor, "set_picture_keeping", "", DONE, **changed)
        if tools.settings_file is not None:
            try:
                write_values(tools.settings_file, "history", after)
            except InvalidSettings:
                tools.trail.try_to_record(session.actor, "set_picture_keeping", "", FAILED)
                raise
        store.keep_so(keeping)
        tools.storage.hurry()


def _values(keeping: PictureKeeping) -> dict[str, int]:
    """Return the values that stand under [history]."""
    return {
        "picture_every_s": keeping.every_s,
        "picture_mib": keeping.mib,
        "picture_days": keeping.days,
    }


def _check(keeping: PictureKeeping) -> None:
    try:
        History.model_validate(_values(keeping))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidSettings(
            [
                InvalidSetting(str(one["loc"][-1]), one["msg"][0].lower() + one["msg"][1:])
                for one in found
            ]
        ) from error
