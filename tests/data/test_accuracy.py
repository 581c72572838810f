"""Reports of audits: stored whole, newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from camwatch.accuracy import AuditReport
from camwatch.data.accuracy import AuditResultRepository
from camwatch.data.engine import Database
from camwatch.domain import CameraId
from camwatch.errors import DatabaseDamaged, NotFound
from tests.accuracy.test_values import REPORT
from tests.commands.values import sql
from tests.data.values import settings


@pytest.fixture
def results(database: Database) -> AuditResultRepository:
    return AuditResultRepository(database._connections)


def report(database: Database, name: str, day: int) -> AuditReport:
    cameras = {one.name: one for one in database.cameras.all()}
    camera = cameras.get(name) or database.cameras.add(settings(name))
    made_at = REPORT.made_at + timedelta(days=day)
    return replace(REPORT, uid=str(uuid4()), camera_id=camera.id, made_at=made_at)


def test_reports_come_back_newest_first(database: Database, results: AuditResultRepository) -> None:
    old, new, middle = (report(database, "Gate", day) for day in (0, 9, 5))
    other = report(database, "Hall", 2)
    for one in (old, new, middle, other):
        results.add(one)
    assert results.of_camera(old.camera_id) == [new, middle, old]
    assert results.of_camera(old.camera_id, 2) == [new, middle]
    assert results.newest_of_each() == [new, other]
    assert results.get(middle.uid) == middle


def test_of_two_at_the_same_moment_the_later_one_wins(
    database: Database, results: AuditResultRepository
) -> None:
    first, second = report(database, "Gate", 0), report(database, "Gate", 0)
    results.add(first)
    results.add(second)
    assert results.newest_of_each() == [second]


def test_what_is_not_there_is_said_to_be_missing(results: AuditResultRepository) -> None:
    with pytest.raises(NotFound):
        results.get(REPORT.uid)
    assert results.of_camera(CameraId(77)) == []
    with pytest.raises(ValueError, match="limit"):
        results.of_camera(CameraId(1), 0)


def test_a_damaged_report_is_not_taken_for_another_number(
    database: Database, results: AuditResultRepository
) -> None:
    stored = report(database, "Gate", 0)
    results.add(stored)
    sql(database.file, "UPDATE accuracy_audit SET report = replace(report, '0.96', 'x')")
    with pytest.raises(DatabaseDamaged, match=stored.uid):
        results.get(stored.uid)
