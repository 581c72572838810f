"""Values and ids that every room shares. Knows no other module of CamWatch."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

import numpy as np
import numpy.typing as npt

CameraId = NewType("CameraId", int)
SiteId = NewType("SiteId", int)
UserId = NewType("UserId", int)
PlaceId = NewType("PlaceId", int)
"""A line, gate or zone in one of its versions; never given out twice."""

Pixels = npt.NDArray[np.uint8]
"""uint8, shape (height, width, channels); the channels' order is named where it is used."""

Boxes = npt.NDArray[np.float32]
"""float32, shape (n, 4): x1 y1 x2 y2; the frame of reference is named where it is used."""

Scores = npt.NDArray[np.float32]
"""float32, shape (n,), 0 to 1."""

Part = tuple[float, float, float, float]
"""A part of a picture: left, top, right, bottom, relative to the whole picture, 0 to 1."""

WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
"""All of a picture."""


def utc_now() -> datetime:
    """Return the wall clock as an aware UTC datetime."""
    return datetime.now(UTC)


def elapsed_s() -> float:
    """Return a clock in seconds that nobody sets, and that goes on while the computer sleeps."""
    # Only these two systems stop the monotonic clock while they sleep.
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}.get(sys.platform)
    if name is not None:
        return time.clock_gettime(getattr(time, name))
    return time.monotonic()


class Role(StrEnum):
    """The roles that are always there; each may do all that the one before it may."""

    VIEWER = "viewer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class CameraState(StrEnum):
    """How a camera is doing; the reason stands beside it."""

    CONNECTING = "connecting"
    OK = "ok"
    SLOW = "slow"
    STALE = "stale"
    BAD_DATA = "bad_data"
    AUTH_FAILED = "auth_failed"
    TLS_CHANGED = "tls_changed"
    BLOCKED = "blocked"
    OFFLINE = "offline"
    DISABLED = "disabled"

    @property
    def is_live(self) -> bool:
        """True while the camera's pictures are current and may be counted."""
        return self in (CameraState.OK, CameraState.SLOW)


class Reason(StrEnum):
    """Why a poll gave no usable picture, or why a camera is in its state."""

    NONE = "none"
    STARTING = "starting"
    SWITCHED_OFF = "switched_off"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    DNS = "dns"
    UNREACHABLE = "unreachable"
    DISCONNECTED = "disconnected"
    PROTOCOL = "protocol"
    TLS = "tls"
    ADDRESS = "address"
    REDIRECT = "redirect"
    UNAUTHORIZED = "unauthorized"
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - a reason, not a password
    PASSWORD_LOCKED = "password_locked"  # noqa: S105 - a reason, not a password
    BASIC_NOT_ALLOWED = "basic_not_allowed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    BUSY = "busy"
    SERVER_ERROR = "server_error"
    HTTP_STATUS = "http_status"
    HEADERS_TOO_LARGE = "headers_too_large"
    ENCODED = "encoded"
    WEB_PAGE = "web_page"
    EMPTY = "empty"
    SHORT_BODY = "short_body"
    TOO_LARGE = "too_large"
    FORMAT = "format"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_SMALL = "too_small"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_SCANS = "too_many_scans"
    FROZEN = "frozen"
    OVERLOADED = "overloaded"
    CIRCUIT_OPEN = "circuit_open"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    CERTIFICATE_CHANGED = "certificate_changed"
    OTHER_DEVICE = "other_device"
    STALLED = "stalled"
    UNSUPPORTED = "unsupported"
    READER_BROKE = "reader_broke"
    MEMORY = "memory"
    OPEN_FILES = "open_files"
    NO_DEVICE = "no_device"
    DEVICE_BUSY = "device_busy"
    ENDED = "ended"
    HOST_OFFLINE = "host_offline"
    ASLEEP = "asleep"
    ELSEWHERE = "elsewhere"


class Notice(StrEnum):
    """What is wrong with pictures that come: people are counted, but the counts are flagged."""

    BLACK = "black"
    OVEREXPOSED = "overexposed"
    COVERED = "covered"
    DEFOCUSED = "defocused"
    RESHAPED = "reshaped"
    DAMAGED = "damaged"
    CERTIFICATE_EXPIRED = "certificate_expired"

    @property
    def is_of_view(self) -> bool:
        """True if it makes counts doubtful; others only concern the connection."""
        return self is not Notice.CERTIFICATE_EXPIRED


