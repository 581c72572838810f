"""The languages that CamWatch speaks, and how one of them is put in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from camwatch import language
from camwatch.paths import resources

FOLDER = resources() / "languages"
"""Holds camwatch_CODE.ts, which translators edit, and camwatch_CODE.qm, which is made of it."""

_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language.

    Attributes:
        code: As the settings call it: "de".
        name: As those call it who speak it.
    """

    code: str
    name: str


TONGUES = (Tongue("en", "English"), Tongue("de", "Deutsch"))
"""Those with a complete translation; English needs none."""


def chosen(setting: str) -> str:
    """Return the code of the language that a setting means: "auto" is that of the computer."""
    wanted = [setting]
    if setting == "auto":
        wanted = [one.split("-")[0] for one in QLocale.system().uiLanguages()]
    known = {one.code for one in TONGUES}
    return next((code for code in wanted if code in known), "en")


class Languages:
    """Puts languages in place, for this program's texts and for those of Qt itself.

    Args:
        app: The application of this process.
    """

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._installed: list[QTranslator] = []

    def speak(self, setting: str) -> None:
        """Make all that is shown from now on be in a language.

        A language whose file is missing or damaged is English: a text in the wrong language is
        better than none.

        Args:
            setting: "auto", or the code of one of `TONGUES`.
        """
        for old in self._installed:
            self._app.removeTranslator(old)
            old.deleteLater()
        self._installed = []
        code = chosen(setting)
        locale = QLocale(code) if setting != "auto" else _of_computer(code)
        QLocale.setDefault(locale)
        self._app.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        lookup = None
        if code != "en":
            self._install(f"qtbase_{code}", Path(_qt_folder()))
            ours = self._install(f"camwatch_{code}", FOLDER)
            lookup = None if ours is None else _reader(ours)
        language.install(
            code if lookup is not None else "en",
            lookup,
            decimal=locale.decimalPoint() if lookup is not None else ".",
        )

    def _install(self, name: str, folder: Path) -> QTranslator | None:
        translator = QTranslator(self._app)
        if not translator.load(name, str(folder)):
            translator.deleteLater()
            return None
        self._app.installTranslator(translator)
        self._installed.append(translator)
        return translator


def _qt_folder() -> str:
    return QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)


def _of_computer(code: str) -> QLocale:
    """Return the locale of the computer if it is of this language: Swiss numbers, say."""
    system = QLocale.system()
    return system if system.name().startswith(code) else QLocale(code)


def _reader(translator: QTranslator) -> Callable[[str], str]:
    @lru_cache(maxsize=_REMEMBERED)
    def look_up(text: str) -> str:
        return translator.translate("", text) or ""

    return look_up
