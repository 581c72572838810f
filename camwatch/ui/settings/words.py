"""What is said of settings beside their own titles."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch import language
from camwatch.commands.settings_described import DescribedSetting, SettingValue
from camwatch.commands.settings_state import SettingState, Source
from camwatch.config import Applies
from camwatch.language import marked, table, tr

UNITS: Mapping[str, str] = table(
    lambda: {
        "s": tr("seconds"),
        "min": tr("minutes"),
        "h": tr("hours"),
        "d": tr("days"),
        "MiB": "MiB",
        "%": "%",
        "rows": tr("rows"),
    }
)

_COUNTED: Mapping[str, tuple[str, str]] = table(
    lambda: {
        "s": (tr("1 second"), marked("{value} seconds")),
        "min": (tr("1 minute"), marked("{value} minutes")),
        "h": (tr("1 hour"), marked("{value} hours")),
        "d": (tr("1 day"), marked("{value} days")),
        "MiB": ("1 MiB", marked("{value} MiB")),
        "%": (language.percent(0.01), marked("{value} %")),
        "rows": (tr("1 row"), marked("{value} rows")),
    }
)

APPLIES: Mapping[Applies, str] = table(
    lambda: {
        Applies.NOW: tr("Holds at once"),
        Applies.POLL: tr("Holds with the next picture of each camera"),
        Applies.SIGN_IN: tr("Holds for sessions that begin from then on"),
        Applies.RESTART: tr("Holds after CamWatch is closed and opened again"),
    }
)

OPENS: Mapping[str, str] = table(
    lambda: {
        "storage": tr("History and storage…"),
        "models": tr("Models that count…"),
        "login_service": tr("Login service…"),
    }
)
"""The buttons that lead to dialogs which change a setting."""


def value_words(about: DescribedSetting, value: SettingValue | None) -> str:
    """Return a value as it is read, with its unit."""
    match value:
        case None | "":
            return tr("empty")
        case bool():
            return tr("on") if value else tr("off")
        case str():
            return dict(about.choices).get(value, value)
        case int() | float():
            return _number_words(about, value)
        case _:
            return tr("{count} entries", count=len(value))


def _number_words(about: DescribedSetting, value: float) -> str:
    if about.special and value == about.low:
        return about.special
    number = language.number(value, "g" if abs(value) < 10_000 else ",.0f")
    said = _COUNTED.get(about.about.unit)
    if said is None:
        return number
    one, several = said
    return one if value == 1 else tr(several, value=number)


def default_words(about: DescribedSetting) -> str:
    """Say what holds if nothing is said."""
    return tr("Default: {value}", value=value_words(about, about.default))


def source_words(state: SettingState) -> str:
    """Say where a value comes from; "" for the default."""
    match state.source:
        case Source.VARIABLE:
            return tr(
                "The variable {name} gives this, and wins over what is said here. Take it away, "
                "and start CamWatch anew, to change it here.",
                name=state.variable,
            )
        case Source.FILE:
            return tr("Set in settings.toml")
        case _:
            return ""
