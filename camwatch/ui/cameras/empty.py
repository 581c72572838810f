"""What stands in place of the list of cameras while no row is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from camwatch.language import tr
from camwatch.ui.empty import EmptyTable


class EmptyList(EmptyTable):
    """Says why the list is empty and leads on.

    Signals:
        add_requested: A first camera is wanted.
        all_requested: Search and filter are to be taken away.
    """

    add_requested = Signal()
    all_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, may_edit: bool) -> None:
        super().__init__("cctv", parent)
        self._may_edit = may_edit
        self._has_cameras = False
        self.button.setProperty("role", "primary")
        self.pressed.connect(self._on_pressed)

    def tell_why(self, *, has_cameras: bool, needs_nobody: bool = False) -> None:
        """Say why nothing is shown.

        Args:
            has_cameras: There are cameras, but none passes the filter.
            needs_nobody: Only those that need somebody were wanted.
        """
        self._has_cameras = has_cameras
        if not has_cameras:
            self.tell(
                tr("No cameras yet"),
                tr(
                    "Add the first one: all you need is its address, and its user name and password."
                )
                if self._may_edit
                else tr("An administrator can add them here."),
                tr("Add camera") if self._may_edit else "",
            )
            return
        self.tell(
            tr("All is well") if needs_nobody else tr("No camera matches"),
            tr("No camera needs attention.")
            if needs_nobody
            else tr("Try another word, or part of a name, place or address, or another filter."),
            tr("Show all cameras"),
        )

    def _on_pressed(self) -> None:
        (self.all_requested if self._has_cameras else self.add_requested).emit()
