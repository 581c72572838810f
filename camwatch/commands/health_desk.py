"""Finds out how a running CamWatch is doing, and remembers how that changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from camwatch import logs
from camwatch.auth.secrets import SecretStore
from camwatch.commands import health_live as live
from camwatch.commands.diagnostics import Source, known_of, make_bundle, thread_text
from camwatch.commands.health_checks import (
    check_channels,
    check_disk,
    check_model,
    check_secrets,
    check_settings,
    check_versions,
    no_model,
)
from camwatch.commands.health_database import check_database
from camwatch.commands.storage_desk import StorageDesk
from camwatch.commands.update_desk import UpdateState, check_update
from camwatch.data.engine import Database
from camwatch.detect.detector import Detector
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError, StorageError
from camwatch.events import CameraStateChanged, ClockJumped
from camwatch.health import (
    Fact,
    Finding,
    Grade,
    HealthReport,
    Part,
    QueueReading,
    WorkerReading,
)
from camwatch.health.awake import AwakeState
from camwatch.health.bundle import Bundle
from camwatch.health.chronicle import Chronicle
from camwatch.health.last_run import CrashReport
from camwatch.language import tr
from camwatch.paths import Profile

_SOON_DAYS = 7.0


@dataclass(slots=True)
class HealthSources:
    """Where a running program says how it is doing; each may be called from any thread.

    Attributes:
        workers: The threads.
        queues: Where work waits.
        states: Of the cameras.
        detector: What counts people; None if nothing does.
        model_error: Why nothing does; None if that is not known.
        speed: How many pictures arrive and are counted, in words; "" if not known.
        jumps: When the clock was set.
        awake: Whether the computer is kept awake.
        update: What is known of newer versions.
        crash: The last run that did not end as it should.
        dismiss_crash: Tell of it no more.
        zone: The name of the site's time zone.
    """

    workers: Callable[[], Sequence[WorkerReading]] = tuple
    queues: Callable[[], Sequence[QueueReading]] = tuple
    states: Callable[[], Mapping[CameraId, CameraStateChanged]] = dict
    detector: Callable[[], Detector | None] = lambda: None
    model_error: Callable[[], CamWatchError | None] = lambda: None
    speed: Callable[[], str] = str
    jumps: Callable[[], Sequence[ClockJumped]] = tuple
    awake: Callable[[], AwakeState] = AwakeState
    update: Callable[[], UpdateState] = UpdateState
    crash: Callable[[], CrashReport | None] = lambda: None
    dismiss_crash: Callable[[], None] = lambda: None
    zone: str = "UTC"


@dataclass(slots=True)
class HealthDesk:
    """For the Health page and the worker that looks every minute; any thread.

    Attributes:
        folder: Of the profile; None for that of the history, as in a test.
        sources: Where the running program says how it is doing.
        chronicle: Remembers what changed.
    """

    database: Database
    secrets: SecretStore
    storage: StorageDesk
    folder: Path | None
    clock: Callable[[], datetime]
    sources: HealthSources = field(default_factory=HealthSources)
    chronicle: Chronicle = field(default_factory=lambda: Chronicle(None))

    @property
    def profile(self) -> Profile:
        """Where this run keeps things."""
        if self.folder is not None:
            return Profile(self.folder)
        return Profile(Path() if self.database.is_on_server else self.database.file.parent)

    def look(self) -> HealthReport:
        """Find out how everything is doing now, and remember what changed. Takes a moment."""
        now = self.clock()
        settings, of_settings = check_settings(self.profile)
        sources = self.sources
        findings = [
            self._cameras(),
            self._model(),
            live.check_workers(sources.workers()),
            live.check_queues([*sources.queues(), *self._outbox()]),
            check_database(self.database, self.storage, self.profile, settings.history),
            self._disk(now),
            check_channels(self.database, settings),
            check_secrets(self.secrets, may_probe=False),
            live.check_log(*logs.trouble(), str(self.profile.log_file)),
            live.check_clock(sources.jumps(), sources.zone, now),
            live.check_awake(sources.awake()),
            check_update(sources.update()),
            of_settings,
            live.check_last_run(sources.crash(), now),
            self._versions(),
        ]
        self.chronicle.note(findings, now)
        dated = tuple(
            one if one.since is not None else replace(one, since=self.chronicle.since(one.part))
            for one in findings
        )
        return HealthReport(
            now, dated, self.chronicle.all(), self.chronicle.known_from, sources.crash()
        )

    def bundle(self, *, with_names: bool) -> Bundle:
        """Make what support needs. Takes a while."""
        source = Source(
            self.profile,
            report_text(self.look()),
            thread_text(
                f"{one.name}: {'runs' if one.is_running else 'off'}, restarts {one.restarts}"
                for one in self.sources.workers()
            ),
            self.database,
            "",
            known_of(self.database, self.secrets),
        )
        return make_bundle(source, with_names=with_names)

    def _cameras(self) -> Finding:
        try:
            return live.check_cameras(self.database.cameras.all(), self.sources.states())
        except StorageError:
            sentence = tr("The list of cameras cannot be read; those that are known are counted.")
            return Finding(Part.CAMERAS, Grade.UNKNOWN, sentence)

    def _model(self) -> Finding:
        detector = self.sources.detector()
        if detector is not None:
            found = check_model(detector)
            speed = self.sources.speed()
            if speed:
                found = replace(found, facts=(*found.facts, Fact(tr("Speed"), speed)))
            return found
        error = self.sources.model_error()
        if error is not None:
            return no_model(error)
        return Finding(Part.MODEL, Grade.UNKNOWN, tr("The model is being loaded."))

    def _outbox(self) -> list[QueueReading]:
        try:
            return [QueueReading("outbox", sum(self.database.outbox.waiting().values()), None, 0)]
        except StorageError:
            return []

    def _disk(self, now: datetime) -> Finding:
        found = check_disk(self.profile)
        try:
            free = shutil.disk_usage(self.profile.folder).free
        except OSError:
            return found
        self.chronicle.note_free(free, now)
        days = self.chronicle.days_until_full(free, now)
        if days is None:
            words = tr("not in sight")
        elif days < 1:
            words = tr("within a day, if it goes on like this")
        else:
            words = tr("in about {days} days, if it goes on like this", days=round(days))
        facts = (*found.facts, Fact(tr("Full"), words))
        if days is None or days > _SOON_DAYS or found.grade is not Grade.OK:
            return replace(found, facts=facts)
        return replace(
            found,
            grade=Grade.WARNING,
            advice=tr("The disk is full {when}. Make room, or keep the history for a shorter time.",
                      when=words),
            facts=facts,
        )  # fmt: skip

    def _versions(self) -> Finding:
        found = check_versions()
        if not self.database.is_on_server:
            return found
        try:
            facts = self.database.room.facts()
        except StorageError:
            return found
        return replace(found, facts=(*found.facts, Fact(facts.engine, facts.version)))


def report_text(report: HealthReport) -> str:
    """Return a report as text, as the bundle has it."""
    lines = [f"{report.at:%Y-%m-%d %H:%M:%S} UTC, worst: {report.worst.value}", ""]
    for one in report.findings:
        lines.append(f"{one.grade.value:8} {one.part.value:10} {one.message}")
        lines += [f"    {fact.name}: {fact.value}" for fact in one.facts]
        lines += [
            f"    {change.at:%Y-%m-%d %H:%M} UTC -> {change.grade.value}"
            for change in report.changes.get(one.part, ())
        ]
    return "\n".join(lines) + "\n"
