"""Which addresses may be asked, and what may be entered for a camera."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.cameras.policy import (
    ParsedUrl,
    check_address,
    names_password,
    parse_camera_url,
    validate_camera,
)
from camwatch.domain import CameraSettings, Reason, Secret, SourceKind
from camwatch.errors import CameraError, InvalidSetting, InvalidSettings

GOOD = CameraSettings(name="Gate", location="North wall", host="192.168.1.20", port=8080)


def is_allowed(address: str, *, allow_local: bool) -> bool:
    try:
        check_address(address, allow_local=allow_local)
    except CameraError as error:
        assert error.reason is Reason.ADDRESS  # noqa: PT017 - the reason is the point
        return False
    return True


@pytest.mark.parametrize(
    ("path", "has_password"),
    [
        ("/user=op_password=x_channel=1.sdp", True),
        ("/a?loginpas=x", True),
        ("/a?%70w=x", True),
        ("/a%3Fpwd%3Dx", True),
        ("/a?pwd=&ch=1", False),
        ("/a?password=", False),
        ("/a?token=Profile_1&passage=2", False),
    ],
)
def test_passwords_in_paths_are_known_by_their_names(path: str, *, has_password: bool) -> None:
    assert names_password(path) == has_password


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.7", "172.16.5.5", "8.8.8.8", "fd00::7", "2a00:1450::1"]
)
def test_addresses_of_devices_are_allowed(address: str) -> None:
    assert is_allowed(address, allow_local=False)
    assert is_allowed(address, allow_local=True)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.8.8.8", "::1", "169.254.7.7", "fe80::1", "fe80::1%eth0"]
)
def test_local_addresses_are_allowed_where_an_administrator_says_so(address: str) -> None:
    assert not is_allowed(address, allow_local=False)
    assert is_allowed(address, allow_local=True)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.7",
        "::127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "169.254.169.254",
        "fd00:ec2::254",
        "fd00:0ec2:0::254",
        "127.1",
        "localhost",
        "",
    ],
)
def test_what_is_no_device_is_never_allowed(address: str) -> None:
    assert not is_allowed(address, allow_local=False)
    assert not is_allowed(address, allow_local=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "http://admin:p%40ss%3A%2F@10.0.0.7:8080/snap.jpg?size=1",
            ParsedUrl("http", "10.0.0.7", 8080, "/snap.jpg?size=1", "admin", Secret("p@ss:/")),
        ),
        ("https://cam.example.org", ParsedUrl("https", "cam.example.org", 443, "", "", None)),
        (" HTTP://Cam/ ", ParsedUrl("http", "cam", 80, "/", "", None)),
        ("10.0.0.7/now", ParsedUrl("http", "10.0.0.7", 80, "/now", "", None)),
        ("cam.local:8081", ParsedUrl("http", "cam.local", 8081, "", "", None)),
        ("http://[fd00::7]:81/x", ParsedUrl("http", "fd00::7", 81, "/x", "", None)),
        ("http://[fe80::1%25eth0]/", ParsedUrl("http", "fe80::1%eth0", 80, "/", "", None)),
        # As Windows and many manuals write it; %12 is no encoded sign there.
        ("http://[fe80::1%12]/", ParsedUrl("http", "fe80::1%12", 80, "/", "", None)),
        ("http://[fe80::1%e0th]/", ParsedUrl("http", "fe80::1%e0th", 80, "/", "", None)),
        ("u:p@w@10.0.0.7", ParsedUrl("http", "10.0.0.7", 80, "", "u", Secret("p@w"))),
        ("http://10.0.0.7/a/../ü", ParsedUrl("http", "10.0.0.7", 80, "/a/../%C3%BC", "", None)),
        ("http://u:@10.0.0.7/", ParsedUrl("http", "10.0.0.7", 80, "/", "u", Secret(""))),
    ],
)
def test_a_pasted_address_is_taken_apart(text: str, expected: ParsedUrl) -> None:
    assert parse_camera_url(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "missing"),
        ("file:///etc/passwd", "http://"),
        ("ftp://h/x", "http://"),
        ("javascript:alert(1)", "cannot be read"),
        ("http://", "no host"),
        ("http:///x", "no host"),
        ("http://[::1", "cannot be read"),
        ("http://127.1/", "all four numbers"),
        ("http://0x7f.1/", "all four numbers"),
        ("http://2130706433/", "all four numbers"),
        ("http://256.1.1.1/", "all four numbers"),
        ("http://h#@evil/", "#"),
        ("http://u:p#w@h/", "#"),
        ("http://h\\@evil/", "backslash"),
        ("http://h/a b", "spaces"),
        ("http://h/\r\nX:1", "control"),
        ("http://h\u202e/", "control"),
        ("http://h:0/", "1 to 65535"),
        ("http://h:65536/", "cannot be read"),
        ("http://h:abc/", "cannot be read"),
        ("http://h:\u0668\u0660/", "cannot be read"),
        ("http://a..b/", "neither"),
        ("http://-h/", "neither"),
        ("http://" + "a" * 64 + "/", "neither"),
        ("http://h/" + "a" * 2050, "2048"),
    ],
)
def test_an_address_that_means_nothing_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        parse_camera_url(text)
    assert caught.value.field == "address"
    assert why in caught.value.reason


def test_a_refused_address_does_not_repeat_its_password() -> None:
    with pytest.raises(InvalidSetting) as caught:
        parse_camera_url("http://admin:hunter2canary@256.1.1.1/")
    assert "hunter2canary" not in str(caught.value)


def problems(**changes: Any) -> dict[str, str]:
    """Return the refused fields with their reasons; empty if all is well."""
    try:
        validate_camera(replace(GOOD, **changes))
    except InvalidSettings as error:
        return {problem.field: problem.reason for problem in error.problems}
    return {}


def test_good_settings_pass_unchanged() -> None:
    assert validate_camera(GOOD) == GOOD


def test_texts_are_trimmed_and_brought_into_one_form() -> None:
    entered = replace(
        GOOD,
        name="  Cafe\u0301 ",
        location=" Hall\t",
        scheme=" HTTP ",
        host=" Cam-1.Example.ORG ",
        base_path=" /axis/ ",
        snapshot_path=" /snap shot.jpg?a=b&c=\u00fc ",
        status_path="  ",
        username=" admin ",
        site=" North ",
    )
    assert validate_camera(entered) == replace(
        GOOD,
        name="Caf\u00e9",
        location="Hall",
        scheme="http",
        host="cam-1.example.org",
        base_path="/axis",
        snapshot_path="/snap%20shot.jpg?a=b&c=%C3%BC",
        status_path="",
        username="admin",
        site="North",
    )


def test_every_wrong_field_is_named_at_once() -> None:
    found = problems(
        name="",
        location=" ",
        scheme="ftp",
        host="",
        port=0,
        base_path="x",
        snapshot_path="",
        status_path="status",
        username="a:b",
        interval_s=0,
        site="s" * 101,
    )
    assert set(found) == {
        "name",
        "location",
        "scheme",
        "host",
        "port",
        "base_path",
        "snapshot_path",
        "status_path",
        "username",
        "interval_s",
        "site",
    }
    assert all(reason and not reason.endswith(".") for reason in found.values())


@pytest.mark.parametrize(
    ("field", "longest"),
    [("name", 100), ("location", 200), ("username", 128), ("site", 100)],
)
def test_texts_have_a_longest_length(field: str, longest: int) -> None:
    assert problems(**{field: "ü" * longest}) == {}
    assert field in problems(**{field: "ü" * (longest + 1)})


@pytest.mark.parametrize(
    "text", ["a\0b", "a\r\nb", "a\u202eb", "a\u200bb", "a\ud800b", "a\x1bb", "a\u2028b"]
)
@pytest.mark.parametrize("field", ["name", "location", "host", "snapshot_path", "username"])
def test_control_and_invisible_characters_are_refused(field: str, text: str) -> None:
    assert field in problems(**{field: "/" + text if field == "snapshot_path" else text})


@pytest.mark.parametrize("text", ["Tür 3", "' OR 1=1--", "<img src=x>", "=cmd|'/c calc'!A1", "…"])
def test_ordinary_and_odd_names_are_kept_as_they_are(text: str) -> None:
    assert validate_camera(replace(GOOD, name=text)).name == text


@pytest.mark.parametrize("port", [0, -1, 65_536, 1.5, "80", True])
def test_a_wrong_port_is_refused(port: object) -> None:
    assert list(problems(port=port)) == ["port"]


@pytest.mark.parametrize("interval_s", [0.0, 0.19, -1.0, 3600.1, math.nan, math.inf])
def test_a_wrong_interval_is_refused(interval_s: float) -> None:
    assert list(problems(interval_s=interval_s)) == ["interval_s"]


@pytest.mark.parametrize("interval_s", [0.2, 1, 3600])
def test_the_ends_of_the_interval_are_allowed(interval_s: float) -> None:
    assert problems(interval_s=interval_s) == {}


@pytest.mark.parametrize(
    "host",
    ["cam", "cam.", "cam_1.local", "192.168.1.20", "fd00::7", "[fd00::7]", "xn--mnchen-3ya.de"],
)
def test_hosts_of_every_kind_are_allowed(host: str) -> None:
    assert problems(host=host) == {}


def test_a_look_alike_name_shows_its_true_form() -> None:
    assert validate_camera(replace(GOOD, host="c\u0430m.example")).host == "xn--cm-7kc.example"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "a.localhost", "::1"])
def test_this_computer_needs_a_permission_which_the_message_names(host: str) -> None:
    assert "allow local addresses" in problems(host=host)["host"]
    assert problems(host=host, allow_local=True) == {}


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "224.0.0.1", "169.254.169.254", "::ffff:10.0.0.7", "1.2.3.4/24", "a b", "h:80"],
)
def test_hosts_that_can_be_no_camera_are_refused_even_with_it(host: str) -> None:
    assert list(problems(host=host, allow_local=True)) == ["host"]


@pytest.mark.parametrize("path", ["//evil/x", "/../x", "/a?b=c&d", "/%2e%2e/x", "/a'b(c)*,;"])
def test_a_path_is_kept_as_one_path(path: str) -> None:
    clean = validate_camera(replace(GOOD, snapshot_path=path))
    assert clean.snapshot_path == path
    assert clean.snapshot_url == f"http://192.168.1.20:8080{path}"


@pytest.mark.parametrize("path", ["snap", "http://evil/", "/a\\b", "/a#b", "/" + "a" * 1024])
def test_a_wrong_path_is_refused(path: str) -> None:
    assert list(problems(snapshot_path=path)) == ["snapshot_path"]


def test_a_query_belongs_into_the_paths() -> None:
    assert "query" in problems(base_path="/a?b=c")["base_path"]


@given(st.text(max_size=40))
def test_any_pasted_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        parsed = parse_camera_url(text)
    except InvalidSetting:
        return
    settings = CameraSettings(
        name="Gate",
        location="Wall",
        scheme=parsed.scheme,
        host=parsed.host,
        port=parsed.port,
        snapshot_path=parsed.path or "/",
        username=parsed.username,
        allow_local=True,
    )
    try:
        assert validate_camera(settings) == settings
    except InvalidSettings as error:
        # The address may be one that no camera has; its form must be right.
        assert [problem.field for problem in error.problems] == ["host"]  # noqa: PT017


@given(name=st.text(max_size=120), host=st.text(max_size=30), path=st.text(max_size=30))
def test_any_entry_passes_in_its_final_form_or_is_refused(name: str, host: str, path: str) -> None:
    try:
        clean = validate_camera(replace(GOOD, name=name, host=host, snapshot_path=path))
    except InvalidSettings:
        return
    assert validate_camera(clean) == clean


def stream(**changes: object) -> CameraSettings:
    usual = CameraSettings(
        name="Gate",
        location="Yard",
        host="10.0.0.8",
        port=554,
        scheme="rtsp",
        kind=SourceKind.RTSP,
        stream_path="/sub",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # each test knows its fields


def refused_fields(settings: CameraSettings) -> set[str]:
    with pytest.raises(InvalidSettings) as caught:
        validate_camera(settings)
    return {problem.field for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scheme": "http"}, "scheme"),
        ({"stream_path": ""}, "stream_path"),
        ({"stream_path": "sub"}, "stream_path"),
        ({"main_path": "main"}, "main_path"),
        ({"transport": "sctp"}, "transport"),
        ({"interval_s": 0.01}, "interval_s"),
        ({"onvif_scheme": "ftp"}, "onvif_scheme"),
        ({"onvif_port": 0}, "onvif_port"),
        ({"pin": "abc"}, "pin"),
        ({"kind": SourceKind.MJPEG}, "scheme"),
        ({"kind": SourceKind.USB, "device": "../../etc/passwd"}, "device"),
        ({"kind": SourceKind.USB, "device": "/dev/../etc/passwd"}, "device"),
        ({"kind": SourceKind.FILE, "device": "film.mp4"}, "device"),
        ({"kind": SourceKind.USB, "device": "/dev/mem"}, "device"),
        ({"kind": SourceKind.USB, "device": "/dev/v4l/by-id/a/../../sda"}, "device"),
        ({"kind": SourceKind.USB, "device": "/dev/v4l/by-id/.."}, "device"),
        ({"kind": SourceKind.FILE, "device": "concat:/a|/b"}, "device"),
        ({"kind": SourceKind.FILE, "device": "//server/share/film.mp4"}, "device"),
        ({"kind": SourceKind.FILE, "device": r"\\server\share\film.mp4"}, "device"),
        ({"kind": SourceKind.FILE, "device": r"\\?\C:\film.mp4"}, "device"),
        ({"kind": SourceKind.FILE, "device": "/dev/video0"}, "device"),
        ({"kind": SourceKind.FILE, "device": "/srv/../proc/self/environ"}, "device"),
        ({"kind": SourceKind.FILE, "device": "/sys"}, "device"),
        ({"host": "fd00::1%x]@[2001:db8::1"}, "host"),
        ({"host": "fd00::1%"}, "host"),
        ({"host": "fd00::1%eth0/x"}, "host"),
    ],
)
def test_what_does_not_fit_the_kind_of_camera_is_refused(
    changes: dict[str, object], field: str
) -> None:
    assert refused_fields(stream(**changes)) == {field}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": SourceKind.USB, "device": "0"},
        {"kind": SourceKind.USB, "device": "/dev/video12"},
        {"kind": SourceKind.USB, "device": "/dev/v4l/by-id/usb-046d_C920-video-index0"},
        {"kind": SourceKind.USB, "device": "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0"},
        {"kind": SourceKind.FILE, "device": "/device/film.mp4"},
        {"kind": SourceKind.FILE, "device": r"C:\films\door.mp4"},
        {"host": "fd00::1%eth0.7"},
    ],
)
def test_what_fits_the_kind_of_camera_passes(changes: dict[str, object]) -> None:
    entered = stream(**changes)
    assert validate_camera(entered).device == entered.device


def test_a_stream_may_be_counted_more_often_than_snapshots_are_asked_for() -> None:
    assert validate_camera(stream(interval_s=0.04)).interval_s == 0.04
    plain = CameraSettings(name="Gate", location="Yard", host="10.0.0.8", interval_s=0.04)
    assert refused_fields(plain) == {"interval_s"}


def test_a_file_keeps_nothing_of_a_network() -> None:
    entered = stream(kind=SourceKind.FILE, device="/srv/door.mp4", username="x", pin="ab" * 32)
    clean = validate_camera(entered)
    assert (clean.host, clean.username, clean.pin, clean.stream_path) == ("", "", "", "")
    assert clean.origin == "file:/srv/door.mp4"


def test_a_pin_may_be_written_with_colons() -> None:
    assert validate_camera(stream(pin=":".join(["AB"] * 32))).pin == "ab" * 32
