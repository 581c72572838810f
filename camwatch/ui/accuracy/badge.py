"""The badge beside a camera's numbers, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.accuracy import FEWEST_INTERVALS, Badge
from camwatch.domain import utc_now
from camwatch.language import marked, tr
from camwatch.ui.accuracy.wording import LIGHTS, PARTS, between, day, percent, spread
from camwatch.ui.accuracy.wording import subject as subject_words
from camwatch.ui.words import sentence, spoken_list

NOT_AUDITED = marked("Not audited yet")


@dataclass(frozen=True, slots=True)
class BadgeText:
    """A badge in words; plain text.

    Attributes:
        number: For a corner of a tile: "96 % ± 2".
        short: For a line beside the numbers: "96 % ± 2 · audited 12 Nov · daylight".
        long: What it means, in whole sentences.
        warning: Why it may not hold any more, in whole sentences; "" if it holds.
    """

    number: str
    short: str
    long: str
    warning: str = ""


def badge_text(badge: Badge | None, zone: ZoneInfo, now: datetime | None = None) -> BadgeText:
    """Say how right a camera's numbers are.

    Args:
        badge: None if the camera was never audited.
        zone: Whose days are meant.
        now: UTC; None is this moment.
    """
    if badge is None:
        return BadgeText(
            tr("not audited"),
            tr(NOT_AUDITED),
            tr("Nobody has checked yet how right the numbers of this camera are."),
        )
    audited = day(badge.audited_at, zone, now or utc_now())
    lights = spoken_list([LIGHTS[light] for light in badge.lights])
    about = subject_words(badge.kind, badge.place)
    if badge.accuracy is not None:
        number = f"{percent(badge.accuracy)} {spread(badge.accuracy)}"
        long = tr(
            "The numbers of {about} were {percent} right when they were audited "
            "on {audited}, in {lights}. With a certainty of 95 % they are right to "
            "{between}.",
            about=about,
            percent=percent(badge.accuracy),
            audited=audited,
            lights=lights,
            between=between(badge.accuracy),
        )
    elif badge.nobody_came:
        number = tr("nobody came")
        long = tr(
            "Audited on {audited} ({about}), but nobody was there to be counted.",
            audited=audited,
            about=about,
        )
    else:
        number = tr("unsure")
        long = tr(
            "Audited on {audited} ({about}), but with too little to say how right it is.",
            audited=audited,
            about=about,
        )
    short = " · ".join(
        [number, tr("audited {audited}", audited=audited), *([lights] if lights else [])]
    )
    return BadgeText(number, sentence(short), long, _warning(badge))


def changed_words(badge: Badge) -> str:
    """Say what is not as it was at the audit: "the model and the threshold"; "" if nothing."""
    return spoken_list([PARTS[part] for part in badge.changed])


def _warning(badge: Badge) -> str:
    told = []
    if badge.changed:
        told.append(
            tr("Since then this has changed: {changed_words}.", changed_words=changed_words(badge))
        )
    if badge.is_old:
        told.append(tr("The audit is older than 90 days."))
    if badge.has_few:
        told.append(
            tr(
                "It rests on fewer than {fewest_intervals} comparisons.",
                fewest_intervals=FEWEST_INTERVALS,
            )
        )
    if told:
        told.append(tr("Another audit would tell how right the numbers are now."))
    return " ".join(told)
