"""The bus carries events to whoever subscribed, and survives a broken listener."""

from __future__ import annotations

import pytest

from camwatch.domain import utc_now
from camwatch.events import Bus, CamerasChanged, HistorySaved


def test_an_event_reaches_the_subscribers_of_its_kind_only() -> None:
    bus = Bus()
    saved: list[HistorySaved] = []
    changed: list[CamerasChanged] = []
    bus.subscribe(HistorySaved, saved.append)
    bus.subscribe(CamerasChanged, changed.append)
    event = HistorySaved(utc_now(), 3)
    bus.publish(event)
    assert saved == [event]
    assert changed == []


def test_an_ended_subscription_gets_nothing() -> None:
    bus = Bus()
    saved: list[HistorySaved] = []
    end = bus.subscribe(HistorySaved, saved.append)
    end()
    end()
    bus.publish(HistorySaved(utc_now(), 1))
    assert saved == []


@pytest.mark.expects_warning
def test_a_broken_listener_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()
    saved: list[HistorySaved] = []

    def broken(_event: HistorySaved) -> None:
        raise RuntimeError("listener bug")

    bus.subscribe(HistorySaved, broken)
    bus.subscribe(HistorySaved, saved.append)
    bus.publish(HistorySaved(utc_now(), 1))
    assert len(saved) == 1
    assert "listener bug" in caplog.text
