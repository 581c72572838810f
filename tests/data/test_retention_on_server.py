"""Several workstations share a server, and one of them keeps house at a time."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from camwatch.data.engine import Database
from camwatch.data.retention import _OTHER_KEEPER
from camwatch.history.keeping import Retention, RowClass
from tests.data.values import NOON, Clock, sample, settings


def test_one_workstation_keeps_house_at_a_time(postgres_url: str) -> None:
    with Database.open(None, postgres_url, clock=Clock()) as database:
        gate = database.cameras.add(settings("Gate"))
        old = NOON - timedelta(days=20)
        database.counts.save([sample(gate, old + timedelta(seconds=one)) for one in range(9)], [])
        with psycopg.connect(postgres_url) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", (_OTHER_KEEPER,))
            assert list(database.retention.sweep(Retention(), NOON)) == []
        steps = list(database.retention.sweep(Retention(), NOON))
        assert sum(step.rows for step in steps if step.kind is RowClass.SAMPLES) == 9


def test_of_a_server_its_size_and_version_are_known_and_nothing_is_shrunk(
    postgres_url: str,
) -> None:
    with Database.open(None, postgres_url, clock=Clock()) as database:
        facts = database.room.facts()
        assert facts.engine == "PostgreSQL"
        assert int(facts.version.split(".")[0]) >= 13
        assert facts.file_bytes > 1_000_000
        assert not facts.is_old_sqlite
        assert list(database.room.give_back(all_of_it=True)) == []
        assert not database.room.can_rebuild()
        database.room.tune()
