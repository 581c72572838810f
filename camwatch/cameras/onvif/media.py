"""Where a device's pictures are: its views, their streams, and which of them to take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import unquote
from xml.sax.saxutils import escape

from camwatch.cameras.onvif.client import MEDIA, MEDIA2, OnvifClient
from camwatch.cameras.onvif.xml import Node
from camwatch.cameras.policy import (
    KIND_SCHEMES,
    ParsedUrl,
    names_password,
    parse_camera_url,
    validate_camera,
)
from camwatch.domain import CameraSettings, Reason, SourceKind
from camwatch.errors import CameraError, InvalidSetting, InvalidSettings
from camwatch.language import tr

COUNTED_WIDTH = 640
"""People are found well enough in a stream of this width, pixels."""

MOST_VIEWS = 64
_MOST_PROFILES = 512
_LONGEST_TOKEN = 128
_TELLING = 4
_ENCODINGS = {"H264": 0, "H265": 1, "JPEG": 2}
_OTHER_ENCODING = 3
_ENDS_THE_SEARCH = (Reason.UNAUTHORIZED, Reason.TIMEOUT, Reason.REFUSED, Reason.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Profile:
    """One way in which a device gives one of its views.

    Attributes:
        token: What the device knows it by.
        source: Of the view, the same for all profiles of it.
        encoding: "H264", "H265", "JPEG" or another.
        wh: Width and height in pixels; (0, 0) if it does not tell.
        ptz_node: What turns the view; "" if nothing does.
        can_pan_tilt: The profile names a space of speeds for that.
        can_zoom: Likewise.
    """

    token: str
    source: str
    encoding: str
    wh: tuple[int, int]
    ptz_node: str = ""
    can_pan_tilt: bool = False
    can_zoom: bool = False

    @property
    def rank(self) -> int:
        """How costly it is to decode, and how likely it can be: less is better."""
        return _ENCODINGS.get(self.encoding, _OTHER_ENCODING)


@dataclass(frozen=True, slots=True)
class View:
    """What one lens of a device sees; recorders have many.

    Attributes:
        profiles: At least one.
        service: Namespace of the media service that named them.
    """

    profiles: tuple[Profile, ...]
    service: str

    @property
    def counted(self) -> Profile:
        """The stream to count in: the smallest of at least `COUNTED_WIDTH`, else the largest."""
        wide = [one for one in self.profiles if one.wh[0] >= COUNTED_WIDTH]
        if wide:
            return min(wide, key=lambda one: (_area(one), one.rank))
        return min(self.profiles, key=lambda one: (-_area(one), one.rank))

    @property
    def main(self) -> Profile:
        """The stream with the most to see."""
        return min(self.profiles, key=lambda one: (-_area(one), one.rank))


def _area(profile: Profile) -> int:
    return profile.wh[0] * profile.wh[1]


async def views_of(client: OnvifClient) -> list[View]:
    """Ask a device for its views.

    Raises:
        CameraError: It has none, or does not tell.
    """
    services = await client.services()
    problem = CameraError(Reason.UNSUPPORTED, tr("the device has no media service"))
    for service in (MEDIA2, MEDIA):
        if service not in services:
            continue
        body = "<s:Type>All</s:Type>" if service == MEDIA2 else ""
        try:
            answer = await client.call(service, "GetProfiles", body)
        except CameraError as error:
            if error.reason in _ENDS_THE_SEARCH:
                raise
            problem = error  # some announce a service that they do not have
            continue
        if views := _views(answer, service):
            return views
        problem = CameraError(Reason.UNSUPPORTED, tr("the device has no video"))
    raise problem


def _views(answer: Node, service: str) -> list[View]:
    by_source: dict[str, list[Profile]] = {}
    for node in list(answer.all("Profiles"))[:_MOST_PROFILES]:
        if (profile := _profile(node)) is not None:
            by_source.setdefault(profile.source, []).append(profile)
    return [View(tuple(profiles), service) for profiles in by_source.values()][:MOST_VIEWS]


def _profile(node: Node) -> Profile | None:
    """Read a profile of either media service; None for one without video."""
    token = node.attributes.get("token", "")
    of_media2 = node.first("Configurations")
    if of_media2 is not None:
        source, encoder = of_media2.first("VideoSource"), of_media2.first("VideoEncoder")
        ptz = of_media2.first("PTZ")
    else:
        source = node.first("VideoSourceConfiguration")
        encoder, ptz = node.first("VideoEncoderConfiguration"), node.first("PTZConfiguration")
    if encoder is None or not 0 < len(token) <= _LONGEST_TOKEN:
        return None
    return Profile(
        token=token,
        source="" if source is None else source.text_at("SourceToken"),
        encoding=encoder.text_at("Encoding").upper()[:16],
        wh=(encoder.number_at("Resolution", "Width"), encoder.number_at("Resolution", "Height")),
        ptz_node="" if ptz is None else ptz.text_at("NodeToken")[:_LONGEST_TOKEN],
        can_pan_tilt=ptz is not None and bool(ptz.text_at("DefaultContinuousPanTiltVelocitySpace")),
        can_zoom=ptz is not None and bool(ptz.text_at("DefaultContinuousZoomVelocitySpace")),
    )


async def stream_url(client: OnvifClient, view: View, profile: Profile) -> ParsedUrl:
    """Ask where a stream is.

    Raises:
        CameraError: It is nowhere that may be asked.
    """
    token = f"<s:ProfileToken>{escape(profile.token)}</s:ProfileToken>"
    if view.service == MEDIA2:
        answer = await client.call(MEDIA2, "GetStreamUri", f"<s:Protocol>RTSP</s:Protocol>{token}")
        url = answer.text_at("Uri")
    else:
        setup = (
            "<s:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"
            "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></s:StreamSetup>"
        )
        answer = await client.call(MEDIA, "GetStreamUri", f"{setup}{token}")
        url = answer.text_at("MediaUri", "Uri")
    return _own_url(client, url, SourceKind.RTSP)


async def snapshot_url(client: OnvifClient, view: View, profile: Profile) -> ParsedUrl:
    """Ask where a snapshot is.

    Raises:
        CameraError: It is nowhere that may be asked.
    """
    token = f"<s:ProfileToken>{escape(profile.token)}</s:ProfileToken>"
    answer = await client.call(view.service, "GetSnapshotUri", token)
    url = answer.text_at("Uri") or answer.text_at("MediaUri", "Uri")
    return _own_url(client, url, SourceKind.SNAPSHOT)


def _own_url(client: OnvifClient, text: str, kind: SourceKind) -> ParsedUrl:
    """Check an address that a device named; only the device itself is ever meant.

    The host is put right: a device behind a router names one that is not to be reached, and
    a hostile one names somebody else. Credentials are left out.
    """
    if not text:
        raise CameraError(Reason.UNSUPPORTED, tr("the device names no address for it"))
    try:
        url = parse_camera_url(text)
    except InvalidSetting as error:
        raise CameraError(
            Reason.ADDRESS, tr("the device's address {reason}", reason=error.reason)
        ) from None
    if url.scheme not in KIND_SCHEMES[kind]:
        raise CameraError(
            Reason.ADDRESS, tr("the device names a {scheme} address for it", scheme=url.scheme)
        )
    password = "" if url.password is None else url.password.reveal()
    plain = unquote(url.path)
    if (
        names_password(plain)
        or (len(password) >= _TELLING and password in plain)
        or client.gives_away(plain)
    ):
        raise CameraError(
            Reason.UNSUPPORTED,
            tr("its address would hold a password for everybody to read, so it is not used"),
        )
    return replace(url, host=client.settings.host, username="", password=None)


@dataclass(frozen=True, slots=True)
class ViewAddresses:
    """Where the pictures of one view are.

    Attributes:
        settings: As a camera is added with them.
        snapshot: To fetch one picture with; None if the device gives none.
    """

    settings: CameraSettings
    snapshot: CameraSettings | None


async def addresses_of(
    client: OnvifClient, view: View, base: CameraSettings, *, prefer_snapshots: bool = False
) -> ViewAddresses:
    """Ask where the pictures of a view are.

    Args:
        client: Of the device.
        view: Which.
        base: Settings that hold for whatever is found, with the device's host.
        prefer_snapshots: Take snapshots although there is a stream.

    Raises:
        CameraError: There are neither streams nor snapshots that can be used.
    """
    snapshot: CameraSettings | None = None
    problem: CameraError | None = None
    try:
        snapshot = _snapshots_at(base, await snapshot_url(client, view, view.counted))
    except CameraError as error:
        if error.reason in _ENDS_THE_SEARCH:
            raise
        problem = error
    if snapshot is not None and prefer_snapshots:
        return ViewAddresses(snapshot, snapshot)
    try:
        counted = await stream_url(client, view, view.counted)
        main = counted
        if view.main != view.counted:
            main = await stream_url(client, view, view.main)
    except CameraError as error:
        if error.reason in _ENDS_THE_SEARCH or snapshot is None:
            raise problem or error from None
        return ViewAddresses(snapshot, snapshot)
    return ViewAddresses(_stream_at(base, counted, main), snapshot)


def _snapshots_at(base: CameraSettings, url: ParsedUrl) -> CameraSettings:
    return _checked(
        replace(
            base,
            kind=SourceKind.SNAPSHOT,
            scheme=url.scheme,
            port=url.port,
            snapshot_path=url.path or "/",
            status_path="",
        )
    )


def _stream_at(base: CameraSettings, counted: ParsedUrl, main: ParsedUrl) -> CameraSettings:
    is_reached_alike = (main.scheme, main.port) == (counted.scheme, counted.port)
    has_another = is_reached_alike and main.path != counted.path
    return _checked(
        replace(
            base,
            kind=SourceKind.RTSP,
            scheme=counted.scheme,
            port=counted.port,
            stream_path=counted.path or "/",
            main_path=main.path if has_another else "",
            snapshot_path="",
            status_path="",
        )
    )


def _checked(settings: CameraSettings) -> CameraSettings:
    try:
        return validate_camera(settings)
    except InvalidSettings as error:
        raise CameraError(
            Reason.ADDRESS, tr("the device's {problems}", problems=error.problems[0])
        ) from None
