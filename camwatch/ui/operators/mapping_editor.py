"""Which role here each role of the login service stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from camwatch.auth.permissions import OperatorRole
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import CalmComboBox, FocusGroup, in_tab_order, plain_label, set_role
from camwatch.ui.operators.form_dialog import bring_into_view, make_button
from camwatch.ui.words import tooltip

_LONGEST = 256


class MappingLine(QWidget):
    """One name there, and one role here.

    Signals:
        changed: Something else is entered.
        moved: It is to go so many lines down.
        removed: It is to go.
    """

    changed = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self, roles: Sequence[OperatorRole], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.name.setMaxLength(_LONGEST)
        self.name.setPlaceholderText(tr("Name there, such as shift-lead"))
        self.name.setAccessibleName(tr("Name at the login service"))
        self.name.textChanged.connect(self.changed)
        self.role = CalmComboBox(self)
        self.role.setAccessibleName(tr("Role here"))
        self._known = frozenset(role.key for role in roles)
        for role in roles:
            self.role.addItem(role.title, role.key)
        self.role.setMinimumContentsLength(14)
        self.role.setSizeAdjustPolicy(
            CalmComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.role.currentIndexChanged.connect(self.changed)
        self.up = self._tool("arrow-up", tr("Move up"), partial(self.moved.emit, -1))
        self.down = self._tool("arrow-down", tr("Move down"), partial(self.moved.emit, 1))
        self.remove = self._tool("trash-2", tr("Remove this line"), self.removed.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.name, 3)
        row.addWidget(plain_label("→", "muted", self))
        row.addWidget(self.role, 2)
        for tool in (self.up, self.down, self.remove):
            row.addWidget(tool)

    def _tool(self, icon: str, words: str, call: Callable[[], object]) -> QToolButton:
        tool = QToolButton(self)
        tool.setIcon(icons.icon(icon))
        tool.setIconSize(icons.size(16))
        tool.setToolTip(words)
        tool.setAccessibleName(words)
        tool.clicked.connect(lambda _checked: call())
        return tool

    def fill(self, name: str, key: str) -> None:
        """Show a line as it is stored; a role that is gone stays until another is chosen."""
        self.name.setText(name)
        if self.role.findData(key) < 0:
            self.role.addItem(tr("Role that is gone"), key)
            self.role.setToolTip(
                tooltip(tr("There is no role “{key}” here, so nobody is let in.", key=key))
            )
        self.role.setCurrentIndex(self.role.findData(key))

    @property
    def is_gone(self) -> bool:
        """True if its role is not there any more."""
        return self.role.currentData() not in self._known

    @property
    def pair(self) -> tuple[str, str]:
        """Name there, and key of the role here."""
        found: str | None = self.role.currentData()
        return self.name.text().strip(), found or ""


class MappingEditor(FocusGroup):
    """Lines from names at the login service to roles here; the first that fits counts.

    Signals:
        changed: Something else is entered.
    """

    changed = Signal()

    def __init__(self, roles: Sequence[OperatorRole], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roles = tuple(roles)
        self.lines: list[MappingLine] = []
        self.nothing = plain_label(
            tr(
                "There is no line yet, so nobody is let in. Add one for each role of the login "
                "service that is to come in."
            ),
            "muted",
            self,
        )
        self.add_button = make_button(tr("A&dd a line"), "plus", self.add, self)
        self.begin_at(self.add_button)
        space = theme.current().space
        self._rows = QVBoxLayout()
        self._rows.setSpacing(space)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(self._rows)
        column.addWidget(self.nothing)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        column.addLayout(foot)

    def fill(self, mapping: Mapping[str, str]) -> None:
        """Show these lines."""
        while self.lines:
            self._take_out(self.lines[-1])
        for name, key in mapping.items():
            self._put_in(name, key)
        self._update()

    def mapping(self) -> dict[str, str]:
        """Return what is entered, in its order; lines without a name count for nothing."""
        pairs = [line.pair for line in self.lines]
        return {name: key for name, key in pairs if name}

    def stops(self) -> tuple[QWidget, ...]:
        """Return where Tab stops, from the first line to the button below them."""
        lines = [
            part
            for line in self.lines
            for part in (line.name, line.role, line.up, line.down, line.remove)
        ]
        return (*lines, self.add_button)

    def problem(self) -> str:
        """Say what keeps the lines from being stored, to go after "The table of roles"; or ""."""
        names: set[str] = set()
        found = ""
        for line in self.lines:
            name, _key = line.pair
            is_twice = bool(name) and name in names
            set_role(line.name, "error" if is_twice else "")
            set_role(line.role, "error" if line.is_gone and name else "")
            found = found or (tr("holds “{name}” twice", name=name) if is_twice else "")
            names.add(name)
        if not found and any(line.is_gone and line.pair[0] for line in self.lines):
            found = tr("names a role that is gone; choose another one there, or remove the line")
        return found

    @Slot()
    def add(self) -> None:
        """Add an empty line, and go there."""
        line = self._put_in("", self._roles[0].key if self._roles else "")
        self._update()
        line.show()  # the layout would do so only later, and what is hidden takes no keyboard
        line.name.setFocus()
        bring_into_view(self.add_button)
        self.changed.emit()

    def _put_in(self, name: str, key: str) -> MappingLine:
        line = MappingLine(self._roles, self)
        line.fill(name, key)
        line.changed.connect(self.changed)
        line.moved.connect(partial(self._move, line))
        line.removed.connect(partial(self._remove, line))
        self.lines.append(line)
        self._rows.addWidget(line)
        return line

    def _take_out(self, line: MappingLine) -> None:
        self.lines.remove(line)
        self._rows.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _remove(self, line: MappingLine) -> None:
        place = self.lines.index(line)
        self._take_out(line)
        self._update()
        near = self.lines[min(place, len(self.lines) - 1)].name if self.lines else self.add_button
        near.setFocus()
        self.changed.emit()

    def _move(self, line: MappingLine, by: int) -> None:
        place = self.lines.index(line) + by
        if not 0 <= place < len(self.lines):
            return
        self.lines.remove(line)
        self.lines.insert(place, line)
        self._rows.removeWidget(line)
        self._rows.insertWidget(place, line)
        self._update()
        # The key that moved it may be pressed again, unless it is at the end.
        tool = line.up if by < 0 else line.down
        (tool if tool.isEnabled() else line.name).setFocus()
        self.changed.emit()

    def _update(self) -> None:
        self.nothing.setVisible(not self.lines)
        for place, line in enumerate(self.lines):
            line.up.setEnabled(place > 0)
            line.down.setEnabled(place < len(self.lines) - 1)
        in_tab_order(*self.stops())
