"""The words of a hand-over sheet, as the HTML that Qt's text documents know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert, AlertEntry
from camwatch.alerts.inbox import Handover
from camwatch.language import tr, within
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.dialogs import severities
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.paper import Sheet
from camwatch.ui.words import span

_STYLE = """
<style>
body, td, th, p { color: #1a1a1a; }
h1 { font-size: 17pt; font-weight: 600; margin: 0 0 4px 0; }
h2 { font-size: 11.5pt; font-weight: 600; margin: 20px 0 6px 0; }
p { margin: 0 0 6px 0; }
.muted { color: #555555; }
.critical { color: #a11218; font-weight: 600; }
.warning { color: #8a3b00; font-weight: 600; }
.information { color: #0b4f94; font-weight: 600; }
th { font-weight: 600; text-align: left; color: #555555; }
</style>
"""

_LONGEST_WORD = 24
_MOST_ENTRIES = 30


def handover_sheet(handover: Handover, zone: ZoneInfo) -> Sheet:
    """Return what is printed; all that comes from outside is escaped.

    Args:
        handover: What the next shift must know.
        zone: The site's time zone.
    """
    who = _who(handover)
    parts = [
        _STYLE,
        _tagged("h1", tr("Hand-over of the shift")),
        _facts(_head(handover, zone)),
        _tagged("h2", tr("Open now, most serious first")),
        _open(handover, zone),
        _tagged("h2", tr("What happened in the shift, oldest first")),
        _happened(handover, zone),
        _signatures(handover),
    ]
    made = f"{handover.until.astimezone(zone):%Y-%m-%d %H:%M}"
    return Sheet(
        "".join(parts),
        title=tr("Hand-over {made}", made=made),
        footer=tr("hand-over of {who}, {made} · times in {key}", who=who, made=made, key=zone.key),
    )


def _who(handover: Handover) -> str:
    names = [wording.one_line(one) for one in (handover.from_name, handover.to_name) if one]
    if len(names) < 2:
        return "".join(names)
    return tr("{giver} to {taker}", giver=names[0], taker=names[1])


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _head(handover: Handover, zone: ZoneInfo) -> list[tuple[str, str]]:
    local = handover.until.astimezone(zone)
    offset = f"{local:%z}"
    length = span((handover.until - handover.since).total_seconds())
    shift = tr(
        "{moment} to {moment2} ({length})",
        moment=_moment(handover.since, zone),
        moment2=_moment(handover.until, zone),
        length=length,
    )
    return [
        (tr("Shift"), shift),
        (
            tr("Times"),
            tr(
                "{key} ({local:%Z}, UTC{offset}:{offset2})",
                key=zone.key,
                local=local,
                offset=offset[:3],
                offset2=offset[3:5],
            ),
        ),
        (tr("Handed over by"), wording.one_line(handover.from_name)),
        (tr("Taken over by"), wording.one_line(handover.to_name) or tr("not named yet")),
        (tr("Open now"), severities(handover.open) if handover.open else tr("nothing")),
        (
            tr("Raised in the shift"),
            severities(handover.happened) if handover.happened else tr("nothing"),
        ),
    ]


def _open(handover: Handover, zone: ZoneInfo) -> str:
    if not handover.open:
        return _tagged("p", tr("No alert is open."))
    rows = []
    for alert in handover.open:
        cells = [_number(alert), _severity(alert), _what(alert), _state(alert, handover, zone)]
        rows.append([*cells, escape(_moment(alert.raised_at, zone))])
    return _table(
        (tr("No."), tr("Severity"), tr("What"), tr("State"), tr("Since")), (6, 16, 39, 23, 16), rows
    )


def _happened(handover: Handover, zone: ZoneInfo) -> str:
    if not handover.happened:
        return _tagged("p", tr("No alert was raised."))
    entries = dict(handover.entries)
    rows = [
        [
            escape(_moment(alert.raised_at, zone)),
            _number(alert),
            _severity(alert),
            _what(alert) + _deeds(alert, entries, zone),
        ]
        for alert in handover.happened
    ]
    return _table(
        (tr("Raised"), tr("No."), tr("Severity"), tr("What, and who did what")),
        (16, 6, 16, 62),
        rows,
    )


def _number(alert: Alert) -> str:
    return str(alert.number) if alert.number else ""


def _severity(alert: Alert) -> str:
    word = escape(severity_look(alert.severity).word)
    return f'<span class="{alert.severity.value}">{word}</span>'


def _what(alert: Alert) -> str:
    drill = _tagged("b", tr("DRILL, not real.")) + " " if alert.is_drill else ""
    about = wording.subjects(alert)
    lines = [f"{drill}<b>{_text(wording.title(alert))}</b>"]
    if about and about not in alert.title:
        lines.append(f'<span class="muted">{_text(about)}</span>')
    if alert.times > 1:
        raised = tr("raised {times} times", times=alert.times)
        lines.append(f'<span class="muted">{raised}</span>')
    return "<br>".join(lines)


def _state(alert: Alert, handover: Handover, zone: ZoneInfo) -> str:
    now = handover.until
    lines = [escape(wording.state_look(alert, now).word)]
    shelving = alert.shelving
    if shelving is not None and alert.is_shelved(now):
        until = wording.until(shelving.until, zone, now)
        by = wording.actor(shelving.by)
        lines.append(
            _text(
                tr(
                    "until {until} by {by}: {shown}",
                    until=until,
                    by=by,
                    shown=wording.shown(shelving.reason),
                )
            )
        )
    elif alert.acknowledged_by and alert.state.is_seen:
        lines.append(_text(tr("by {actor}", actor=wording.actor(alert.acknowledged_by))))
    if alert.owner:
        lines.append(_text(tr("Owner: {one_line}", one_line=wording.one_line(alert.owner))))
    return "<br>".join(lines)


def _deeds(alert: Alert, entries: Mapping[str, Sequence[AlertEntry]], zone: ZoneInfo) -> str:
    """Say who did what, one line each; of very long histories the newest lines."""
    all_of_it = entries.get(alert.uid, ())
    lines = [_deed(one, alert, zone) for one in all_of_it[-_MOST_ENTRIES:]]
    if (left_out := len(all_of_it) - len(lines)) > 0:
        lines.insert(0, tr("({left_out} older entries are in the inbox)", left_out=left_out))
    state = wording.state_look(alert, alert.changed_at).word
    lines.append(tr("Now: {escape}", escape=escape(within(state))))
    return "".join(f'<br><span class="muted">{line}</span>' for line in lines)


def _deed(entry: AlertEntry, alert: Alert, zone: ZoneInfo) -> str:
    same_day = entry.at.astimezone(zone).date() == alert.raised_at.astimezone(zone).date()
    return _text(wording.entry_line(entry, zone, alert.raised_at if same_day else None))


def _signatures(handover: Handover) -> str:
    line, below = "_" * 34, tr("Date, time, signature")
    head = _tagged("h2", tr("Signatures"))
    cells = []
    for words, name in (
        (tr("Handed over by"), handover.from_name),
        (tr("Taken over by"), handover.to_name),
    ):
        who = _text(wording.one_line(name)) if name else "&nbsp;"
        cells.append(
            f'<td width="50%"><span class="muted">{words}</span><br><b>{who}</b><br><br><br>'
            f'{line}<br><span class="muted">{below}</span></td>'
        )
    return (
        f"{head}"
        '<table width="100%" cellspacing="0" cellpadding="4">'
        f"<tr>{''.join(cells)}</tr></table>"
    )


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>"


def _text(text: str) -> str:
    """Escape a text from outside, and let its long words go on in a next line."""
    words = (
        "\u200b".join(
            word[at : at + _LONGEST_WORD] for at in range(0, max(len(word), 1), _LONGEST_WORD)
        )
        for word in text.split(" ")
    )
    return escape(" ".join(words)).replace("\n", "<br>")


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td class="muted" style="padding-right: 18px">{escape(name)}</td>'
        f"<td>{_text(value)}</td></tr>"
        for name, value in facts
    )
    return f'<table cellspacing="0" cellpadding="2" style="margin-top: 6px">{rows}</table>'


def _table(heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose head comes again on each page; the cells are HTML already."""
    head = "".join(
        f'<th width="{width}%">{one}</th>' for one, width in zip(heads, widths, strict=True)
    )
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        '<table width="100%" cellspacing="0" cellpadding="4" border="1" '
        'style="border-collapse: collapse; border-color: #c8d0d8; border-style: solid">'
        f"<thead><tr>{head}</tr></thead>{body}</table>"
    )
