"""What the editor of lines and zones says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from camwatch.errors import InvalidSetting
from camwatch.scene import Point
from camwatch.scene.far_people import FAR, advise_far_people
from camwatch.scene.heat import Heat
from camwatch.scene.line_advice import LineProblem, LineSuggestion, LineWarning
from camwatch.ui.error_text import field_sentence
from camwatch.ui.scene.draft import Shape, ShapeKind
from camwatch.ui.words import number, people

KINDS: Mapping[ShapeKind, str] = MappingProxyType(
    {
        ShapeKind.LINE: "Line",
        ShapeKind.GATE: "Gate",
        ShapeKind.ZONE: "Zone",
        ShapeKind.MASK: "Mask",
        ShapeKind.HIDDEN: "Hidden area",
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

WHAT_FOR: Mapping[ShapeKind, str] = MappingProxyType(
    {
        ShapeKind.LINE: "Counts who passes it, in and out.",
        ShapeKind.GATE: "Counts who passes both its lines, one after the other.",
        ShapeKind.ZONE: "Counts who stands in it now.",
        ShapeKind.MASK: "Whoever stands in it is left out of every number.",
        ShapeKind.HIDDEN: "Never shown and never kept, whoever looks. People in it are counted.",
    }
)

SPOT = "Never a person"

HEAT_LEGEND = (
    "Last 7 days: the lighter, the longer people were there. Crosses: many are first or last seen "
    "there. Lay lines across bright ways, away from crosses."
)
NO_HEAT = (
    "Nobody was seen here in the last 7 days",
    "Come back when people have walked by for an hour or more.",
)


def problem_sentence(problem: InvalidSetting) -> str:
    """Say what is wrong with something drawn, or with how it is counted."""
    if problem.field.startswith("point "):
        return f"Corner {problem.field.removeprefix('point ')} {problem.reason}."
    return field_sentence(problem)


def far_sentences(heat: Heat) -> str:
    """Say whether it is worth looking for far people; empty while too few were seen to tell."""
    advice = advise_far_people(heat)
    if advice is None:
        return ""
    worth = "worth it here" if advice.would_help else "hardly worth it here"
    return (
        f"{100 * advice.far_share:.0f} % of the people found here in the last 7 days are less than "
        f"{100 * FAR:.0f} % of the picture high: {worth}. A picture takes up to "
        f"{advice.cost_times:.0f} times as long."
    )


def corner_name(kind: ShapeKind, corner: int) -> str:
    """Say which corner of a shape is meant, from 0."""
    if kind is ShapeKind.LINE:
        return ("Start", "End")[corner]
    if kind is ShapeKind.GATE:
        return ("Outer, start", "Outer, end", "Inner, start", "Inner, end")[corner]
    return f"Corner {corner + 1}"


def position(point: Point) -> str:
    """Say where a point is: "12.5 % from the left, 40 % from the top"."""
    return f"{100 * point[0]:.4g} % from the left, {100 * point[1]:.4g} % from the top"


def shape_sentence(shape: Shape, corner: int | None) -> str:
    """Say what is chosen, for whoever does not see it."""
    about = f"{KINDS[shape.kind]} “{shape.name}”"
    if corner is None:
        return f"{about}, {len(shape.points)} corners."
    return f"{about}, {corner_name(shape.kind, corner).lower()}: {position(shape.points[corner])}."


def found_sentence(found: int, counted: int) -> str:
    """Say how many people are found now, and how many of them count."""
    if found == counted:
        return f"Found now: {found}"
    return f"Found now: {found}, of which {found - counted} left out"


def warning_sentences(warning: LineWarning) -> str:
    """Say what may be wrong with a line, and what helps."""
    match warning.kind:
        case LineProblem.TOO_LITTLE_SEEN:
            seen = f"Only {people(warning.walks)}" if warning.walks else "Nobody"
            return f"{seen} walked here so far: too few to tell whether this line is well laid."
        case LineProblem.BROKEN_WALKS:
            return (
                f"{100 * (warning.share or 0):.0f} % of the people here come into sight or are lost "
                "right at the line, so they may not be counted. Move it to where people are seen "
                "on both sides."
            )
        case LineProblem.NEAR_EDGE:
            return (
                "It is so near to the edge of the picture that people are cut off before they are "
                "across. Move it inwards."
            )
        case LineProblem.ALONG_THE_WALK:
            return (
                f"Most people pass it at only {warning.degrees or 0:.0f}°, nearly along it. Turn it "
                "so that people walk straight across."
            )


def suggestion_sentences(suggestion: LineSuggestion | None) -> str:
    """Say why a line was suggested, or why none was."""
    if suggestion is None:
        return (
            "There is no good place for a line yet: too few people walked here, or each went "
            "another way. Try again when more people have passed."
        )
    sentence = (
        f"{100 * suggestion.share:.0f} % of the {number(suggestion.walks)} people who walked here "
        "would pass this line."
    )
    if suggestion.broken > 0.1:
        sentence += f" {100 * suggestion.broken:.0f} % of them are first or last seen right there."
    return sentence
