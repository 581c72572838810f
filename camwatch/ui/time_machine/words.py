"""The past in words: when it is, how old a picture was then, and why something is not known."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.domain import CameraState
from camwatch.history.moments import CameraThen, CountThen, Gap, NoPicture
from camwatch.language import MONTHS, table, tr
from camwatch.ui import words

_OLD_S = 2.0

GAPS = table(
    lambda: {
        Gap.NOT_MEASURED: tr("Not counted at that moment"),
        Gap.OUT_OF_ORDER: tr("The camera gave no picture"),
        Gap.NOT_RUNNING: tr("CamWatch was not running"),
        Gap.NOT_THERE: tr("This camera was not set up yet"),
        Gap.REMOVED: tr("This camera had been removed"),
        Gap.NOT_KEPT: tr("Numbers of that time are not kept any more"),
        Gap.MAY_NOT: "",
    }
)
NO_PICTURES = table(
    lambda: {
        NoPicture.NONE_KEPT: tr("No picture of the hour before is kept"),
        NoPicture.SWITCHED_OFF: tr("Keeping pictures is switched off"),
        NoPicture.COUNT_ONLY: tr("No pictures are kept of this camera: count only"),
        NoPicture.OTHER_COMPUTER: tr("The picture is kept on another computer"),
        NoPicture.GONE: tr("The file of the picture is gone or damaged"),
    }
)


def day_and_time(at: datetime, zone: ZoneInfo) -> str:
    """Say "12 March 2026, 14:03:20"."""
    local = at.astimezone(zone)
    return tr(
        "{day} {month} {year}, {time}",
        day=str(local.day),
        month=MONTHS[local.month - 1],
        year=str(local.year),
        time=f"{local:%H:%M:%S}",
    )


def not_live(at: datetime, zone: ZoneInfo) -> str:
    """Say that it is not the present that is seen."""
    return tr("You look at {when}, not live", when=day_and_time(at, zone))


def picture_note(taken_at: datetime, at: datetime, zone: ZoneInfo, count: int | None = None) -> str:
    """Say "Picture of 12:03:10, 8 s before"; and how many are in it, where that is told."""
    age_s = max(0.0, (at - taken_at).total_seconds())
    if count is not None:
        return tr(
            "Picture of {time}, {age} before, {count} in it",
            time=words.clock_time(taken_at, zone),
            age=words.span(age_s),
            count=count,
        )
    return tr(
        "Picture of {time}, {age} before",
        time=words.clock_time(taken_at, zone),
        age=words.span(age_s),
    )


def count_text(then: CameraThen) -> str:
    """Return the number, "?" where it is not known; "" for who may not see it."""
    if then.gap is Gap.MAY_NOT:
        return ""
    count = then.count
    if count is None:
        return words.UNKNOWN_COUNT
    if count.is_of_minute:
        return tr("about {number}", number=count.number)
    doubt = words.UNKNOWN_COUNT if count.is_flagged or count.is_excluded else ""
    return f"{words.number(count.number)}{doubt}"


def count_note(then: CameraThen, at: datetime, zone: ZoneInfo) -> str:
    """Return what must be said of the number; "" if it is of that very moment."""
    count = then.count
    if count is None:
        return "" if then.gap is None else GAPS[then.gap]
    if count.is_excluded:
        return tr("Somebody marked these numbers as wrong")
    if count.is_of_minute:
        return tr(
            "Mean of the minute {time}, {lowest} to {highest}",
            time=f"{count.at.astimezone(zone):%H:%M}",
            lowest=count.lowest,
            highest=count.highest,
        )
    age_s = (at - count.at).total_seconds()
    if age_s > max(_OLD_S, 2 * count.interval_s):
        return tr("Counted {age} before", age=words.span(age_s))
    return ""


def state_text(then: CameraThen) -> str:
    """Return the state in a word or two; "" if nobody looked."""
    return "" if then.state is None else words.state_word(then.state, then.reason)


def message(then: CameraThen) -> list[str]:
    """Return why there is no picture of then, the most important first; none if there is one."""
    if then.gap in (Gap.NOT_THERE, Gap.REMOVED, Gap.NOT_RUNNING):
        return [GAPS[then.gap]]
    said = []
    if then.state is not None and not then.state.is_live:
        said.append(state_text(then))
        if reason := words.sentence(words.REASONS[then.reason].short):
            said.append(reason)
    if then.picture is None and then.no_picture is not None:
        said.append(NO_PICTURES[then.no_picture])
    return said


def spoken(name: str, then: CameraThen | None, at: datetime, zone: ZoneInfo) -> str:
    """Say all that a tile shows, for who cannot see it."""
    if then is None:
        return tr("{name}, past: being read", name=name)
    parts = [tr("{name} at {time}, not live", name=name, time=day_and_time(at, zone))]
    if then.count is not None:
        parts.append(words.people(then.count.number))
    elif then.gap is not None and then.gap is not Gap.MAY_NOT:
        parts.append(tr("number of people unknown"))
    parts += [one for one in (count_note(then, at, zone), state_text(then)) if one]
    if then.picture is not None:
        parts.append(picture_note(then.picture.taken_at, at, zone))
    parts += message(then)
    return ". ".join(dict.fromkeys(parts))


def proof(count: CountThen, zone: ZoneInfo, badge: str) -> list[str]:
    """Return what a number rests on, as lines."""
    lines = []
    if not count.is_of_minute:
        lines.append(
            tr(
                "Counted at {time} in one picture, mean score {score} %",
                time=words.clock_time(count.at, zone),
                score=round(100 * count.confidence),
            )
        )
    else:
        lines.append(
            tr(
                "Single measurements of then are not kept any more; {share} % of the minute was "
                "measured.",
                share=round(100 * count.coverage),
            )
        )
    if count.model:
        lines.append(tr("Model: {name}", name=count.model))
    if count.is_carried:
        lines.append(tr("Nothing moved in view: the number of people was taken over."))
    if count.is_flagged:
        lines.append(tr("Something was wrong with the picture: the number of people is doubtful."))
    if badge:
        lines.append(tr("Accuracy, as known today: {badge}", badge=badge))
    return lines


def mark_of(then: CameraThen | None) -> CameraState | None:
    """Return the state whose mark is shown; None for none."""
    return None if then is None else then.state
