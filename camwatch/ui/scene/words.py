"""What the editor of lines and zones says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from camwatch import language
from camwatch.errors import InvalidSetting
from camwatch.language import listed, marked, table, tr
from camwatch.scene import Point
from camwatch.scene.far_people import FAR, advise_far_people
from camwatch.scene.heat import Heat
from camwatch.scene.line_advice import LineProblem, LineSuggestion, LineWarning
from camwatch.ui.error_text import field_sentence
from camwatch.ui.scene.draft import Shape, ShapeKind
from camwatch.ui.words import number, people

KINDS: Mapping[ShapeKind, str] = table(
    lambda: {
        ShapeKind.LINE: tr("Line"),
        ShapeKind.GATE: tr("Gate"),
        ShapeKind.ZONE: tr("Zone"),
        ShapeKind.MASK: tr("Mask"),
        ShapeKind.HIDDEN: tr("Hidden area"),
    }
)

KIND_ICONS: Mapping[ShapeKind, str] = MappingProxyType(
    {
        ShapeKind.LINE: "slash",
        ShapeKind.GATE: "door-open",
        ShapeKind.ZONE: "pentagon",
        ShapeKind.MASK: "eye-off",
        ShapeKind.HIDDEN: "shield-ban",
    }
)

REMOVE: Mapping[ShapeKind, str] = table(
    lambda: {
        ShapeKind.LINE: tr("Remove line"),
        ShapeKind.GATE: tr("Remove gate"),
        ShapeKind.ZONE: tr("Remove zone"),
        ShapeKind.MASK: tr("Remove mask"),
        ShapeKind.HIDDEN: tr("Remove hidden area"),
    }
)

WHAT_FOR: Mapping[ShapeKind, str] = table(
    lambda: {
        ShapeKind.LINE: tr("Counts who passes it, in and out."),
        ShapeKind.GATE: tr("Counts who passes both its lines, one after the other."),
        ShapeKind.ZONE: tr("Counts who stands in it now."),
        ShapeKind.MASK: tr("Whoever stands in it is left out of every number."),
        ShapeKind.HIDDEN: tr(
            "Never shown and never kept, whoever looks. People in it are counted."
        ),
    }
)

SPOT = marked("Never a person")

HEAT_LEGEND = marked(
    "Last 7 days: the lighter, the longer people were there. Crosses: many are first or last seen "
    "there. Lay lines across bright ways, away from crosses."
)
NO_HEAT = listed(
    lambda: (
        tr("Nobody was seen here in the last 7 days"),
        tr("Come back when people have walked by for an hour or more."),
    )
)


def problem_sentence(problem: InvalidSetting) -> str:
    """Say what is wrong with something drawn, or with how it is counted."""
    if problem.field.startswith("point "):
        return tr(
            "Corner {removeprefix} {reason}.",
            removeprefix=problem.field.removeprefix("point "),
            reason=problem.reason,
        )
    return field_sentence(problem)


def far_sentences(heat: Heat) -> str:
    """Say whether it is worth looking for far people; empty while too few were seen to tell."""
    advice = advise_far_people(heat)
    if advice is None:
        return ""
    worth = tr("worth it here") if advice.would_help else tr("hardly worth it here")
    return tr(
        "{value:.0f} % of the people found here in the last 7 days are less than "
        "{value2:.0f} % of the picture high: {worth}. A picture takes up to "
        "{cost_times:.0f} times as long.",
        value=100 * advice.far_share,
        value2=100 * FAR,
        worth=worth,
        cost_times=advice.cost_times,
    )


def corner_name(kind: ShapeKind, corner: int) -> str:
    """Say which corner of a shape is meant, from 0."""
    if kind is ShapeKind.LINE:
        return (tr("Start of the line"), tr("End of the line"))[corner]
    if kind is ShapeKind.GATE:
        return (tr("Outer, start"), tr("Outer, end"), tr("Inner, start"), tr("Inner, end"))[corner]
    return tr("Corner {value}", value=corner + 1)


def position(point: Point) -> str:
    """Say where a point is: "12.5 % from the left, 40 % from the top"."""
    return tr(
        "{value:.4g} % from the left, {value2:.4g} % from the top",
        value=100 * point[0],
        value2=100 * point[1],
    )


def shape_sentence(shape: Shape, corner: int | None) -> str:
    """Say what is chosen, for whoever does not see it."""
    about = f"{KINDS[shape.kind]} “{shape.name}”"
    if corner is None:
        return tr("{about}, {count} corners.", about=about, count=len(shape.points))
    return f"{about}, {language.within(corner_name(shape.kind, corner))}: {position(shape.points[corner])}."


def found_sentence(found: int, counted: int) -> str:
    """Say how many people are found now, and how many of them count."""
    if found == counted:
        return tr("Found now: {found}", found=found)
    return tr("Found now: {found}, of which {value} left out", found=found, value=found - counted)


def warning_sentences(warning: LineWarning) -> str:
    """Say what may be wrong with a line, and what helps."""
    match warning.kind:
        case LineProblem.TOO_LITTLE_SEEN:
            seen = (
                tr("Only {people}", people=people(warning.walks)) if warning.walks else tr("Nobody")
            )
            return tr(
                "{seen} walked here so far: too few to tell whether this line is well laid.",
                seen=seen,
            )
        case LineProblem.BROKEN_WALKS:
            return tr(
                "{value:.0f} % of the people here come into sight or are lost "
                "right at the line, so they may not be counted. Move it to where people are seen "
                "on both sides.",
                value=100 * (warning.share or 0),
            )
        case LineProblem.NEAR_EDGE:
            return tr(
                "It is so near to the edge of the picture that people are cut off before they are "
                "across. Move it inwards."
            )
        case LineProblem.ALONG_THE_WALK:
            return tr(
                "Most people pass it at only {value:.0f}°, nearly along it. Turn it "
                "so that people walk straight across.",
                value=warning.degrees or 0,
            )


def suggestion_sentences(suggestion: LineSuggestion | None) -> str:
    """Say why a line was suggested, or why none was."""
    if suggestion is None:
        return tr(
            "There is no good place for a line yet: too few people walked here, or each went "
            "another way. Try again when more people have passed."
        )
    sentence = tr(
        "{value:.0f} % of the {number} people who walked here would pass this line.",
        value=100 * suggestion.share,
        number=number(suggestion.walks),
    )
    if suggestion.broken > 0.1:
        sentence += tr(
            " {value:.0f} % of them are first or last seen right there.",
            value=100 * suggestion.broken,
        )
    return sentence
