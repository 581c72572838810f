"""What a report tells, part by part, from its numbers to pieces of pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from camwatch.history.report_mail import percent
from camwatch.history.report_sums import flow_sum, people_sum
from camwatch.history.reports import Report
from camwatch.language import tr
from camwatch.ui.report import canvas, charts, words
from camwatch.ui.report.pieces import Column, Piece, drawing, heading, paragraph, space, table

_BOX = 82.0
_GAP = 10.0


def pieces_of(report: Report) -> list[Piece]:
    """Return all of a report, in its order."""
    return [
        *_head(report),
        *_totals(report),
        *_occupancy(report),
        *_flow(report),
        *_week(report),
        *_cameras(report),
        *_lines(report),
        *_corrections(report),
        *_alerts(report),
    ]


def _head(report: Report) -> Iterator[Piece]:
    yield paragraph(report.title, 24, is_bold=True)
    yield space(8)
    for name, what in words.facts(report):
        yield _fact(name, what)
    yield space(14)


def _fact(name: str, what: str) -> Piece:
    left = 70.0
    tall = canvas.high(what, canvas.WIDTH - left, 11)

    def paint(painter: QPainter, top: float) -> None:
        canvas.line(
            painter, QRectF(0, top, left, tall), name, 11, canvas.LEFT | canvas.TOP, canvas.MUTED
        )
        canvas.text(painter, QRectF(left, top, canvas.WIDTH - left, tall + 2), what, 11)

    return Piece(tall + 3, paint)


def _totals(report: Report) -> Iterator[Piece]:
    """Yield the row of the most important numbers, each with its coverage."""
    people = people_sum(report.occupancy, report.made_at)
    known = words.coverage(people.coverage)
    when = "" if people.peak_at is None else words.short_moment(people.peak_at, report)
    boxes = [
        (
            tr("People in view, on average"),
            words.mean(people.mean),
            people.mean is not None,
            known,
            words.change(report),
        ),
        (tr("Peak, at most"), words.number(people.peak), people.peak is not None, known, when),
    ]
    if report.lines:
        flow = flow_sum(report.flow, report.made_at)
        counted = tr("countable for {percent}", percent=percent(flow.coverage))
        boxes += [
            (name, words.number(passed), passed is not None, counted, "")
            for name, passed in (
                (tr("Passed in"), flow.inwards),
                (tr("Passed out"), flow.outwards),
            )
        ]

    def paint(painter: QPainter, top: float) -> None:
        shares = (2.1, 1.1, 1.0, 1.0)[: len(boxes)]
        unit = (canvas.WIDTH - _GAP * (len(boxes) - 1)) / sum(shares)
        left = 0.0
        for share, box in zip(shares, boxes, strict=True):
            _draw_box(painter, QRectF(left, top, unit * share, _BOX), box)
            left += unit * share + _GAP

    yield Piece(_BOX, paint)


def _draw_box(painter: QPainter, frame: QRectF, box: tuple[str, str, bool, str, str]) -> None:
    name, value, is_known, known, more = box
    painter.fillRect(frame, canvas.SHADE)
    inner = frame.adjusted(9, 6, -9, -6)
    middle = canvas.LEFT | canvas.MIDDLE
    small = QRectF(inner.left(), inner.top(), inner.width(), 14)
    canvas.line(painter, small, name, 10, middle, canvas.MUTED)
    canvas.line(
        painter,
        small.translated(0, 15).adjusted(0, 0, 0, 13),
        value,
        22 if is_known else 15,
        middle,
        canvas.BLUE if is_known else canvas.WARNING,
        is_bold=True,
    )
    canvas.line(painter, small.translated(0, 43), known, 10, middle, canvas.INK)
    canvas.line(painter, small.translated(0, 57), more, 9, middle, canvas.MUTED)


def _occupancy(report: Report) -> Iterator[Piece]:
    yield from heading(tr("People in view"), tr(words.ABOUT_OCCUPANCY))
    if not report.cameras:
        yield paragraph(tr("There was no camera in this time."), 11)
        return
    yield drawing(charts.OCCUPANCY_HEIGHT, partial(charts.draw_occupancy, report=report))


def _flow(report: Report) -> Iterator[Piece]:
    if report.flow:
        yield from heading(tr("Who passed"), tr(words.ABOUT_FLOW))
        yield drawing(charts.FLOW_HEIGHT, partial(charts.draw_flow, report=report))


def _week(report: Report) -> Iterator[Piece]:
    week = report.week
    if week is not None and report.cameras:
        yield from heading(tr("Hours of the week"), tr(words.ABOUT_WEEK))
        yield drawing(charts.WEEK_HEIGHT, lambda painter, box: charts.draw_week(painter, box, week))


def _cameras(report: Report) -> Iterator[Piece]:
    if not report.cameras:
        return
    yield from heading(tr("Cameras"), tr(words.ABOUT_CAMERAS))
    has_accuracy = any(one.accuracy for one in report.cameras)
    columns = [
        Column(tr("Camera"), 30),
        Column(tr("Mean"), 11, is_number=True),
        Column(tr("Peak"), 11, is_number=True),
        Column(tr("When"), 18),
        Column(tr("Coverage"), 11, is_number=True),
    ]
    if has_accuracy:
        columns.append(Column(tr("Accuracy"), 27))
    rows = []
    for one in report.cameras:
        when = "" if one.peak_at is None else words.short_moment(one.peak_at, report)
        row = [
            one.name,
            words.mean(one.mean),
            words.number(one.peak),
            when,
            percent(one.coverage),
        ]
        rows.append([*row, one.accuracy] if has_accuracy else row)
    yield from table(columns, rows)


def _lines(report: Report) -> Iterator[Piece]:
    if not report.lines:
        return
    yield from heading(tr("Lines and gates"), tr(words.ABOUT_LINES))
    columns = [
        Column(tr("Line or gate"), 58),
        Column(tr("In"), 14, is_number=True),
        Column(tr("Out"), 14, is_number=True),
        Column(tr("Coverage"), 14, is_number=True),
    ]
    rows = [
        [one.name, words.number(one.inwards), words.number(one.outwards), percent(one.coverage)]
        for one in report.lines
    ]
    yield from table(columns, rows)


def _corrections(report: Report) -> Iterator[Piece]:
    if not report.corrections:
        return
    yield from heading(tr("Corrections"), tr(words.ABOUT_CORRECTIONS))
    columns = [
        Column(tr("From"), 16),
        Column(tr("To"), 16),
        Column(tr("About"), 20),
        Column(tr("What"), 16),
        Column(tr("By"), 12),
        Column(tr("Why"), 26),
    ]
    rows = [
        [
            words.moment(one.draft.start, report),
            words.moment(one.draft.end, report),
            about,
            words.corrected(one),
            one.author,
            words.reason(one),
        ]
        for one, about in zip(report.corrections, report.corrected, strict=True)
    ]
    yield from table(columns, rows)


def _alerts(report: Report) -> Iterator[Piece]:
    if not report.alerts:
        return
    yield from heading(tr("Alerts"), tr(words.ABOUT_ALERTS))
    columns = [
        Column(tr("Raised"), 18),
        Column(tr("No."), 8, is_number=True),
        Column(tr("Severity"), 12),
        Column(tr("What"), 48),
        Column(tr("State"), 16),
    ]
    rows = [
        [words.short_moment(one.at, report), f"{one.number}", one.severity, one.title, one.state]
        for one in report.alerts
    ]
    yield from table(columns, rows)
    if report.alerts_left_out:
        yield space(4)
        yield paragraph(
            tr(
                "{alerts_left_out:,} more were raised; they are in the inbox.",
                alerts_left_out=report.alerts_left_out,
            ),
            10,
            canvas.MUTED,
        )
