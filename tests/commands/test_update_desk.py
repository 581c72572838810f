"""News of newer versions, from a real server on this computer: what counts, and what does not."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from camwatch.commands.trail import ALARM, DENIED, DONE, FAILED, Trail
from camwatch.commands.update_desk import UpdateDesk, check_update
from camwatch.config import Updates
from camwatch.data.engine import Database
from camwatch.health import Grade
from camwatch.outgoing.updates import Refusal, is_newer
from tests.support.fault_web_server import BREAK_OFF, FaultWebServer, answer

TOOL = Path(__file__).resolve().parents[2] / "tools" / "sign_update.py"
signed_file: Callable[..., bytes] = runpy.run_path(str(TOOL))["signed_file"]

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()


def news(
    version: str = "9.4.0",
    sequence: int = 5,
    expires_at: datetime = NOON + timedelta(days=30),
    key: Ed25519PrivateKey = KEY,
) -> bytes:
    offer = {
        "version": version,
        "sequence": sequence,
        "expires_at": expires_at.isoformat(),
        "summary": "Counts through fog.",
        "notes_url": "https://camwatch.example/9.4.0",
    }
    return signed_file(key, "2026", offer)


def tampered() -> bytes:
    """Return good news of which somebody else has changed the inside."""
    envelope = json.loads(news())
    envelope["signed"] = json.loads(news("9.5.0", key=STRANGER))["signed"]
    return json.dumps(envelope).encode()


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """A desk that asks a server of the test."""

    def __init__(self, folder: Path, server: FaultWebServer, database: Database) -> None:
        self.file = folder / "updates.json"
        self.server = server
        self.database = database
        self.clock = Clock()
        self.desk = self.fresh()

    def fresh(self) -> UpdateDesk:
        return UpdateDesk(
            Updates(check=True, address=f"{self.server.url}/camwatch.json"),
            self.file,
            {"2026": KEY.public_key()},
            Trail(self.database.audit),
            self.clock,
            "1.0.0",
        )

    def serve(self, body: bytes, status: int = 200) -> None:
        self.server.answer = answer(status, body)

    def results(self) -> list[str]:
        entries = self.database.audit.newest()
        return [one.result for one in entries if one.action == "check_update"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with (
        FaultWebServer(None, answer(200, news())) as server,
        Database.open(tmp_path / "history.sqlite3") as database,
    ):
        yield Bench(tmp_path, server, database)


def test_a_newer_version_is_told_once_a_day_and_remembered(bench: Bench) -> None:
    state = bench.desk.ask_if_due()
    assert state is not None
    assert state.offer is not None
    assert (state.offer.version, state.refusal) == ("9.4.0", None)
    found = check_update(state)
    assert "9.4.0" in found.sentence
    assert "never does by itself" in found.advice
    assert bench.results() == [DONE]
    # Only the one small file was asked for, without anything about this computer.
    (asked,) = bench.server.asked
    assert asked.line.startswith("GET /alerts/camwatch.json ")
    assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    bench.clock.now += timedelta(hours=23)
    assert bench.desk.ask_if_due() is None
    again = bench.fresh()
    assert again.ask_if_due() is None
    assert again.state().offer == state.offer
    bench.clock.now += timedelta(hours=2)
    assert again.ask_if_due() is not None
    assert len(bench.server.asked) == 2


@pytest.mark.fault("F134")
@pytest.mark.parametrize(
    ("body", "refusal", "result"),
    [
        (tampered(), Refusal.SIGNATURE, ALARM),
        (news(key=STRANGER), Refusal.SIGNATURE, ALARM),
        (news(expires_at=NOON - timedelta(seconds=1)), Refusal.EXPIRED, DENIED),
        (news(sequence=4), Refusal.OLDER, ALARM),
        (b"<html><body>Please sign in to the guest network</body></html>", Refusal.NOT_ONE, DENIED),
        (b"", Refusal.NOT_ONE, DENIED),
        (b"[" * 100_000, Refusal.CUT, FAILED),
        (b"[" * 50_000, Refusal.NOT_ONE, DENIED),
    ],
)
def test_what_does_not_count_is_refused_noted_and_asked_for_again(
    bench: Bench, body: bytes, refusal: Refusal, result: str
) -> None:
    before = bench.desk.ask_if_due()
    assert before is not None
    bench.serve(body)
    bench.clock.now += timedelta(days=1)
    state = bench.desk.ask_if_due()
    assert state is not None
    assert state.refusal is refusal
    # What was known and is still good stays known; the version that runs goes on.
    assert state.offer == before.offer
    assert sorted(bench.results()) == sorted([DONE, result])
    bench.serve(news("9.5.0", sequence=6))
    assert bench.desk.ask_if_due() is None
    bench.clock.now += timedelta(days=1)
    state = bench.desk.ask_if_due()
    assert state is not None
    assert state.offer is not None
    assert (state.offer.version, state.refusal) == ("9.5.0", None)


@pytest.mark.fault("F134")
def test_a_cut_answer_an_error_page_and_nobody_there(bench: Bench) -> None:
    for served, refusal in (
        (BREAK_OFF, Refusal.CUT),
        (answer(503, news()), Refusal.STATUS),
        (answer(302, b"", Location="http://127.0.0.1:9/"), Refusal.STATUS),
    ):
        bench.server.answer = served
        state = bench.desk.ask_if_due()
        assert state is not None
        assert (state.refusal, state.offer) == (refusal, None)
        assert check_update(state).grade is Grade.WARNING
        bench.clock.now += timedelta(days=1)
    bench.server.__exit__(None, None, None)
    state = bench.desk.ask_if_due()
    assert state is not None
    assert state.refusal is Refusal.UNREACHABLE
    assert bench.results() == [FAILED] * 4


def test_an_offer_that_has_expired_is_told_no_more(bench: Bench) -> None:
    bench.desk.ask_if_due()
    bench.clock.now += timedelta(days=31)
    assert bench.desk.state().offer is None


def test_without_a_key_nothing_counts_and_switched_off_nothing_is_asked(
    bench: Bench, tmp_path: Path
) -> None:
    trail = Trail(bench.database.audit)
    address = f"{bench.server.url}/x"
    bare = UpdateDesk(Updates(check=True, address=address), None, {}, trail, bench.clock)
    state = bare.ask_if_due()
    assert state is not None
    assert state.refusal is Refusal.NO_KEY
    asked = len(bench.server.asked)
    off = UpdateDesk(Updates(address=address), None, {}, trail, bench.clock)
    assert off.ask_if_due() is None
    assert len(bench.server.asked) == asked
    assert not (tmp_path / "camwatch.json").exists()


@pytest.mark.parametrize(
    ("version", "than", "is_it"),
    [
        ("1.2.10", "1.2.9", True),
        ("1.2", "1.2.0", False),
        ("2.0", "1.9.9.dev1", True),
        ("1.0.0", "1.0.1", False),
        ("v2", "1.0", False),
        ("", "1.0", False),
    ],
)
def test_versions_are_compared_as_numbers(version: str, than: str, is_it: bool) -> None:
    assert is_newer(version, than) is is_it
