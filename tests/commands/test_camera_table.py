"""Lists of cameras in CSV files: what is read, what is refused, and what never gets in."""

from __future__ import annotations

import csv
import io
import tracemalloc
from dataclasses import fields, replace

import pytest

from camwatch.cameras.policy import validate_camera
from camwatch.commands.camera_row import ImportRow
from camwatch.commands.camera_table import (
    COLUMNS,
    EXPORTED,
    ImportPreview,
    read_list,
    write_list,
)
from camwatch.domain import Camera, CameraId, CameraSettings, Secret, SiteId, SourceKind
from camwatch.errors import InvalidSetting
from tests.commands.values import NOON


def stored(number: int, settings: CameraSettings) -> Camera:
    return Camera(CameraId(number), f"uid-{number}", SiteId(1), validate_camera(settings), NOON)


def read(text: str, cameras: list[Camera] | None = None) -> ImportPreview:
    return read_list(text.encode(), cameras or [])


def row(text: str, cameras: list[Camera] | None = None) -> ImportRow:
    preview = read(text, cameras)
    assert len(preview.rows) == 1
    return preview.rows[0]


def entered(text: str) -> CameraSettings:
    found = row(text)
    assert found.settings is not None, found.problems
    return found.settings


def refusals(found: ImportRow) -> dict[str, str]:
    assert found.settings is None
    assert found.password is None
    return {problem.field: problem.reason for problem in found.problems}


# ------------------------------------------------------------ what is read


def test_every_setting_has_its_column() -> None:
    assert set(EXPORTED) == {field.name for field in fields(CameraSettings)}
    assert COLUMNS - set(EXPORTED) == {"address", "path", "password"}


def test_a_whole_address_is_taken_apart_and_its_password_leaves_it() -> None:
    found = row("name,location,address\nGate,Yard,http://op:s%40fe@10.0.0.7:8080/a.jpg?x=1\n")
    assert found.settings == CameraSettings(
        "Gate",
        "Yard",
        "10.0.0.7",
        8080,
        snapshot_path="/a.jpg?x=1",
        status_path="",
        username="op",
    )
    assert found.password == Secret("s@fe")
    assert found.address == "http://10.0.0.7:8080/a.jpg?x=1"
    assert "s@fe" not in repr(found)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rtsp://10.0.0.7/h264,,", ("rtsp", 554, SourceKind.RTSP, "/h264")),
        ("10.0.0.7/h264,rtsp,", ("rtsp", 554, SourceKind.RTSP, "/h264")),
        ("https://10.0.0.7/v.mjpg,MJPEG,", ("https", 443, SourceKind.MJPEG, "/v.mjpg")),
        ("10.0.0.7,,/snap.jpg", ("http", 80, SourceKind.SNAPSHOT, "/snap.jpg")),
        ("[fd00::7]:81/a,snapshot,", ("http", 81, SourceKind.SNAPSHOT, "/a")),
    ],
)
def test_kind_scheme_and_port_follow_from_the_address(
    line: str, expected: tuple[str, int, SourceKind, str]
) -> None:
    settings = entered(f"Name,Location,Address,Kind,Path\nGate,Yard,{line}\n")
    path = settings.stream_path if settings.kind.is_stream else settings.snapshot_path
    assert (settings.scheme, settings.port, settings.kind, path) == expected


def test_an_address_may_stand_in_cells_of_its_own() -> None:
    settings = entered(
        "name;location;scheme;host;port;snapshot_path;interval_s;enabled;allow_basic\n"
        "Gate;Yard;HTTPS;cam-1.example;8443;/a.jpg;0,5;no;Yes\n"
    )
    assert settings.snapshot_url == "https://cam-1.example:8443/a.jpg"
    assert (settings.interval_s, settings.is_enabled, settings.allow_basic) == (0.5, False, True)


def test_cameras_of_this_computer_have_a_device() -> None:
    preview = read(
        "name,location,kind,device,address\nDesk,Office,usb,0,\nFilm,Office,file,,/srv/door.mp4\n"
    )
    assert [one.address for one in preview.rows] == ["usb:0", "file:/srv/door.mp4"]
    assert preview.bad == ()


