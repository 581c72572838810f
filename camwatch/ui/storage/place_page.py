"""Where the history is: a file of this computer, or a PostgreSQL server that several share."""

from __future__ import annotations

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import Secret
from camwatch.errors import CamWatchError, InvalidSetting, StorageError
from camwatch.history.keeping import DatabaseServer, Tls
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.error_text import field_sentence, text_for
from camwatch.ui.forms import (
    BusyBar,
    CalmComboBox,
    CalmSpinBox,
    Field,
    Notice,
    PasswordEdit,
    in_a_row,
    in_tab_order,
    plain_label,
    scrolled,
)
from camwatch.ui.operators.form_dialog import bring_into_view, make_button

_DEFAULTS = DatabaseServer("")
_TLS = table(
    lambda: {
        Tls.VERIFY: tr("Encrypted; the server must prove who it is"),
        Tls.ENCRYPT: tr("Encrypted; whoever answers is believed"),
        Tls.OFF: tr("Not encrypted"),
    }
)
_TLS_HINTS = table(
    lambda: {
        Tls.VERIFY: tr("The right choice wherever the connection leaves this computer."),
        Tls.ENCRYPT: (
            tr(
                "Keeps out who only listens, but not who pretends to be the server. Better give the "
                "certificate that it is signed with below."
            )
        ),
        Tls.OFF: (
            tr(
                "Anybody on the way can read the history, and the password with some servers. Only for a "
                "server on this same computer."
            )
        ),
    }
)
_FILE = marked(
    "One computer, nothing to install. Room for years of a hundred cameras. Copies are made by "
    "CamWatch."
)
_SERVER = marked(
    "For several workstations that share one history. Somebody has to run the server, and to copy "
    "it."
)
_MOVE = marked(
    "The other place begins empty. To take the history along, close CamWatch after this and run "
    "“camwatch db move”, which copies everything and checks it; then start CamWatch again."
)
_KEPT = marked("Empty: the one that is kept.")


