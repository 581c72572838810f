"""The commands about audits of the cameras' accuracy, each with who may give it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from camwatch.accuracy import (
    AuditReport,
    Badge,
    Recording,
    Setup,
    ThresholdAdvice,
    Truth,
    badge_of,
)
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.auth.signing import ReportSigner, SigningKey
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import audit_uid
from camwatch.commands.trail import DONE, Trail
from camwatch.data.accuracy import AuditResultRepository
from camwatch.detect.audit import Audit, compare
from camwatch.detect.calibration import fitting_audits, suggest_threshold
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr

PresentSetup = Callable[[CameraId], Setup | None]
"""Tells what counts the people of a camera now; None if nothing does."""

LONGEST_COMMENT = 2000
_AUDITS_FOR_ADVICE = 20


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """What the commands about audits work with.

    Attributes:
        results: The stored reports.
        signer: Signs reports.
        trail: The audit log.
        setup_of: Tells what counts now.
        usual_threshold: Tells the program's own threshold, as the settings have it now.
        clock: The wall clock, aware UTC.
    """

    results: AuditResultRepository
    signer: ReportSigner
    trail: Trail
    setup_of: PresentSetup
    usual_threshold: Callable[[], float]
    clock: Callable[[], datetime]


class AccuracyCommands:
    """Part of `Commands`; whoever inherits it calls `_init_accuracy` and has a `guard`."""

    guard: Guard

    def _init_accuracy(self, desk: AuditDesk) -> None:
        """Take what these commands work with."""
        self._audit_desk = desk

    @needs(Permission.VIEW_ACCURACY)
    def audits(self, session: Session, camera_id: CameraId) -> list[AuditReport]:
        """Return the audits of a camera, newest first."""
        del session
        return self._audit_desk.results.of_camera(camera_id)

    @needs(Permission.VIEW_ACCURACY)
    def badges(self, session: Session) -> Mapping[CameraId, Badge]:
        """Return the badge of each camera that was ever audited."""
        del session
        desk = self._audit_desk
        return {
            report.camera_id: badge_of(report, desk.setup_of(report.camera_id), desk.clock())
            for report in desk.results.newest_of_each()
        }

    @needs(Permission.AUDIT_ACCURACY)
    def store_audit(
        self, session: Session, recording: Recording, truth: Truth, comment: str = ""
    ) -> AuditReport:
        """Compare a recording with what the operator counted, and store the result.

        Args:
            session: Who counted.
            recording: What the program counted.
            truth: What the operator counted.
            comment: What they want to remember, up to `LONGEST_COMMENT` characters.

        Raises:
            InvalidSetting: The two do not fit together, or the comment is too long.
            StorageError: Nothing was stored.
        """
        if len(comment) > LONGEST_COMMENT:
            raise InvalidSetting(
                "comment",
                tr("is longer than {longest_comment} characters", longest_comment=LONGEST_COMMENT),
            )
        desk = self._audit_desk
        audit = Audit(str(uuid.uuid4()), desk.clock(), session.actor, comment.strip())
        report = compare(recording, truth, audit)
        found = report.overall
        desk.trail.record(
            session.actor,
            "store_audit",
            report.camera_name,
            DONE,
            uid=report.uid,
            recording=report.recording_uid,
            kind=report.kind.value,
            truth=f"{found.truth:g}",
            counted=f"{found.counted:g}",
        )
        desk.results.add(report)
        return report

    @needs(Permission.AUDIT_ACCURACY)
    def threshold_advice(self, session: Session, camera_id: CameraId) -> ThresholdAdvice:
        """Say which threshold fits a camera, from its audits. Takes part of a second.

        Only audits with the model and the scene that count now are used.
        """
        del session
        desk = self._audit_desk
        usual = desk.usual_threshold()
        setup = desk.setup_of(camera_id)
        if setup is None:
            return suggest_threshold(camera_id, usual, usual, [])
        reports = desk.results.of_camera(camera_id, _AUDITS_FOR_ADVICE)
        audits = fitting_audits(reports, setup)
        return suggest_threshold(camera_id, setup.threshold, usual, audits)

    @needs(Permission.AUDIT_ACCURACY, about=About("one key signs the reports of all sites"))
    def signing_key(self, session: Session) -> SigningKey:
        """Return what reports are signed with; its fingerprint belongs into the report."""
        del session
        return self._audit_desk.signer.key()

    @needs(Permission.AUDIT_ACCURACY, about=About(arguments={"uid": audit_uid}))
    def sign_report(self, session: Session, uid: str, pdf: bytes) -> bytes:
        """Sign the PDF file of an audit.

        Raises:
            NotFound: There is no such audit.
            InvalidSetting: This is no PDF file.
        """
        desk = self._audit_desk
        report = desk.results.get(uid)
        reason = tr("Audit {uid} of {camera_name}", uid=report.uid, camera_name=report.camera_name)
        signed = desk.signer.sign(pdf, session.actor, reason)
        desk.trail.record(
            session.actor,
            "sign_report",
            report.camera_name,
            DONE,
            uid=uid,
            key=desk.signer.key().fingerprint,
        )
        return signed
