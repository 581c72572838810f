"""What of a camera's pictures may be seen: who may change that, and who may lift it for a while."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.cameras.trial import ConnectionTest
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.guard import Guard, needs
from camwatch.commands.recording_commands import Recorder
from camwatch.commands.trail import DENIED, DONE, FAILED, Trail
from camwatch.data.engine import Database
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError, NotFound, PermissionDenied, StorageError
from camwatch.events import Bus, CamerasChanged
from camwatch.scene import Lift, Privacy, PrivacyMode, PrivacyRecord, Zone
from camwatch.scene.privacy import checked_duration, checked_reason

log = logging.getLogger(__name__)

_CHANGE = "change_privacy"
_END = "end_privacy_lift"


@dataclass(frozen=True, slots=True)
class PrivacyChange:
    """What shall be different from now on.

    Attributes:
        mode: None leaves it as it is.
        covers: Areas that are never shown; None leaves them as they are.
    """

    mode: PrivacyMode | None = None
    covers: tuple[Zone, ...] | None = None

    def of(self, before: Privacy) -> Privacy:
        """Return what holds after it.

        Raises:
            InvalidSetting: There are too many covers.
        """
        return Privacy(
            before.mode if self.mode is None else self.mode,
            before.covers if self.covers is None else self.covers,
        )


@dataclass(frozen=True, slots=True)
class StoredPictures:
    """What is stored of one camera.

    Attributes:
        evidence: Pictures of alerts.
        recordings: Recordings for accuracy audits, with all their pictures.
        others: Of other parts of the program, such as those of moments to look back at.
    """

    evidence: int = 0
    recordings: int = 0
    others: int = 0

    @property
    def is_nothing(self) -> bool:
        """True if there is none."""
        return not (self.evidence or self.recordings or self.others)


@dataclass(frozen=True, slots=True)
class PictureStore:
    """A part of the program that keeps pictures of cameras.

    Attributes:
        count: Returns how many it keeps of a camera.
        delete: Deletes them; returns how many. Raises StorageError.
    """

    count: Callable[[CameraId], int]
    delete: Callable[[CameraId], int]


@dataclass(frozen=True, slots=True)
class PrivacyDesk:
    """What these commands stand on.

    Attributes:
        stores: Who else keeps pictures; who does adds itself.
    """

    database: Database
    evidence: EvidenceStore
    recorder: Recorder
    trail: Trail
    bus: Bus
    clock: Callable[[], datetime]
    stores: list[PictureStore] = field(default_factory=list)

    def end_lifts_of(self, actor: str) -> None:
        """Let privacy hold again wherever an operator lifted it who leaves; trouble is logged.

        A lift ends by the clock in any case.
        """
        privacy = self.database.privacy
        try:
            for camera_id in privacy.lifted_by(actor, self.clock()):
                privacy.lift(camera_id, None)
                name = self.database.cameras.get(camera_id).name
                self.trail.try_to_record(actor, _END, name, DONE, why="signed out")
                self.bus.publish(CamerasChanged(self.clock()))
        except CamWatchError as error:
            log.warning("privacy stays lifted until its time is over: %s", error)

    def recordings_of(self, camera_id: CameraId) -> list[str]:
        """Return the uids of the recordings of a camera."""
        return [one.uid for one in self.recorder.recordings() if one.plan.camera_id == camera_id]


class PrivacyCommands:
    """Commands about privacy, mixed into `Commands`, whose errors they share."""

    guard: Guard
    privacy_desk: PrivacyDesk

    def _init_privacy(
        self,
        desk: PrivacyDesk,
        gate: PrivacyGate,
        of_new_cameras: PrivacyMode,
        profile: Path | None,
    ) -> None:
        self.privacy_desk = desk
        self._privacy_profile = profile
        self._privacy_gate = gate
        self._privacy_of_new = Privacy(of_new_cameras)
        desk.evidence.gate = gate
        desk.database.cameras.new_privacy = of_new_cameras

    def _as_seen(self, tried: ConnectionTest, camera_id: CameraId | None) -> ConnectionTest:
        """Return the result of a trial with as much of its picture as may be seen."""
        return replace(tried, preview=self._preview_as_seen(tried.preview, camera_id))

    def _preview_as_seen(self, preview: bytes, camera_id: CameraId | None) -> bytes:
        """Return a picture of a camera that is tried; None is one that is not in the list."""
        privacy = self._privacy_of_new
        if camera_id is not None:
            record = self.privacy_desk.database.privacy.get(camera_id)
            privacy = record.live(self.privacy_desk.clock())
        return self._privacy_gate.preview(preview, privacy)

    @needs(Permission.VIEW_CAMERAS)
    def privacy(self, session: Session) -> list[PrivacyRecord]:
        """Return what of each camera's pictures may be seen."""
        del session
        return self.privacy_desk.database.privacy.all()

    @needs(Permission.EDIT_SCENES)
    def change_privacy(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: PrivacyChange,
        reason: str = "",
    ) -> None:
        """Let more or less of cameras' pictures be seen from now on, all or none.

        To hide less needs the permission to lift privacy, and a reason. Pictures that are
        stored already stay as they are.

        Args:
            session: Who asks.
            camera_ids: Which cameras.
            change: What shall be different.
            reason: Why; needed where less is hidden.

        Raises:
            InvalidSetting: The reason is missing; or there are too many covers.
            NotFound: A camera is gone.
        """
        desk = self.privacy_desk
        before = {one: desk.database.privacy.get(one).privacy for one in camera_ids}
        after = {one: change.of(privacy) for one, privacy in before.items()}
        names = {one: desk.database.cameras.get(one).name for one in camera_ids}
        changed = [one for one in camera_ids if after[one] != before[one]]
        less = {one for one in changed if after[one].hides_less_than(before[one])}
        if less:
            self._check_may_lift(session, _CHANGE)
            reason = checked_reason(reason)
        elif reason.strip():
            reason = checked_reason(reason)
        if not changed:
            return
        facts = [
            (names[one], _difference(before[one], after[one], reason, is_less=one in less))
            for one in changed
        ]
        # Audited first: what was seen unaudited could not be taken back.
        desk.trail.record_all(session.actor, _CHANGE, DONE, facts)
        try:
            desk.database.privacy.save(changed, change.of)
        except (NotFound, StorageError):
            for one in changed:
                desk.trail.try_to_record(session.actor, _CHANGE, names[one], FAILED)
            raise
        desk.bus.publish(CamerasChanged(desk.clock()))

    def _check_may_lift(self, session: Session, command: str) -> None:
        if not session.may(Permission.LIFT_PRIVACY):
            needed = Permission.LIFT_PRIVACY.value
            self.privacy_desk.trail.try_to_record(
                session.actor, command, "", DENIED, permission=needed
            )
            raise PermissionDenied(needed)

    @needs(Permission.LIFT_PRIVACY)
    def lift_privacy(
        self, session: Session, camera_id: CameraId, minutes: int, reason: str
    ) -> PrivacyRecord:
        """Let people be seen in the live view of a camera for a while.

        Covers stay, and what is stored stays hidden. It ends when the time is over, when
        somebody ends it, or when who lifted it signs out, whichever comes first.

        Args:
            session: Who asks.
            camera_id: Which camera.
            minutes: For how long, 5 to 480.
            reason: Why.

        Raises:
            InvalidSetting: The reason is missing, or the time is another.
            NotFound: The camera is gone.
        """
        desk = self.privacy_desk
        now = desk.clock()
        lasts = checked_duration(timedelta(minutes=minutes))
        lift = Lift(session.actor, checked_reason(reason), now, now + lasts)
        name = desk.database.cameras.get(camera_id).name
        desk.trail.record(
            session.actor,
            "lift_privacy",
            name,
            DONE,
            reason=lift.reason,
            until=lift.until.isoformat(timespec="seconds"),
        )
        try:
            desk.database.privacy.lift(camera_id, lift)
        except (NotFound, StorageError):
            desk.trail.try_to_record(session.actor, "lift_privacy", name, FAILED)
            raise
        desk.bus.publish(CamerasChanged(now))
        return desk.database.privacy.get(camera_id)

    @needs(Permission.VIEW_CAMERAS)
    def end_privacy_lift(self, session: Session, camera_id: CameraId) -> PrivacyRecord:
        """Let a camera's privacy hold again; everybody may who sees it. Harmless if it does.

        Raises:
            NotFound: The camera is gone.
        """
        desk = self.privacy_desk
        record = desk.database.privacy.get(camera_id)
        if record.present_lift(desk.clock()) is None:
            return record
        desk.database.privacy.lift(camera_id, None)
        name = desk.database.cameras.get(camera_id).name
        desk.trail.try_to_record(session.actor, _END, name, DONE, why="ended by hand")
        desk.bus.publish(CamerasChanged(desk.clock()))
        return desk.database.privacy.get(camera_id)

    @needs(Permission.EDIT_CAMERAS)
    def stored_pictures(self, session: Session, camera_id: CameraId) -> StoredPictures:
        """Return how many pictures are stored of a camera, to be asked before they are deleted."""
        del session
        desk = self.privacy_desk
        return StoredPictures(
            len(desk.database.evidence.of_camera(camera_id)),
            len(desk.recordings_of(camera_id)),
            sum(store.count(camera_id) for store in desk.stores),
        )

    @needs(Permission.EDIT_CAMERAS)
    def delete_stored_pictures(
        self, session: Session, camera_id: CameraId, reason: str
    ) -> StoredPictures:
        """Delete all pictures that are stored of a camera; alerts and numbers stay.

        Args:
            session: Who asks.
            camera_id: Which camera.
            reason: Why.

        Returns:
            What was deleted.

        Raises:
            InvalidSetting: The reason is missing.
            NotFound: The camera is gone.
            FilesTroubled: A picture cannot be deleted.
        """
        desk = self.privacy_desk
        name = desk.database.cameras.get(camera_id).name
        why = checked_reason(reason)
        action = "delete_stored_pictures"
        desk.trail.record(session.actor, action, name, DONE, reason=why)
        try:
            evidence = desk.evidence.remove_of_camera(camera_id)
            uids = desk.recordings_of(camera_id)
            for uid in uids:
                desk.recorder.discard(uid)
            others = sum(store.delete(camera_id) for store in desk.stores)
        except StorageError:
            desk.trail.try_to_record(session.actor, action, name, FAILED)
            raise
        return StoredPictures(evidence, len(uids), others)


def _difference(before: Privacy, after: Privacy, reason: str, *, is_less: bool) -> dict[str, str]:
    """Say for the audit log what was changed."""
    facts = {"mode": after.mode.value, "hides": "less" if is_less else "as much or more"}
    if before.mode is not after.mode:
        facts["mode_before"] = before.mode.value
    if before.covers != after.covers:
        facts["covers"] = str(len(after.covers))
        facts["covers_before"] = str(len(before.covers))
    if reason:
        facts["reason"] = reason
    return facts
