"""The palette and the one style sheet, made of the tokens."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QPalette

from camwatch.ui.tokens import Tokens

_BORDER_PX = 3  # lines and borders stay as thin as they are, whatever the size of the text


def palette(tokens: Tokens) -> QPalette:
    """Return the colours of whatever the style sheet says nothing about."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.background,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.surface,
        QPalette.ColorRole.AlternateBase: tokens.background,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
        QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.BrightText: tokens.critical,
        QPalette.ColorRole.ToolTipBase: tokens.raised,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Highlight: tokens.selection,
        QPalette.ColorRole.HighlightedText: tokens.text,
        QPalette.ColorRole.Accent: tokens.accent,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.LinkVisited: tokens.accent,
        QPalette.ColorRole.Light: tokens.line,
        QPalette.ColorRole.Midlight: tokens.line,
        QPalette.ColorRole.Mid: tokens.line,
        QPalette.ColorRole.Dark: tokens.background,
        QPalette.ColorRole.Shadow: tokens.picture,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.HighlightedText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.disabled))
    return palette


_SHEET = """
QToolTip {{
    background: {raised}; color: {text}; border: 1px solid {outline}; padding: 4px 8px;
}}

QLabel {{ background: transparent; }}
QLabel[role="heading"] {{ font-size: {font_heading}px; font-weight: 600; }}
QLabel[role="title"] {{ font-size: {font_title}px; font-weight: 600; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="error"] {{ color: {critical}; }}
QLabel[role="mark"], QLabel[role="warning"] {{
    background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 2px 8px;
    color: {muted}; font-size: {font_small}px;
}}
QLabel[role="warning"] {{ color: {warning}; border-color: {warning}; font-weight: 600; }}
QFrame[role="card"] {{
    background: {surface}; border: 1px solid {line}; border-radius: {radius}px;
}}
QLabel[role="key"] {{
    background: {raised}; border: 1px solid {outline}; border-radius: 4px; padding: 2px 8px;
    font-weight: 600;
}}
#header {{ background: {surface}; border: none; border-bottom: 1px solid {line}; }}
#sidebar {{ background: {surface}; border: none; }}
#statusBar {{ background: {surface}; border: none; border-top: 1px solid {line}; }}
#statusBar QLabel {{ color: {muted}; font-size: {font_small}px; }}
#statusBar #trouble {{ color: {warning}; font-weight: 600; }}

QPushButton {{
    min-height: {button_height}px; padding: 0 16px; border-radius: {radius}px;
    background: {raised}; color: {text}; border: 1px solid {outline};
}}
QPushButton::menu-indicator {{
    image: url(camwatchcontrols:chevron-down.svg); width: 16px; height: 16px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 4px;
}}
QPushButton[role="menu"] {{ padding: 0 28px 0 16px; }}
QPushButton[role="menu"]:focus {{ padding: 0 27px 0 15px; }}
QPushButton:hover {{ border-color: {text}; }}
QPushButton:pressed {{ background: {selection}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 0 15px; }}
QPushButton:disabled {{ color: {disabled}; border-color: {line}; background: {surface}; }}
QPushButton[role="primary"] {{
    background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600;
}}
QPushButton[role="primary"]:hover {{ border-color: {text}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; padding: 0 15px; }}
QPushButton[role="primary"]:disabled {{
    background: {raised}; color: {disabled}; border-color: {line};
}}
QPushButton[role="choice"] {{ padding: 0 12px; color: {muted}; }}
QPushButton[role="choice"]:checked {{
    background: {selection}; color: {text}; border-color: {accent};
}}
QPushButton[role="choice"]:focus {{ border: 2px solid {accent}; padding: 0 11px; }}
QPushButton[role="danger"] {{ color: {critical}; border-color: {critical}; }}
QPushButton[role="danger"]:focus {{ border: 2px solid {critical}; }}
QPushButton[role="link"] {{
    background: transparent; border: 2px solid transparent; padding: 0; color: {accent};
    min-height: 24px;
}}
QPushButton[role="link"]:hover {{ text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border-color: {accent}; padding: 0; }}
QLineEdit#code {{ font-size: {font_title}px; min-height: 44px; font-weight: 600; }}

QToolButton {{
    min-height: {tool_height}px; min-width: {tool_height}px; padding: 0 4px;
    border: 2px solid transparent; border-radius: {radius}px;
    background: transparent; color: {text};
}}
QToolButton:hover {{ background: {raised}; }}
QToolButton:pressed {{ background: {selection}; }}
QToolButton:checked {{ background: {selection}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton:disabled {{ color: {disabled}; }}
QToolButton[role="page"] {{
    border: none; border-radius: 0; border-bottom: 3px solid transparent;
    border-top: 3px solid transparent; padding: 0 4px; color: {muted}; font-weight: 600;
}}
QToolButton[role="page"]:hover {{ background: {raised}; color: {text}; }}
QToolButton[role="page"]:checked {{
    background: transparent; color: {text}; border-bottom-color: {accent};
}}
QToolButton[role="page"]:focus {{ background: {selection}; color: {text}; }}
QToolButton[role="page"]:disabled {{ color: {disabled}; }}
QToolButton::menu-indicator {{
    image: url(camwatchcontrols:chevron-down.svg); width: 16px; height: 16px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 4px;
}}
QToolButton[role="menu"] {{ padding: 0 24px 0 8px; }}
QToolButton[role="find"] {{
    border: 1px solid {outline}; padding: 0 8px; color: {muted}; background: {background};
}}
QToolButton[role="find"]:hover {{ border-color: {text}; color: {text}; }}
QToolButton[role="find"]:focus {{ border: 2px solid {accent}; padding: 0 7px; }}
QToolButton[role="foot"] {{ min-height: 22px; min-width: 22px; padding: 0 2px; }}
QToolButton[role="help"] {{
    min-height: 14px; min-width: 14px; padding: 0; border: 1px solid transparent;
}}
QToolButton[role="help"]:focus {{ border-color: {accent}; }}
QToolButton[role="foot"]::menu-indicator {{ image: none; }}
QLineEdit QToolButton {{ min-height: 0; min-width: 0; padding: 0; border: none; }}

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QDateTimeEdit, QTimeEdit,
QPlainTextEdit, QTextEdit {{
    background: {raised}; color: {text}; border: 1px solid {outline};
    border-radius: {radius}px; padding: 0 8px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QDateTimeEdit, QTimeEdit {{
    min-height: {button_height}px;
}}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QDateEdit:focus,
QDateTimeEdit:focus, QTimeEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{
    border: 2px solid {accent}; padding: 0 7px;
}}
QLineEdit[role="error"], QSpinBox[role="error"], QDoubleSpinBox[role="error"],
QComboBox[role="error"] {{ border-color: {critical}; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{
    color: {disabled}; border-color: {line}; background: {surface};
}}
QComboBox, QLineEdit, QPushButton, QToolButton, QMenu, QTreeView, QListView, QTableView, QTabBar {{
    icon-size: 16px;
}}
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down {{
    border: none; width: 28px;
}}
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow {{
    image: url(camwatchcontrols:chevron-down.svg); width: 16px; height: 16px;
}}
QComboBox QAbstractItemView {{
    background: {raised}; color: {text}; border: 1px solid {outline}; outline: none;
    selection-background-color: {selection}; selection-color: {text};
}}
QSpinBox::up-button, QDoubleSpinBox::up-button, QTimeEdit::up-button {{
    subcontrol-origin: border; subcontrol-position: top right; border: none; width: 24px;
}}
QSpinBox::down-button, QDoubleSpinBox::down-button, QTimeEdit::down-button {{
    subcontrol-origin: border; subcontrol-position: bottom right; border: none; width: 24px;
}}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QTimeEdit::up-arrow {{
    image: url(camwatchcontrols:chevron-up.svg); width: 12px; height: 12px;
}}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QTimeEdit::down-arrow {{
    image: url(camwatchcontrols:chevron-down.svg); width: 12px; height: 12px;
}}

QCheckBox, QRadioButton {{ spacing: 8px; background: transparent; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {disabled}; }}
QCheckBox::indicator, QRadioButton::indicator {{
    width: 16px; height: 16px; border: 1px solid {outline}; background: {raised};
}}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: {radio_radius}px; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {text}; }}
QCheckBox::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url(camwatchcontrols:check.svg);
}}
QCheckBox::indicator:checked:focus {{ border-color: {text}; }}
QRadioButton::indicator:checked {{
    width: {radio_dot}px; height: {radio_dot}px;
    border: {radio_ring}px solid {accent}; background: {on_accent};
}}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {disabled}; }}

QSlider {{ min-height: 24px; background: transparent; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {outline}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {accent}; }}
QSlider::handle:horizontal {{
    width: {handle}px; height: {handle}px; margin: {handle_over}px 0;
    border-radius: {handle_radius}px;
    background: {accent}; border: 1px solid {accent};
}}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ border-color: {text}; }}
QSlider::handle:horizontal:focus {{
    border-width: 2px; width: {handle_focused}px; height: {handle_focused}px;
}}

QMenu {{ background: {raised}; border: 1px solid {outline}; padding: 4px; }}
QMenu::item {{ padding: 8px 32px 8px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {selection}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}

QTreeView, QTableView, QListView {{
    background: {surface}; border: none; outline: none; gridline-color: {line};
    alternate-background-color: {background};
}}
QTreeView::item, QListView::item {{ min-height: 28px; padding: 0 4px; }}
QTreeView::branch {{ background: transparent; }}
QTreeView::branch:selected {{ background: {selection}; }}
QTreeView::branch:closed:has-children {{ image: url(camwatchcontrols:chevron-right.svg); }}
QTreeView::branch:open:has-children {{ image: url(camwatchcontrols:chevron-down.svg); }}
QTableView::item {{ padding: 0 {cell_padding}px; }}
QTreeView::item:hover, QTableView::item:hover, QListView::item:hover {{ background: {raised}; }}
QTreeView::item:selected, QTableView::item:selected, QListView::item:selected {{
    background: {selection}; color: {text};
}}
QTableView::indicator, QListView::indicator, QTreeView::indicator {{
    width: 16px; height: 16px; border: 1px solid {outline}; border-radius: 4px;
    background: {raised};
}}
QTableView::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url(camwatchcontrols:check.svg);
}}
QHeaderView {{ background: {surface}; border: none; }}
QHeaderView::section {{
    background: {surface}; color: {muted}; border: none; border-bottom: 1px solid {line};
    padding: 8px; font-weight: 600;
}}
QHeaderView::down-arrow, QHeaderView::up-arrow {{
    width: 16px; height: 16px; subcontrol-origin: padding; subcontrol-position: center right;
    right: 4px;
}}
QHeaderView::down-arrow {{ image: url(camwatchcontrols:chevron-down.svg); }}
QHeaderView::up-arrow {{ image: url(camwatchcontrols:chevron-up.svg); }}
QTableCornerButton::section {{ background: {surface}; border: none; }}

QCalendarWidget QWidget {{ alternate-background-color: {surface}; }}
QCalendarWidget QAbstractItemView {{
    background: {surface}; color: {text}; border: 1px solid {line};
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QCalendarWidget QAbstractItemView:disabled {{ color: {disabled}; }}
QCalendarWidget #qt_calendar_navigationbar {{ background: {raised}; }}
QCalendarWidget QToolButton {{ padding: 0 8px; font-weight: 600; }}

QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {outline}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::handle:disabled {{ background: {line}; }}
QAbstractScrollArea::corner {{ background: {surface}; border: none; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollArea {{ border: none; background: transparent; }}

QMessageBox {{
    messagebox-warning-icon: url(camwatchcontrols:triangle-alert.svg);
    messagebox-critical-icon: url(camwatchcontrols:circle-x.svg);
    messagebox-information-icon: url(camwatchcontrols:info.svg);
    messagebox-question-icon: url(camwatchcontrols:circle-question-mark.svg);
}}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QSplitter::handle {{ background: {line}; }}
QSplitter::handle:hover {{ background: {accent}; }}
QProgressBar {{
    background: {raised}; border: none; border-radius: 4px; height: 8px; color: transparent;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 4px; }}
QGroupBox {{
    border: 1px solid {line}; border-radius: {radius}px; margin-top: 12px; padding: 16px 8px 8px;
}}
QGroupBox::title {{ subcontrol-origin: margin; left: 12px; padding: 0 4px; color: {muted}; }}
QTabBar::tab {{
    padding: 8px 16px; background: transparent; color: {muted};
    border-bottom: 2px solid transparent;
}}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabWidget::pane {{ border: none; }}
"""