class PlacePage(QWidget):
    """A choice, the fields of a server, and two buttons.

    Signals:
        try_requested: A DatabaseServer, and a Secret or None for the password that is kept.
        use_requested: A DatabaseServer or None for the file, and the same.
    """

    try_requested = Signal(object, object)
    use_requested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored: DatabaseServer | None = None
        self._has_read = False
        self._is_busy = False
        self.fields: dict[str, Field] = {}
        self.file_choice = QRadioButton(tr("A &file of this computer"), self)
        self.server_choice = QRadioButton(tr("A Postgre&SQL server"), self)
        self.present = plain_label("", "muted", self)
        self._make_fields()
        self.result = Notice(self)
        self.busy = BusyBar(self)
        self.try_button = make_button(tr("Tr&y"), "plug-zap", self._try, self)
        self.use_button = make_button(tr("Use from the &next start…"), "check", self._use, self)
        self.use_button.setProperty("role", "primary")
        self._lay_out()
        self.server_choice.toggled.connect(self._on_edited)
        self.tls.currentIndexChanged.connect(self._on_tls)
        in_tab_order(
            self.file_choice,
            self.server_choice,
            self.host,
            self.port,
            self.database,
            self.user,
            self.password.line,
            self.password.show_button,
            self.tls,
            self.ca_file,
            self.choose_button,
            self.try_button,
            self.use_button,
        )
        self.file_choice.setChecked(True)
        self._on_tls()

    # ---------------------------------------------------------------- building

    def _make_fields(self) -> None:
        self.host = self._line(255, "db.example.com")
        self.port = CalmSpinBox(self)
        self.port.setRange(1, 65_535)
        self.port.setValue(_DEFAULTS.port)
        self.database = self._line(63)
        self.database.setText(_DEFAULTS.database)
        self.user = self._line(63)
        self.user.setText(_DEFAULTS.user)
        self.password = PasswordEdit(self)
        self.password.line.setMaxLength(1024)
        self.tls = CalmComboBox(self)
        for kind, text in _TLS.items():
            self.tls.addItem(text, kind)
        self.ca_file = self._line(4096)
        self.choose_button = make_button(tr("Ch&oose…"), "", self.choose_file, self)
        file_row = QWidget(self)
        row = QHBoxLayout(file_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.ca_file, 1)
        row.addWidget(self.choose_button)
        file_row.setFocusProxy(self.ca_file)
        parts: tuple[tuple[str, str, QWidget, str], ...] = (
            ("host", tr("&Host"), self.host, tr("Name or address of the server.")),
            ("port", tr("&Port"), self.port, ""),
            ("database", tr("&Database"), self.database, tr("It must exist; its tables are made.")),
            ("user", tr("&User"), self.user, tr("Who owns that database.")),
            ("password", tr("Pass&word"), self.password, tr(_KEPT)),
            ("tls", tr("P&rotection of the connection"), self.tls, ""),
            (
                "ca_file",
                tr("Certificates to trus&t"),
                file_row,
                tr("A PEM file. Empty: those of this computer."),
            ),
        )
        for name, label, entry, hint in parts:
            self.fields[name] = Field(label, entry, self, hint=hint)
        for line in (self.host, self.database, self.user, self.password.line, self.ca_file):
            line.textEdited.connect(self._on_edited)
        self.port.valueChanged.connect(self._on_edited)

    def _line(self, longest: int, placeholder: str = "") -> QLineEdit:
        line = QLineEdit(self)
        line.setMaxLength(longest)
        line.setPlaceholderText(placeholder)
        return line

    def _lay_out(self) -> None:
        space = theme.current().space
        field = self.fields
        self._server = QWidget(self)
        server = QVBoxLayout(self._server)
        server.setContentsMargins(3 * space, 0, 0, 0)
        server.setSpacing(space + space // 2)
        server.addLayout(in_a_row([(field["host"], 3), (field["port"], 1)]))
        server.addLayout(
            in_a_row([(field["database"], 1), (field["user"], 1), (field["password"], 1)])
        )
        server.addLayout(in_a_row([(field["tls"], 1), (field["ca_file"], 1)]))
        form = QWidget(self)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(space)
        column.addWidget(self.present)
        for choice, about in ((self.file_choice, tr(_FILE)), (self.server_choice, tr(_SERVER))):
            column.addWidget(choice)
            label = plain_label(about, "muted", self)
            label.setContentsMargins(3 * space, 0, 0, space // 2)
            column.addWidget(label)
        column.addWidget(self._server)
        column.addSpacing(space)
        column.addWidget(plain_label(tr(_MOVE), "muted", self))
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.use_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2 * space, 0, 0)
        outer.setSpacing(space + space // 2)
        outer.addWidget(scrolled(form, self), 1)
        outer.addWidget(self.busy)
        outer.addWidget(self.result)
        outer.addLayout(buttons)

    # ---------------------------------------------------------------- what is entered

    def entered(self) -> DatabaseServer | None:
        """Return what is entered; None for the file."""
        if not self.server_choice.isChecked():
            return None
        return DatabaseServer(
            host=self.host.text().strip(),
            port=self.port.value(),
            database=self.database.text().strip(),
            user=self.user.text().strip(),
            tls=self._tls(),
            ca_file=self.ca_file.text().strip(),
        )

    def _tls(self) -> Tls:
        # Qt keeps the value of it, not the member itself.
        return Tls(self.tls.currentData())

    def entered_password(self) -> Secret | None:
        """Return the password; None for the one that is kept."""
        text = self.password.text()
        return Secret(text) if text else None

    @property
    def is_changed(self) -> bool:
        """True while something is entered that does not hold yet."""
        if not self._has_read:
            return False
        return self.entered() != self._stored or self.entered_password() is not None

    def show_stored(self, server: DatabaseServer | None, place: str) -> None:
        """Show what holds; what somebody has entered meanwhile stays.

        Args:
            server: That the settings name; None for the file.
            place: Where the history is in this run.
        """
        self.present.setText(tr("Now it is kept in {place}.", place=place))
        is_changed = self.is_changed
        self._stored = server
        if not is_changed:
            self._has_read = True
            self._fill(server)
        self._update()

    def _fill(self, server: DatabaseServer | None) -> None:
        (self.file_choice if server is None else self.server_choice).setChecked(True)
        if server is None:
            return
        self.host.setText(server.host)
        self.port.setValue(server.port)
        self.database.setText(server.database)
        self.user.setText(server.user)
        self.tls.setCurrentIndex(list(_TLS).index(server.tls))
        self.ca_file.setText(server.ca_file)

    @Slot()
    def choose_file(self) -> None:
        """Choose the file of certificates."""
        dialog = QFileDialog(self, tr("Certificates to trust"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")])
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_file_chosen(self, file: str) -> None:
        self.ca_file.setText(QDir.toNativeSeparators(file))
        self._on_edited()

    @Slot()
    def _on_tls(self) -> None:
        kind = self._tls()
        self.fields["tls"].rename(tr("P&rotection of the connection"), _TLS_HINTS[kind])
        self.fields["ca_file"].setEnabled(kind is Tls.VERIFY)
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        self.clear_problems()
        self.result.hide()
        self._update()

    # ---------------------------------------------------------------- asking, and answers

    @Slot()
    def _try(self) -> None:
        if self._complete():
            self.try_requested.emit(self.entered(), self.entered_password())

    @Slot()
    def _use(self) -> None:
        if self._complete():
            self.use_requested.emit(self.entered(), self.entered_password())

    def _complete(self) -> bool:
        """Look whether what has to be entered is; say it at the fields if not."""
        server = self.entered()
        if server is None:
            return True
        missing = tuple(
            InvalidSetting(name, tr("is needed"))
            for name in ("host", "database", "user")
            if not getattr(server, name)
        )
        if missing:
            self.show_problems(missing)
        return not missing

    def show_tried(self, answer: str) -> None:
        """Show what the server said."""
        self.result.show_text("ok", tr("The server can be used"), answer)

    def show_used(self, server: DatabaseServer | None) -> None:
        """Show that it holds from the next start on."""
        self._stored = server
        self.password.line.clear()
        where = (
            tr("the file of this computer")
            if server is None
            else tr("the server {host}", host=server.host)
        )
        self.result.show_text(
            "ok",
            tr("From the next start on the history is kept in {where}.", where=where),
            tr(_MOVE),
        )
        self._update()

    def show_error(self, error: CamWatchError) -> None:
        """Show what went wrong, apart from refused fields; nothing that was typed is lost."""
        words = text_for(error)
        if isinstance(error, StorageError):
            # What the server said is worth more than words about all databases.
            text = tr("{error}\nError number:\n{error_id}", error=error, error_id=error.error_id)
            self.result.show_text("error", words.title, text)
        else:
            self.result.show_error(words)

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Show refused values at their fields."""
        self.result.hide()
        first: Field | None = None
        left = []
        for problem in problems:
            name = problem.field.rpartition(".")[2].removeprefix("server_")
            field = self.fields.get(name)
            if field is None:
                left.append(field_sentence(problem))
            else:
                field.show_problem(f"{field.name} {problem.reason}.")
                first = first or field
        if first is not None:
            first.input.setFocus()
            bring_into_view(first.message)
        if left:
            self.result.show_text("error", tr("This cannot be done"), " ".join(left))

    def clear_problems(self) -> None:
        """Take the messages at the fields away."""
        for field in self.fields.values():
            field.clear_problem()

    def set_busy(self, *, is_busy: bool) -> None:
        """Show that something is under way."""
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        self._update()

    def _update(self) -> None:
        is_server = self.server_choice.isChecked()
        self._server.setVisible(is_server)
        self.try_button.setVisible(is_server)
        is_ready = self._has_read and not self._is_busy
        self.try_button.setEnabled(is_ready)
        self.use_button.setEnabled(is_ready and self.is_changed)
