"""From events to facts: what waits is bounded, and who passed is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from camwatch.alerts.rules import PlaceRef, ProgramTrouble
from camwatch.alerts.signals import (
    CauseFact,
    ClockFact,
    CountFact,
    NoticeFact,
    ProgramFact,
    StateFact,
)
from camwatch.domain import CameraId, CameraState, Notice, Picture, PlaceId, Reason, utc_now
from camwatch.errors import DiskFailing, DiskFull
from camwatch.events import (
    Bus,
    CameraStateChanged,
    ChannelTroubled,
    ClockJumped,
    CommonCause,
    CountMeasured,
    DetectorChanged,
    DiskLow,
    HistorySaved,
    NoticesChanged,
    PassageSeen,
    PassagesSettled,
    Passing,
    StorageSuspect,
    StorageTroubled,
    WorkerStopped,
    ZoneCount,
)
from camwatch.scene import Mode
from camwatch.workers.alert_facts import MOST_IN_ORDER, FactBox, Taken
from camwatch.workers.alert_pictures import counted_in
from camwatch.workers.pictures import PictureShelf

GATE, HALL = CameraId(1), CameraId(2)
DOOR = PlaceId(11)
BOXES = np.array([[0.1, 0.1, 0.2, 0.4]], np.float32)


def picture(camera_id: CameraId, seq: int) -> Picture:
    return Picture(camera_id, seq, b"\xff\xd8\xff", (64, 36), utc_now(), float(seq), 1.0)


def passages(*ways: bool) -> tuple[PassageSeen, ...]:
    return tuple(PassageSeen(DOOR, "Door", utc_now(), n, way) for n, way in enumerate(ways))


class Box:
    """A box on a bus with a shelf of pictures, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.shelf = PictureShelf()
        self.now_s = 100.0
        self.box = FactBox(self.bus, counted_in(self.shelf), lambda: self.now_s)
        self.box.set_places({DOOR: PlaceRef(GATE, "Door")}, {GATE, HALL})
        self.seq = 0

    def count(
        self,
        people: int,
        *ways: bool,
        camera_id: CameraId = GATE,
        notices: frozenset[Notice] = frozenset(),
    ) -> None:
        self.seq += 1
        passing = Passing(Mode.IN_OUT, watched=(DOOR,), passages=passages(*ways))
        self.shelf.put(picture(camera_id, self.seq))
        self.bus.publish(
            CountMeasured(
                at=utc_now(),
                camera_id=camera_id,
                seq=self.seq,
                count=people,
                confidence=0.5,
                processing_s=0.01,
                interval_s=1.0,
                boxes=BOXES,
                scores=np.ones(1, np.float32),
                model="test",
                zones=(ZoneCount(PlaceId(12), "Queue", people - 1),),
                passing=passing if camera_id == GATE else None,
                notices=notices,
            )
        )

    def taken(self) -> list[Taken]:
        return list(self.box.take(0.0).facts)

    def facts(self) -> list[object]:
        return [one.fact for one in self.taken()]


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    yield made
    made.box.close()


def test_the_newest_count_of_a_camera_waits_and_passages_are_added_up(box: Box) -> None:
    for n in range(1, 500):
        box.count(n, True, False, True)
    box.count(3, camera_id=HALL)
    gate, hall = box.taken()
    assert gate.fact == CountFact(
        GATE,
        499,
        1.0,
        {"Queue": 498},
        {"Door": 998},
        {"Door": 499},
        frozenset({"Door"}),
        at_once=499,
    )
    assert isinstance(hall.fact, CountFact)
    assert hall.fact.camera_id == HALL
    assert box.taken() == []


def test_a_count_that_nobody_took_in_time_is_unknown_but_who_passed_is_not_lost(box: Box) -> None:
    box.count(7, True)
    box.now_s += 2.1
    assert box.facts() == []
    box.count(1, True)
    (fact,) = box.facts()
    assert isinstance(fact, CountFact)
    assert (fact.count, fact.passed_in) == (1, {"Door": 2})


def test_a_doubtful_count_is_no_number_and_takes_back_the_one_that_waits(box: Box) -> None:
    box.count(7, True)
    box.count(0, True, notices=frozenset({Notice.BLACK}))
    assert box.facts() == []
    box.count(5)
    (fact,) = box.facts()
    assert isinstance(fact, CountFact)
    assert (fact.count, fact.passed_in) == (5, {"Door": 2})


def test_who_passed_last_when_counting_ended_comes_with_the_next_count(box: Box) -> None:
    box.bus.publish(PassagesSettled(utc_now(), passages(True, True)))
    stranger = replace(passages(True)[0], place_id=PlaceId(99))
    box.bus.publish(PassagesSettled(utc_now(), (stranger,)))
    box.count(1)
    (fact,) = box.facts()
    assert isinstance(fact, CountFact)
    assert fact.passed_in == {"Door": 2}


def test_picture_and_boxes_belong_together_or_there_is_none(box: Box) -> None:
    box.count(2)
    box.shelf.put(picture(GATE, box.seq + 1))
    (taken,) = box.taken()
    assert taken.picture is not None
    assert (taken.picture.picture.seq, taken.picture.count) == (box.seq, 2)
    assert taken.picture.boxes is BOXES
    box.shelf.put(picture(HALL, 500))
    box.shelf.put(picture(HALL, 501))
    box.seq = 300
    box.bus.publish(
        CountMeasured(
            utc_now(), HALL, 499, 1, 0.5, 0.01, 1.0, BOXES, np.ones(1, np.float32), "test"
        )
    )
    (taken,) = box.taken()
    assert taken.picture is None