def test_a_password_is_kept_byte_for_byte() -> None:
    text = 'name,location,address,username,password\nGate,Yard,10.0.0.7/a,op," \'=,;""ü "\n'
    assert row(text).password == Secret(" '=,;\"ü ")


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter"),
    [
        ("name,location,address\nTür,Hof,10.0.0.7/a\n".encode(), "utf-8", "comma"),
        ("\ufeffname;location;address\r\nTür;Hof;10.0.0.7/a\r\n".encode(), "utf-8", "semicolon"),
        ("name\tlocation\taddress\nTür\tHof\t10.0.0.7/a".encode("utf-16"), "utf-16", "tab"),
        ("name;location;address\nTür;Hof;10.0.0.7/a\n".encode("cp1252"), "cp1252", "semicolon"),
        ("sep=;\nname;location;address\nTür;Hof;10.0.0.7/a\n".encode(), "utf-8", "semicolon"),
        (
            '\n"name, of it";name;location;address\n;Tür;Hof;10.0.0.7/a'.encode(),
            "utf-8",
            "semicolon",
        ),
    ],
)
def test_encoding_and_delimiter_are_found_out(data: bytes, encoding: str, delimiter: str) -> None:
    preview = read_list(data, [])
    assert (preview.encoding, preview.delimiter) == (encoding, delimiter)
    assert [one.name for one in preview.good] == ["Tür"]
    assert any("cp1252" in remark for remark in preview.remarks) == (encoding == "cp1252")


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    preview = read('name,location,address\n\n"Gate","Yard\n2",10.0.0.7/a\n,,\nHall,,10.0.0.8/a\n')
    assert [one.line for one in preview.rows] == [3, 6]


def test_unknown_columns_are_named_and_their_contents_are_not_read() -> None:
    preview = read("name,location,address,Passwort,token\nGate,Yard,10.0.0.7/a,geheim,t0p\n")
    assert preview.unknown_columns == ("Passwort", "token")
    assert preview.remarks == ("Not read: “Passwort”, “token”.",)
    assert "geheim" not in repr(preview)
    assert "t0p" not in repr(preview)


# ------------------------------------------------------------ what is refused in a line


@pytest.mark.fault("F135")
def test_each_line_says_what_is_wrong_with_which_cell() -> None:
    found = row(
        "name,location,address,kind,interval_s,port,loops,username,pin\n"
        ",,ftp://10.0.0.7/a,film,1e-9,٨٠,perhaps,a:b,12\n"
    )
    assert refusals(found) == {
        "kind": "must be one of snapshot, mjpeg, rtsp, usb, file",
        "interval_s": "must be a number of seconds, such as 1 or 0.5",
        "loops": "must be yes or no",
        "address": "must start with http://, https://, rtsp:// or rtsps://; "
        "other kinds are not read",
        "port": "must be a whole number from 1 to 65535",
        "name": "is missing",
        "location": "is missing",
        "username": "must not contain a colon; sign-in over HTTP cannot carry it",
        "pin": "must be a SHA-256 fingerprint of 64 hexadecimal digits",
    }


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "concat:a|b",
        " exec:sh",
        "-i x",
        "rtsp://",
        "http://[::1",
        "http://127.1/a",
        "http://0x7f.1/a",
        "http://2130706433/a",
        "http://169.254.169.254/a",
        "http://0.0.0.0/a",
        "http://127.0.0.1/a",
        "http://h#@evil/a",
        "http://h\\@evil/a",
        "http://h:0/a",
        "http://h:65536/a",
        "http://h:abc/a",
        "http://h/%0d%0aX:1\r\nHost: x",
        f"http://h/{'x' * 3000}",
    ],
)
def test_addresses_that_no_camera_may_have_are_refused(address: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["name", "location", "address"], ["Gate", "Yard", address]])
    found = row(file.getvalue())
    assert found.problems, found.settings


@pytest.mark.parametrize("port", ["0", "-1", "65536", "1e3", "08", "80.0"])
def test_ports_that_are_none(port: str) -> None:
    found = row(f"name,location,host,path,port\nGate,Yard,10.0.0.7,/a,{port}\n")
    assert set(refusals(found)) == {"port"}


@pytest.mark.parametrize("interval", ["0", "-1", "nan", "inf", "1e9", "0.1", "5000"])
def test_intervals_that_are_none(interval: str) -> None:
    found = row(f"name,location,address,interval_s\nGate,Yard,10.0.0.7/a,{interval}\n")
    assert set(refusals(found)) == {"interval_s"}


def test_what_is_given_twice_is_refused_unless_it_is_the_same() -> None:
    head = "name,location,address,host,port,username,password,path\n"
    found = row(f"{head}Gate,Yard,http://a:b@10.0.0.7:81/a,10.0.0.8,82,c,d,/b\n")
    assert set(refusals(found)) == {"host", "port", "username", "password", "path"}
    same = row(f"{head}Gate,Yard,http://a:b@10.0.0.7:81/a,10.0.0.7,81,a,b,/a\n")
    assert same.is_good


