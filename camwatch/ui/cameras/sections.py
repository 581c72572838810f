"""The parts of a camera's form: where it is, how to sign in, and what is seldom changed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from camwatch.cameras.makes import MAKES, OTHER, Make, make_of, make_of_stream
from camwatch.cameras.policy import KIND_SCHEMES, SCHEMES, TRANSPORTS
from camwatch.domain import CameraSettings, SourceKind
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.cameras.entries import AddressEdit, FileEdit, PaceEdit, UsbBox, usb_devices
from camwatch.ui.forms import (
    CalmComboBox,
    CalmSpinBox,
    Field,
    PasswordEdit,
    in_a_row,
    plain_label,
    warning_label,
)
from camwatch.ui.help.button import explain

_BASIC_WARNING = marked(
    "Basic sign-in sends the password readable for everybody on this network. "
    "Use it only where the camera offers neither https nor Digest."
)
_LOCAL_WARNING = marked(
    "The camera's address may then point to this computer itself, or to devices that are "
    "connected directly. Allow it only if the camera really is there."
)
_ONE_SESSION_HINT = marked(
    "Looked at alone, the camera then shows the counted stream instead of the full picture."
)
_KEEP = marked("&Keep the stored password")
TRANSPORT_WORDS = table(lambda: {"tcp": tr("TCP (reliable)"), "udp": tr("UDP (for old cameras)")})
_PACES = table(
    lambda: {
        False: (tr("Time between two pi&ctures"), ""),
        True: (tr("Pi&ctures per second"), tr("In and out need 2 or more.")),
    }
)


def section_heading(words: str, parent: QWidget) -> QLabel:
    """Return what stands over a part of the form."""
    heading = plain_label(words, "heading", parent)
    heading.setWordWrap(False)
    return heading


def _title(make: Make) -> str:
    return tr("Other") if make is OTHER else make.name


def _column(part: QWidget) -> QVBoxLayout:
    space = theme.current().space
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space + space // 2)
    return column


class NetworkSection(QWidget):
    """Where a camera in the network is, and where its pictures are on it.

    Signals:
        edited: Something changed that decides how the camera is reached.
    """

    edited = Signal()

    def __init__(self, settings: CameraSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = settings.kind
        self._makes: list[Make] = []
        self._make_port: int | None = None
        self.scheme = CalmComboBox(self)
        self.host = AddressEdit(settings.host, self)
        self.host.setPlaceholderText(tr("192.168.1.20 or the whole address"))
        self.port = CalmSpinBox(self)
        self.port.setRange(1, 65_535)
        self.port.setValue(settings.port)
        self.make = CalmComboBox(self)
        self.snapshot_path = QLineEdit(settings.snapshot_path, self)
        self.stream_path = QLineEdit(settings.stream_path, self)
        self.main_path = QLineEdit(settings.main_path, self)
        self.transport = CalmComboBox(self)
        for transport in TRANSPORTS:
            self.transport.addItem(TRANSPORT_WORDS[transport], transport)
        self.transport.setCurrentIndex(self.transport.findData(settings.transport))
        self.one_session = QCheckBox(tr("It serves only one viewer at a time"), self)
        self.one_session.setChecked(settings.one_session)
        self.one_session.setToolTip(tr(_ONE_SESSION_HINT))
        self.one_session.setAccessibleDescription(tr(_ONE_SESSION_HINT))
        self.fields = {
            "scheme": Field(tr("Protocol"), self.scheme, self),
            "host": Field(
                tr("&Address"),
                self.host,
                self,
                hint=tr("You can paste a whole address; it is taken apart for you."),
            ),
            "port": Field(tr("Po&rt"), self.port, self),
            "make": Field(tr("&Make"), self.make, self),
            "snapshot_path": Field(tr("Path of the sna&pshot"), self.snapshot_path, self),
            "stream_path": Field(tr("Path of the str&eam"), self.stream_path, self),
            "main_path": Field(
                tr("Path of the &full picture"),
                self.main_path,
                self,
                hint=tr("Shown when you look at this camera alone; empty if it is the same."),
            ),
            "transport": Field(tr("Transport"), self.transport, self),
        }
        fields = self.fields
        column = _column(self)
        column.addLayout(
            in_a_row([(fields["scheme"], 2), (fields["host"], 5), (fields["port"], 2)])
        )
        paths = [(fields["make"], 2), (fields["snapshot_path"], 4), (fields["stream_path"], 4)]
        column.addLayout(in_a_row(paths))
        column.addLayout(in_a_row([(fields["transport"], 2), (fields["main_path"], 4)]))
        column.addWidget(self.one_session)
        self.show_kind(settings.kind)
        self.set_scheme(settings.scheme)
        self._connect()

    def _connect(self) -> None:
        self.scheme.currentTextChanged.connect(self._on_scheme)
        self.make.activated.connect(self._on_make)
        for line in (self.host, self.snapshot_path, self.stream_path, self.main_path):
            line.textChanged.connect(self.edited)
        self.port.valueChanged.connect(self.edited)
        self.transport.currentIndexChanged.connect(self.edited)
        self.one_session.toggled.connect(self.edited)

    def show_kind(self, kind: SourceKind) -> None:
        """Ask for what this kind of camera needs; the port follows the usual protocol."""
        self._kind = kind
        before = self.scheme.currentText()
        schemes = KIND_SCHEMES[kind]
        if not schemes:
            return
        with QSignalBlocker(self.scheme):
            self.scheme.clear()
            self.scheme.addItems(list(schemes))
            if before in schemes:
                self.scheme.setCurrentText(before)
        if before not in schemes:
            self._follow(before)
        is_rtsp = kind is SourceKind.RTSP
        self.fields["snapshot_path"].setVisible(not kind.is_stream)
        self.fields["stream_path"].setVisible(kind.is_stream)
        hint = tr("A small stream is enough for counting.") if is_rtsp else ""
        self.fields["stream_path"].rename(tr("Path of the str&eam"), hint)
        for name in ("main_path", "transport"):
            self.fields[name].setVisible(is_rtsp)
        self.one_session.setVisible(kind.is_stream)
        self._makes = [OTHER, *(make for make in MAKES if make.offers(kind))]
        self.make.clear()
        self.make.addItems([_title(make) for make in self._makes])

    def recognise(self, status_path: str) -> Make:
        """Show whose paths are entered, and return it."""
        if self._kind.is_stream:
            make = make_of_stream(self._kind, self.stream_path.text())
        else:
            make = make_of(self.snapshot_path.text(), status_path)
        self.make.setCurrentText(_title(make))
        return make

    def set_scheme(self, scheme: str) -> None:
        """Show this protocol, and leave the port as it is."""
        with QSignalBlocker(self.scheme):
            self.scheme.setCurrentText(scheme)

    @Slot(str)
    def _on_scheme(self, scheme: str) -> None:
        self._follow(scheme)
        self.edited.emit()

    def _follow(self, before: str) -> None:
        """Change the port with the protocol, unless it is one of the camera's own."""
        if before and self.port.value() in SCHEMES.values():
            self.port.setValue(SCHEMES[self.scheme.currentText()])

    @Slot(int)
    def _on_make(self, number: int) -> None:
        """Fill in the paths of a make, and its port; of another one nobody knows them."""
        make = self._makes[number]
        self._follow_make(make)
        if not self._kind.is_stream:
            self.snapshot_path.setText(make.snapshot_path)
        elif make is not OTHER:
            self.stream_path.setText(make.stream_path(self._kind))
            if self._kind is SourceKind.RTSP:
                self.main_path.setText(make.rtsp_main_path)

    def _follow_make(self, make: Make) -> None:
        """Change the port with the make, unless it is one of the camera's own."""
        scheme = self.scheme.currentText()
        usual = {"http": make.http_port, "rtsp": make.rtsp_port}.get(scheme)
        if usual is not None and self.port.value() in (SCHEMES[scheme], self._make_port):
            self.port.setValue(usual)
            self._make_port = usual

    def chosen_make(self) -> Make:
        """Return the make that is chosen."""
        return self._makes[max(self.make.currentIndex(), 0)]


