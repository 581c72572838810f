"""The fields of a camera, and what an operator typed into them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from camwatch.cameras.makes import MAKES, OTHER, Make, make_of
from camwatch.cameras.policy import (
    KIND_SCHEMES,
    LONGEST_INTERVAL_S,
    SCHEMES,
    SHORTEST_INTERVAL_S,
    parse_camera_url,
)
from camwatch.domain import CameraSettings, Reason, Secret, SourceKind
from camwatch.errors import InvalidSetting
from camwatch.ui import theme
from camwatch.ui.error_text import field_sentence
from camwatch.ui.forms import (
    CalmComboBox,
    CalmDoubleSpinBox,
    CalmSpinBox,
    Field,
    PasswordEdit,
    in_a_row,
    in_tab_order,
    warning_label,
)

_BASIC_WARNING = (
    "Basic sign-in sends the password readable for everybody on this network. "
    "Use it only where the camera offers neither https nor Digest."
)
_LOCAL_WARNING = (
    "The camera's address may then point to this computer itself, or to devices that are "
    "connected directly. Allow it only if the camera really is there."
)
_KEEP = "&Keep the stored password"
_MAKES = (OTHER, *(make for make in MAKES if make.offers(SourceKind.SNAPSHOT)))
_MOVED = "The address has changed, so please enter the password again for the new one."


class AddressEdit(QLineEdit):
    """A line for a host that tells when something was pasted.

    Signals:
        pasted: Its text came from the clipboard.
    """

    pasted = Signal()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Tell of a paste by keyboard at once; one by mouse is seen on leaving the field."""
        super().keyPressEvent(event)
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit()