def test_a_password_needs_a_user_name_and_a_user_name_is_warned_of_without_a_password() -> None:
    head = "name,location,address,username,password\n"
    assert set(refusals(row(f"{head}Gate,Yard,10.0.0.7/a,,secret\n"))) == {"username"}
    assert "empty one" in row(f"{head}Gate,Yard,10.0.0.7/a,op,\n").warnings[0]
    assert set(refusals(row(f"{head}Gate,Yard,10.0.0.7/a,op,{'x' * 513}\n"))) == {"password"}


def test_a_camera_without_a_path_is_refused_rather_than_guessed() -> None:
    assert refusals(row("name,location,host\nGate,Yard,10.0.0.7\n")) == {
        "snapshot_path": "is missing; write it behind the address, or into the column path"
    }


def test_more_cells_than_columns_are_told() -> None:
    found = row("name,location,address\nGate,Yard,10.0.0.7/a,b\n")
    assert "more cells" in refusals(found)["name"]


def test_names_are_taken_once_and_the_same_address_is_only_warned_of() -> None:
    gate = stored(1, CameraSettings("Gate", "Yard", "10.0.0.7", snapshot_path="/a"))
    preview = read(
        "name,location,address,hardware_id\n"
        "GATE,Yard,10.0.0.8/a,\n"
        "Hall,Yard,10.0.0.7/a,S1\n"
        "hall,Yard,10.0.0.9/a,\n"
        "Roof,Yard,10.0.0.7/b,S1\n"
        "Cellar,Yard,10.0.0.7/b,\n",
        [gate],
    )
    taken = {one.line: refusals(one)["name"] for one in preview.bad}
    assert taken == {
        2: "is already used by another camera",
        4: "is already used by line 3 of this list",
    }
    assert {one.line: one.warnings for one in preview.good} == {
        3: ("“Gate” has the same address.",),
        5: ("Line 3 is the same device.",),
        6: ("Line 5 has the same address.",),
    }


# ------------------------------------------------------------ what is refused altogether


@pytest.mark.fault("F135")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n \n,,\n", "is empty"),
        (b"name,location,address\n", "no camera"),
        (b"a,b\n1,2\n", "no column “name”"),
        (b"name,location\nGate,Yard\n", "no column “address”"),
        (b"name,Name,address\nGate,Yard,10.0.0.7\n", "“name” twice"),
        (b"name,url,address\nGate,a,b\n", "“address” twice"),
        (b",".join(b"c%d" % n for n in range(65)), "more than 64 columns"),
        (b",".join(b"c%d" % n for n in range(10_000)), "more than 64 columns"),
        (b'name,address\n"Gate,10.0.0.7\n', "quotation mark"),
        (b'name,address\n"Gate"x,10.0.0.7\n', "quotation mark"),
        (b"name,address\n" + b"x" * 200_000, "cannot be read from line 2"),
        (b"name,address\nGate,10.0.0.7\n" * 600, "more than 1000 cameras"),
        (b"name,address\n" + b"G,10.0.0.7/a\n" * 100_000, "more than 1000 cameras"),
        (b"name,address\n" + b"\n" * 100_000, "more than 20000 lines"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MiB"),
        (b"PK\x03\x04rest of a workbook", "workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (b"name,address\nG\x00te,a\n", "not a text file"),
        (b"\xff\xfen\x00a\x00", "no column “name”"),
        (b"\xff\xfen\x00a\x00m", "not a text file"),
        (b"name,address\n\x81\x8d,a\n", "not a text file"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "no column “name”"),
        (b'[{"name": "Gate", "address": "10.0.0.7"}]', "no column “name”"),
    ],
)
def test_files_that_are_no_lists_are_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        read_list(data, [])
    assert refused.value.field == "file"
    assert words in refused.value.reason


@pytest.mark.fault("F135")
def test_a_large_list_of_nonsense_costs_little_memory() -> None:
    data = b"name,address\n" + b"=1+1,10.0.0.7/a\n" * 600_000
    tracemalloc.start()
    try:
        with pytest.raises(InvalidSetting):
            read_list(data, [])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 * len(data)


