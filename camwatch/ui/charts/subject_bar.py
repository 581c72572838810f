"""Says whose numbers are charted, and lets others be chosen and compared."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.charts.place_box import PlaceBox
from camwatch.ui.charts.subject_picker import CompareDialog, WhoseDialog
from camwatch.ui.charts.subjects import ALL, MOST_SUBJECTS, Known, Subject

_LONGEST = 32


class SubjectBar(QWidget):
    """A button for whose numbers, a box for the place, and a button to compare.

    Signals:
        changed: Something else is to be charted.

    Attributes:
        known: The cameras and sites there are.
    """

    changed = Signal()

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.known = Known({}, {})
        self._main = ALL
        self._others: list[Subject] = []
        space = theme.current().space
        self.whose_button = QPushButton(self)
        self.whose_button.setIconSize(icons.button_size())
        self.whose_button.clicked.connect(self.choose_whose)
        self.place_box = PlaceBox(zone, self)
        self.place_box.setMinimumWidth(24 * space)
        self.place_box.setMaximumWidth(42 * space)
        self.place_box.currentIndexChanged.connect(self._on_place)
        self.compare_button = QPushButton(icons.icon("plus"), tr("Co&mpare…"), self)
        self.compare_button.setIconSize(icons.button_size())
        self.compare_button.clicked.connect(self.choose_others)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space)
        row.addWidget(self.whose_button)
        row.addWidget(self.place_box, 1)
        row.addWidget(self.compare_button)
        self._name()

    @property
    def subjects(self) -> list[Subject]:
        """What is charted: whose numbers first, then what is compared with."""
        return [self._main, *self._others]

    @property
    def main(self) -> Subject:
        """Whose numbers are charted first of all."""
        return self._main

    def set_known(self, known: Known) -> bool:
        """Take the cameras, sites and places there are now.

        Returns:
            True if what is charted is not there any more, or not as it was.
        """
        before = self.subjects
        self.known = known
        self._main = known.still(self._main) or ALL
        left = [known.still(one) for one in self._others]
        self._others = [one for one in left if one is not None and one != self._main]
        place = self._main.place
        with QSignalBlocker(self.place_box):
            self.place_box.show_camera(self._main.camera_id)
            self.place_box.set_places(known.places)
            self.place_box.choose(place)
        self._name()
        return self.subjects != before

    def show_subject(self, subject: Subject, others: Sequence[Subject] = ()) -> None:
        """Chart this, compared with others of the same kind; tells nobody."""
        self._main = subject
        self._others = [one for one in others if one != subject][: MOST_SUBJECTS - 1]
        with QSignalBlocker(self.place_box):
            self.place_box.show_camera(subject.camera_id)
            self.place_box.choose(subject.place)
        self._name()

    def remove(self, number: int) -> None:
        """Compare no longer with one of the subjects; the first can go as well."""
        left = self.subjects
        del left[number]
        if left:
            self.show_subject(left[0], left[1:])
            self.changed.emit()

    def _name(self) -> None:
        name = self.known.name(Subject(self._main.site_id, self._main.camera_ids))
        self.whose_button.setText(words.without_mnemonic(words.shortened(name, _LONGEST)))
        self.whose_button.setIcon(icons.icon("cctv" if self._main.site_id is None else "house"))
        self.whose_button.setAccessibleName(tr("Whose numbers: {name}", name=name))
        ids = self._main.camera_ids
        names = [self.known.cameras[one].name for one in ids if one in self.known.cameras]
        shown = names[:12]
        if len(names) > len(shown):
            shown.append(tr("and {value} more", value=len(names) - len(shown)))
        self.whose_button.setToolTip(words.tooltip("\n".join(shown) or name))
        count = len(self._others)
        text = tr("Co&mpared with {count}…", count=count) if count else tr("Co&mpare…")
        self.compare_button.setText(text)
        self.compare_button.setToolTip(
            tr("Draw other cameras, sites or places into the same chart")
        )

    @Slot()
    def choose_whose(self) -> WhoseDialog:
        """Ask whose numbers."""
        dialog = WhoseDialog(self.known, self._main, self)
        dialog.accepted.connect(lambda: self._on_whose(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _on_whose(self, dialog: WhoseDialog) -> None:
        if dialog.chosen is not None and dialog.chosen != self._main:
            is_same_kind = not self._main.is_flow
            self.show_subject(dialog.chosen, self._others if is_same_kind else ())
            self.changed.emit()

    @Slot()
    def choose_others(self) -> CompareDialog:
        """Ask what is compared with."""
        dialog = CompareDialog(self.known, self._main, self._others, self)
        dialog.accepted.connect(lambda: self._on_others(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _on_others(self, dialog: CompareDialog) -> None:
        if dialog.chosen is not None and dialog.chosen != self._others:
            self.show_subject(self._main, dialog.chosen)
            self.changed.emit()

    @Slot()
    def _on_place(self) -> None:
        was_flow = self._main.is_flow
        main = Subject(self._main.site_id, self._main.camera_ids, self.place_box.chosen)
        self.show_subject(main, self._others if main.is_flow is was_flow else ())
        self.changed.emit()