class CameraForm(QWidget):
    """All that is entered for a camera.

    Signals:
        connection_changed: Something changed that decides how the camera is reached.

    Args:
        settings: What to begin with; None for a new camera.
        sites: Names of the sites there are.
        reason: Why the camera is in its present state. With PASSWORD_MISSING its password
            is asked for instead of being kept.
    """

    connection_changed = Signal()

    def __init__(
        self,
        settings: CameraSettings | None,
        sites: list[str],
        parent: QWidget | None = None,
        *,
        reason: Reason = Reason.NONE,
    ) -> None:
        super().__init__(parent)
        self._before = settings
        has_username = settings is not None and bool(settings.username)
        self._lacks_password = has_username and reason is Reason.PASSWORD_MISSING
        self._has_stored = has_username and not self._lacks_password
        self._make_entries(settings or CameraSettings(name="", location="", host=""), sites)
        self._make_fields()
        self._lay_out()
        self._connect()
        self._on_basic_toggled()
        self._on_local_toggled()

    # ---------------------------------------------------------------- building

    def _make_entries(self, settings: CameraSettings, sites: list[str]) -> None:
        self.name = QLineEdit(settings.name, self)
        self.location = QLineEdit(settings.location, self)
        self.site = CalmComboBox(self)
        self.site.setEditable(True)
        self.site.addItems(sites)
        self.site.setEditText(settings.site)
        self.is_enabled = QCheckBox("&Watch this camera", self)
        self.is_enabled.setChecked(settings.is_enabled)

        self.scheme = CalmComboBox(self)
        self.scheme.addItems(list(KIND_SCHEMES[SourceKind.SNAPSHOT]))
        self.scheme.setCurrentText(settings.scheme)
        self.host = AddressEdit(settings.host, self)
        self.host.setPlaceholderText("192.168.1.20 or the whole address")
        self.port = CalmSpinBox(self)
        self.port.setRange(1, 65_535)
        self.port.setValue(settings.port)
        self.make = CalmComboBox(self)
        for make in _MAKES:
            self.make.addItem(make.name)
        made = make_of(settings.snapshot_path, settings.status_path)
        self.make.setCurrentText(made.name)
        self.snapshot_path = QLineEdit(settings.snapshot_path, self)

        self.username = QLineEdit(settings.username, self)
        self.password = PasswordEdit(self)
        self.keep_password = QCheckBox(_KEEP, self)
        self.keep_password.setVisible(self._has_stored)
        self.keep_password.setChecked(self._has_stored)
        self.password.setEnabled(not self._has_stored)
        self.allow_basic = QCheckBox("Allow &Basic sign-in without encryption", self)
        self.allow_basic.setChecked(settings.allow_basic)
        self.basic_warning = warning_label(_BASIC_WARNING, self)

        self.interval = CalmDoubleSpinBox(self)
        self.interval.setRange(SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S)
        self.interval.setDecimals(1)
        self.interval.setSuffix(" s")
        self.interval.setValue(settings.interval_s)
        self.base_path = QLineEdit(settings.base_path, self)
        self.status_path = QLineEdit(settings.status_path, self)
        self.allow_local = QCheckBox("Allow this computer and &link-local addresses", self)
        self.allow_local.setChecked(settings.allow_local)
        self.local_warning = warning_label(_LOCAL_WARNING, self)

    def _make_fields(self) -> None:
        self.fields = {
            "name": Field("&Name", self.name, self),
            "site": Field("S&ite", self.site, self),
            "location": Field("L&ocation", self.location, self, hint="Where it hangs."),
            "scheme": Field("Protocol", self.scheme, self),
            "host": Field(
                "&Address",
                self.host,
                self,
                hint="You can paste a whole address; it is taken apart for you.",
            ),
            "port": Field("Po&rt", self.port, self),
            "make": Field("&Make", self.make, self),
            "snapshot_path": Field("Path of the sna&pshot", self.snapshot_path, self),
            "username": Field("&User name", self.username, self),
            "password": Field("Passwor&d", self.password, self),
            "interval_s": Field("Time between two pi&ctures", self.interval, self),
            "base_path": Field("Base path", self.base_path, self, hint="Put before both paths."),
            "status_path": Field(
                "Path of the status", self.status_path, self, hint="Empty if it has none."
            ),
        }

    def _lay_out(self) -> None:
        space = theme.current().space
        fields = self.fields
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(space + space // 2)

        def section(words: str) -> None:
            heading = QLabel(words, self)
            heading.setProperty("role", "heading")
            if column.count():
                column.addSpacing(space + space // 2)
            column.addWidget(heading)

        section("Camera")
        column.addLayout(in_a_row([(fields["name"], 3), (fields["site"], 2)]))
        column.addWidget(fields["location"])
        column.addWidget(self.is_enabled)
        section("Address")
        column.addLayout(
            in_a_row([(fields["scheme"], 2), (fields["host"], 6), (fields["port"], 2)])
        )
        column.addLayout(in_a_row([(fields["make"], 2), (fields["snapshot_path"], 4)]))
        section("Sign-in")
        column.addLayout(in_a_row([(fields["username"], 1), (fields["password"], 1)]))
        column.addWidget(self.keep_password)
        column.addWidget(self.allow_basic)
        column.addWidget(self.basic_warning)
        section("More")
        column.addLayout(
            in_a_row(
                [(fields["interval_s"], 1), (fields["base_path"], 1), (fields["status_path"], 1)]
            )
        )
        column.addWidget(self.allow_local)
        column.addWidget(self.local_warning)
        column.addStretch(1)
        in_tab_order(
            self.name,
            self.site,
            self.location,
            self.is_enabled,
            self.scheme,
            self.host,
            self.port,
            self.make,
            self.snapshot_path,
            self.username,
            self.password.line,
            self.password.show_button,
            self.keep_password,
            self.allow_basic,
            self.interval,
            self.base_path,
            self.status_path,
            self.allow_local,
        )

    def _connect(self) -> None:
        self.host.pasted.connect(self.take_apart)
        self.host.editingFinished.connect(self.take_apart)
        self.scheme.currentTextChanged.connect(self._on_scheme)
        self.make.activated.connect(self._on_make)
        self.keep_password.toggled.connect(self._on_keep_toggled)
        self.allow_basic.toggled.connect(self._on_basic_toggled)
        self.allow_local.toggled.connect(self._on_local_toggled)
        for line in (self.host, self.snapshot_path, self.base_path, self.username):
            line.textChanged.connect(self._on_connection_edited)
        self.password.line.textChanged.connect(self._on_connection_edited)
        self.status_path.textChanged.connect(self._on_connection_edited)
        self.port.valueChanged.connect(self._on_connection_edited)
        for box in (self.allow_basic, self.allow_local):
            box.toggled.connect(self._on_connection_edited)
        for field in self.fields.values():
            entry = field.input
            if isinstance(entry, QLineEdit):
                entry.textEdited.connect(field.clear_problem)

    # ---------------------------------------------------------------- reading

    def settings(self) -> CameraSettings:
        """Return what is entered, unchecked."""
        return CameraSettings(
            name=self.name.text(),
            location=self.location.text(),
            host=self.host.text(),
            port=self.port.value(),
            scheme=self.scheme.currentText(),
            base_path=self.base_path.text(),
            snapshot_path=self.snapshot_path.text(),
            status_path=self.status_path.text(),
            username=self.username.text(),
            interval_s=self.interval.value(),
            allow_local=self.allow_local.isChecked(),
            allow_basic=self.allow_basic.isChecked(),
            is_enabled=self.is_enabled.isChecked(),
            site=self.site.currentText(),
        )

    @property
    def keeps_password(self) -> bool:
        """True if the stored password is to stay as it is.

        So it is when a missing one was not entered: a keyring that is only locked may
        still hold it, and an empty one must not take its place.
        """
        is_left_out = self._lacks_password and not self.password.text()
        return self.keep_password.isChecked() or is_left_out

    def new_password(self) -> Secret | None:
        """Return the password that was typed, None if there is none."""
        text = self.password.text()
        return Secret(text) if text and not self.keeps_password else None

    # ---------------------------------------------------------------- telling

    def focus_first(self) -> None:
        """Give the keyboard to the field that is entered first."""
        first = self.password.line if self._lacks_password else self.name
        first.setFocus()

    def clear_problems(self) -> None:
        """Take all messages away."""
        for field in self.fields.values():
            field.clear_problem()

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> list[InvalidSetting]:
        """Show messages at their fields and go to the first; return those without a field."""
        homeless = []
        told = {}
        for problem in problems:
            name = "host" if problem.field == "address" else problem.field
            if name in self.fields:
                told[name] = problem
                self.fields[name].show_problem(field_sentence(problem))
            else:
                homeless.append(problem)
        if "password" in told:
            self.keep_password.setChecked(False)
        first = next((field for name, field in self.fields.items() if name in told), None)
        if first is not None:
            first.input.setFocus()
            if isinstance(first.input, QLineEdit):
                first.input.selectAll()
        return homeless

    # ---------------------------------------------------------------- reacting

    @Slot()
    def take_apart(self) -> bool:
        """Spread a whole address over the fields; False if it cannot be read.

        User name and password leave the address: it is shown, stored and logged,
        and they must not be.
        """
        text = self.host.text().strip()
        if not any(mark in text for mark in ("://", "/", "@")):
            return True
        try:
            parsed = parse_camera_url(text)
        except InvalidSetting as error:
            self.fields["host"].show_problem(field_sentence(error))
            return False
        self.fields["host"].clear_problem()
        self.scheme.setCurrentText(parsed.scheme)
        self.host.setText(parsed.host)
        self.port.setValue(parsed.port)
        if parsed.path and parsed.path != "/":
            self.snapshot_path.setText(parsed.path)
            make = make_of(parsed.path, self.status_path.text())
            self.make.setCurrentText(make.name)
            if self.status_path.text() == OTHER.status_path:
                self.status_path.setText(make.status_path)
        if parsed.username:
            self.username.setText(parsed.username)
        if parsed.password is not None:
            self.keep_password.setChecked(False)
            self.password.line.setText(parsed.password.reveal())
        return True

    @Slot(str)
    def _on_scheme(self, scheme: str) -> None:
        """Change the port with the protocol, unless it is one of the camera's own."""
        if self.port.value() in SCHEMES.values():
            self.port.setValue(SCHEMES[scheme])
        self._on_connection_edited()

    @Slot(int)
    def _on_make(self, number: int) -> None:
        make: Make = _MAKES[number]
        self.snapshot_path.setText(make.snapshot_path)
        self.status_path.setText(make.status_path)

    @Slot(bool)
    def _on_keep_toggled(self, is_kept: bool) -> None:
        self.password.setEnabled(not is_kept)
        if is_kept:
            self.password.line.clear()
            self.fields["password"].clear_problem()
        self.connection_changed.emit()

    @Slot()
    def _on_basic_toggled(self) -> None:
        self.basic_warning.setVisible(self.allow_basic.isChecked())

    @Slot()
    def _on_local_toggled(self) -> None:
        self.local_warning.setVisible(self.allow_local.isChecked())

    @Slot()
    def _on_connection_edited(self) -> None:
        """Give up the stored password when the camera's address becomes another one."""
        before = self._before
        if before is not None and before.username:
            has_moved = self.settings().origin != before.origin
            self.keep_password.setEnabled(not has_moved)
            if has_moved and self.keep_password.isChecked():
                self.keep_password.setChecked(False)
                self.fields["password"].show_problem(_MOVED)
        self.connection_changed.emit()
