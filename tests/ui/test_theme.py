from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QStyle, QToolButton

from camwatch.domain import CameraState
from camwatch.ui import icons, theme
from camwatch.ui.forms import name_line_buttons
from camwatch.ui.live.marks import color_of
from camwatch.ui.live.notice_chip import draw_notice
from camwatch.ui.style_sheet import style_sheet
from camwatch.ui.tokens import CONTRAST, DARK, LIGHT, THEMES, scaled

TOKENS = DARK
NAMES = sorted(THEMES)
WORDS_ON = [
    *product(
        ["text", "muted", "accent", "ok", "warning", "critical", "unknown"],
        ["background", "surface", "raised", "picture"],
    ),
    ("text", "selection"),
    ("muted", "selection"),
    ("text", "alarm"),
    ("on_accent", "accent"),
    ("box", "picture"),
]


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def over(top: QColor, opacity: float, below: QColor) -> QColor:
    def mixed(one: float, other: float) -> float:
        return opacity * one + (1 - opacity) * other

    return QColor.fromRgbF(
        mixed(top.redF(), below.redF()),
        mixed(top.greenF(), below.greenF()),
        mixed(top.blueF(), below.blueF()),
    )


def token(name: str, of: str = "dark") -> QColor:
    return QColor(getattr(THEMES[of], name))


def least(of: str) -> float:
    """WCAG 2.2: AA for words; AAA in the theme of high contrast."""
    return 7.0 if of == "contrast" else 4.5


