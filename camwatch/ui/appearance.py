"""Look and language of the whole program, as the settings say."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from camwatch.config import Display
from camwatch.ui import theme
from camwatch.ui.languages import Languages


class Appearance:
    """Gives windows that are made from now on their look and language.

    Args:
        app: The application of this process.
    """

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._languages = Languages(app)

    def put_on(self, display: Display) -> None:
        """Take up the settings; windows that are open already must be made anew."""
        self._languages.speak(display.language)
        theme.apply(
            self._app,
            display.theme,
            text_percent=display.text_percent,
            motion=not display.reduced_motion,
        )


def of_this_process() -> Appearance:
    """Make it for the application that there is.

    Raises:
        RuntimeError: There is none; a bug.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("there is no QApplication yet")  # noqa: TRY004 - not of an argument
    return Appearance(app)
