"""What there is to say of each setting, read from the settings themselves. Pure."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from camwatch.auth.permissions import Permission
from camwatch.config import PREFIX, About, Applies, Settings
from camwatch.language import listed, table, tr

SettingValue = str | float | Mapping[str, str]
"""A value of a setting; a whole number and a truth are floats for this purpose."""


class SettingKind(StrEnum):
    """What a setting is, and so how it is entered."""

    CHOICE = "choice"
    SWITCH = "switch"
    WHOLE = "whole"
    DECIMAL = "decimal"
    FOLDER = "folder"
    ZONE = "zone"
    TEXT = "text"
    TABLE = "table"
    SECRET = "secret"  # noqa: S105 - a kind of field


@dataclass(frozen=True, slots=True)
class DescribedSetting:
    """One setting; its words are in the language that was in use when it was described.

    Attributes:
        key: "cameras.frozen_after": section and name.
        section: As in the file.
        name: As in the file.
        title: A few words.
        description: One sentence.
        kind: How it is entered.
        default: What holds if nothing is said.
        choices: What can be chosen, each with its words.
        low, high: Bounds of a number; None without.
        special: What the lowest number means instead, such as "never"; "" for nothing else.
        about: When a change holds, its unit, and which dialog changes it.
        needs: What an operator must be allowed to change it, beside the settings as such.
    """

    key: str
    section: str
    name: str
    title: str
    description: str
    kind: SettingKind
    default: SettingValue
    choices: tuple[tuple[str, str], ...]
    low: float | None
    high: float | None
    special: str
    about: About
    needs: Permission | None

    @property
    def variable(self) -> str:
        """The variable that can give it."""
        return f"{PREFIX}{self.key.replace('.', '_')}".upper()


SECTIONS: Mapping[str, tuple[str, str]] = table(
    lambda: {
        "display": (tr("Display"), tr("Language, colours, size of the text, and whose clocks.")),
        "cameras": (tr("Cameras"), tr("How cameras are asked, and when they are left alone.")),
        "detection": (tr("Counting"), tr("How people are found in pictures.")),
        "alerts": (tr("Alerts"), tr("What alerts keep and send.")),
        "history": (tr("History"), tr("Where the history is, and how it is kept.")),
        "security": (tr("Security"), tr("How long a session stays open.")),
        "remote_login": (
            tr("Login service"),
            tr("The service that also knows users, where there is one."),
        ),
        "desktop": (tr("Desktop"), tr("How CamWatch behaves on the desktop of this computer.")),
        "updates": (
            tr("Newer versions"),
            tr("Whether CamWatch asks for news of them; it never installs one."),
        ),
        "logging": (tr("Log"), tr("What is written into the log.")),
    }
)
"""Title and a sentence of each section, in the order of the page."""

_NEEDS: Mapping[str, Permission] = {
    "cameras": Permission.EDIT_CAMERAS,
    "detection": Permission.CHOOSE_MODEL,
    "alerts": Permission.MANAGE_CHANNELS,
    "history": Permission.MANAGE_HISTORY,
    "security": Permission.MANAGE_SECURITY,
    "remote_login": Permission.MANAGE_SECURITY,
}

_CHOICES: Mapping[str, str] = table(
    lambda: {
        "display.language.auto": tr("As this computer"),
        "display.language.en": "English",
        "display.language.de": "Deutsch",
        "display.theme.dark": tr("Dark"),
        "display.theme.light": tr("Light"),
        "display.theme.contrast": tr("High contrast"),
        "cameras.new_camera_privacy.open": tr("Open"),
        "cameras.new_camera_privacy.blurred": tr("Blurred"),
        "cameras.new_camera_privacy.silhouettes": tr("Silhouettes"),
        "cameras.new_camera_privacy.count_only": tr("Count only"),
        "history.server_tls.verify": tr("Check the certificate"),
        "history.server_tls.encrypt": tr("Encrypt only"),
        "history.server_tls.off": tr("Off"),
        "logging.level.debug": tr("Everything"),
        "logging.level.info": tr("Information"),
        "logging.level.warning": tr("Warnings"),
        "logging.level.error": tr("Errors"),
    }
)

_SPECIAL: Mapping[str, str] = table(
    lambda: {
        "detection.threads": tr("by itself"),
        "history.hour_days": tr("for ever"),
        "history.backups": tr("none"),
        "history.reserve_mib": tr("none"),
        "remote_login.offline_hours": tr("not"),
        "alerts.canary_hour": tr("never"),
    }
)
"""What the lowest number of a setting means."""


def _describe() -> Iterator[DescribedSetting]:
    order = list(SECTIONS)
    sections = sorted(
        Settings.model_fields, key=lambda name: order.index(name) if name in order else len(order)
    )
    for section in sections:
        model = Settings.model_fields[section].annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, field in model.model_fields.items():
                yield _described(section, name, field)


def _described(section: str, name: str, field: FieldInfo) -> DescribedSetting:
    key = f"{section}.{name}"
    about = About.of(field.json_schema_extra) or About(Applies.RESTART)
    choices = _choices_of(field)
    default = field.get_default(call_default_factory=True)
    bounds = {part: getattr(one, part) for one in field.metadata for part in ("ge", "le")
              if hasattr(one, part)}  # fmt: skip
    return DescribedSetting(
        key=key,
        section=section,
        name=name,
        title=tr(field.title) if field.title else name,
        description=tr(field.description) if field.description else "",
        kind=_kind(key, field, about),
        default=default.value if isinstance(default, StrEnum) else default,
        choices=tuple((str(one), _CHOICES.get(f"{key}.{one}", str(one))) for one in choices),
        low=bounds.get("ge"),
        high=bounds.get("le"),
        special=_SPECIAL.get(key, ""),
        about=about,
        needs=_NEEDS.get(section),
    )


def _choices_of(field: FieldInfo) -> tuple[str, ...]:
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(one.value for one in kind)
    return typing.get_args(kind) if typing.get_origin(kind) is Literal else ()


def _kind(key: str, field: FieldInfo, about: About) -> SettingKind:
    kinds: Mapping[object, SettingKind] = {
        bool: SettingKind.SWITCH,
        int: SettingKind.WHOLE,
        float: SettingKind.DECIMAL,
        str: SettingKind.TEXT,
    }
    if about.is_secret:
        return SettingKind.SECRET
    if _choices_of(field):
        return SettingKind.CHOICE
    if about.is_folder:
        return SettingKind.FOLDER
    if key == "display.time_zone":
        return SettingKind.ZONE
    return kinds.get(field.annotation, SettingKind.TABLE)


DESCRIBED = listed(lambda: tuple(_describe()))
"""All settings, in the order of the page."""


def described(key: str) -> DescribedSetting | None:
    """Return a setting by its key; None if there is none."""
    return next((one for one in DESCRIBED if one.key == key), None)