class ComputerSection(QWidget):
    """Which USB camera, or which file or folder.

    Signals:
        edited: Another one.
    """

    edited = Signal()

    def __init__(self, settings: CameraSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        is_usb, is_file = (settings.kind is kind for kind in (SourceKind.USB, SourceKind.FILE))
        devices = usb_devices()
        self.device = UsbBox(settings.device if is_usb else "", devices, self)
        self.file = FileEdit(settings.device if is_file else "", self)
        self.loops = QCheckBox(tr("Start anew at its end"), self)
        self.loops.setChecked(settings.loops)
        found = (
            "" if devices else tr("No camera is plugged in now. You can still enter its number.")
        )
        self.fields = {
            "device": Field(tr("USB camera"), self.device, self, hint=found),
            "file": Field(
                tr("File or folder"),
                self.file,
                self,
                hint=tr(
                    "Its whole path. Pictures of a folder are shown in the order of their names."
                ),
            ),
        }
        column = _column(self)
        column.addWidget(self.fields["device"])
        column.addWidget(self.fields["file"])
        column.addWidget(self.loops)
        self.device.editTextChanged.connect(self.edited)
        self.file.path_changed.connect(self.edited)
        self.show_kind(settings.kind)

    def show_kind(self, kind: SourceKind) -> None:
        """Ask for a device or for a file."""
        is_usb = kind is SourceKind.USB
        self.fields["device"].setVisible(is_usb)
        self.fields["file"].setVisible(not is_usb)
        self.loops.setVisible(not is_usb)

    def device_of(self, kind: SourceKind) -> str:
        """Return what is entered for a kind; "" for a camera in the network."""
        match kind:
            case SourceKind.USB:
                return self.device.currentText()
            case SourceKind.FILE:
                return self.file.text()
            case _:
                return ""


class SignInSection(QWidget):
    """User name and password, and whether the stored password stays.

    Signals:
        edited: Something changed that decides how one signs in.

    Args:
        has_stored: A password is stored, and it can be kept.
    """

    edited = Signal()

    def __init__(
        self, settings: CameraSettings, parent: QWidget | None = None, *, has_stored: bool
    ) -> None:
        super().__init__(parent)
        self.username = QLineEdit(settings.username, self)
        self.password = PasswordEdit(self)
        self.keep_password = QCheckBox(tr(_KEEP), self)
        self.keep_password.setVisible(has_stored)
        self.keep_password.setChecked(has_stored)
        self.password.setEnabled(not has_stored)
        self.allow_basic = QCheckBox(tr("Allow &Basic sign-in without encryption"), self)
        self.allow_basic.setChecked(settings.allow_basic)
        self.basic_warning = warning_label(tr(_BASIC_WARNING), self)
        self.basic_warning.setVisible(settings.allow_basic)
        self.fields = {
            "username": Field(tr("&User name"), self.username, self),
            "password": Field(tr("Passwor&d"), self.password, self),
        }
        column = _column(self)
        column.addSpacing(theme.current().space)
        column.addWidget(section_heading(tr("Sign-in"), self))
        column.addLayout(in_a_row([(field, 1) for field in self.fields.values()]))
        for part in (self.keep_password, self.allow_basic, self.basic_warning):
            column.addWidget(part)
        self.keep_password.toggled.connect(self._on_keep_toggled)
        self.allow_basic.toggled.connect(self.basic_warning.setVisible)
        self.allow_basic.toggled.connect(self.edited)
        self.username.textChanged.connect(self.edited)
        self.password.line.textChanged.connect(self.edited)

    @Slot(bool)
    def _on_keep_toggled(self, is_kept: bool) -> None:
        self.password.setEnabled(not is_kept)
        if is_kept:
            self.password.line.clear()
            self.fields["password"].clear_problem()
        self.edited.emit()


class MoreSection(QWidget):
    """What is seldom changed: the pace, further paths, ONVIF, local addresses.

    Signals:
        edited: Something changed that decides how the camera is reached.
    """

    edited = Signal()

    def __init__(self, settings: CameraSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.interval = PaceEdit(self)
        self.base_path = QLineEdit(settings.base_path, self)
        self.status_path = QLineEdit(settings.status_path, self)
        self.onvif = QCheckBox(tr("It has an ON&VIF service"), self)
        self.onvif.setChecked(bool(settings.onvif_scheme))
        self.onvif_scheme = CalmComboBox(self)
        self.onvif_scheme.addItems(list(KIND_SCHEMES[SourceKind.SNAPSHOT]))
        self.onvif_scheme.setCurrentText(settings.onvif_scheme or "http")
        self.onvif_port = CalmSpinBox(self)
        self.onvif_port.setRange(1, 65_535)
        self.onvif_port.setValue(settings.onvif_port)
        self.onvif_path = QLineEdit(settings.onvif_path, self)
        self.allow_local = QCheckBox(tr("Allow this computer and &link-local addresses"), self)
        self.allow_local.setChecked(settings.allow_local)
        self.local_warning = warning_label(tr(_LOCAL_WARNING), self)
        self.fields = {
            "interval_s": Field(_PACES[False][0], self.interval, self),
            "base_path": Field(
                tr("Base path"), self.base_path, self, hint=tr("Put before the paths.")
            ),
            "status_path": Field(
                tr("Path of the status"), self.status_path, self, hint=tr("Empty if it has none.")
            ),
            "onvif_scheme": Field(tr("Protocol of ONVIF"), self.onvif_scheme, self),
            "onvif_port": Field(tr("Port of ONVIF"), self.onvif_port, self),
            "onvif_path": Field(tr("Path of ONVIF"), self.onvif_path, self),
        }
        explain(self.fields["interval_s"], "interval")
        column = _column(self)
        column.addSpacing(theme.current().space)
        column.addWidget(section_heading(tr("More"), self))
        first = [(self.fields[name], 1) for name in ("interval_s", "base_path", "status_path")]
        column.addLayout(in_a_row(first))
        column.addWidget(self.onvif)
        shares = {"onvif_scheme": 2, "onvif_port": 2, "onvif_path": 5}
        column.addLayout(in_a_row([(self.fields[name], share) for name, share in shares.items()]))
        column.addWidget(self.allow_local)
        column.addWidget(self.local_warning)
        self._kind = settings.kind
        self.interval.set_interval_s(settings.interval_s)
        self.show_kind(settings.kind)
        self._connect()

    def _connect(self) -> None:
        self.onvif.toggled.connect(self._on_ticked)
        self.allow_local.toggled.connect(self._on_ticked)
        for line in (self.base_path, self.status_path, self.onvif_path):
            line.textChanged.connect(self.edited)
        self.onvif_port.valueChanged.connect(self.edited)
        self.onvif_scheme.currentIndexChanged.connect(self.edited)

    def show_kind(self, kind: SourceKind) -> None:
        """Ask for what this kind of camera needs."""
        self._kind = kind
        if kind.is_stream:
            self.interval.show_per_second()
        else:
            self.interval.show_as_seconds()
        self.fields["interval_s"].rename(*_PACES[kind.is_stream])
        self.fields["base_path"].setVisible(kind.is_networked)
        self.fields["status_path"].setVisible(kind is SourceKind.SNAPSHOT)
        for box in (self.onvif, self.allow_local):
            box.setVisible(kind.is_networked)
        self._show_parts()

    @Slot()
    def _on_ticked(self) -> None:
        self._show_parts()
        self.edited.emit()

    def _show_parts(self) -> None:
        is_networked = self._kind.is_networked
        for name in ("onvif_scheme", "onvif_port", "onvif_path"):
            self.fields[name].setVisible(is_networked and self.onvif.isChecked())
        self.local_warning.setVisible(is_networked and self.allow_local.isChecked())