def test_of_states_notices_and_causes_the_newest_of_each_waits(box: Box) -> None:
    def state(camera_id: CameraId, new: CameraState, reason: Reason) -> None:
        box.bus.publish(CameraStateChanged(utc_now(), camera_id, new, reason, utc_now()))

    state(GATE, CameraState.OFFLINE, Reason.TIMEOUT)
    state(HALL, CameraState.OFFLINE, Reason.TIMEOUT)
    state(GATE, CameraState.OK, Reason.NONE)
    box.bus.publish(NoticesChanged(utc_now(), GATE, frozenset({Notice.BLACK})))
    box.bus.publish(NoticesChanged(utc_now(), GATE, frozenset()))
    cause = CommonCause(utc_now(), "1", "network", "10.0.3.0/24", (GATE, HALL), Reason.TIMEOUT)
    box.bus.publish(cause)
    assert box.facts() == [
        StateFact(HALL, CameraState.OFFLINE, Reason.TIMEOUT),
        StateFact(GATE, CameraState.OK, Reason.NONE),
        NoticeFact(GATE, frozenset()),
        CauseFact("1", (GATE, HALL), "network 10.0.3.0/24"),
    ]
    # The same once more, such as with another time of the next try, is no news.
    state(GATE, CameraState.OK, Reason.NONE)
    assert box.facts() == []


def test_troubles_of_the_program_keep_their_order(box: Box) -> None:
    at = utc_now()
    full = DiskFull("no room")
    box.bus.publish(StorageTroubled(at, full, 3))
    box.bus.publish(HistorySaved(at, 3))
    box.bus.publish(HistorySaved(at, 3))
    box.bus.publish(StorageTroubled(at, full, 3))
    box.bus.publish(ClockJumped(at, -7200.0))
    box.bus.publish(DiskLow(at, 5 * 2**20, is_low=True))
    box.bus.publish(ChannelTroubled(at, "c1", "Office", "it cannot be reached"))
    box.bus.publish(ChannelTroubled(at, "c1", "Office", ""))
    box.bus.publish(DetectorChanged(at, "hog", "opencv", is_poor=True))
    box.bus.publish(WorkerStopped(at, "analysis-2", "id", is_off=False))
    box.bus.publish(WorkerStopped(at, "analysis-2", "id", is_off=True))
    box.bus.publish(WorkerStopped(at, "login watch", "id", is_off=True))
    facts = box.facts()
    assert [
        (one.trouble, one.is_troubled, one.part) for one in facts if isinstance(one, ProgramFact)
    ] == [
        (ProgramTrouble.STORAGE, True, ""),
        (ProgramTrouble.STORAGE, False, ""),
        (ProgramTrouble.STORAGE, True, ""),
        (ProgramTrouble.CLOCK, True, ""),
        (ProgramTrouble.DISK, True, ""),
        (ProgramTrouble.DELIVERY, True, "c1"),
        (ProgramTrouble.DELIVERY, False, "c1"),
        (ProgramTrouble.MODEL, True, ""),
        (ProgramTrouble.MODEL, True, "analysis-2"),
    ]
    assert facts[3] == ClockFact(-7200.0)


def test_a_disk_that_may_be_failing_is_an_alert_of_its_own(box: Box) -> None:
    box.bus.publish(StorageTroubled(utc_now(), DiskFailing("error 5"), 3))
    box.bus.publish(StorageSuspect(utc_now(), "disk", "Storage may be failing. It is sound."))
    box.bus.publish(StorageTroubled(utc_now(), None, 0))
    assert [
        (one.is_troubled, one.part, one.is_momentary)
        for one in box.facts()
        if isinstance(one, ProgramFact)
    ] == [(True, "", False), (True, "disk", True), (False, "", False)]


def test_a_storm_of_troubles_is_bounded_and_the_last_word_of_each_stays(box: Box) -> None:
    for n in range(3 * MOST_IN_ORDER):
        box.bus.publish(ChannelTroubled(utc_now(), "c1", "Office", f"try {n}"))
    box.bus.publish(ChannelTroubled(utc_now(), "c1", "Office", ""))
    facts = box.facts()
    assert len(facts) == MOST_IN_ORDER
    assert facts[-1] == ProgramFact(ProgramTrouble.DELIVERY, False, "c1", "Office", "")


def test_an_engine_that_begins_anew_is_told_how_things_are(box: Box) -> None:
    at = utc_now()
    box.bus.publish(CameraStateChanged(at, GATE, CameraState.OFFLINE, Reason.TIMEOUT, at))
    box.bus.publish(StorageTroubled(at, DiskFull("no room"), 3))
    box.bus.publish(ClockJumped(at, 60.0))
    box.bus.publish(NoticesChanged(at, HALL, frozenset({Notice.COVERED})))
    assert len(box.facts()) == 5
    box.box.set_places({}, {GATE})  # the other camera was removed
    box.box.replay()
    assert box.facts() == [
        StateFact(GATE, CameraState.OFFLINE, Reason.TIMEOUT),
        ProgramFact(ProgramTrouble.STORAGE, True, reason="no room"),
    ]
