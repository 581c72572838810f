"""What stands in place of the list while it has no rows. Knows no Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert
from camwatch.language import marked, tr
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.filter_bar import Which
from camwatch.ui.words import shortened, span

_LONGEST_TITLE = 80
_NONE_YET = marked(
    "Once a rule raises one, it appears here by itself. What is watched for is under “Rules”."
)


def nothing_words(
    which: Which, last: Alert | None, zone: ZoneInfo, now: datetime, *, is_plain: bool
) -> tuple[str, str, str]:
    """Return title, text and the words of the button.

    Args:
        which: In which states alerts are wanted.
        last: The newest alert of all; None if there was never one.
        zone: The site's time zone.
        now: UTC.
        is_plain: Nothing is asked but the state.
    """
    if last is None:
        return (
            tr("No alert yet"),
            tr(_NONE_YET),
            "",
        )
    if not is_plain or which is not Which.OPEN:
        return (
            tr("No alert matches"),
            tr("Try another word, or take the filters away."),
            tr("Show all open"),
        )
    ago = span((now - last.raised_at).total_seconds())
    when = wording.moment(last.raised_at, zone, now)
    title = shortened(wording.title(last), _LONGEST_TITLE)
    text = tr(
        "No alert is open. The last one was raised {ago} ago, {when}:\n{title}",
        ago=ago,
        when=when,
        title=title,
    )
    return tr("All quiet"), text, tr("Show former alerts")
