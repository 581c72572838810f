"""The tokens of the design: every colour and size there is, in three themes."""

from __future__ import annotations

from dataclasses import dataclass, replace

_SIZES = (
    "space",
    "radius",
    "font_small",
    "font_body",
    "font_heading",
    "font_title",
    "control_height",
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as "#rrggbb" and sizes in logical pixels.

    Attributes:
        background: Behind everything.
        surface: Bars, lists and tiles.
        raised: Fields, menus, buttons and what the pointer is over.
        selection: Behind the chosen row or page.
        line: Between surfaces; no meaning of its own.
        outline: Around fields and boxes that can be used: 3:1 against what is around.
        text: Words and numbers.
        muted: Second-rank words.
        disabled: What cannot be used now.
        accent: The one colour for what can be done and where the keyboard is.
        on_accent: Words on the accent.
        ok, warning, critical, unknown: States, always beside a shape and a word.
        alarm: Behind words that must not be overlooked.
        picture: Behind a camera's picture.
        box: Around a person found in a picture; always on a dark edge.
        space: The grid that all distances are multiples of.
        radius: Of corners.
        font_small, font_body, font_heading, font_title: Heights of text.
        control_height: Height of buttons and fields.
        motion: Whether things may glide and fade.
        series: Of several lines in one chart: blue, orange, green, yellow, pink, red. They differ
            in lightness as well, so that people who do not tell red from green can tell them;
            dashes do the rest.
        scale: How much larger than usual all of it is.
        name: As the settings call it; chooses the little drawings in fields and boxes.
    """

    background: str = "#12151a"
    surface: str = "#1a1e25"
    raised: str = "#242a33"
    selection: str = "#22364d"
    line: str = "#2f3641"
    outline: str = "#707c8c"
    text: str = "#e8ecf1"
    muted: str = "#a3aebb"
    disabled: str = "#6d7988"
    accent: str = "#5eb1ff"
    on_accent: str = "#07131f"
    ok: str = "#46d08a"
    warning: str = "#f5b94a"
    critical: str = "#ff7b72"
    unknown: str = "#a3aebb"
    alarm: str = "#7c1f24"
    picture: str = "#0b0d10"
    box: str = "#ffd84d"
    space: int = 8
    radius: int = 6
    font_small: int = 12
    font_body: int = 13
    font_heading: int = 16
    font_title: int = 22
    control_height: int = 32
    motion: bool = True
    series: tuple[str, ...] = ("#5eb1ff", "#f0a63a", "#43d1ae", "#f4e36b", "#f08fc4", "#ff7b54")
    scale: float = 1.0
    name: str = "dark"


DARK = Tokens()
LIGHT = Tokens(
    background="#eef1f5",
    surface="#ffffff",
    raised="#f1f4f8",
    selection="#d3e5fa",
    line="#d3dae3",
    outline="#747f8d",
    text="#171c23",
    muted="#4b5663",
    disabled="#7b8693",
    accent="#0b5fbe",
    on_accent="#ffffff",
    ok="#0c6b36",
    warning="#7d5000",
    critical="#b3202a",
    unknown="#4b5663",
    alarm="#ffd5d2",
    picture="#e2e7ee",
    box="#5f4b00",
    series=("#0b5fbe", "#a85400", "#00705a", "#6d6000", "#a8317a", "#c2331f"),
    name="light",
)
CONTRAST = Tokens(
    background="#000000",
    surface="#000000",
    raised="#141414",
    selection="#003a73",
    line="#8c8c8c",
    outline="#ffffff",
    text="#ffffff",
    muted="#e4e4e4",
    disabled="#a6a6a6",
    accent="#ffe14d",
    on_accent="#000000",
    ok="#5cf09a",
    warning="#ffd24a",
    critical="#ffaaa3",
    unknown="#e4e4e4",
    alarm="#7a0008",
    picture="#000000",
    box="#ffe14d",
    series=("#7cc4ff", "#ffb74d", "#5ff0c8", "#fff176", "#ff9fd5", "#ff9478"),
    name="contrast",
)
THEMES = {one.name: one for one in (DARK, LIGHT, CONTRAST)}
"""By the names that the settings know."""


def scaled(tokens: Tokens, percent: int, *, motion: bool) -> Tokens:
    """Return the tokens with larger sizes.

    Args:
        tokens: A theme as it is.
        percent: How large; 100 is as it is.
        motion: Whether things may glide and fade.
    """
    sizes = {name: round(getattr(tokens, name) * percent / 100) for name in _SIZES}
    return replace(tokens, **sizes, scale=percent / 100, motion=motion)