@pytest.fixture
def worn(qapp: QApplication) -> Iterator[Callable[..., None]]:
    yield partial(theme.apply, qapp)
    theme.apply(qapp)


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21.0)
    assert contrast(QColor("#767676"), QColor("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("of", NAMES)
@pytest.mark.parametrize(("words", "ground"), WORDS_ON)
def test_words_can_be_read(words: str, ground: str, of: str) -> None:
    assert contrast(token(words, of), token(ground, of)) >= least(of)


@pytest.mark.parametrize("of", NAMES)
@pytest.mark.parametrize("ground", ["background", "surface", "raised"])
def test_edges_of_what_can_be_used_can_be_seen(ground: str, of: str) -> None:
    assert contrast(token("outline", of), token(ground, of)) >= 3.0
    assert contrast(token("accent", of), token(ground, of)) >= 3.0


@pytest.mark.parametrize("of", NAMES)
def test_what_cannot_be_used_can_still_be_made_out(of: str) -> None:
    for ground in ("background", "surface", "raised"):
        assert contrast(token("disabled", of), token(ground, of)) >= 3.0


@pytest.mark.parametrize("of", NAMES)
def test_lines_of_a_chart_can_be_seen_and_told_apart_by_lightness(of: str) -> None:
    lines = [QColor(one) for one in THEMES[of].series]
    assert len(set(THEMES[of].series)) == 6
    for ground in ("background", "surface"):
        assert all(contrast(line, token(ground, of)) >= 3.0 for line in lines)


def test_the_look_is_changed_while_the_program_runs(worn: Callable[..., None]) -> None:
    worn("light", text_percent=200, motion=False)
    assert theme.current() == scaled(LIGHT, 200, motion=False)
    assert (theme.px(13), theme.current().space, theme.current().motion) == (26, 16, False)
    assert theme.on_pictures().text == DARK.text
    assert icons.pixmap("check", 16).width() == 32
    worn("contrast")
    assert theme.current() == CONTRAST == theme.on_pictures()
    worn("no such theme")
    assert theme.current() == DARK


def test_borders_stay_thin_when_the_text_is_large(worn: Callable[..., None]) -> None:
    worn("dark", text_percent=200)
    sheet = style_sheet(theme.current())
    assert "border: 1px solid" in sheet
    assert "padding: 16px 64px 16px 24px" in sheet  # of a menu's entries: 8, 32, 8 and 12 at 100 %


@pytest.mark.parametrize("words", ["text", "warning"])
def test_notes_can_be_read_on_a_white_picture(words: str) -> None:
    plate = over(token("picture"), 215 / 255, QColor("white"))

    assert contrast(token(words), plate) >= 4.5


def test_the_reason_can_be_read_on_a_greyed_white_picture() -> None:
    greyed = over(QColor("white"), 0.3, token("picture"))

    assert contrast(token("text"), greyed) >= 4.5


@pytest.mark.parametrize("state", list(CameraState))
def test_marks_can_be_seen(state: CameraState) -> None:
    assert contrast(QColor(color_of(state)), token("surface")) >= 3.0


def test_icons_of_controls_have_the_colours_of_the_theme() -> None:
    files = {}
    for name, tokens in THEMES.items():
        folder = icons.FOLDER / "controls" / name
        files[name] = sorted(file.name for file in folder.glob("*.svg"))
        for file in folder.glob("*.svg"):
            colors = set(re.findall(r'stroke="(#[0-9a-f]{6})"', file.read_text()))
            assert colors, file
            assert colors <= {
                *(tokens.muted, tokens.on_accent, tokens.accent, tokens.warning, tokens.critical)
            }, file
    assert files["dark"] == files["light"] == files["contrast"] != []


def test_the_theme_reaches_the_palette_and_the_font(qapp: QApplication) -> None:
    assert qapp.palette().window().color().name() == TOKENS.background
    assert qapp.font().pixelSize() == TOKENS.font_body
    assert TOKENS.accent in qapp.styleSheet()
    assert "{" not in re.sub(r"\{[^{}]*\}", "", qapp.styleSheet())


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_an_icon_is_drawn_in_its_colour_at_any_ratio(qapp: QApplication, ratio: float) -> None:
    drawn = icons.pixmap("layout-grid", 24, "#ff8000", ratio)
    image = drawn.toImage().convertToFormat(QImage.Format.Format_ARGB32)

    assert image.width() == round(24 * ratio)
    assert drawn.devicePixelRatio() == ratio
    edge = QColor(image.pixelColor(round(3 * ratio), round(6 * ratio)))
    assert (edge.red(), edge.green(), edge.blue()) == (255, 128, 0)
    assert image.pixelColor(image.width() // 2, image.height() // 2).alpha() == 0


def test_a_disabled_icon_is_paler_and_a_larger_one_is_drawn_anew(qapp: QApplication) -> None:
    icon = icons.icon("layout-grid", "#ff8000")
    disabled = icon.pixmap(24, 24, QIcon.Mode.Disabled).toImage().pixelColor(3, 6)
    large = icon.pixmap(96, 96).toImage()

    assert disabled.name() == TOKENS.disabled
    assert large.width() == 96
    assert large.pixelColor(12, 24).name() == "#ff8000"
    assert large.pixelColor(4, 24).alpha() == 0


def test_an_unknown_icon_is_a_bug(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_every_icon_that_ships_is_named_in_its_readme() -> None:
    readme = (icons.FOLDER / "README.md").read_text(encoding="utf-8")
    shipped = {file.stem for file in icons.FOLDER.glob("*.svg")}

    assert "cctv" in shipped
    assert shipped <= set(re.findall(r"`([a-z0-9-]+)`", readme))
    assert (icons.FOLDER / "LICENSE.txt").read_text().startswith("ISC License")


def test_every_icon_that_ships_is_used() -> None:
    package = Path(theme.__file__).parent
    code = "".join(file.read_text(encoding="utf-8") for file in package.rglob("*.py"))

    for file in icons.FOLDER.glob("*.svg"):
        assert f'"{file.stem}"' in code, file.name


def test_colours_of_the_screen_are_named_in_the_tokens_only() -> None:
    package = Path(theme.__file__).parent
    # Paper is white in every theme, and cells of the week's map choose by their own colour.
    own = {"tokens.py", "paper.py", "pdf_chart.py", "report/canvas.py", "week/paint.py"}
    found = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if re.search(r'"#[0-9a-fA-F]{6}"', file.read_text(encoding="utf-8"))
    }

    assert "tokens.py" in found
    assert {one for one in found if not one.endswith(tuple(own))} == set()


def test_message_boxes_have_icons_of_the_theme(worn: Callable[..., None]) -> None:
    worn("light")
    box = QMessageBox(QMessageBox.Icon.Warning, "CamWatch", "Careful")
    box.ensurePolished()
    image = box.iconPixmap().toImage()
    seen = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }

    assert LIGHT.warning in seen


@pytest.mark.parametrize("percent", [100, 115, 125, 150, 175, 200])
def test_what_is_round_is_round_in_every_size(percent: int) -> None:
    sheet = style_sheet(scaled(DARK, percent, motion=False))

    def of(selector: str, name: str) -> int:
        block = re.search(
            re.escape(selector) + r" \{([^}]*\b" + name + r": (-?\d+)px[^}]*)\}", sheet
        )
        assert block is not None, selector
        return int(block[2])

    radius = of("QRadioButton::indicator", "border-radius")
    dot = of("QRadioButton::indicator:checked", "width")
    ring = of("QRadioButton::indicator:checked", "border")
    box = of("QCheckBox::indicator, QRadioButton::indicator", "width")
    # Qt draws corners of more than half the size as none.
    assert 2 * radius <= dot + 2 * ring == box + 2
    handle = "QSlider::handle:horizontal"
    assert 2 * of(handle, "border-radius") <= of(handle, "width") + 2
    assert of(f"{handle}:focus", "width") + 2 * 2 == of(handle, "width") + 2


def test_icons_in_fields_and_buttons_grow_with_the_text(
    qapp: QApplication, worn: Callable[..., None]
) -> None:
    worn("dark", text_percent=200)
    line, button = QLineEdit(), QToolButton()
    line.setClearButtonEnabled(True)
    name_line_buttons(line)
    line.setText("entrance")
    line.resize(400, 64)
    line.grab()
    metric = QStyle.PixelMetric.PM_LineEditIconSize
    assert line.style().pixelMetric(metric, None, line) == 32
    assert line.findChildren(QToolButton)[0].width() >= 32
    assert button.iconSize().width() == 32


@pytest.mark.parametrize("name", NAMES)
def test_words_on_pictures_are_light_in_every_theme(worn: Callable[..., None], name: str) -> None:
    worn(name)
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        place = draw_notice(painter, QRectF(0, 0, 300, 100), "Too dark", 1.0).toRect()
    brightest = max(
        luminance(image.pixelColor(x, y))
        for x in range(place.left(), place.right())
        for y in range(place.top(), place.bottom())
    )
    assert brightest > 0.4
