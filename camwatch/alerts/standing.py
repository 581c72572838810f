"""How one rule stands with each of its subjects, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import AlertPart, Subject
from camwatch.alerts.book import Book, Known, Trouble
from camwatch.alerts.judging import judge, needed_s
from camwatch.alerts.now import Now
from camwatch.alerts.outcome import Outcome
from camwatch.alerts.readings import Readings
from camwatch.alerts.rules import CameraCondition, Crossings, Rule, Severity
from camwatch.alerts.scoping import Watched, kind_of, why_gone
from camwatch.alerts.signals import Raised, Returned, WatchedCamera
from camwatch.alerts.verdict import Judgement, Verdict
from camwatch.domain import CameraId
from camwatch.language import tr

_ROUNDING_S = 1e-6

_MANY = 16
_MANY_AGAIN_S = 0.25
"""The sum of more cameras or lines than that is added up so seldom."""


class Moment:
    """One moment, with the clocks of the site, and the causes that go on."""

    def __init__(self, now: Now, zone: ZoneInfo, causes: Mapping[str, Cause]) -> None:
        self.now = now
        self.s = now.elapsed_s
        self.zone = zone
        self.local = now.wall.astimezone(zone)
        self._causes = causes

    def cause_of(self, subject: Subject) -> tuple[str, str]:
        """Return key and words of the cause that covers a subject; "" twice for none."""
        for key, cause in self._causes.items():
            if subject.camera_id in cause.camera_ids:
                return key, cause.words
        return "", ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What some cameras have in common, while it goes on."""

    camera_ids: frozenset[CameraId]
    words: str


@dataclass(slots=True, eq=False)
class Post:
    """How a rule stands with one subject.

    Attributes:
        watched: The subject.
        held_s: Since when its condition has held without a gap; None while it does not.
        shared: What at this computer it was raised for; "" if it was for something else.
        judged_s: When it was judged last.
    """

    watched: Watched
    held_s: float | None = None
    shared: str = ""
    judged_s: float = float("-inf")


