"""What is packed, and what its descriptions say, without packing it: that takes minutes."""

from __future__ import annotations

import plistlib
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import smoke  # noqa: E402 - the path comes first
from installer import contents, icu, libraries, natives  # noqa: E402

from camwatch import __version__  # noqa: E402
from camwatch.auth.backends import TRUSTED  # noqa: E402
from camwatch.cameras.ffmpeg_options import for_files  # noqa: E402
from camwatch.ui import theme  # noqa: E402

PACKAGING = ROOT / "packaging"


def test_the_version_comes_from_one_place() -> None:
    assert contents.version() == __version__
    for file in (*PACKAGING.rglob("*.*"), ROOT / "camwatch.spec"):
        if file.suffix in {".iss", ".xml", ".plist", ".desktop", ".1", ".spec"}:
            words = file.read_text(encoding="utf-8")
            assert f'"{__version__}"' not in words, file


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "camwatch/models/nanodet_g_person_int8.onnx",
        "camwatch/data/migrations/env.py",
        "cv2/cv2.abi3.so",
        "onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so",
    ],
)
def test_what_the_program_needs_is_packed(name: str) -> None:
    assert contents.is_kept(name, f"/somewhere/{name}")


@pytest.mark.parametrize(
    "name",
    [
        *("root.res", "de.res", "de_AT.res", "en_US_POSIX.res", "pool.res", "res_index.res"),
        *("zoneinfo64.res", "supplementalData.res", "icuver.res", "cnvalias.icu", "uts46.nrm"),
        *("zone/de.res", "zone/root.res", "zone/tzdbNames.res", "coll/fr.res", "coll/ucadata.icu"),
        *("curr/root.res", "lang/pool.res", "unit/res_index.res"),
    ],
)
def test_of_the_data_of_all_languages_those_of_ours_are_kept(name: str) -> None:
    assert icu.is_kept(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "fr.res",
            "zh_Hans_CN.res",
            "zone/ja.res",
            "curr/de.res",
            "lang/en.res",
            "unit/de_AT.res",
        ),
        *("brkitr/cjdict.dict", "translit/root.res", "unames.icu", "ibm-943_P15A-2003.cnv"),
    ],
)
def test_of_the_data_of_all_languages_others_are_left_out(name: str) -> None:
    assert not icu.is_kept(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/qml/QtQuick/libqtquick2plugin.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "libQt6Pdf.so.6",
        "onnxruntime/capi/libonnxruntime.so.1.32.0",
        "numpy/tests/data.csv",
    ],
)
def test_what_no_screen_uses_is_left_out(name: str) -> None:
    assert not contents.is_kept(name, f"/somewhere/{name}")


def test_libraries_that_must_fit_the_computer_stay_its_own() -> None:
    assert not contents.is_kept("libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6")
    assert not contents.is_kept("libgtk-3.so.0", "/lib/x86_64-linux-gnu/libgtk-3.so.0")
    assert contents.is_kept("libpython3.11.so.1.0", "/lib/x86_64-linux-gnu/libpython3.11.so.1.0")
    assert libraries.PACKAGES["libstdc++.so.6"] == "libstdc++6"


def test_every_keyring_that_is_asked_for_is_packed() -> None:
    assert {name.rpartition(".")[0] for name in TRUSTED} <= set(contents.HIDDEN_IMPORTS)


def test_what_the_program_reads_as_files_is_packed() -> None:
    package = ROOT / "camwatch"
    packed = {to: source for source, to in contents.data_files(package)}
    for name in ("resources", "models", "docs", "data/migrations"):
        assert packed[f"camwatch/{name}"] == str(package / name)
    assert contents.is_kept("camwatch/docs/images/live.png")
    assert contents.is_kept("camwatch/docs/user-guide.md")


def test_one_opencv_is_packed_and_it_has_no_second_qt() -> None:
    lock = (ROOT / "requirements" / "package.txt").read_text()
    assert re.search(r"^opencv-python-headless==", lock, re.MULTILINE)
    with_qt = re.findall(r"^opencv-python==(.*)$", lock, re.MULTILINE)
    assert all("; sys_platform == 'never'" in line for line in with_qt)


def test_a_slim_opencv_reads_each_kind_of_file_that_is_let_through() -> None:
    recipe = (PACKAGING / "opencv" / "build").read_text()
    built = set(re.findall(r"^demuxers=(\S+)", recipe, re.MULTILINE)[0].split(","))
    allowed = set(for_files().partition("format_whitelist;")[2].partition("|")[0].split(","))
    # FFmpeg has one reader with several names for some of them.
    of_mov, of_others = {"mp4", "m4a", "3gp", "3g2", "mj2"}, {"webm": "matroska", "mpeg": "mpegps"}
    assert {of_others.get(name, name) for name in allowed - of_mov} <= built


def test_a_library_of_a_wheel_that_nobody_described_is_named() -> None:
    assert natives.unknown(["libavcodec-57aca189.so.62.28.102", "libodd-1.so.2"]) == [
        "libodd-1.so.2"
    ]


def test_each_file_that_the_recipes_name_is_there() -> None:
    script = (PACKAGING / "windows" / "camwatch.iss").read_text(encoding="utf-8")
    assert re.search(r"^LicenseFile=\.\.\\\.\.\\LICENSE$", script, re.MULTILINE)
    for words in (
        (ROOT / "camwatch.spec").read_text(),
        (ROOT / "scripts" / "package").read_text(),
    ):
        for name in re.findall(r"packaging/[\w/.]+[\w]", words.replace('" / "', "/")):
            assert (ROOT / name).exists(), name
    about = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
    assert "CFBundleShortVersionString" not in about, "camwatch.spec gives the version"
    assert about["NSCameraUsageDescription"]
    assert plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    desktop = (PACKAGING / "linux" / "camwatch.desktop").read_text()
    told = ET.parse(PACKAGING / "linux" / "camwatch.metainfo.xml").findtext("launchable")
    assert told == "camwatch.desktop"
    assert "\nIcon=camwatch\n" in desktop


def painted(*people: QRect) -> smoke.Picture:
    """Return a screen with frames around people."""
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.current().background))
    with QPainter(image) as painter:
        for person in people:
            painter.setPen(QColor(theme.current().box))
            painter.drawRect(person)
    return smoke.pixels_of(image)


def test_the_look_at_the_screen_passes_neither_a_blank_nor_a_stopped_window(qapp: object) -> None:
    shown = painted(QRect(20, 40, 20, 60), QRect(100, 50, 20, 60))
    later = painted(QRect(30, 40, 20, 60), QRect(110, 50, 20, 60))
    blank = np.zeros_like(shown)
    assert len(smoke.framed_people(shown)) == 2
    assert smoke.framed_people(blank) == []
    assert smoke.have_moved(shown, later)
    assert not smoke.have_moved(shown, shown)
    assert not smoke.have_moved(shown, blank)
    assert not smoke.shows_number(shown, 3)
