"""What is found out about a running CamWatch, as findings; what to say of each reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from camwatch import language
from camwatch.domain import Camera, CameraId, CameraState
from camwatch.events import CameraStateChanged, ClockJumped
from camwatch.health import Fact, Finding, Grade, Part, QueueReading, WorkerReading, worst_of
from camwatch.health.awake import AwakeState
from camwatch.health.last_run import CrashReport
from camwatch.language import table, tr

_GOOD = frozenset({CameraState.OK, CameraState.SLOW})
_JUMP_IS_OLD = timedelta(days=1)
_MOST_NAMED = 5
_BUSY = 0.97
_NEARLY_FULL = 0.8

STATES: Mapping[CameraState, str] = table(
    lambda: {
        CameraState.CONNECTING: tr("connecting"),
        CameraState.OK: tr("live"),
        CameraState.SLOW: tr("live, but slow"),
        CameraState.STALE: tr("no new picture"),
        CameraState.BAD_DATA: tr("sends no usable picture"),
        CameraState.AUTH_FAILED: tr("refuses the password"),
        CameraState.TLS_CHANGED: tr("shows another certificate"),
        CameraState.BLOCKED: tr("blocked"),
        CameraState.OFFLINE: tr("offline"),
        CameraState.DISABLED: tr("switched off"),
    }
)

QUEUES: Mapping[str, tuple[str, str]] = table(
    lambda: {
        "sights": (
            tr("Pictures to be counted"),
            tr("a newer picture of the same camera replaces the one that waits"),
        ),
        "pictures": (
            tr("Pictures to be shown"),
            tr("a newer picture of the same camera replaces the one that waits"),
        ),
        "rows": (
            tr("Counts to be saved"),
            tr("when full they go to a file beside the history"),
        ),
        "outbox": (tr("Messages to be sent"), tr("kept in the history until they are sent")),
        "jobs": (tr("Questions of the window"), tr("when full, the newest is refused")),
        "notices": (tr("Notifications of the desktop"), tr("when full, the newest is refused")),
    }
)
"""What waits, and what happens when there is no room, by the name of the queue."""


def check_cameras(
    cameras: Sequence[Camera], states: Mapping[CameraId, CameraStateChanged]
) -> Finding:
    """Say how many cameras are live, and which are not."""
    watched = [one for one in cameras if one.is_watched]
    if not watched:
        return Finding(
            Part.CAMERAS,
            Grade.UNKNOWN,
            tr("No camera is watched on this computer."),
            tr("Add one on the page Cameras."),
        )
    facts: list[Fact] = []
    troubled: list[str] = []
    connecting = 0
    for camera in watched:
        told = states.get(camera.id)
        state = CameraState.CONNECTING if told is None else told.state
        if state in _GOOD:
            continue
        words = STATES[state]
        if told is not None and told.detail:
            words = tr("{state} ({detail})", state=words, detail=told.detail)
        is_new = state is CameraState.CONNECTING
        connecting += is_new
        if not is_new:
            troubled.append(camera.settings.name)
        facts.append(Fact(camera.settings.name, words, Grade.UNKNOWN if is_new else Grade.WARNING))
    live = len(watched) - len(facts)
    sentence = tr("{live} of {all} cameras are live.", live=live, all=len(watched))
    if not troubled:
        grade = Grade.UNKNOWN if connecting and not live else Grade.OK
        return Finding(Part.CAMERAS, grade, sentence, facts=tuple(facts))
    named = ", ".join(troubled[:_MOST_NAMED])
    if len(troubled) > _MOST_NAMED:
        named = tr("{names} and {more} more", names=named, more=len(troubled) - _MOST_NAMED)
    grade = Grade.FAILED if live == 0 and not connecting else Grade.WARNING
    advice = tr("Look at {names}: the reason stands at each camera.", names=named)
    return Finding(Part.CAMERAS, grade, sentence, advice, tuple(facts))


def check_workers(workers: Sequence[WorkerReading]) -> Finding:
    """Say whether all threads work."""
    facts = tuple(Fact(one.name, _worker_words(one), _worker_grade(one)) for one in workers)
    off = [one.name for one in workers if not one.is_running]
    if off:
        sentence = tr("Off, because they broke too often: {names}.", names=", ".join(off))
        advice = tr("Restart CamWatch; if it happens again, save the diagnostics for support.")
        return Finding(Part.WORKERS, Grade.FAILED, sentence, advice, facts)
    restarts = sum(one.restarts for one in workers)
    if restarts:
        sentence = tr(
            "All {number} workers run; {restarts} times one broke and was restarted in this run.",
            number=len(workers),
            restarts=restarts,
        )
        advice = tr("If that goes on, save the diagnostics for support.")
        return Finding(Part.WORKERS, Grade.WARNING, sentence, advice, facts)
    sentence = tr("All {number} workers run.", number=len(workers))
    return Finding(Part.WORKERS, Grade.OK, sentence, facts=facts)


def _worker_grade(worker: WorkerReading) -> Grade:
    if not worker.is_running:
        return Grade.FAILED
    return Grade.WARNING if worker.restarts else Grade.OK


def _worker_words(worker: WorkerReading) -> str:
    if not worker.is_running:
        return tr("off, after {number} restarts", number=worker.restarts)
    if worker.busy is None:
        busy = tr("runs")
    elif worker.busy >= _BUSY:
        busy = tr("busy all the time")
    else:
        busy = tr("{percent} % busy", percent=round(worker.busy * 100))
    if not worker.restarts:
        return busy
    return tr("{busy}, restarted {number} times", busy=busy, number=worker.restarts)


def check_queues(queues: Sequence[QueueReading]) -> Finding:
    """Say whether anything waits for too long, or found no room."""
    facts = []
    losing, full = [], []
    for one in queues:
        name, rule = QUEUES[one.name]
        is_full = one.bound is not None and one.length >= _NEARLY_FULL * one.bound
        grade = Grade.WARNING if is_full or (one.is_loss and one.dropped) else Grade.OK
        if one.bound is None:
            words = tr("{length} wait; {dropped} dropped: {rule}", length=one.length,
                       dropped=one.dropped, rule=rule)  # fmt: skip
        else:
            words = tr(
                "{length} of at most {bound} wait; {dropped} dropped: {rule}",
                length=one.length,
                bound=one.bound,
                dropped=one.dropped,
                rule=rule,
            )
        facts.append(Fact(name, words, grade))
        if is_full:
            full.append(name)
        elif grade is Grade.WARNING:
            losing.append(name)
    if full:
        sentence = tr("Nearly full: {names}.", names=", ".join(full))
        advice = tr("This computer cannot keep up; let it do less, or count fewer pictures.")
    elif losing:
        sentence = tr("Something found no room in this run: {names}.", names=", ".join(losing))
        advice = tr("If that goes on, save the diagnostics for support.")
    else:
        sentence, advice = tr("Nothing waits for longer than it should."), ""
    grade = worst_of(one.grade for one in facts if one.grade is not None)
    return Finding(Part.QUEUES, grade, sentence, advice, tuple(facts))


def check_clock(jumps: Sequence[ClockJumped], zone: str, now: datetime) -> Finding:
    """Say whether the clock was set lately, which makes counts hard to place."""
    fresh = [one for one in jumps if now - one.at <= _JUMP_IS_OLD]
    facts = [Fact(tr("Time zone of the site"), zone)]
    if not fresh:
        return Finding(
            Part.CLOCK,
            Grade.OK,
            tr("The clock of this computer goes steadily."),
            facts=tuple(facts),
        )
    last = fresh[-1]
    seconds = language.number(abs(last.by_s), ",.0f")
    if last.by_s < 0:
        sentence = tr("The clock was set back by {seconds} seconds.", seconds=seconds)
    else:
        sentence = tr("The clock was set forward by {seconds} seconds.", seconds=seconds)
    facts.append(Fact(tr("Set in the last day"), tr("{number} times", number=len(fresh))))
    return Finding(
        Part.CLOCK,
        Grade.WARNING,
        sentence,
        tr("Let this computer set its clock by the network, or counts stand at wrong times."),
        tuple(facts),
        last.at,
    )


def check_log(words: str, lost_lines: int, file: str) -> Finding:
    """Say whether the log is written."""
    if not words:
        return Finding(Part.LOG, Grade.OK, tr("The log is written to {file}.", file=file))
    return Finding(
        Part.LOG,
        Grade.WARNING,
        tr("The log has gaps: {why}.", why=words.removesuffix(".")),
        tr("Make room on that disk, or allow your account to write there. CamWatch goes on."),
        (Fact(tr("Lines that are missing"), f"{lost_lines:,}"),),
    )


def check_awake(state: AwakeState) -> Finding:
    """Say whether this computer may fall asleep."""
    if state.holder:
        sentence = tr("This computer does not fall asleep by itself while people are counted.")
        return Finding(
            Part.AWAKE, Grade.OK, sentence, facts=(Fact(tr("Kept awake by"), state.holder),)
        )
    if not state.is_wanted:
        sentence = tr("This computer may fall asleep: the settings say so, or nothing is counted.")
        return Finding(Part.AWAKE, Grade.OK, sentence)
    return Finding(
        Part.AWAKE,
        Grade.WARNING,
        tr("This computer may fall asleep, and then nobody is counted: {why}.", why=state.problem),
        tr("Switch automatic suspend off in the settings of this computer."),
    )


def check_last_run(crash: CrashReport | None, now: datetime) -> Finding:
    """Say whether the run before this one ended as it should."""
    if crash is None or now - crash.alive_at > timedelta(days=7):
        return Finding(Part.LAST_RUN, Grade.OK, tr("The last run of CamWatch ended as it should."))
    if crash.fault:
        sentence = tr("A run of CamWatch was ended by a fault: {fault}.", fault=crash.fault)
    else:
        sentence = tr("A run of CamWatch was cut off; nothing says by what.")
    grade = Grade.OK if crash.is_dismissed else Grade.WARNING
    advice = "" if crash.is_dismissed else tr("“Last run…” on this page tells what is known of it.")
    return Finding(Part.LAST_RUN, grade, sentence, advice, since=crash.alive_at)
