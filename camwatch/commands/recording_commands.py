"""The commands about recordings for audits, each with who may give it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Protocol

from camwatch.accuracy import AuditReport, Recording, Setup, Truth
from camwatch.accuracy.keeping import OpenedRecording, open_recording, write_truth
from camwatch.accuracy.plan import RecordingPlan, RecordingStatus
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.accuracy_commands import PresentSetup
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import recording_uid
from camwatch.commands.trail import DONE, Trail
from camwatch.detect.audit import Audit, compare
from camwatch.domain import utc_now
from camwatch.errors import InvalidSetting, StorageError
from camwatch.language import tr

_BY_UID = About(arguments={"uid": recording_uid})


class Recorder(Protocol):
    """Records pictures and counts, and keeps them until they are counted."""

    def start_recording(self, plan: RecordingPlan, setup: Setup) -> str:
        """Begin a recording; returns its uid."""
        ...

    def stop_recording(self, uid: str) -> None:
        """End a recording early."""
        ...

    def discard(self, uid: str) -> None:
        """Delete a recording with its pictures."""
        ...

    def keep(self, uid: str) -> None:
        """Keep a counted recording with its pictures."""
        ...

    def progress(self, uid: str) -> RecordingStatus:
        """Return how far a recording is."""
        ...

    def recordings(self) -> list[RecordingStatus]:
        """Return all recordings, newest first."""
        ...

    def folder_of(self, uid: str) -> Path:
        """Return the folder of a recording."""
        ...


class RecordingCommands:
    """Part of `Commands`; whoever inherits it calls `_init_recordings` and has a `guard`.

    Recordings hold pictures of people, so only who may make audits gets to see them.
    """

    guard: Guard

    def _init_recordings(self, recorder: Recorder, setup_of: PresentSetup, trail: Trail) -> None:
        """Take what these commands work with."""
        self._recorder = recorder
        self._recording_setup_of = setup_of
        self._recording_trail = trail

    @needs(Permission.AUDIT_ACCURACY)
    def recordings(self, session: Session) -> list[RecordingStatus]:
        """Return all recordings, newest first; those that were deleted for their age as well."""
        del session
        return self._recorder.recordings()

    @needs(Permission.AUDIT_ACCURACY)
    def start_recording(self, session: Session, plan: RecordingPlan) -> str:
        """Begin to record a camera for an audit.

        Returns:
            The recording's uid.

        Raises:
            InvalidSetting: The camera is being recorded already, or nothing counts its
                people now.
            DiskFull: There is too little room to begin.
        """
        setup = self._recording_setup_of(plan.camera_id)
        if setup is None:
            raise InvalidSetting("camera", tr("is not counted now, so there is nothing to audit"))
        uid = self._recorder.start_recording(plan, setup)
        try:
            self._recording_trail.record(
                session.actor,
                "start_recording",
                plan.camera_name,
                DONE,
                uid=uid,
                kind=plan.kind.value,
                seconds=f"{plan.seconds:g}",
            )
        except StorageError:
            self._recorder.discard(uid)
            raise
        return uid

    @needs(Permission.AUDIT_ACCURACY, about=_BY_UID)
    def stop_recording(self, session: Session, uid: str) -> None:
        """End a recording early; harmless once it has ended.

        Raises:
            NotFound: It is gone.
        """
        camera = self._recorder.progress(uid).plan.camera_name
        self._recording_trail.record(session.actor, "stop_recording", camera, DONE, uid=uid)
        self._recorder.stop_recording(uid)

    @needs(Permission.AUDIT_ACCURACY, about=_BY_UID)
    def discard_recording(self, session: Session, uid: str) -> None:
        """Delete a recording with its pictures, even while it runs.

        Raises:
            NotFound: It is gone already.
        """
        camera = self._recorder.progress(uid).plan.camera_name
        self._recording_trail.record(session.actor, "discard_recording", camera, DONE, uid=uid)
        self._recorder.discard(uid)

    @needs(Permission.AUDIT_ACCURACY, about=_BY_UID)
    def keep_recording(self, session: Session, uid: str) -> None:
        """Keep the pictures of a recording whose audit is stored until somebody discards it.

        Raises:
            NotFound: It is gone.
            InvalidSetting: It still runs.
        """
        camera = self._recorder.progress(uid).plan.camera_name
        self._recording_trail.record(session.actor, "keep_recording", camera, DONE, uid=uid)
        self._recorder.keep(uid)

    @needs(Permission.AUDIT_ACCURACY, about=_BY_UID)
    def open_recording(self, session: Session, uid: str) -> OpenedRecording:
        """Read a finished recording, to be counted. Looks at every picture file.

        Raises:
            NotFound: It is gone.
            InvalidSetting: It is damaged.
        """
        opened = open_recording(self._recorder.folder_of(uid))
        camera = opened.status.plan.camera_name
        self._recording_trail.record(session.actor, "open_recording", camera, DONE, uid=uid)
        return opened

    @needs(Permission.AUDIT_ACCURACY, about=_BY_UID)
    def recording_folder(self, session: Session, uid: str) -> Path:
        """Return the folder with the pictures of a recording, to be looked at.

        Raises:
            NotFound: It is gone.
        """
        del session
        return self._recorder.folder_of(uid)

    @needs(Permission.AUDIT_ACCURACY)
    def preview_audit(self, session: Session, recording: Recording, truth: Truth) -> AuditReport:
        """Compare a recording with what the operator counted, without storing the result.

        The numbers go into the audit log, so that it shows who looks at poor results and
        discards them until a good one comes.

        Raises:
            InvalidSetting: The two do not fit together.
        """
        audit = Audit(str(uuid.uuid4()), utc_now(), session.actor)
        report = compare(recording, truth, audit)
        self._recording_trail.record(
            session.actor,
            "preview_audit",
            report.camera_name,
            DONE,
            recording=recording.uid,
            kind=report.kind.value,
            truth=f"{report.overall.truth:g}",
            counted=f"{report.overall.counted:g}",
        )
        return report

    @needs(Permission.AUDIT_ACCURACY, about=_BY_UID)
    def keep_truth(self, session: Session, uid: str, truth: Truth) -> None:
        """Keep what has been counted so far, so that closing loses nothing.

        Raises:
            NotFound: The recording is gone.
            DiskFull: There is no room; what was kept before is still there.
        """
        del session
        write_truth(self._recorder.folder_of(uid), truth)
