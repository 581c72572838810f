"""Rules about the program: their subjects come with what happens."""

from __future__ import annotations

from camwatch.alerts.alert import SubjectKind
from camwatch.alerts.judging import subject_of_part
from camwatch.alerts.outcome import Outcome
from camwatch.alerts.readings import Readings
from camwatch.alerts.rules import ProgramCondition
from camwatch.alerts.scoping import Watched
from camwatch.alerts.signals import ProgramFact
from camwatch.alerts.standing import Moment, Post, Standing
from camwatch.alerts.verdict import Judgement, Verdict


def program_subjects(standing: Standing, readings: Readings) -> list[Watched]:
    """Return the parts of the program that a rule knows of: in trouble, or with an open alert."""
    condition = standing.rule.condition
    if not isinstance(condition, ProgramCondition):
        return []
    parts = {
        subject_of_part(condition, part): fact.name
        for (trouble, part), fact in readings.program.items()
        if trouble is condition.trouble
    }
    for alert in standing.book.alerts.values():
        for subject in alert.holding:
            if subject.kind is SubjectKind.PROGRAM:
                post = standing.posts.get(subject)
                parts.setdefault(subject, post.watched.name if post else "")
    return [Watched(subject, name) for subject, name in parts.items()]


def follow_program(
    standing: Standing, fact: ProgramFact, readings: Readings, moment: Moment, outcome: Outcome
) -> None:
    """Let a rule take what happened to a part of the program."""
    condition = standing.rule.condition
    if not isinstance(condition, ProgramCondition) or condition.trouble is not fact.trouble:
        return
    subject = subject_of_part(condition, fact.part)
    watched = Watched(subject, fact.name)
    if fact.is_momentary:
        _happen(standing, watched, Judgement(Verdict.HOLDS, reason=fact.reason), moment, outcome)
        return
    post = standing.posts.setdefault(subject, Post(watched))
    if fact.name:
        post.watched = watched
    standing.follow(post, readings, moment, outcome)
    if not fact.is_troubled:
        standing.posts.pop(subject, None)


def _happen(
    standing: Standing, watched: Watched, found: Judgement, moment: Moment, outcome: Outcome
) -> None:
    """Raise an alert about what is over at once, and let it return."""
    if not standing.is_on(moment):
        return
    standing.raise_for(Post(watched, moment.s), found, moment, outcome)
    standing.give_back(watched.subject, "", moment.now, outcome)
