"""The settings as something that can be found from elsewhere, such as the palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.settings_described import DESCRIBED, SECTIONS
from camwatch.language import tr
from camwatch.ui.palette.results import Result, StandingProvider
from camwatch.ui.palette.wishes import Wishes
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


class SettingsProvider(StandingProvider):
    """Finds settings, and the places where more is set up.

    Args:
        session: Returns who is signed in now.
        wishes: Told of what was chosen.
    """

    def __init__(self, session: Callable[[], Session], wishes: Wishes) -> None:
        self._session = session
        self._wishes = wishes

    def results(self) -> Sequence[Result]:
        """Return each setting that the operator may see, and each place."""
        wishes = self._wishes
        return [
            Result(
                f"setting:{one.key}" if one.key else f"setup:{one.link}",
                one.title,
                tr("Setting"),
                "settings",
                partial(wishes.setting.emit, one.key)
                if one.key
                else partial(wishes.setup.emit, one.link),
                detail=one.description,
                synonyms=("setting", "option", one.key, one.section),
                rank=3,
            )
            for one in found_settings(self._session())
        ]