class SourceKind(StrEnum):
    """How pictures are fetched."""

    SNAPSHOT = "snapshot"
    MJPEG = "mjpeg"
    RTSP = "rtsp"
    USB = "usb"
    FILE = "file"

    @property
    def is_networked(self) -> bool:
        """True if the camera has an address in the network."""
        return self not in (SourceKind.USB, SourceKind.FILE)

    @property
    def is_stream(self) -> bool:
        """True if pictures come by themselves; a snapshot is asked for each time."""
        return self is not SourceKind.SNAPSHOT


@dataclass(frozen=True, slots=True)
class Site:
    """A named group of cameras.

    Attributes:
        time_zone: IANA name of its clocks; "" for that of the program's settings.
    """

    id: SiteId
    name: str
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """What an administrator enters for a camera; the password is kept in the keyring.

    Attributes:
        name: 1 to 100 characters, unique regardless of case.
        location: 1 to 200 characters.
        scheme: "http" or "https"; "rtsp" or "rtsps" for RTSP; meaningless for USB and files.
        host: Host name or address literal, without brackets; "" for USB and files.
        port: 1 to 65535.
        base_path: Put before both paths; "" or "/…" without a trailing slash.
        snapshot_path: Where a picture is fetched, with its query if it has one.
        status_path: Where the camera tells its status; "" if it does not.
        username: "" when the camera asks for no sign-in.
        interval_s: Time from one counted picture to the next, 0.2 to 3600 s; streams from 0.04.
        allow_local: An administrator allowed loopback and link-local addresses.
        allow_basic: Basic sign-in may go over plain HTTP, readable on the network.
        is_enabled: False keeps the camera in the list without polling it.
        site: Name of the site it belongs to; "" is the default site.
        kind: How its pictures are fetched.
        stream_path: Of the stream that is counted, with its query; for MJPEG and RTSP.
        main_path: Of the stream with the full picture, for the focus view; "" if the counted
            one has it.
        transport: "tcp" or "udp", of an RTSP stream's pictures.
        device: USB: number or path of the device. File: path of a video, picture or folder.
        loops: A file starts anew at its end.
        one_session: The camera serves one client only, so the focus view opens no second stream.
        hardware_id: Serial number or MAC that the device tells of itself, to know it again under
            another address; "" if unknown.
        onvif_scheme: "http" or "https" of its ONVIF service; "" if it has none.
        onvif_port: Port of that service.
        onvif_path: Path of that service.
        pin: SHA-256 of the certificate that an administrator trusts, 64 hex digits; "" for none.
    """

    name: str
    location: str
    host: str
    port: int = 80
    scheme: str = "http"
    base_path: str = ""
    snapshot_path: str = "/snapshot"
    status_path: str = "/status"
    username: str = ""
    interval_s: float = 1.0
    allow_local: bool = False
    allow_basic: bool = False
    is_enabled: bool = True
    site: str = ""
    kind: SourceKind = SourceKind.SNAPSHOT
    stream_path: str = ""
    main_path: str = ""
    transport: str = "tcp"
    device: str = ""
    loops: bool = True
    one_session: bool = False
    hardware_id: str = ""
    onvif_scheme: str = ""
    onvif_port: int = 80
    onvif_path: str = "/onvif/device_service"
    pin: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port: "http://10.0.0.7:80"; "usb:0" or "file:…" without a network."""
        if not self.kind.is_networked:
            return f"{self.kind}:{self.device}"
        return f"{self.scheme}://{self._bracketed}:{self.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """Where the password may be sent to: the camera's origin, and its ONVIF service's."""
        if not self.onvif_scheme:
            return (self.origin,)
        return (self.origin, f"{self.onvif_scheme}://{self._bracketed}:{self.onvif_port}")

    def reaches_beyond(self, other: CameraSettings) -> bool:
        """Tell whether a password could go where it could not by the other settings."""
        return not set(self.origins) <= set(other.origins)

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def stream_url(self) -> str:
        """The address of the counted stream; holds no credentials."""
        return f"{self.origin}{self.base_path}{self.stream_path}"

    @property
    def main_url(self) -> str:
        """The address of the stream with the full picture; holds no credentials."""
        return f"{self.origin}{self.base_path}{self.main_path or self.stream_path}"

    @property
    def is_onvif_weaker(self) -> bool:
        """True if ONVIF is asked over plain http, though the camera proves by TLS who it is."""
        is_proven = self.scheme in ("https", "rtsps") or bool(self.pin)
        return is_proven and self.onvif_scheme == "http"

    @property
    def onvif_url(self) -> str | None:
        """The address of its ONVIF device service, None if it has none."""
        return f"{self.origins[1]}{self.onvif_path}" if self.onvif_scheme else None

    @property
    def snapshot_url(self) -> str:
        """The address a picture is fetched from; holds no credentials."""
        return f"{self.origin}{self.base_path}{self.snapshot_path}"

    @property
    def status_url(self) -> str | None:
        """The address the status is fetched from, None if the camera has none."""
        return f"{self.origin}{self.base_path}{self.status_path}" if self.status_path else None


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as it is stored.

    Attributes:
        id: Small number used in the history; never given out twice.
        uid: UUID text; names the camera in the keyring and in exports.
        site_id: The site it belongs to.
        created_at: UTC.
        workstation: The other computer that counts its people, where several share the history;
            "" for this one.
    """

    id: CameraId
    uid: str
    site_id: SiteId
    settings: CameraSettings
    created_at: datetime
    workstation: str = ""

    @property
    def is_watched(self) -> bool:
        """True if this computer asks it for pictures."""
        return self.settings.is_enabled and not self.workstation

    @property
    def name(self) -> str:
        """The name an operator knows it by."""
        return self.settings.name


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The bytes of one picture as a camera sent them, passed by the gate.

    Attributes:
        seq: Counts the good pictures of this camera since the program started.
        data: JPEG or PNG file, never changed.
        wh: Width and height in pixels, as its header says.
        captured_at: When the last byte arrived, UTC.
        captured_s: The same moment on the monotonic clock, seconds.
        interval_s: The interval it was polled at: the time this picture stands for.
        notices: What is known to be wrong with it, or with the camera, from how it came.
    """

    camera_id: CameraId
    seq: int
    data: bytes
    wh: tuple[int, int]
    captured_at: datetime
    captured_s: float
    interval_s: float
    notices: frozenset[Notice] = frozenset()

    @property
    def is_png(self) -> bool:
        """True if it is a PNG file, else it is a JPEG file."""
        return self.data.startswith(b"\x89PNG")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture.

    Attributes:
        picture: Where it came from; keeps the original bytes as evidence.
        pixels: uint8, shape (height, width, 3), BGR, at the scale it was decoded.
            Read by several threads at once, so it is made read-only here.
    """

    picture: Picture
    pixels: Pixels

    def __post_init__(self) -> None:
        """Make the pixels read-only."""
        self.pixels.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A picture on its way to be counted.

    Attributes:
        picture: As the camera sent it.
        frame: The same, decoded, where a tile shows it; None where nobody needed it yet.
    """

    picture: Picture
    frame: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TilePicture:
    """A picture made ready for one tile on the screen.

    Attributes:
        pixels: uint8, shape (height, width, 4), BGRA with alpha 255, already in the
            tile's device pixels and in the picture's own aspect ratio.
        seq: As in the picture it was made from.
        captured_at: When that picture was taken, UTC.
        captured_s: The same moment on the monotonic clock (`time.monotonic`), seconds.
        part: What of that picture it shows.
        whole_wh: Width and height of that picture as the camera sent it.
    """

    camera_id: CameraId
    pixels: Pixels
    seq: int
    captured_at: datetime
    captured_s: float
    part: Part = WHOLE
    whole_wh: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The people found in one frame, best first.

    Attributes:
        boxes: float32, shape (n, 4), x1 y1 x2 y2 in pixels of the frame that was
            searched, cut at its edges; n may be 0.
        scores: float32, shape (n,), 0 to 1.
    """

    boxes: Boxes
    scores: Scores

    def __post_init__(self) -> None:
        """Check that both arrays speak of the same people."""
        if self.boxes.shape != (len(self.scores), 4):
            raise ValueError(f"boxes {self.boxes.shape} do not fit scores {self.scores.shape}")

    @property
    def count(self) -> int:
        """How many people were found."""
        return len(self.scores)

    @property
    def confidence(self) -> float:
        """Mean score of the counted boxes, 0.0 if there is none."""
        return float(self.scores.mean()) if len(self.scores) else 0.0

    def relative(self, frame_wh: tuple[int, int]) -> Boxes:
        """Return float32 (n, 4) boxes relative to the frame's size, 0 to 1."""
        width, height = frame_wh
        size = np.array([width, height, width, height], np.float32)
        return np.divide(self.boxes, size, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Sample:
    """One stored occupancy measurement.

    Attributes:
        at: When the picture was taken, UTC.
        count: People in view.
        confidence: Mean score of the counted boxes, 0.0 if none.
        processing_s: Time the detector took.
        interval_s: The time this sample stands for.
        shown: The number that was shown: the median of the last seconds; None if there is no
            other than the count.
        is_carried: The view was still, so the count before it was taken over.
        zones: People in each zone.
        watched: Lines and gates whose passages could be counted in this time.
        is_flagged: Something was wrong with the picture, so that the count is doubtful.
    """

    camera_id: CameraId
    at: datetime
    count: int
    confidence: float
    processing_s: float
    interval_s: float
    shown: int | None = None
    is_carried: bool = False
    zones: tuple[tuple[PlaceId, int], ...] = ()
    watched: tuple[PlaceId, ...] = ()
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Somebody passed a line or a gate.

    Attributes:
        at: When their middle was on it, UTC.
        track: Tells people apart who passed at the same moment.
        is_inwards: Which way.
    """

    place_id: PlaceId
    at: datetime
    track: int
    is_inwards: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """Who passed a line or a gate since some moment.

    Attributes:
        coverage: Time in which passing could be counted divided by all the time, 0 to 1.
        since: When it was drawn, aware, if that was after the moment; None if before.
    """

    inwards: int
    outwards: int
    coverage: float
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlowBucket:
    """Who passed a line or a gate in a stretch of time.

    Attributes:
        start: Its first moment, UTC.
        seconds: How long it is.
        inwards: How many passed inwards; None if nobody could be counted in any of it.
        outwards: How many passed outwards; likewise.
        coverage: Time in which passing could be counted divided by the bucket's time so far,
            0 to 1.
        is_corrected: Somebody corrected numbers of it; these are the corrected ones.
    """

    start: datetime
    seconds: float
    inwards: int | None
    outwards: int | None
    coverage: float
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class StateChange:
    """A camera went into a state, for a reason, at a moment (UTC)."""

    camera_id: CameraId
    at: datetime
    state: CameraState
    reason: Reason


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """Something became wrong with a camera's pictures at a moment (UTC), or right again."""

    camera_id: CameraId
    at: datetime
    notice: Notice
    is_present: bool


@dataclass(frozen=True, slots=True)
class CameraReading:
    """How a camera's pictures came in the last few seconds.

    Attributes:
        latency_ms: Median time from when a picture was due until it had passed the gate; of a
            stream, from a picture's arrival; None if none came.
        pictures_per_s: Good pictures.
    """

    latency_ms: float | None
    pictures_per_s: float


class BucketSize(StrEnum):
    """The time one point of a history chart stands for."""

    MINUTE = "minute"
    FIVE_MINUTES = "five_minutes"
    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of history of one camera, or of several added up.

    Attributes:
        start: Its first moment, UTC.
        seconds: How long it is; a day across a change of clocks has 23 or 25 hours.
        mean: Mean occupancy over the time that was measured; None if none was.
        peak: Highest single count; None if none was measured. Over several
            cameras it is the sum of their peaks: an upper bound.
        lowest: Lowest single count; None if none was measured.
        samples: How many measurements there are.
        coverage: Measured time divided by the bucket's time so far, 0 to 1.
        still: Share of the measured time in which the view was still, so that people were
            taken over and not searched for again, 0 to 1.
        is_corrected: Somebody corrected numbers of it; these are the corrected ones.
        people_s: People times the seconds they were in view, of the measured time. Of several
            cameras that is not their mean by their coverage: one that measured nothing adds
            nothing. None says that it is, as for a single camera.
    """

    start: datetime
    seconds: float
    mean: float | None
    peak: int | None
    lowest: int | None
    samples: int
    coverage: float
    still: float = 0.0
    is_corrected: bool = False
    people_s: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class User:
    """An operator's record, without its password hash.

    Attributes:
        id: 0 for an operator whom only the login service knows.
        role: Key of the role: a `Role`, or the uid of one that an administrator made.
        uid: UUID text, under which the keyring keeps what belongs to this operator.
        version: Goes up with each change that ends the operator's other sessions.
        must_change: The password is a one-time code, or was set by somebody else.
        has_second_factor: Signing in asks for a code of the operator's device as well.
        signed_in_at: The last time, UTC; None if never.
    """

    id: UserId
    name: str
    role: str
    is_disabled: bool
    created_at: datetime
    uid: str = ""
    version: int = 0
    must_change: bool = False
    has_second_factor: bool = False
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which thing, and with what result.

    Attributes:
        computer: On which computer it was done; empty in entries of older versions.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    target: str
    result: str
    details: dict[str, str] = field(default_factory=dict)
    computer: str = ""


class Secret:
    """A text that must not be shown, logged or pickled; `reveal` gives it to its one user."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret('***')"

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")
