"""Libraries in machine code that wheels bring along: what they are and under which terms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Native:
    """A library that is shipped inside somebody else's distribution.

    Attributes:
        name: Of the project.
        licence: As SPDX writes it.
        file: Pattern of the names of its files; a group is its version where that is told.
        version: Where no file name tells it.
        source: Where its source code is had, for those that must say so.
    """

    name: str
    licence: str
    file: str
    version: str = ""
    source: str = ""


_QT = "https://download.qt.io/official_releases/qt/"

NATIVES = (
    Native("Qt", "LGPL-3.0-only", r"^libQt6\w+\.so|^Qt6\w+\.dll|^Qt\w+$|^libq\w+\.so", source=_QT),
    Native("ICU", "Unicode-3.0", r"^libicu(?:data|i18n|uc)\.so\.(\d+)"),
    Native(
        "FFmpeg",
        "LGPL-2.1-or-later",
        r"^lib(?:avcodec|avformat|avutil|swscale|swresample)[-.\w]*\.so",
        "8.1.2",
        "https://ffmpeg.org/releases/",
    ),
    Native("OpenBLAS", "BSD-3-Clause", r"^lib(?:scipy_)?openblas[-\w.]*\.so"),
    Native(
        "GNU Fortran runtime", "GPL-3.0-or-later WITH GCC-exception-3.1", r"^libgfortran-.*\.so"
    ),
    Native(
        "GNU quadmath", "LGPL-2.1-or-later", r"^libquadmath-.*\.so", source="https://gcc.gnu.org/"
    ),
    Native("libvpx", "BSD-3-Clause", r"^libvpx-.*\.so\.([\d.]+)"),
    Native("libaom", "BSD-2-Clause", r"^libaom-.*\.so\.([\d.]+)"),
    Native("libavif", "BSD-2-Clause", r"^libavif-.*\.so\.([\d.]+)"),
    Native("dav1d", "BSD-2-Clause", r"^libdav1d-.*\.so\.([\d.]+)"),
    Native("libpng", "libpng-2.0", r"^libpng16-.*\.so\.([\d.]+)"),
    Native("libdrm", "MIT", r"^libdrm-.*\.so\.([\d.]+)"),
    Native("OpenSSL 1.1", "OpenSSL", r"^lib(?:crypto|ssl)-.*\.so\.(1\.[\d.]+\w?)"),
    Native("OpenSSL", "Apache-2.0", r"^lib(?:crypto|ssl)-.*\.so\.(3)$"),
    Native("libpq (PostgreSQL)", "PostgreSQL", r"^libpq-.*\.so\.([\d.]+)"),
    Native("OpenLDAP", "OLDAP-2.8", r"^lib(?:ldap|lber)-.*\.so\.([\d.]+)"),
    Native("Cyrus SASL", "BSD-4-Clause", r"^libsasl2-.*\.so\.([\d.]+)"),
    Native(
        "MIT Kerberos",
        "MIT",
        r"^lib(?:krb5|k5crypto|krb5support|gssapi_krb5|com_err)-.*\.so\.([\d.]+)",
    ),
    Native(
        "keyutils",
        "LGPL-2.1-or-later",
        r"^libkeyutils-.*\.so\.([\d.]+)",
        source="https://git.kernel.org/pub/scm/linux/kernel/git/dhowells/keyutils.git",
    ),
    Native(
        "libxcrypt",
        "LGPL-2.1-or-later",
        r"^libcrypt-.*\.so\.([\d.]+)",
        source="https://github.com/besser82/libxcrypt",
    ),
    Native("ONNX Runtime core", "MIT", r"^onnxruntime_pybind11_state"),
    Native("OpenCV core", "Apache-2.0", r"^cv2[.\w]*\.(?:so|pyd)$"),
)


def found_in(names: Iterable[str]) -> dict[Native, str]:
    """Return which of the libraries are among these files, and their versions where told."""
    found: dict[Native, str] = {}
    for name in names:
        for native in NATIVES:
            match = re.match(native.file, name)
            if match:
                told = next((group for group in match.groups() if group), "")
                found[native] = told or found.get(native, "") or native.version
                break
    return found


def unknown(names: Iterable[str]) -> list[str]:
    """Return the shared libraries of a wheel's library folder that nobody has described."""
    return [name for name in names if not any(re.match(one.file, name) for one in NATIVES)]
