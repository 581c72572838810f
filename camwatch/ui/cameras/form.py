"""The fields of a camera, and what an operator typed into them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from camwatch.cameras.makes import OTHER, make_of, make_of_stream
from camwatch.cameras.policy import ParsedUrl, parse_camera_url
from camwatch.domain import CameraSettings, Reason, Secret, SourceKind
from camwatch.errors import InvalidSetting
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.cameras.kinds import KindChooser
from camwatch.ui.cameras.sections import (
    ComputerSection,
    MoreSection,
    NetworkSection,
    SignInSection,
    section_heading,
)
from camwatch.ui.error_text import field_sentence
from camwatch.ui.forms import CalmComboBox, Field, in_a_row, in_tab_order
from camwatch.ui.help.button import explain

_STREAM_INTERVAL_S = 0.2
"""What a stream is begun with: 5 pictures a second, so that in and out can be counted."""

_MOVED = marked("The address has changed, so please enter the password again for the new one.")


class CameraForm(QWidget):
    """All that is entered for a camera.

    Signals:
        connection_changed: Something changed that decides how the camera is reached.

    Attributes:
        pin: Fingerprint of the certificate that is trusted; kept as it was stored unless
            whoever shows certificates sets another.

    Args:
        settings: What to begin with; None for a new camera.
        sites: Names of the sites there are.
        reason: Why the camera is in its present state. With PASSWORD_MISSING its password
            is asked for instead of being kept; with OTHER_DEVICE it can be said that the camera
            was replaced.
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
        self._base = settings or CameraSettings(name="", location="", host="")
        self._is_other_device = reason is Reason.OTHER_DEVICE
        self.pin = self._base.pin
        self._make_entries(self._base, sites)
        self._name_entries()
        self._lay_out()
        self._show_kind(self.kinds.kind)
        self.network.recognise(self.status_path.text())
        self._connect()

    # ---------------------------------------------------------------- building

    def _make_entries(self, settings: CameraSettings, sites: list[str]) -> None:
        self.name = QLineEdit(settings.name, self)
        self.location = QLineEdit(settings.location, self)
        self.site = CalmComboBox(self)
        self.site.setEditable(True)
        self.site.addItems(sites)
        self.site.setEditText(settings.site)
        if (line := self.site.lineEdit()) is not None:
            line.setPlaceholderText(tr("Main site"))
        self.is_enabled = QCheckBox(tr("&Watch this camera"), self)
        self.is_enabled.setChecked(settings.is_enabled)
        self.is_replaced = QCheckBox(tr("The camera was replaced by another device"), self)
        self.is_replaced.setVisible(self._is_other_device)
        self.kinds = KindChooser(settings.kind, self)
        self.network = NetworkSection(settings, self)
        self.computer = ComputerSection(settings, self)
        self.sign_in = SignInSection(settings, self, has_stored=self._has_stored)
        self.more = MoreSection(settings, self)
        self.fields = {
            "name": Field(tr("&Name"), self.name, self),
            "site": Field(tr("S&ite"), self.site, self),
            "location": Field(tr("L&ocation"), self.location, self, hint=tr("Where it hangs.")),
            **self.network.fields,
            **self.computer.fields,
            **self.sign_in.fields,
            **self.more.fields,
        }
        explain(self.fields["site"], "site")

    def _name_entries(self) -> None:
        """Give what is entered in each part its own name here."""
        network, sign_in, more = self.network, self.sign_in, self.more
        self.scheme, self.host, self.port = network.scheme, network.host, network.port
        self.make, self.snapshot_path = network.make, network.snapshot_path
        self.stream_path, self.main_path = network.stream_path, network.main_path
        self.transport, self.one_session = network.transport, network.one_session
        self.device, self.file = self.computer.device, self.computer.file
        self.loops = self.computer.loops
        self.username, self.password = sign_in.username, sign_in.password
        self.keep_password = sign_in.keep_password
        self.allow_basic, self.basic_warning = sign_in.allow_basic, sign_in.basic_warning
        self.interval, self.base_path = more.interval, more.base_path
        self.status_path, self.onvif = more.status_path, more.onvif
        self.allow_local, self.local_warning = more.allow_local, more.local_warning

    def _lay_out(self) -> None:
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(space + space // 2)
        fields = self.fields
        gap = space + space // 2
        column.addWidget(section_heading(tr("Camera"), self))
        column.addLayout(in_a_row([(fields["name"], 3), (fields["site"], 2)]))
        column.addWidget(fields["location"])
        column.addWidget(self.is_enabled)
        column.addWidget(self.is_replaced)
        column.addSpacing(gap)
        column.addWidget(section_heading(tr("How its pictures come"), self))
        column.addWidget(self.kinds)
        column.addSpacing(gap)
        for part in (self.network, self.computer, self.sign_in, self.more):
            column.addWidget(part)
        column.addStretch(1)
        in_tab_order(
            self.name,
            self.site,
            self.location,
            self.is_enabled,
            self.is_replaced,
            *self.kinds.buttons.values(),
            self.scheme,
            self.host,
            self.port,
            self.make,
            self.snapshot_path,
            self.stream_path,
            self.transport,
            self.main_path,
            self.one_session,
            self.device,
            self.file.line,
            self.file.button,
            self.loops,
            self.username,
            self.password.line,
            self.password.show_button,
            self.keep_password,
            self.allow_basic,
            self.interval,
            self.base_path,
            self.status_path,
            self.onvif,
            self.more.onvif_scheme,
            self.more.onvif_port,
            self.more.onvif_path,
            self.allow_local,
        )

    def _connect(self) -> None:
        self.host.pasted.connect(self.take_apart)
        self.host.editingFinished.connect(self.take_apart)
        self.make.activated.connect(self._on_make)
        self.kinds.kind_changed.connect(self._on_kind)
        self.is_replaced.toggled.connect(self.connection_changed)
        for part in (self.network, self.computer, self.sign_in, self.more):
            part.edited.connect(self._on_connection_edited)
        for field in self.fields.values():
            entry = field.input
            if isinstance(entry, QLineEdit):
                entry.textEdited.connect(field.clear_problem)

    # ---------------------------------------------------------------- reading

    def settings(self) -> CameraSettings:
        """Return what is entered, unchecked; what is not asked for stays as it was."""
        kind = self.kinds.kind
        entered = replace(
            self._base,
            name=self.name.text(),
            location=self.location.text(),
            site=self.site.currentText(),
            is_enabled=self.is_enabled.isChecked(),
            kind=kind,
            interval_s=self.interval.interval_s,
            device=self.computer.device_of(kind),
            pin=self.pin,
        )
        if kind is SourceKind.FILE:
            return replace(entered, loops=self.loops.isChecked())
        return self._of_network(entered) if kind.is_networked else entered

    def _of_network(self, entered: CameraSettings) -> CameraSettings:
        entered = replace(
            entered,
            scheme=self.scheme.currentText(),
            host=self.host.text(),
            port=self.port.value(),
            base_path=self.base_path.text(),
            username=self.username.text(),
            allow_local=self.allow_local.isChecked(),
            allow_basic=self.allow_basic.isChecked(),
            onvif_scheme=self.more.onvif_scheme.currentText() if self.onvif.isChecked() else "",
        )
        if self.is_replaced.isChecked() or entered.host.strip() != self._base.host:
            # What was known of the device at the old address says nothing of this one.
            entered = replace(entered, hardware_id="")
        if self.onvif.isChecked():
            entered = replace(
                entered,
                onvif_port=self.more.onvif_port.value(),
                onvif_path=self.more.onvif_path.text(),
            )
        if not entered.kind.is_stream:
            return replace(
                entered,
                snapshot_path=self.snapshot_path.text(),
                status_path=self.status_path.text(),
            )
        entered = replace(
            entered,
            stream_path=self.stream_path.text(),
            one_session=self.one_session.isChecked(),
        )
        if self._before is None:
            # The usual paths of snapshots say nothing of a stream.
            entered = replace(entered, snapshot_path="", status_path="")
        if entered.kind is SourceKind.RTSP:
            return replace(
                entered,
                main_path=self.main_path.text(),
                transport=self.transport.currentData(),
            )
        return replace(entered, main_path="")

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
        is_asked_for = self.kinds.kind.is_networked and not self.keeps_password
        return Secret(text) if text and is_asked_for else None

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
            name = self._field_of(problem)
            if name in self.fields:
                told[name] = problem
                said = problem if name == "host" else InvalidSetting(name, problem.reason)
                self.fields[name].show_problem(field_sentence(said))
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

    def _field_of(self, problem: InvalidSetting) -> str:
        """Return the name of the field that is meant."""
        if problem.field == "address":
            return "host"
        is_file = self.kinds.kind is SourceKind.FILE
        return "file" if is_file and problem.field == "device" else problem.field

    # ---------------------------------------------------------------- reacting

    @Slot()
    def take_apart(self) -> bool:
        """Spread a whole address over the fields; False if it cannot be read.

        User name and password leave the address: it is shown, stored and logged,
        and they must not be.
        """
        text = self.host.text().strip()
        if not self.kinds.kind.is_networked or not any(mark in text for mark in ("://", "/", "@")):
            return True
        if "://" not in text and self.kinds.kind is SourceKind.RTSP:
            text = f"{self.scheme.currentText()}://{text}"
        try:
            parsed = parse_camera_url(text)
        except InvalidSetting as error:
            self.fields["host"].show_problem(field_sentence(error))
            return False
        # Who enters a device's address without a path does not mean that of its pictures.
        self._spread(parsed, parsed.path if parsed.path != "/" else "")
        return True

    def take_over(self, url: str) -> bool:
        """Spread the address that a camera points to over the fields; False if it is none.

        What one signs in with, and which certificate is trusted, was meant for the camera that
        was entered. Any camera can point to another device, which must not get it unasked.
        """
        try:
            parsed = parse_camera_url(url)
        except InvalidSetting as error:
            self.fields["host"].show_problem(field_sentence(error))
            return False
        before = self._place
        self._spread(parsed, parsed.path or "/")
        if self._place != before:
            self.pin = ""
            self.allow_basic.setChecked(False)
            self.keep_password.setChecked(False)
            self.password.line.clear()
            if self.username.text().strip():
                self.fields["password"].show_problem(tr(_MOVED))
        return True

    @property
    def _place(self) -> tuple[str, str, int]:
        """Which device is entered, and how it is spoken to."""
        return self.scheme.currentText(), self.host.text().strip().lower(), self.port.value()

    def _spread(self, parsed: ParsedUrl, path: str) -> None:
        """Put an address into the fields; without a path that one stays."""
        self.fields["host"].clear_problem()
        self.kinds.choose(self._kind_of(parsed, path))
        self.network.set_scheme(parsed.scheme)
        self.host.setText(parsed.host)
        self.port.setValue(parsed.port)
        if path:
            self._take_path(path)
        if parsed.username:
            self.username.setText(parsed.username)
        if parsed.password is not None:
            self.keep_password.setChecked(False)
            self.password.line.setText(parsed.password.reveal())
        self._on_connection_edited()  # of another protocol alone, nobody else tells

    def _kind_of(self, parsed: ParsedUrl, path: str) -> SourceKind:
        """Tell which kind of camera has such an address; what was chosen stays if it can be."""
        if parsed.scheme.startswith("rtsp"):
            return SourceKind.RTSP
        if make_of_stream(SourceKind.MJPEG, path) is not OTHER or "mjp" in path.lower():
            return SourceKind.MJPEG
        is_chosen = self.kinds.kind is SourceKind.MJPEG and make_of(path) is OTHER
        return SourceKind.MJPEG if is_chosen else SourceKind.SNAPSHOT

    def _take_path(self, path: str) -> None:
        self.base_path.setText("")  # a whole address has it in its path
        if self.kinds.kind.is_stream:
            self.stream_path.setText(path)
            self.network.recognise("")
            return
        self.snapshot_path.setText(path)
        make = self.network.recognise(self.status_path.text())
        if self.status_path.text() == OTHER.status_path:
            self.status_path.setText(make.status_path)

    @Slot(object)
    def _on_kind(self, kind: SourceKind) -> None:
        usual_s = {False: self._base.interval_s, True: _STREAM_INTERVAL_S}
        if self._before is None and self.interval.interval_s == usual_s[not kind.is_stream]:
            self.interval.set_interval_s(usual_s[kind.is_stream])
        self._show_kind(kind)
        self.network.recognise(self.status_path.text())
        self._on_connection_edited()

    def _show_kind(self, kind: SourceKind) -> None:
        """Ask for what this kind of camera needs, and for nothing else."""
        for part in (self.network, self.sign_in):
            part.setVisible(kind.is_networked)
        self.computer.setVisible(not kind.is_networked)
        for section in (self.network, self.computer, self.more):
            section.show_kind(kind)

    @Slot()
    def _on_make(self) -> None:
        """Fill in where the chosen make tells its status."""
        if not self.kinds.kind.is_stream:
            self.status_path.setText(self.network.chosen_make().status_path)

    @Slot()
    def _on_connection_edited(self) -> None:
        """Give up the stored password when the camera's address becomes another one."""
        before = self._before
        if before is not None and before.username:
            has_moved = self.settings().reaches_beyond(before)
            self.keep_password.setEnabled(not has_moved)
            if has_moved and self.keep_password.isChecked():
                self.keep_password.setChecked(False)
                self.fields["password"].show_problem(tr(_MOVED))
        self.connection_changed.emit()
