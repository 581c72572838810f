"""The dialog in which the login service is set up, tried and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QDir, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.config import RemoteLogin
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.language import marked, tr, worded
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmSpinBox, Field, in_a_row, in_tab_order, scrolled
from camwatch.ui.operators.form_dialog import FormDialog, make_button
from camwatch.ui.operators.login_trial import TrialCommands, TrialPanel
from camwatch.ui.operators.mapping_editor import MappingEditor
from camwatch.ui.operators.questions import Question, ask

_PANEL_WIDTH = 400
_DEFAULTS = RemoteLogin()
_ABOUT = marked(
    "With a login service, operators sign in with the name and password they have there. Users of "
    "this list can sign in all the same: that is the way in for repair."
)
_HINTS = {
    "url": marked("Begins with https, such as https://login.example.com"),
    "name": marked("What operators see on the tab for signing in. Empty: its host name."),
    "issuer": marked("Who its tokens must be from (iss). Empty: the address."),
    "audience": marked("Whom its tokens must be for (aud)."),
    "ca_file": marked("Certificates to trust for it (PEM). Empty: those of this computer."),
    "roles_claim": marked("What names the user's roles in a token."),
    "offline_hours": (
        marked(
            "While the service is away, users whom it let in before may sign in for so long, with "
            "fewer rights."
        )
    ),
    "mapping": marked("The first line that fits counts. Whoever fits no line is not let in."),
}
_REMOVE = worded(
    lambda: Question(
        tr("Remove the login service"),
        tr("Do without the login service?"),
        tr(
            "Whoever signed in through it is signed out and cannot sign in any more. Users of this list "
            "can. The list of roles is kept, should the service be set up again."
        ),
        tr("Remove the service"),
        tr("Keep it"),
    )
)


class LoginServiceCommands(TrialCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def login_service(self, session: Session) -> RemoteLogin:
        """Return how the login service is set up; its url is empty if it is not."""
        ...

    def set_login_service(self, session: Session, settings: RemoteLogin) -> RemoteLogin:
        """Set it up, change it, or with an empty url do without."""
        ...


class LoginServiceDialog(FormDialog):
    """Address, what its tokens must say, the list of roles, and a panel that tries it all.

    Signals:
        saved: The RemoteLogin as it is now.

    Args:
        roles: All roles.
    """

    saved = Signal(object)

    def __init__(
        self,
        commands: LoginServiceCommands,
        session: Session,
        background: Background,
        roles: Sequence[OperatorRole],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, tr("Login service"), tr(_ABOUT), tr("&Save"), parent)
        self._commands, self._session = commands, session
        self._stored = _DEFAULTS
        self._has_read = False
        self.mapping = MappingEditor(roles, self)
        self.panel = TrialPanel(
            commands,
            session,
            background,
            settings=self.settings,
            refused=self.show_error,
            parent=self,
        )
        self.panel.setFixedWidth(theme.px(_PANEL_WIDTH))
        self._make_fields()
        self._lay_out()
        self.remove_button = make_button(
            tr("&Remove the service…"), "trash-2", self.ask_remove, self
        )
        self.buttons.insertWidget(0, self.remove_button)
        self.notice.action_requested.connect(self.read)
        # Enter in a field of the panel tries the service and must not save it.
        self.do_button.setDefault(False)
        self.mapping.changed.connect(self._on_mapping_changed)
        self.roles_claim.textEdited.connect(self.panel.settings_changed)
        self._order_keys()
        fit(self, 1180, 780)
        self.read()

    # ---------------------------------------------------------------- building

    def _line(self, longest: int, placeholder: str = "") -> QLineEdit:
        line = QLineEdit(self)
        line.setMaxLength(longest)
        line.setPlaceholderText(placeholder)
        return line

    def _make_fields(self) -> None:
        self.url = self._line(2048, "https://")
        self.name = self._line(64)
        self.issuer = self._line(2048)
        self.audience = self._line(256, _DEFAULTS.audience)
        self.ca_file = self._line(4096)
        self.roles_claim = self._line(128, _DEFAULTS.roles_claim)
        self.offline_hours = CalmSpinBox(self)
        self.offline_hours.setRange(0, 168)
        self.offline_hours.setSuffix(tr(" hours"))
        self.offline_hours.setSpecialValueText(tr("Not at all"))
        self.choose_button = make_button(tr("&Choose…"), "", self.choose_file, self)
        file_row = QWidget(self)
        row = QHBoxLayout(file_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.ca_file, 1)
        row.addWidget(self.choose_button)
        file_row.setFocusProxy(self.ca_file)
        parts: tuple[tuple[str, str, QWidget], ...] = (
            ("url", tr("&Address"), self.url),
            ("name", tr("Sho&wn as"), self.name),
            ("issuer", tr("&Issuer"), self.issuer),
            ("audience", tr("A&udience"), self.audience),
            ("ca_file", tr("Certificates to trus&t"), file_row),
            ("roles_claim", tr("C&laim with the roles"), self.roles_claim),
            ("offline_hours", tr("While it is away, &for"), self.offline_hours),
            ("mapping", tr("Roles there → roles here"), self.mapping),
        )
        for name, label, entry in parts:
            self.add_field(name, Field(label, entry, self, hint=tr(_HINTS[name])))

    def _lay_out(self) -> None:
        space = theme.current().space
        form = QWidget(self)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(2 * space)
        field = self.fields
        column.addLayout(in_a_row([(field["url"], 3), (field["name"], 2)]))
        column.addLayout(in_a_row([(field["issuer"], 3), (field["audience"], 2)]))
        column.addWidget(field["ca_file"])
        column.addLayout(in_a_row([(field["roles_claim"], 3), (field["offline_hours"], 2)]))
        column.addWidget(field["mapping"])
        column.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(2 * space)
        middle.addWidget(scrolled(form, self), 1)
        middle.addWidget(self.panel)
        self.body.addLayout(middle, 1)

    def _order_keys(self) -> None:
        """Let Tab go through the form as it is read, then the panel, then the buttons."""
        in_tab_order(
            self.url,
            self.name,
            self.issuer,
            self.audience,
            self.fields["ca_file"].input,  # a proxy: with what belongs to it
            self.roles_claim,
            self.offline_hours,
            *self.mapping.stops(),
            *self.panel.stops(),
            self.remove_button,
            self.cancel_button,
            self.do_button,
        )

    # ---------------------------------------------------------------- reading

    @Slot()
    def read(self) -> None:
        """Read how it is set up now."""
        self._has_read = False
        self.run(lambda: self._commands.login_service(self._session), self._on_read, self._failed)

    def _on_read(self, settings: RemoteLogin) -> None:
        self._has_read = True
        self._stored = settings
        self.url.setText(settings.url)
        self.name.setText(settings.name)
        self.issuer.setText(settings.issuer)
        self.audience.setText(settings.audience)
        self.ca_file.setText(settings.ca_file)
        self.roles_claim.setText(settings.roles_claim)
        self.offline_hours.setValue(settings.offline_hours)
        self.mapping.fill(settings.mapping)
        self._order_keys()
        self.panel.show_trusted(settings.keys)
        self.update_buttons()
        self.url.setFocus()

    def _failed(self, error: CamWatchError) -> None:
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def settings(self) -> RemoteLogin:
        """Return what is entered; not checked, for the commands do that."""
        return self._stored.model_copy(
            update={
                "url": self.url.text().strip(),
                "name": self.name.text().strip(),
                "issuer": self.issuer.text().strip(),
                "audience": self.audience.text().strip() or _DEFAULTS.audience,
                "ca_file": self.ca_file.text().strip(),
                "roles_claim": self.roles_claim.text().strip() or _DEFAULTS.roles_claim,
                "offline_hours": self.offline_hours.value(),
                "mapping": self.mapping.mapping(),
                "keys": dict(self.panel.trusted),
            }
        )

    def update_buttons(self) -> None:
        """Let nothing be saved that was not read before."""
        is_ready = self._has_read and not self.is_busy
        self.do_button.setEnabled(is_ready)
        self.panel.set_ready(is_ready)
        self.remove_button.setEnabled(is_ready)
        self.remove_button.setVisible(bool(self._stored.url))

    @Slot()
    def _on_mapping_changed(self) -> None:
        self.fields["mapping"].clear_problem()
        self._order_keys()
        if problem := self.mapping.problem():
            self.show_problem_at("mapping", problem)
        self.panel.settings_changed()

    def show_problem_at(self, name: str, reason: str) -> None:
        """Say at a field what is wrong with it, without going there."""
        self.fields[name].show_problem(text_for(InvalidSetting(name, reason)).sentence)

    @Slot()
    def choose_file(self) -> None:
        """Let the administrator choose the file of certificates."""
        files = tr("Certificates (*.pem *.crt *.cer);;All files (*)")
        dialog = QFileDialog(self, tr("Certificates to trust"), QDir.homePath(), files)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.open()

    @Slot(str)
    def _on_file_chosen(self, name: str) -> None:
        self.ca_file.setText(QDir.toNativeSeparators(name))
        self.fields["ca_file"].clear_problem()

    # ---------------------------------------------------------------- storing

    @Slot()
    def submit(self) -> None:
        """Store what is entered; it takes effect at once."""
        problems = []
        if not self.url.text().strip():
            hint = tr("; to do without the service, remove it") if self._stored.url else ""
            problems.append(InvalidSetting("url", tr("is needed{hint}", hint=hint)))
        if problem := self.mapping.problem():
            problems.append(InvalidSetting("mapping", problem))
        if problems:
            self.clear_problems()
            self.show_problems(tuple(problems))
            return
        settings = self.settings()
        if settings.url != self._stored.url and settings.keys == self._stored.keys:
            # Those were of the service before.
            settings = settings.model_copy(update={"keys": {}})
        self._store(settings)

    @Slot()
    def ask_remove(self) -> None:
        """Ask whether to do without the service."""
        ask(_REMOVE(), lambda: self._store(self._stored.model_copy(update={"url": ""})), self)

    def _store(self, settings: RemoteLogin) -> None:
        self.run(lambda: self._commands.set_login_service(self._session, settings), self._on_saved)

    def _on_saved(self, settings: RemoteLogin) -> None:
        self.accept()
        self.saved.emit(settings)
