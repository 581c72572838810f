"""The dialog in which a role is made, looked at and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.accounts import RoleDraft
from camwatch.auth.permissions import WHOLE_PROGRAM, OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.domain import SiteId
from camwatch.errors import InvalidSetting
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Field, plain_label, scrolled, warning_label
from camwatch.ui.help.button import explain
from camwatch.ui.operators.form_dialog import FormDialog
from camwatch.ui.operators.user_acts import reaches
from camwatch.ui.operators.wording import PERMISSION_GROUPS, permission_label

_COLUMNS = 2
_SITE_ROLE = Qt.ItemDataRole.UserRole
_NEW = marked(
    "What its users may do, and whose cameras they see. A change counts from the next click on."
)
_ALWAYS = marked(
    "This role is always there, so only the second factor can be changed. Copy the role to make "
    "one of your own."
)
_BLIND = marked("Without “See the cameras” most of the rest cannot be used.")
_NO_SITES = marked("You see no sites yourself, so you cannot choose among them.")
_NOT_OWN = marked("You may not do this yourself, so you cannot give it.")
_WHOLE = marked("This concerns all sites at once, so only a role that sees all sites can have it.")
BEYOND = marked(
    "This role may do more than you, so only somebody who may do as much can change it."
)


class RoleCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def add_role(self, session: Session, draft: RoleDraft) -> OperatorRole:
        """Make a role."""
        ...

    def edit_role(self, session: Session, key: str, draft: RoleDraft) -> OperatorRole:
        """Change a role."""
        ...


class RoleEditor(FormDialog):
    """Name, permissions, sites and second factor of a role.

    Signals:
        saved: The OperatorRole as it is now.

    Args:
        sites: Names of all sites.
        role: What to change, or to begin with; None begins with nothing.
        is_copy: Make another role instead of changing this one.
    """

    saved = Signal(object)

    def __init__(
        self,
        commands: RoleCommands,
        session: Session,
        background: Background,
        sites: Mapping[SiteId, str],
        role: OperatorRole | None = None,
        *,
        parent: QWidget | None = None,
        is_copy: bool = False,
    ) -> None:
        self._key = "" if role is None or is_copy else role.key
        self._is_beyond = bool(self._key) and role is not None and not reaches(session.role, role)
        self._is_fixed = bool(self._key) and role is not None and role.is_built_in
        about = tr(BEYOND) if self._is_beyond else tr(_ALWAYS) if self._is_fixed else tr(_NEW)
        super().__init__(
            background,
            tr("Role") if self._key else tr("New role"),
            about,
            tr("&Save") if self._key else tr("&Make the role"),
            parent,
        )
        self._commands, self._session, self._sites = commands, session, sites
        self._before = role
        self._put_off: set[Permission] = set()
        self._make_form()
        self._lay_out()
        self._fill(role, is_copy=is_copy)
        self._on_changed()
        (self.factor if self._is_fixed else self.name).setFocus()
        fit(self, 760, 760)

    # ---------------------------------------------------------------- building

    def _make_form(self) -> None:
        self.name = QLineEdit(self)
        self.permissions: dict[Permission, QCheckBox] = {}
        for _title, group in PERMISSION_GROUPS:
            for permission in group:
                box = QCheckBox(permission_label(permission), self)
                box.toggled.connect(self._on_changed)
                self.permissions[permission] = box
        self.all_sites = QRadioButton(tr("&All sites, and those that are added later"), self)
        self.some_sites = QRadioButton(tr("&Only these sites"), self)
        self._which = QButtonGroup(self)
        self._which.addButton(self.all_sites)
        self._which.addButton(self.some_sites)
        self.sites = QListWidget(self)
        self.sites.setAccessibleName(tr("Sites"))
        for site_id, name in sorted(self._sites.items(), key=lambda item: item[1].casefold()):
            item = QListWidgetItem(name, self.sites)
            item.setData(_SITE_ROLE, site_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.all_sites.toggled.connect(self._on_sites_changed)
        self.factor = QCheckBox(tr("Its users need a second &factor"), self)
        self.blind = warning_label(tr(_BLIND), self)
        self.blind.setContentsMargins(0, 0, 0, 0)

    def _lay_out(self) -> None:
        space = theme.current().space
        form = QWidget(self)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(2 * space)
        column.addWidget(self.add_field("name", Field(tr("&Name"), self.name, form)))
        may = self._permissions_grid(form)
        column.addWidget(self.add_field("permissions", Field(tr("Its users may"), may, form)))
        column.addWidget(self.blind)
        sees = QWidget(form)
        inside = QVBoxLayout(sees)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(space)
        inside.addWidget(self.all_sites)
        inside.addWidget(self.some_sites)
        self.sites.setFixedHeight(min(max(self.sites.count(), 2), 5) * theme.px(32) + 8)
        inside.addWidget(self.sites)
        seen = self.add_field("sites", Field(tr("They see the cameras of"), sees, form))
        explain(seen, "role_sites")
        column.addWidget(seen)
        column.addWidget(self.factor)
        column.addWidget(
            plain_label(
                tr(
                    "Signing in then asks for a code of the user's own device as well. Whoever has "
                    "none yet sets it up at the next sign-in."
                ),
                "muted",
                form,
            )
        )
        column.addStretch(1)
        self.body.addWidget(scrolled(form, self), 1)

    def _permissions_grid(self, parent: QWidget) -> QWidget:
        space = theme.current().space
        box = QWidget(parent)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * space)
        grid.setVerticalSpacing(2 * space)
        for place, (title, group) in enumerate(PERMISSION_GROUPS):
            part = QVBoxLayout()
            part.setSpacing(space)
            part.addWidget(plain_label(title, "muted", box))
            for permission in group:
                part.addWidget(self.permissions[permission])
            part.addStretch(1)
            grid.addLayout(part, place // _COLUMNS, place % _COLUMNS)
        return box

    def _fill(self, role: OperatorRole | None, *, is_copy: bool) -> None:
        self.all_sites.setChecked(True)
        if role is None:
            return
        self.name.setText(tr("{name} (copy)", name=role.title) if is_copy else role.title)
        self.name.selectAll()
        for permission, box in self.permissions.items():
            is_mine = self._session.role.allows(permission) or not is_copy
            box.setChecked(permission in role.permissions and is_mine)
        if role.sites is not None:
            self.some_sites.setChecked(True)
            for item in self._items():
                if item.data(_SITE_ROLE) in role.sites:
                    item.setCheckState(Qt.CheckState.Checked)
        self.factor.setChecked(role.needs_second_factor)

    # ---------------------------------------------------------------- what is entered

    def _items(self) -> list[QListWidgetItem]:
        return [self.sites.item(row) for row in range(self.sites.count())]

    def draft(self) -> RoleDraft:
        """Return the role as it is entered."""
        if self._is_fixed and self._before is not None:
            before, factor = self._before, self.factor.isChecked()
            return RoleDraft(before.name, before.permissions, before.sites, factor)
        chosen = frozenset(
            SiteId(item.data(_SITE_ROLE))
            for item in self._items()
            if item.checkState() is Qt.CheckState.Checked
        )
        if not self._sites and self._before is not None:
            chosen = self._before.sites or frozenset()
        return RoleDraft(
            name=self.name.text().strip(),
            permissions=frozenset(one for one, box in self.permissions.items() if box.isChecked()),
            sites=None if self.all_sites.isChecked() else chosen,
            needs_second_factor=self.factor.isChecked(),
        )

    @Slot()
    def _on_sites_changed(self) -> None:
        """Take away what only a role can have that sees all sites; it comes back with them."""
        is_whole = self.all_sites.isChecked()
        if not is_whole:
            self._put_off = {one for one in WHOLE_PROGRAM if self.permissions[one].isChecked()}
        for one in self._put_off:
            self.permissions[one].setChecked(is_whole)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        may = self.draft().permissions
        self.blind.setVisible(bool(may) and Permission.VIEW_CAMERAS not in may)
        self.sites.setVisible(self.some_sites.isChecked())
        for name in ("permissions", "sites"):
            self.fields[name].clear_problem()
        self.update_buttons()

    def update_buttons(self) -> None:
        """Let only that be changed which the role and the own role allow, and say why not."""
        fixed = tr(BEYOND) if self._is_beyond else tr(_ALWAYS) if self._is_fixed else ""
        for widget in (self.name, self.all_sites, self.some_sites, self.sites):
            widget.setEnabled(not fixed)
            widget.setToolTip(fixed)
        if not self._sites and not fixed:
            # Neither to be chosen nor to be taken from a role that has some.
            for choice in (self.all_sites, self.some_sites):
                choice.setEnabled(False)
                choice.setToolTip(tr(_NO_SITES))
        for permission, box in self.permissions.items():
            why = fixed or self._why_not(permission)
            box.setEnabled(not why)
            box.setToolTip(why)
        self.factor.setEnabled(not self._is_beyond)
        self.do_button.setEnabled(not self.is_busy and not self._is_beyond)
        self.do_button.setToolTip(tr(BEYOND) if self._is_beyond else "")

    def _why_not(self, permission: Permission) -> str:
        if not self._session.role.allows(permission):
            return tr(_NOT_OWN)
        is_partial = self.some_sites.isChecked()
        return tr(_WHOLE) if is_partial and permission in WHOLE_PROGRAM else ""

    @Slot()
    def submit(self) -> None:
        """Store the role."""
        draft = self.draft()
        problems = []
        if not draft.name:
            problems.append(InvalidSetting("name", tr("is needed")))
        if draft.sites is not None and not draft.sites:
            problems.append(InvalidSetting("sites", tr("are needed: choose at least one")))
        if problems and not self._is_fixed:
            self.clear_problems()
            self.show_problems(tuple(problems))
            return
        self.run(lambda: self._store(draft), self._on_saved)

    def _store(self, draft: RoleDraft) -> OperatorRole:
        if self._key:
            return self._commands.edit_role(self._session, self._key, draft)
        return self._commands.add_role(self._session, draft)

    def _on_saved(self, role: OperatorRole) -> None:
        self.accept()
        self.saved.emit(role)
