"""The settings as something that can be found from elsewhere, such as the palette."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.settings_described import DESCRIBED, SECTIONS
from camwatch.ui.settings.links import LINKS


@dataclass(frozen=True, slots=True)
class FoundSetting:
    """One setting, or a place where things are set up; in the language in use.

    Attributes:
        key: For `SettingsPage.show_setting`; "" for a place.
        link: For `SettingsPage.dialog_wanted`; "" for a setting.
        title: A few words.
        description: One sentence.
        section: Title of its section.
    """

    key: str
    link: str
    title: str
    description: str
    section: str


def found_settings(session: Session) -> tuple[FoundSetting, ...]:
    """Return all that an operator may find; nothing without the permission for the page."""
    if not session.may(Permission.MANAGE_SETTINGS):
        return ()
    settings = tuple(
        FoundSetting(
            one.key,
            "",
            one.title,
            one.description,
            SECTIONS.get(one.section, (one.section, ""))[0],
        )
        for one in DESCRIBED
    )
    links = tuple(
        FoundSetting("", one.name, one.title, one.text, "")
        for one in LINKS
        if session.may(one.needs)
    )
    return settings + links