def test_a_thousand_cameras_are_read() -> None:
    lines = [f"Camera {n},Yard,10.0.{n // 250}.{n % 250 + 1}/a" for n in range(1000)]
    preview = read("\n".join(["name,location,address", *lines]))
    assert len(preview.good) == 1000


# ------------------------------------------------------------ what is written

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "'=1", "''", "=cmd|' /C calc'!A0", "a=b"]


@pytest.mark.fault("F135")
def test_what_is_written_is_read_back_and_no_spreadsheet_takes_it_for_a_formula() -> None:
    cameras = [
        stored(n, CameraSettings(text, text, f"10.0.0.{n + 1}", site=text))
        for n, text in enumerate(FORMULAS)
    ]
    data = write_list([camera.settings for camera in cameras])
    for cells in list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    preview = read_list(data, [])
    assert [one.settings for one in preview.rows] == [camera.settings for camera in cameras]


def test_every_kind_of_camera_goes_out_and_comes_in_alike() -> None:
    base = CameraSettings("Gate", 'Yard; 1st, left"', "10.0.0.7", site="Süd")
    kinds = [
        replace(
            base,
            port=8080,
            base_path="/cam/1",
            username="op",
            interval_s=0.25,
            allow_local=True,
            allow_basic=True,
            is_enabled=False,
            one_session=True,
            hardware_id="00:11:22:33:44:55",
            onvif_scheme="https",
            onvif_port=8443,
            onvif_path="/onvif/x",
            pin="ab" * 32,
        ),
        replace(base, name="No status", status_path=""),
        replace(base, name="M", kind=SourceKind.MJPEG, stream_path="/v.mjpg", snapshot_path=""),
        replace(
            base,
            name="R",
            kind=SourceKind.RTSP,
            scheme="rtsps",
            port=322,
            stream_path="/sub",
            main_path="/main",
            transport="udp",
            interval_s=0.04,
        ),
        replace(base, name="U", kind=SourceKind.USB, device="/dev/video0"),
        replace(base, name="F", kind=SourceKind.FILE, device="/srv/a b.mp4", loops=False),
    ]
    cameras = [stored(n, settings) for n, settings in enumerate(kinds)]
    preview = read_list(write_list([camera.settings for camera in cameras]), [])
    assert [one.settings for one in preview.rows] == [camera.settings for camera in cameras]


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("address", "http://op:canary@10.0.0.7:99999/a"),
        ("host,path", "op:canary@10.0.0.7,/a"),
        ("scheme,host,path", "http://op:canary@x,10.0.0.7,/a"),
        ("host,path", "10.0.0.7,http://op:canary@10.0.0.7/a"),
        ("kind,address", "file,http://op:canary@10.0.0.7/a"),
        ("kind,device", "usb,http://op:canary@10.0.0.7/a"),
    ],
)
def test_what_is_refused_is_not_shown_for_it_may_have_a_password_in_it(
    columns: str, cells: str
) -> None:
    found = row(f"name,location,{columns}\nGate,Yard,{cells}\n")
    assert not found.is_good
    assert "canary" not in f"{found.address} {found.problems}"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/snap?user=op&pwd=canary&ch=1", "/snap?user=op&pwd=***&ch=1"),
        ("/a?PASSWORD=canary", "/a?PASSWORD=***"),
        ("/user=op_password=canary_channel=1.sdp", "/user=op_password=***"),
        ("/a?api_key=canary;b=1", "/a?api_key=***;b=1"),
        ("/a?loginuse=op&loginpas=canary", "/a?loginuse=op&loginpas=***"),
        ("/a?passcode=canary/1&credential=canary", "/a?passcode=***&credential=***"),
        ("/a?p%61ssword=canary%26canary&ch=1", "/a?p%61ssword=***&ch=1"),
        ("/a%3Fpwd%3Dcanary&ch=1", "/a?pwd=***&ch=1"),
        ("/a=b?psw=canary", "/a=b?psw=***"),
        ("/a?width=640", "/a?width=640"),
    ],
)
def test_what_looks_like_a_password_in_a_path_is_left_out_and_asked_for_again(
    path: str, written: str
) -> None:
    data = write_list([CameraSettings("Gate", "Yard", "10.0.0.7", snapshot_path=path)])
    assert b"canary" not in data
    assert written.encode() in data
    (found,) = read_list(data, []).rows
    assert found.is_good == ("***" not in written)
    if not found.is_good:
        assert "write it again" in refusals(found)["snapshot_path"]
    assert "canary" not in row(f"name,location,address\nGate,Yard,10.0.0.7{path}\n").address
