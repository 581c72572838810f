"""The rule engine: what happens, turned into alerts. Pure: time is an argument.

Unknown is not zero: a rule about numbers never fires on a number that is not known, or that is
older than two intervals (and than two seconds).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from camwatch.alerts import book, explaining
from camwatch.alerts.alert import Alert
from camwatch.alerts.now import Now
from camwatch.alerts.outcome import Outcome
from camwatch.alerts.program_posts import follow_program, program_subjects
from camwatch.alerts.readings import Readings
from camwatch.alerts.restoring import Restored
from camwatch.alerts.roster import Roster
from camwatch.alerts.rules import Balance, PlaceRef, Rule, Severity
from camwatch.alerts.scoping import subjects_of
from camwatch.alerts.signals import (
    CauseFact,
    ClockFact,
    CountFact,
    Explanation,
    Fact,
    NoticeFact,
    ProgramFact,
    Signal,
    StateFact,
    Usual,
    WatchedCamera,
)
from camwatch.alerts.standing import Cause, Moment, Post, Standing
from camwatch.domain import CameraId
from camwatch.language import tr

__all__ = ["Engine", "Now"]

_STALLED_S = 30.0
"""After so long without a call the computer slept, or the program was stopped: nobody looked."""

_TIDIED_EVERY_S = 60.0


class Engine:
    """Keeps how each rule stands with each of its subjects. Not for several threads at once.

    Args:
        zone: The site's time zone, for schedules and midnight.
        new_uid: Makes the uid of a new alert.
    """

    GROUP_S = book.GROUP_S
    """Troubles of cameras that begin within this time under one rule become one alert."""

    MOST_NEW = book.MOST_NEW
    """A rule opens at most so many alerts in a minute; more subjects join the newest of them."""

    def __init__(self, zone: ZoneInfo, new_uid: Callable[[], str]) -> None:
        self._zone = zone
        self._new_uid = new_uid
        self._readings = Readings()
        self._cameras: Mapping[CameraId, WatchedCamera] | None = None
        self._standings: dict[str, Standing] | None = None
        self._roster = Roster()
        self._causes: dict[str, Cause] = {}
        self._restored = Restored()
        self._day: int | None = None
        self._called_s: float | None = None
        self._tidied_s = 0.0

    # -------------------------------------------------------------- what is watched

    def set_rules(self, rules: Sequence[Rule], now: Now) -> list[Signal]:
        """Go by these rules; what a rule that is gone or switched off had raised returns."""
        outcome = Outcome()
        moment = self._begin(now, outcome)
        before = dict(self._standings or {})
        standings = {}
        for rule in rules:
            standing = before.pop(rule.uid, None)
            if standing is None:
                standing = Standing(rule, self._new_uid)
            else:
                standing.change(rule, now, outcome)
            standings[rule.uid] = standing
        for standing in before.values():
            standing.return_all(tr("rule removed"), now, outcome)
        self._standings = standings
        self._rearrange(moment, outcome)
        return outcome.signals()

    def set_cameras(self, cameras: Sequence[WatchedCamera], now: Now) -> list[Signal]:
        """Watch these cameras; what is open about one that is gone or switched off returns."""
        outcome = Outcome()
        moment = self._begin(now, outcome)
        self._cameras = {camera.id: camera for camera in cameras}
        self._readings.set_cameras(self._cameras, now.elapsed_s)
        self._rearrange(moment, outcome)
        return outcome.signals()

    def set_usual(self, usual: Mapping[tuple[str, int], Usual]) -> None:
        """Know what is usual, by a subject's key and the hour of the week (Monday 0:00 is 0)."""
        self._readings.usual = usual

    def restore(
        self,
        alerts: Sequence[Alert],
        passed_today: Mapping[PlaceRef, tuple[int, int]],
        now: Now,
    ) -> None:
        """Go on after a new start: these alerts are open, so many passed in and out today.

        What holds no more returns once the facts say so; what still holds is not raised anew.
        Alerts that were closed of late may be among them: their cool-down goes on. Rules and
        cameras may be set before or afterwards.
        """
        self._restored.take(alerts, passed_today, now.wall.astimezone(self._zone).date())

    def told(self, alert_uid: str, severity: Severity, now: Now) -> None:  # noqa: ARG002 - the contract; that a higher one breaks through is decided by what was raised
        """Know that an alert was delivered: its cool-down begins."""
        for standing in (self._standings or {}).values():
            standing.book.told(alert_uid, now.elapsed_s)

    # --------------------------------------------------------------- what happens

    def take(self, fact: Fact, now: Now) -> list[Signal]:
        """Take what happened, and return what follows."""
        outcome = Outcome()
        moment = self._begin(now, outcome)
        match fact:
            case CountFact():
                self._take_count(fact, moment, outcome)
            case StateFact():
                self._readings.take_state(fact)
                self._notice(self._roster.stated(fact.camera_id), moment, outcome)
            case NoticeFact():
                self._readings.take_notices(fact)
                self._notice(self._roster.stated(fact.camera_id), moment, outcome)
            case CauseFact():
                self._take_cause(fact, moment, outcome)
            case ProgramFact():
                self._take_program(fact, moment, outcome)
            case ClockFact():
                # Schedules may be on by the new clock; that it was set is a fact of the program.
                self._pass_time(moment, outcome)
        return outcome.signals()

    def tick(self, now: Now) -> list[Signal]:
        """Return what follows from time passing; called about once a second."""
        outcome = Outcome()
        moment = self._begin(now, outcome)
        self._pass_time(moment, outcome)
        if abs(moment.s - self._tidied_s) >= _TIDIED_EVERY_S:
            self._tidied_s = moment.s
            for standing in (self._standings or {}).values():
                standing.book.forget(standing.rule.cool_down_s, moment.s)
        return outcome.signals()

    def explain(self, rule_uid: str, now: Now) -> list[Explanation]:
        """Tell how a rule stands with each of its subjects.

        Raises:
            KeyError: There is no such rule.
        """
        standing = (self._standings or {})[rule_uid]
        moment = Moment(now, self._zone, self._causes)
        return explaining.explain(standing, self._cameras or {}, self._readings, moment)

    # -------------------------------------------------------------------- inside

    def _active(self) -> list[Standing]:
        """Return how rules stand that are switched on."""
        return [one for one in (self._standings or {}).values() if one.rule.is_enabled]

    def _begin(self, now: Now, outcome: Outcome) -> Moment:
        """Look at the clocks, before anything else."""
        moment = Moment(now, self._zone, self._causes)
        if self._called_s is not None and now.elapsed_s - self._called_s > _STALLED_S:
            for standing in self._active():
                standing.break_off()
        self._called_s = now.elapsed_s
        day = moment.local.date().toordinal()
        # Set back over midnight, the day goes on; it begins anew with the next midnight.
        has_begun = self._day is not None and day > self._day
        self._day = day
        if has_begun:
            self._readings.begin_day(now.elapsed_s)
            for standing in self._active():
                if isinstance(standing.rule.condition, Balance):
                    for post in standing.posts.values():
                        standing.follow(post, self._readings, moment, outcome)
        if self._restored.is_waiting:
            self._rearrange(moment, outcome)
        return moment

    def _pass_time(self, moment: Moment, outcome: Outcome) -> None:
        for standing in self._active():
            standing.pass_time(self._readings, moment, outcome)

    def _rearrange(self, moment: Moment, outcome: Outcome) -> None:
        """Find out anew what each rule watches, and judge it."""
        if self._standings is None or self._cameras is None:
            return
        self._restored.hand_out(self._standings, self._readings, moment, outcome)
        for standing in self._standings.values():
            rule = standing.rule
            watched = subjects_of(rule, self._cameras) if rule.is_enabled else []
            if rule.is_enabled:
                watched += program_subjects(standing, self._readings)
            standing.watch(watched, self._cameras, moment.now, outcome)
        active = self._active()
        self._roster.fill(active, self._readings, moment.s)
        for standing in active:
            for post in standing.posts.values():
                standing.follow(post, self._readings, moment, outcome)

    def _notice(
        self, posts: Iterable[tuple[Standing, Post]], moment: Moment, outcome: Outcome
    ) -> None:
        for standing, post in posts:
            standing.notice(post, self._readings, moment, outcome)

    def _take_count(self, fact: CountFact, moment: Moment, outcome: Outcome) -> None:
        posts = self._roster.counted(fact.camera_id)
        if self._readings.is_gap(fact, moment.s):
            # The number was unknown for a while: what is to hold for some time begins anew.
            self._notice(posts, moment, outcome)
        self._readings.take_count(fact, moment.s)
        self._notice(posts, moment, outcome)

    def _take_cause(self, fact: CauseFact, moment: Moment, outcome: Outcome) -> None:
        before = self._causes.pop(fact.key, None)
        if not fact.camera_ids:
            for standing in (self._standings or {}).values():
                standing.book.uncover(fact.key)
            return
        cause = Cause(frozenset(fact.camera_ids), fact.words)
        self._causes[fact.key] = cause
        for standing in self._active():
            standing.cover(fact.key, cause, before.words if before else "", moment, outcome)

    def _take_program(self, fact: ProgramFact, moment: Moment, outcome: Outcome) -> None:
        key = fact.trouble, fact.part
        if not fact.is_momentary:
            self._readings.program[key] = fact
        for standing in self._active():
            follow_program(standing, fact, self._readings, moment, outcome)
        if not fact.is_troubled:
            self._readings.program.pop(key, None)
