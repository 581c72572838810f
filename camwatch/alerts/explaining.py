"""Why a rule fires, or why not: how it stands with each of its subjects."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.alerts.judging import needed_s, subject_of_part
from camwatch.alerts.readings import Readings
from camwatch.alerts.rules import Balance, Crossings, ProgramCondition
from camwatch.alerts.scoping import Watched, subjects_of
from camwatch.alerts.signals import Block, Explanation, WatchedCamera
from camwatch.alerts.standing import Moment, Post, Standing
from camwatch.alerts.verdict import Judgement, Verdict
from camwatch.domain import CameraId


def explain(
    standing: Standing,
    cameras: Mapping[CameraId, WatchedCamera],
    readings: Readings,
    moment: Moment,
) -> list[Explanation]:
    """Tell how a rule stands with each of its subjects; nothing changes by it."""
    rule = standing.rule
    posts = list(standing.posts.values())
    if not rule.is_enabled:
        posts = [Post(one) for one in subjects_of(rule, cameras)]
    condition = rule.condition
    if isinstance(condition, ProgramCondition) and not posts:
        # Nobody has told of trouble: all is well.
        watched = Watched(subject_of_part(condition, ""), "")
        well = Judgement(Verdict.OVER)
        return [_explanation(standing, Post(watched), well, moment)]
    if isinstance(condition, Crossings | Balance) and not rule.scope.places:
        # All places of the cameras are meant, but nobody passes a zone.
        posts = [one for one in posts if any(map(readings.may_be_passed, one.watched.places))]
    return [
        _explanation(standing, one, standing.judgement(one, readings, moment), moment)
        for one in posts
    ]


def _explanation(standing: Standing, post: Post, found: Judgement, moment: Moment) -> Explanation:
    rule, watched = standing.rule, post.watched
    alert = standing.book.alert_of(watched.subject)
    left_s = standing.book.cool_down_left_s(watched.subject, rule.cool_down_s, moment.s)
    held_s = 0.0 if post.held_s is None else moment.s - post.held_s
    is_scheduled = standing.is_on(moment)
    if alert is not None:
        is_quiet = watched.subject in alert.again and left_s > 0
        block = Block.COOL_DOWN if is_quiet else ""
    else:
        block = _block(standing, found, held_s, is_scheduled)
    return Explanation(
        watched.subject,
        watched.name,
        found.value,
        found.threshold,
        found.back_at,
        found.coverage,
        held_s,
        needed_s(rule.condition),
        is_scheduled,
        found.usual,
        alert is not None,
        left_s,
        block,
    )


def _block(standing: Standing, found: Judgement, held_s: float, is_scheduled: bool) -> str:
    if not standing.rule.is_enabled:
        return Block.SWITCHED_OFF
    if not is_scheduled:
        return Block.NOT_SCHEDULED
    if found.lacks_history:
        return Block.TOO_LITTLE_HISTORY
    if found.verdict is Verdict.HOLDS:
        return Block.NOT_LONG_ENOUGH if held_s < needed_s(standing.rule.condition) else ""
    return {
        Verdict.UNKNOWN: Block.NO_DATA,
        Verdict.NEAR: Block.WITHIN_HYSTERESIS,
        Verdict.OVER: Block.NOT_OVER_THRESHOLD,
    }[found.verdict]