def style_sheet(tokens: Tokens) -> str:
    """Return the style sheet of all windows."""

    def larger(length: re.Match[str]) -> str:
        pixels = int(length[1])
        return f"{pixels if pixels <= _BORDER_PX else round(pixels * tokens.scale)}px"

    values: dict[str, object] = {name: getattr(tokens, name) for name in tokens.__slots__}
    # Heights in a style sheet are those of the content, without the border.
    values["button_height"] = tokens.control_height - 2
    values["tool_height"] = tokens.control_height - 4
    # The style adds three pixels of its own, which stay; the words stand under those of the header.
    values["cell_padding"] = round(8 * tokens.scale) - 3
    values |= _round_ones(tokens.scale)
    return re.sub(r"\b(\d+)px", larger, _SHEET).format_map(values)


def _round_ones(scale: float) -> dict[str, object]:
    """Return the sizes of what is round: Qt draws corners of more than half the size square.

    Borders are in these sizes, and stay as thin as they are.
    """
    radio, ring = round(16 * scale) + 2, round(5 * scale)
    handle, groove = round(14 * scale) + 2, round(4 * scale)
    return {
        "radio_radius": radio // 2,
        "radio_ring": ring,
        "radio_dot": radio - 2 * ring,
        "handle": handle - 2,
        "handle_focused": handle - 4,
        "handle_radius": handle // 2,
        "handle_over": -((handle - groove) // 2),
    }
