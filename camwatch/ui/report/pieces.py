"""What a report is put together from: pieces with a height, one below the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from camwatch.ui.report import canvas

_PAD = 4.0
_SIDE = 7.0
_ROW_FONT = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that is not torn apart.

    Attributes:
        height: How high it is.
        paint: Draws it; gets the painter and its upper edge.
        again: What stands above it, too, where it begins a page: the head of its table.
        keeps: It never ends a page: what follows is on the same one.
    """

    height: float
    paint: Callable[[QPainter, float], None]
    again: Piece | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its head, its part of the width, and whether it holds numbers."""

    head: str
    share: float
    is_number: bool = False


def space(height: float) -> Piece:
    """Return nothing, so high."""
    return Piece(height, lambda _painter, _top: None)


def paragraph(
    words: str,
    pixels: int,
    colour: QColor = canvas.INK,
    *,
    is_bold: bool = False,
    keeps: bool = False,
) -> Piece:
    """Return a text over the whole width."""
    tall = canvas.high(words, canvas.WIDTH, pixels, is_bold=is_bold)

    def paint(painter: QPainter, top: float) -> None:
        box = QRectF(0, top, canvas.WIDTH, tall + 2)
        canvas.text(painter, box, words, pixels, colour, is_bold=is_bold)

    return Piece(tall, paint, keeps=keeps)


def heading(title: str, about: str) -> list[Piece]:
    """Return the begin of a part: its name, and one line that explains it."""
    return [
        space(16),
        paragraph(title, 15, is_bold=True, keeps=True),
        Piece(2, lambda _painter, _top: None, keeps=True),
        paragraph(about, 10, canvas.MUTED, keeps=True),
        Piece(6, lambda _painter, _top: None, keeps=True),
    ]


def drawing(height: float, draw: Callable[[QPainter, QRectF], None]) -> Piece:
    """Return a chart over the whole width."""
    return Piece(height, lambda painter, top: draw(painter, QRectF(0, top, canvas.WIDTH, height)))


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[Piece]:
    """Yield a table, row by row; its head comes again on each page."""
    whole = sum(one.share for one in columns)
    widths = [canvas.WIDTH * one.share / whole for one in columns]
    head = _row(columns, widths, [one.head for one in columns], is_head=True)
    yield head
    for row in rows:
        yield _row(columns, widths, row, again=head)


def _row(
    columns: Sequence[Column],
    widths: Sequence[float],
    cells: Sequence[str],
    *,
    is_head: bool = False,
    again: Piece | None = None,
) -> Piece:
    tall = max(
        canvas.high(cell, width - 2 * _SIDE, _ROW_FONT, is_bold=is_head)
        for cell, width in zip(cells, widths, strict=True)
    )
    height = tall + 2 * _PAD

    def paint(painter: QPainter, top: float) -> None:
        if is_head:
            painter.fillRect(QRectF(0, top, canvas.WIDTH, height), canvas.SHADE)
        left = 0.0
        for column, width, cell in zip(columns, widths, cells, strict=True):
            box = QRectF(left + _SIDE, top + _PAD, width - 2 * _SIDE, tall + 2)
            colour = canvas.MUTED if is_head else canvas.INK
            if column.is_number:
                one_line = QRectF(box.left(), box.top(), box.width(), tall)
                canvas.line(
                    painter,
                    one_line,
                    cell,
                    _ROW_FONT,
                    canvas.RIGHT | canvas.TOP,
                    colour,
                    is_bold=is_head,
                )
            else:
                canvas.text(painter, box, cell, _ROW_FONT, colour, is_bold=is_head)
            left += width
        painter.setPen(QPen(canvas.LINE, 0.7))
        bottom = top + height
        painter.drawLine(QPointF(0, bottom), QPointF(canvas.WIDTH, bottom))

    return Piece(height, paint, again, keeps=is_head)


def on_pages(pieces: Sequence[Piece]) -> list[list[tuple[float, Piece]]]:
    """Put pieces onto pages; returns for each page its pieces and where they begin."""
    pages: list[list[tuple[float, Piece]]] = [[]]
    at = 0.0
    for index, piece in enumerate(pieces):
        needed = piece.height
        for follower in pieces[index + 1 :] if piece.keeps else ():
            needed += follower.height
            if not follower.keeps:
                break
        if at + needed > canvas.HEIGHT and at > 0:
            pages.append([])
            at = 0.0
            if piece.again is not None:
                pages[-1].append((at, piece.again))
                at += piece.again.height
        pages[-1].append((at, piece))
        at += piece.height
    return pages
