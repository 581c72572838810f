"""Audits through the commands: from counting to badge, advice and signed report."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from camwatch.accuracy import (
    AuditKind,
    Doubt,
    PictureTruth,
    Recording,
    Setup,
    SetupPart,
    Truth,
)
from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.auth.signing import ReportSigner
from camwatch.commands import Commands
from camwatch.commands.accuracy_commands import AccuracyCommands, AuditDesk
from camwatch.commands.guard import Guard, who_may
from camwatch.commands.trail import Trail
from camwatch.data.accuracy import AuditResultRepository
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Role
from camwatch.errors import InvalidSetting, NotFound, PermissionDenied, StorageError
from tests.accuracy.values import SETUP, picture, recording
from tests.commands.values import NOON, Clock, forbid, settings
from tests.support.pdf import small_pdf

PICTURES = 60


@pytest.fixture
def pdf(qapp: object) -> bytes:
    return small_pdf()


class Audits(AccuracyCommands):
    """The commands about audits alone."""

    def __init__(self, guard: Guard, desk: AuditDesk) -> None:
        self.guard = guard
        self._init_accuracy(desk)


class Present:
    """What counts now."""

    def __init__(self) -> None:
        self.setup: Setup | None = SETUP

    def __call__(self, _camera_id: CameraId) -> Setup | None:
        return self.setup


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
def audits(
    commands: Commands,
    database: Database,
    secrets: SecretStore,
    clock: Clock,
    present: Present,
) -> Audits:
    desk = AuditDesk(
        results=AuditResultRepository(database._connections),
        signer=ReportSigner(secrets, clock),
        trail=Trail(database.audit),
        setup_of=present,
        usual_threshold=lambda: 0.35,
        clock=clock,
    )
    return Audits(commands.guard, desk)


@pytest.fixture
def counted(database: Database) -> Recording:
    """Return pictures of two people each; the program sees a third, at a score of 0.4."""
    camera = database.cameras.add(settings("Gate"))
    pictures = [picture(60 * index, 3, scores=(0.8, 0.7, 0.4, 0.2)) for index in range(PICTURES)]
    made = recording(AuditKind.PICTURES, pictures, duration_s=60 * PICTURES)
    return replace(made, camera_id=camera.id)


TRUTH = Truth(
    AuditKind.PICTURES, pictures=tuple(PictureTruth(index, 2) for index in range(PICTURES))
)


def test_an_audit_becomes_a_badge_that_warns_once_something_changed(
    audits: Audits,
    sessions: dict[Role, Session],
    counted: Recording,
    present: Present,
    database: Database,
) -> None:
    assert audits.badges(sessions[Role.VIEWER]) == {}
    report = audits.store_audit(sessions[Role.SUPERVISOR], counted, TRUTH, " busy ")
    assert (report.made_by, report.made_at, report.comment) == ("supervisor", NOON, "busy")
    assert audits.audits(sessions[Role.VIEWER], counted.camera_id) == [report]
    entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("supervisor", "store_audit", "Entrance")
    assert entry.details["truth"] == "120"
    assert entry.details["counted"] == "180"

    badge = audits.badges(sessions[Role.VIEWER])[counted.camera_id]
    assert badge.accuracy is not None
    assert badge.accuracy.value == pytest.approx(0.5)
    assert not badge.is_stale
    present.setup = replace(SETUP, threshold=0.6)
    assert audits.badges(sessions[Role.VIEWER])[counted.camera_id].changed == (SetupPart.THRESHOLD,)
    present.setup = SETUP
    later = audits.store_audit(sessions[Role.SUPERVISOR], counted, TRUTH)
    assert audits.badges(sessions[Role.VIEWER])[counted.camera_id].audit_uid == later.uid


def test_a_threshold_is_advised_from_audits_that_still_hold(
    audits: Audits, sessions: dict[Role, Session], counted: Recording, present: Present
) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    assert audits.threshold_advice(supervisor, counted.camera_id).doubt is Doubt.NO_DATA
    audits.store_audit(supervisor, counted, TRUTH)
    advice = audits.threshold_advice(supervisor, counted.camera_id)
    assert advice.suggested is not None
    assert 0.4 < advice.suggested < 0.7
    assert advice.bias_now is not None
    assert advice.bias_now.value == pytest.approx(1)
    present.setup = replace(SETUP, fingerprint="00" * 32)
    assert audits.threshold_advice(supervisor, counted.camera_id).doubt is Doubt.NO_DATA
    present.setup = None
    assert audits.threshold_advice(supervisor, counted.camera_id).doubt is Doubt.NO_DATA


def test_a_report_is_signed_for_the_operator_and_the_signing_is_recorded(
    audits: Audits,
    sessions: dict[Role, Session],
    counted: Recording,
    database: Database,
    pdf: bytes,
) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    report = audits.store_audit(supervisor, counted, TRUTH)
    signed = audits.sign_report(supervisor, report.uid, pdf)
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert str(signature.sig_object["/Name"]) == "supervisor"
    assert report.uid in str(signature.sig_object["/Reason"])
    entry = database.audit.newest(1)[0]
    assert (entry.action, entry.details["uid"]) == ("sign_report", report.uid)
    assert entry.details["key"] == audits.signing_key(supervisor).fingerprint
    with pytest.raises(NotFound):
        audits.sign_report(supervisor, "1f0e0d0c-0b0a-4908-8706-000000000000", pdf)
    with pytest.raises(InvalidSetting):
        audits.sign_report(supervisor, report.uid, b"GIF89a")


def test_an_audit_that_cannot_be_recorded_is_not_stored(
    audits: Audits, sessions: dict[Role, Session], counted: Recording, database: Database
) -> None:
    forbid(database.file, "INSERT", "audit")
    with pytest.raises(StorageError):
        audits.store_audit(sessions[Role.SUPERVISOR], counted, TRUTH)
    assert audits.audits(sessions[Role.VIEWER], counted.camera_id) == []


def test_a_comment_has_an_end(
    audits: Audits, sessions: dict[Role, Session], counted: Recording
) -> None:
    with pytest.raises(InvalidSetting) as caught:
        audits.store_audit(sessions[Role.SUPERVISOR], counted, TRUTH, "x" * 2001)
    assert caught.value.field == "comment"


def test_viewers_see_audits_and_make_none(
    audits: Audits, sessions: dict[Role, Session], counted: Recording, pdf: bytes
) -> None:
    viewer = sessions[Role.VIEWER]
    for refused in (
        lambda: audits.store_audit(viewer, counted, TRUTH),
        lambda: audits.threshold_advice(viewer, counted.camera_id),
        lambda: audits.sign_report(viewer, counted.uid, pdf),
        lambda: audits.signing_key(viewer),
    ):
        with pytest.raises(PermissionDenied):
            call(refused)
    assert who_may(AccuracyCommands.badges) is Permission.VIEW_ACCURACY


def call(refused: Callable[[], object]) -> None:
    refused()
