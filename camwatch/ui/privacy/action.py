"""The button that opens the privacy of the chosen cameras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera
from camwatch.language import tr
from camwatch.ui import icons
from camwatch.ui.background import Background
from camwatch.ui.pages import may_not
from camwatch.ui.privacy.commands import PrivacyScreenCommands
from camwatch.ui.privacy.dialog import PrivacyDialog


class PrivacyAction(QObject):
    """A button, and the dialog that it opens.

    Args:
        chosen: Returns the cameras that are selected.
        page: On which the button is; it also owns the dialog.
        zone: The site's time zone.

    Signals:
        changed: Something holds now that did not.
    """

    changed = Signal()

    def __init__(  # noqa: PLR0917 - its edges
        self,
        commands: PrivacyScreenCommands,
        session: Session,
        background: Background,
        page: QWidget,
        chosen: Callable[[], Sequence[Camera]],
        zone: ZoneInfo | None = None,
    ) -> None:
        super().__init__(page)
        self._commands = commands
        self._session = session
        self._background = background
        self._page = page
        self._chosen = chosen
        self._zone = zone
        # Who may lift only does that in it.
        self._may = session.may(Permission.EDIT_SCENES) or session.may(Permission.LIFT_PRIVACY)
        self.button = QPushButton(icons.icon("shield-user"), tr("Privacy…"), page)
        self.button.setIconSize(icons.button_size())
        self.button.setAutoDefault(False)
        self.button.setToolTip(
            tr("What may be seen of people") if self._may else may_not(Permission.EDIT_SCENES)
        )
        self.button.clicked.connect(self.open)
        self.button.setEnabled(False)

    def update(self) -> None:
        """Let the button be pressed while a camera is chosen."""
        self.button.setEnabled(self._may and bool(self._chosen()))

    @Slot()
    def open(self) -> None:
        """Open the dialog for the chosen cameras."""
        cameras = self._chosen()
        if not (self._may and cameras):
            return
        dialog = PrivacyDialog(
            self._commands, self._session, self._background, cameras, self._page, self._zone
        )
        dialog.changed.connect(self.changed)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
