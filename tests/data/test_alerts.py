"""Alerts as they are stored: found again, one transaction a change, seen by site."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from camwatch.alerts.alert import (
    TOGETHER,
    Alert,
    AlertEntry,
    AlertPart,
    AlertState,
    Deed,
    Shelving,
    Subject,
    SubjectKind,
)
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.rules import Severity
from camwatch.data.engine import Database
from camwatch.data.evidence import EvidenceRow
from camwatch.domain import Camera, CameraId
from camwatch.errors import ChangedMeanwhile, DatabaseDamaged, NotFound
from tests.data.values import NOON, settings
from tests.support.on_postgres import run_sql

PROGRAM = Subject(SubjectKind.PROGRAM, part="disk")
ANY = frozenset(AlertState)


def an_alert(uid: str, *subjects: Subject, **changes: object) -> Alert:
    parts = tuple(AlertPart(one, f"Name of {one.key}", NOON) for one in subjects or (PROGRAM,))
    alert = Alert(
        uid, "rule-1", "Too many", "occupancy", Severity.WARNING, NOON, NOON, parts, "Title", "Text"
    )
    return dataclasses.replace(alert, **changes)  # type: ignore[arg-type]


def entry(deed: Deed = Deed.RAISED, text: str = "") -> AlertEntry:
    return AlertEntry(NOON, "system", deed, text)


def put(database: Database, alert: Alert, *cameras: CameraId) -> Alert:
    with database.alerts.changing(NOON) as book:
        book.store(None, Change(alert, (entry(),)), cameras)
        book.flush()
        return book.get(alert.uid)


def uids(alerts: list[Alert]) -> list[str]:
    return [alert.uid for alert in alerts]


def test_an_alert_is_found_as_it_was_stored_with_its_number(
    database: Database, gate: Camera
) -> None:
    wanted = an_alert(
        "a",
        Subject.of_camera(gate.id),
        value=31.0,
        shelving=Shelving(NOON + timedelta(hours=1), "anna", "works"),
        told_severity=Severity.CRITICAL,
        told_at=NOON + timedelta(microseconds=1234),
    )
    stored = put(database, wanted)
    assert stored == dataclasses.replace(wanted, number=1, version=1)
    assert database.alerts.get("a") == stored
    assert database.alerts.open() == [stored]
    assert put(database, an_alert("b")).number == 2
    with pytest.raises(NotFound):
        database.alerts.get("c")


def test_a_change_is_stored_whole_or_not_at_all(database: Database) -> None:
    put(database, an_alert("a"))

    def break_off() -> None:
        with database.alerts.changing(NOON) as book:
            before = book.get("a")
            owned = Change(dataclasses.replace(before, owner="anna"), (entry(Deed.OWNED),))
            book.store(before, owned)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert database.alerts.get("a").owner == ""
    assert len(database.alerts.entries(["a"])["a"]) == 1


def test_what_did_not_change_is_left_alone_and_a_version_goes_up_with_each_change(
    database: Database,
) -> None:
    first = put(database, an_alert("a"))
    with database.alerts.changing(NOON) as book:
        assert book.store(first, Change(first, ())) is first
        second = book.store(first, Change(dataclasses.replace(first, owner="anna"), ()))
        assert second.version == 2

    # Whoever still has the first one does not write over the second.
    def write_over() -> None:
        with database.alerts.changing(NOON) as book:
            book.store(first, Change(dataclasses.replace(first, owner="ben"), ()))

    with pytest.raises(ChangedMeanwhile):
        write_over()
    assert database.alerts.get("a") == second


def test_the_history_comes_oldest_first_and_for_several_at_once(database: Database) -> None:
    first = put(database, an_alert("a"))
    put(database, an_alert("b"))
    with database.alerts.changing(NOON) as book:
        book.store(first, Change(first, (entry(Deed.JOINED, "Hall"), entry(Deed.RETURNED))))
    found = database.alerts.entries(["a", "b", "never"])
    assert [one.deed for one in found["a"]] == [Deed.RAISED, Deed.JOINED, Deed.RETURNED]
    assert found["a"][1] == entry(Deed.JOINED, "Hall")
    assert len(found["b"]) == 1
    assert found["never"] == ()


def test_alerts_are_found_by_each_part_of_a_question(
    database: Database, gate: Camera, hall: Camera
) -> None:
    hour = timedelta(hours=1)
    put(database, an_alert("a", Subject.of_camera(gate.id), severity=Severity.CRITICAL))
    put(database, an_alert("b", Subject.of_camera(hall.id), raised_at=NOON + hour))
    shelving = Shelving(NOON + hour, "anna", "works")
    put(database, an_alert("c", raised_at=NOON + 2 * hour, shelving=shelving, title="100%_Ärger"))
    closed = an_alert("d", raised_at=NOON + 3 * hour, state=AlertState.CLOSED, rule_uid="rule-2")
    put(database, closed)

    def found(now_h: int = 0, **wanted: object) -> list[str]:
        query = AlertQuery(**wanted)  # type: ignore[arg-type]
        return uids(database.alerts.find(query, NOON + now_h * hour))

    assert found() == ["c", "b", "a"]
    assert found(states=ANY) == ["d", "c", "b", "a"]
    assert found(states=frozenset({AlertState.CLOSED})) == ["d"]
    assert found(states=frozenset()) == []
    assert found(severities=frozenset({Severity.CRITICAL})) == ["a"]
    assert found(camera_id=hall.id) == ["b"]
    assert found(states=ANY, rule_uid="rule-2") == ["d"]
    assert found(since=NOON + hour) == ["c", "b"]
    assert found(until=NOON + hour) == ["a"]
    assert found(with_shelved=False) == ["b", "a"]
    assert found(1, with_shelved=False) == ["c", "b", "a"]
    assert found(limit=1) == ["c"]
    # As typed: no case, no form of a letter, and no sign with a meaning of its own.
    assert found(text="ÄRGER") == found(text="a\u0308rger") == found(text="100%_") == ["c"]
    assert found(text="0%ä") == []
    assert found(text=f"camera:{gate.id}") == ["a"]
    assert found(text="too many") == ["c", "b", "a"]
    with pytest.raises(ValueError, match="limit"):
        found(limit=0)


def test_who_sees_some_sites_sees_their_cameras_the_program_and_sums_over_no_others(
    database: Database,
) -> None:
    here = database.cameras.add(settings("Here", site="North"))
    there = database.cameras.add(settings("There", site="South"))
    put(database, an_alert("here", Subject.of_camera(here.id)))
    put(database, an_alert("there", Subject.of_camera(there.id)))
    both = (Subject.of_camera(there.id), Subject.of_camera(here.id))
    put(database, an_alert("both", *both))
    put(database, an_alert("program"))
    put(database, an_alert("sum here", TOGETHER), here.id)
    put(database, an_alert("sum of both", TOGETHER), here.id, there.id)
    everything = AlertQuery()
    seen = {"here", "both", "program", "sum here"}
    found = uids(database.alerts.find(everything, NOON, [here.site_id]))
    assert set(found) == seen
    assert set(uids(database.alerts.find(everything, NOON, []))) == {"program"}
    assert len(database.alerts.find(everything, NOON)) == 6
    for uid in uids(database.alerts.find(everything, NOON)):
        assert database.alerts.is_visible(uid, [here.site_id]) is (uid in seen)
    assert not database.alerts.is_visible("never", [here.site_id])
    # A sum is found under each of its cameras.
    of_there = AlertQuery(camera_id=there.id)
    assert uids(database.alerts.find(of_there, NOON)) == ["sum of both", "both", "there"]


def test_cameras_that_join_are_noted_once_and_strange_ones_not_at_all(
    database: Database, file: Path, gate: Camera, hall: Camera
) -> None:
    first = put(database, an_alert("a", Subject.of_camera(gate.id)))
    joined = (*first.parts, AlertPart(Subject.of_camera(hall.id), "Hall", NOON))
    strange = (*joined, AlertPart(Subject.of_camera(CameraId(99)), "Never", NOON))
    with database.alerts.changing(NOON) as book:
        book.store(first, Change(dataclasses.replace(first, parts=strange), ()))
    rows = run_sql(file, "SELECT camera_id FROM alert_camera ORDER BY 1")
    assert rows == [(gate.id,), (hall.id,)]


def test_half_a_character_does_not_keep_an_alert_from_being_stored(database: Database) -> None:
    put(database, an_alert("a", message="broken \ud800 text"))
    assert database.alerts.get("a").message == "broken ? text"


def test_an_alert_that_cannot_be_read_says_so(database: Database, file: Path) -> None:
    put(database, an_alert("a"))
    run_sql(file, """UPDATE alert SET body = '{"uid": "secret value"}'""")
    with pytest.raises(DatabaseDamaged) as damaged:
        database.alerts.get("a")
    assert "alert 1" in str(damaged.value)
    assert "secret value" not in str(damaged.value)


def test_old_alerts_are_deleted_with_all_that_belongs_to_them(
    database: Database, file: Path, gate: Camera
) -> None:
    state = {"state": AlertState.CLOSED, "closed_at": NOON}
    put(database, an_alert("old", Subject.of_camera(gate.id), **state))
    put(database, an_alert("new", state=AlertState.CLOSED, closed_at=NOON + timedelta(days=2)))
    put(database, an_alert("open"))
    kept = EvidenceRow(
        camera_id=gate.id,
        camera_name="Gate",
        captured_at=NOON,
        file="old.jpg",
        is_masked=False,
        boxes=np.array([[0.1, 0.2, 0.3, 0.4]], np.float32),
        count=1,
        kept_until=NOON,
    )
    database.evidence.add("old", kept)
    assert database.alerts.over(NOON + timedelta(days=1), 10) == ["old"]
    database.alerts.remove(["old"])
    assert uids(database.alerts.find(AlertQuery(states=ANY), NOON)) == ["open", "new"]
    for table in ("alert_camera", "alert_evidence"):
        assert run_sql(file, f"SELECT count(*) FROM {table}") == [(0,)]
    assert run_sql(file, "SELECT count(*) FROM alert_entry") == [(2,)]
    assert put(database, an_alert("next")).number == 4  # a number is never used twice


def test_pictures_are_known_by_their_alert_and_their_time(database: Database, gate: Camera) -> None:
    put(database, an_alert("a", Subject.of_camera(gate.id)))

    def kept(file: str, hours: int) -> EvidenceRow:
        at = NOON + timedelta(hours=hours)
        boxes = np.full((2, 4), 0.25, np.float32)
        return EvidenceRow(gate.id, "Gate", at, file, True, boxes, None, at + timedelta(days=7))

    database.evidence.add("a", kept("1.jpg", 0))
    database.evidence.add("a", kept("2.jpg", 5))
    first, second = database.evidence.of_alerts(["a"])
    assert (first.file, first.is_masked, first.count) == ("1.jpg", True, None)
    assert first.boxes.dtype == np.float32
    assert np.array_equal(first.boxes, np.full((2, 4), 0.25))
    assert second.captured_at == NOON + timedelta(hours=5)
    days = timedelta(days=7)
    assert database.evidence.outdated(NOON + days, NOON, 10) == ["1.jpg"]
    assert database.evidence.outdated(NOON, NOON + timedelta(hours=1), 10) == ["1.jpg"]
    assert database.evidence.known(["1.jpg", "3.jpg"]) == {"1.jpg"}
    database.evidence.forget(["1.jpg"])
    assert [one.file for one in database.evidence.of_alerts(["a"])] == ["2.jpg"]
    with pytest.raises(NotFound):
        database.evidence.add("never", kept("4.jpg", 0))


def test_a_book_gives_what_was_stored_in_it(database: Database) -> None:
    put(database, an_alert("a"))
    with database.alerts.changing(NOON) as book:
        book.load(["a", "never"])
        before = book.get("a")
        after = book.store(before, Change(dataclasses.replace(before, owner="anna"), ()))
        assert book.find("a") == after
        assert book.find("never") is None
        with pytest.raises(NotFound):
            book.get("never")
        # Changed twice in one transaction it is written once, and both count.
        book.store(after, Change(dataclasses.replace(after, times=2), (entry(Deed.OWNED),)))
    stored = database.alerts.get("a")
    assert (stored.owner, stored.times, stored.version) == ("anna", 2, 3)
    assert len(database.alerts.entries(["a"])["a"]) == 2


def test_a_thousand_alerts_are_stored_at_once(database: Database, gate: Camera) -> None:
    with database.alerts.changing(NOON) as book:
        for number in range(1200):
            new = an_alert(f"a{number}", Subject.of_camera(gate.id))
            book.store(None, Change(new, (entry(),)))
        book.flush()
        assert book.get("a1199").number == 1200
    of_gate = AlertQuery(camera_id=gate.id, limit=1000)
    assert len(database.alerts.find(of_gate, NOON)) == 1000
    assert len(database.alerts.open()) == 1200
