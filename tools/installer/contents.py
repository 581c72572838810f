"""What an installed CamWatch holds and what it leaves out; camwatch.spec asks here.

Plain data and functions without PyInstaller, so that the tests can look at them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]

HIDDEN_IMPORTS = (
    # Named by their text in camwatch.auth.backends, which asks each whether it is of use here.
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.macOS",
    # Imported by camwatch.data.export_files when a spreadsheet is written.
    "xlsxwriter",
    # Chosen by psycopg and SQLAlchemy by name.
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
)
"""Modules that are imported by a name which no analysis of the code sees."""

NOT_SHIPPED = (
    # Tools of developers, and what libraries would only use if it were there.
    "IPython", "PyInstaller", "_pytest", "cyclonedx", "hypothesis", "matplotlib", "mypy",
    "pip", "pkg_resources", "pytest", "scipy", "setuptools", "wheel", "jupyter_rfb",
    "cupy", "numba", "OpenGL", "colorcet", "onnx", "pandas", "pyarrow", "sympy", "torch",
    # Desktop kits, build tools and test frames of Python itself.
    "tkinter", "_tkinter", "turtle", "idlelib", "lib2to3", "pydoc_data", "ensurepip",
    "distutils", "unittest", "doctest", "test", "pdb", "readline", "curses", "_curses",
    # Qt that no screen uses. The wheel has them all.
    *(
        f"PySide6.Qt{name}"
        for name in (
            "Concurrent", "Designer", "Help", "OpenGL", "OpenGLWidgets", "Qml", "Quick",
            "QuickControls2", "QuickTest", "QuickWidgets", "Sql", "Test", "UiTools", "Xml",
        )
    ),
    "PySide6.scripts", "PySide6.support.deprecated",
    # Parts of libraries that CamWatch never calls.
    "lxml.html", "lxml.objectify", "pydantic.v1", "pyqtgraph.flowchart",
    "numpy._core._multiarray_tests", "numpy.f2py", "numpy.testing", "numpy.distutils", "numpy.tests", "cv2.gapi",
    "onnxruntime.quantization", "onnxruntime.tools", "onnxruntime.transformers",
    "onnxruntime.training", "onnxruntime.datasets",
    "pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.console", "pyqtgraph.jupyter",
    "sqlalchemy.testing", "alembic.testing", "psycopg_pool", "psycopg_c",
    # Names of towns and of telephone companies: 30 MB that Qt's country names replace.
    "phonenumbers.geodata", "phonenumbers.carrierdata", "phonenumbers.tzdata",
    "phonenumbers.geocoder", "phonenumbers.carrier", "phonenumbers.timezone",
)  # fmt: skip
"""Modules that are left out."""

_KEPT_PLUGINS = (
    "iconengines/*svgicon*",
    "imageformats/*qico*", "imageformats/*qjpeg*", "imageformats/*qsvg*", "imageformats/*qicns*",
    "imageformats/*qgif*",
    # The screen of each platform; offscreen is for commands that draw and for tests.
    "platforms/*qxcb*", "platforms/*qwayland*", "platforms/*qoffscreen*", "platforms/*qwindows*",
    "platforms/*qcocoa*",
    "platforminputcontexts/*compose*", "platforminputcontexts/*ibus*",
    "platformthemes/*xdgdesktopportal*",
    "printsupport/*", "styles/*", "xcbglintegrations/*",
    "wayland-decoration-client/*", "wayland-graphics-integration-client/*qt-plugin-wayland-egl*",
    "wayland-shell-integration/*xdg-shell*",
)  # fmt: skip

_KEPT_TEXTS = re.compile(r"qtbase_(en|de)\.qm$")
_QT_FOLDERS = ("plugins", "translations", "qml", "resources")

_UNUSED_LIBRARIES = re.compile(
    r"(libQt6|Qt6|Qt)(3D|Charts|Concurrent|Designer|Egl|Help|Labs|Lottie|Pdf|Qml|Quick|Sql|Test"
    r"|UiTools|VirtualKeyboard|WaylandCompositor|WebEngine)"
    r"|opengl32sw\.dll$|libqgtk3"
    # A desktop has these, fit for its graphics and sound drivers; a copy would disagree with them.
    r"|^lib(GL|EGL|GLX|OpenGL|GLdispatch|drm|gbm|vulkan|wayland-(client|cursor|egl)|asound|jack)\.so"
)

_FROM_THE_SYSTEM = re.compile(
    r"^lib(python3|ssl|crypto|sqlite3|ffi|expat|lzma|bz2|mpdec|uuid|dav1d)[.\d-]*\.so"
)
"""Libraries of a Linux system that are taken along: those that Python and FFmpeg were built with.

All others stay out and are named as what a package needs. Those of X and of the C++ compiler must
fit the graphics drivers of the computer that CamWatch runs on, not of the one that built it.
"""

_NO_DATA = re.compile(
    r"(^|/)(tests?|testing|examples?|__pycache__)/"
    r"|\.(pyi|pxd|pyx|c|h|hpp|cpp|a|lib|cmake|typed)$"
    r"|^PySide6/(include|typesystems|glue|doc|support)/"
    r"|^pyqtgraph/icons/peegee/"
    r"|^cv2/data/"
    r"|^onnxruntime/capi/libonnxruntime\.so"
    r"|^lxml/(includes|isoschematron|html)/"
    r"|^(setuptools|pip|wheel|PyInstaller)[-/]"
    # Lists of what a wheel installed, and the texts that translations are made from.
    r"|\.dist-info/RECORD$|/languages/\w+\.ts$"
)


def version() -> str:
    """Return the version of the program, which stands in pyproject.toml alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _in_qt(name: str) -> tuple[str, str] | None:
    """Return the kind and the rest of a file of Qt's own folders, else None."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    for number, part in enumerate(parts[:-1]):
        if part in _QT_FOLDERS and "PySide6" in parts[:number]:
            return part, "/".join(parts[number + 1 :])
    return None


def is_kept(name: str, source: str = "") -> bool:
    """Tell whether a file that the analysis found is shipped.

    Args:
        name: Where it would stand, below the program's folder of libraries.
        source: Where it is now.
    """
    name = name.replace("\\", "/")
    if source.startswith(("/lib", "/usr/lib")) and name.startswith("lib") and "/" not in name:
        return bool(_FROM_THE_SYSTEM.match(name))
    qt = _in_qt(name)
    if qt is not None:
        kind, rest = qt
        if kind == "plugins":
            return any(PurePosixPath(rest).match(pattern) for pattern in _KEPT_PLUGINS)
        return kind == "translations" and bool(_KEPT_TEXTS.search(rest))
    if _UNUSED_LIBRARIES.search(PurePosixPath(name).name):
        return False
    return not _NO_DATA.search(name)


def kept(entries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return the entries of an analysis that are shipped, in an order that is always the same."""
    return sorted(entry for entry in entries if is_kept(entry[0], entry[1]))


def data_files(package: Path) -> list[tuple[str, str]]:
    """Return files that are no modules, and the folders that they are put into.

    Args:
        package: The folder of the installed package `camwatch`.
    """
    texts = (ROOT / name for name in ("LICENSE", "NOTICE"))
    return [
        (str(package / "resources"), "camwatch/resources"),
        (str(package / "models"), "camwatch/models"),
        # The help shows them.
        (str(package / "docs"), "camwatch/docs"),
        # Alembic reads these as files.
        (str(package / "data" / "migrations"), "camwatch/data/migrations"),
        *((str(text), "camwatch") for text in texts),
    ]