class Standing:
    """How one rule stands.

    Attributes:
        rule: As it is now.
        book: Its alerts.
        posts: How it stands with each of its subjects.
    """

    def __init__(self, rule: Rule, new_uid: Callable[[], str]) -> None:
        self.rule = rule
        self.book = Book(new_uid)
        self.posts: dict[Subject, Post] = {}
        self._pending: dict[Post, None] = {}
        self._skipped: dict[Post, None] = {}

    # ------------------------------------------------------------------ changes

    def change(self, rule: Rule, now: Now, outcome: Outcome) -> None:
        """Go by the rule as it was edited; alerts of another kind of rule return."""
        before, self.rule = self.rule, rule
        if kind_of(before) != kind_of(rule):
            self.return_all(tr("rule changed"), now, outcome)
            for subject in list(self.posts):
                self.book.part_with(subject)
            self.posts = {}
            self._pending, self._skipped = {}, {}
        elif before.condition != rule.condition:
            self.break_off()

    def watch(
        self,
        watched: Iterable[Watched],
        cameras: Mapping[CameraId, WatchedCamera],
        now: Now,
        outcome: Outcome,
    ) -> None:
        """Watch just these subjects; what is open about others returns."""
        posts = {}
        for one in watched:
            post = self.posts.get(one.subject) or Post(one)
            post.watched = one
            posts[one.subject] = post
        self.posts = posts
        self._pending = {one: None for one in self._pending if self._is_mine(one)}
        self._skipped = {one: None for one in self._skipped if self._is_mine(one)}
        for alert in list(self.book.alerts.values()):
            for subject in list(alert.holding):
                if subject not in posts:
                    self.give_back(subject, why_gone(subject, self.rule, cameras), now, outcome)

    def _is_mine(self, post: Post) -> bool:
        return self.posts.get(post.watched.subject) is post

    def break_off(self) -> None:
        """Let what does not hold long enough yet begin again: nobody looked meanwhile."""
        for post in self._pending:
            post.held_s = None

    def return_all(self, why: str, now: Now, outcome: Outcome) -> None:
        """Let all that is open return."""
        for alert in list(self.book.alerts.values()):
            for subject in list(alert.holding):
                self.give_back(subject, why, now, outcome)

    # ------------------------------------------------------------------ judging

    def pass_time(self, readings: Readings, moment: Moment, outcome: Outcome) -> None:
        """Judge what can change by time alone."""
        if not self.rule.is_enabled:
            return
        slides = isinstance(self.rule.condition, Crossings)
        due = list(self.posts.values()) if slides else [*self._pending, *self._skipped]
        self._skipped = {}
        for post in due:
            self.follow(post, readings, moment, outcome)
        if not self.is_on(moment):
            return
        for alert, subjects in self.book.due_again(self.rule.cool_down_s, moment.s):
            for subject in subjects:
                self._tell_again(alert, subject, readings, moment, outcome)

    def notice(self, post: Post, readings: Readings, moment: Moment, outcome: Outcome) -> None:
        """Judge a subject of which something new is known."""
        watched = post.watched
        is_big = len(watched.cameras) > _MANY or len(watched.places) > _MANY
        if is_big and moment.s - post.judged_s < _MANY_AGAIN_S:
            self._skipped[post] = None
        else:
            self.follow(post, readings, moment, outcome)

    def judgement(self, post: Post, readings: Readings, moment: Moment) -> Judgement:
        """Tell how the condition stands with a subject; nothing follows."""
        return judge(self.rule.condition, post.watched, readings, moment.s, moment.local)

    def is_on(self, moment: Moment) -> bool:
        """Tell whether the rule may raise anything now."""
        schedule = self.rule.schedule
        return schedule.is_always or schedule.is_on(moment.now.wall, moment.zone)

    def follow(self, post: Post, readings: Readings, moment: Moment, outcome: Outcome) -> None:
        """Judge a subject, and do what follows."""
        found = self.judgement(post, readings, moment)
        post.judged_s = moment.s
        subject = post.watched.subject
        alert = self.book.alert_of(subject)
        if found.verdict is Verdict.OVER or (alert is None and found.verdict is not Verdict.HOLDS):
            post.held_s = None
            self._pending.pop(post, None)
            if alert is not None:
                self.give_back(subject, "", moment.now, outcome)
            return
        if found.verdict is not Verdict.HOLDS:
            return
        if alert is not None and post.shared and not found.shared:
            # What kept all cameras away is over; this one has a trouble of its own.
            self.give_back(subject, "", moment.now, outcome)
            self.book.part_with(subject)
            post.held_s, alert = None, None
        if post.held_s is None:
            post.held_s = moment.s
        if alert is not None:
            self._worsen(alert, post, found, moment, outcome)
        elif self._is_long_enough(post, moment.s) and self.is_on(moment):
            self._pending.pop(post, None)
            post.shared = found.shared
            self.raise_for(post, found, moment, outcome)
        else:
            self._pending[post] = None

    def _is_long_enough(self, post: Post, now_s: float) -> bool:
        return post.held_s is not None and (
            now_s - post.held_s >= needed_s(self.rule.condition) - _ROUNDING_S
        )

    # ------------------------------------------------------------------ telling

    def raise_for(self, post: Post, found: Judgement, moment: Moment, outcome: Outcome) -> None:
        """Raise an alert for a subject, or let it join the one that it belongs to."""
        severity = Severity.CRITICAL if found.is_critical else self.rule.severity
        subject = post.watched.subject
        is_grouped = isinstance(self.rule.condition, CameraCondition)
        cause, common = moment.cause_of(subject) if is_grouped else ("", "")
        if found.shared:
            cause, common = shared_key(found.shared), found.shared
        began_s = moment.s if post.held_s is None else post.held_s
        trouble = Trouble(subject, severity, began_s, is_grouped, cause, common)
        alert, is_new = self.book.admit(trouble, self.rule.cool_down_s, moment.s)
        alert.begin(subject, moment.now.wall_at(began_s))
        is_worse = severity.rank > alert.severity.rank
        if is_worse:
            alert.severity, alert.is_asked = severity, True
        is_news = bool(common) and (is_new or alert.common == "")
        if is_news:
            alert.common = common
        signal = self._signal(alert, post, found, moment, common if is_news else "")
        outcome.add(replace(signal, is_new=is_new, is_worse=is_worse))

    def _worsen(
        self, alert: Known, post: Post, found: Judgement, moment: Moment, outcome: Outcome
    ) -> None:
        is_worse = found.is_critical and alert.severity is not Severity.CRITICAL
        if is_worse and self.is_on(moment):
            alert.severity, alert.is_asked = Severity.CRITICAL, True
            outcome.add(replace(self._signal(alert, post, found, moment), is_worse=True))

    def _tell_again(
        self,
        alert: Known,
        subject: Subject,
        readings: Readings,
        moment: Moment,
        outcome: Outcome,
    ) -> None:
        """Tell of what came back within the cool-down, and still holds now that it is over.

        While nothing is known of it, that waits.
        """
        post = self.posts.get(subject)
        found = None if post is None else self.judgement(post, readings, moment)
        if post is None or found is None or found.verdict is Verdict.UNKNOWN:
            return
        self.book.tell_again(alert, subject, moment.s)
        outcome.add(self._signal(alert, post, found, moment))

    def _signal(
        self, alert: Known, post: Post, found: Judgement, moment: Moment, common: str = ""
    ) -> Raised:
        watched = post.watched
        part = AlertPart(
            watched.subject,
            watched.name,
            alert.since.get(watched.subject, moment.now.wall),
            found.value,
            found.reason,
        )
        return Raised(
            alert.uid,
            self.rule.uid,
            is_new=False,
            severity=alert.severity,
            parts=(part,),
            common=common,
            value=found.value,
            threshold=found.threshold,
            coverage=found.coverage,
        )

    def give_back(self, subject: Subject, why: str, now: Now, outcome: Outcome) -> None:
        """Let a subject return."""
        alert = self.book.let_go(subject, now.elapsed_s)
        if alert is None:
            return
        if not alert.holding and alert.cause.startswith(_SHARED):
            self.book.uncover(alert.cause)
        is_over = not alert.holding
        outcome.add(Returned(alert.uid, self.rule.uid, (subject,), is_over, why))

    def cover(self, key: str, cause: Cause, before: str, moment: Moment, outcome: Outcome) -> None:
        """Know that cameras have a common cause; an open alert of theirs names it."""
        if not isinstance(self.rule.condition, CameraCondition) or not self.rule.is_enabled:
            return
        alert = self.book.cover(key, cause.words, before, cause.camera_ids, moment.s)
        if alert is not None:
            outcome.add(
                Raised(alert.uid, self.rule.uid, False, alert.severity, (), common=cause.words)
            )


_SHARED = "shared:"


def shared_key(shared: str) -> str:
    """Return the key of a cause that lies at this computer."""
    return f"{_SHARED}{shared}"
