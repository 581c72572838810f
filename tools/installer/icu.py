"""Makes ICU's data smaller: Qt brings those of all languages, CamWatch speaks two.

Of ICU, Qt asks for the order of names (kept for all languages), time zones and calendars (kept for
the languages that CamWatch speaks; in others ICU takes its root), and tables of old encodings, of
which CamWatch reads none through Qt. Names of currencies, units and regions nobody asks for.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

TOOLS = ("icupkg", "gcc")
LANGUAGES = ("de", "en")

_FOREIGN = re.compile(r"(?:[a-z]+/)?[a-z]{2,3}(?:_\w+)?\.res$")
_OF_ONE_LANGUAGE = re.compile(rf"(?:[a-z]+/)?(?:{'|'.join(LANGUAGES)})(?:_\w+)?\.res$")
_KEPT_WHOLE = re.compile(r"coll/|(?:zone/)?res_index\.res$|\w+\.(?:icu|nrm|spp|cfu)$")
_NOT_ASKED_FOR = re.compile(
    r"(?:curr|lang|region|unit|rbnf|brkitr|translit)/|[-\w]+\.cnv$|unames\.icu$"
)
_ROOTS = re.compile(r"(?:curr|lang|region|unit|rbnf)/(?:root|res_index|pool)\.res$")


class NotUnderstood(Exception):
    """The library of ICU's data is not as expected, and was left as it is."""


def is_kept(name: str) -> bool:
    """Tell whether an item of ICU's data is kept."""
    if _ROOTS.match(name):
        return True
    if _NOT_ASKED_FOR.match(name):
        return False
    return bool(_KEPT_WHOLE.match(name) or _OF_ONE_LANGUAGE.match(name) or not _FOREIGN.match(name))


def slim(library: Path) -> int:
    """Rewrite a `libicudata.so` with what is kept; return how many bytes that saved.

    Raises:
        NotUnderstood: Something else is in it than data under one name.
    """
    before = library.stat().st_size
    symbol, data = _data(library)
    with tempfile.TemporaryDirectory() as folder:
        # Its tool takes the name of the file for that of the data.
        name = f"{symbol.removesuffix('_dat')}l.dat"
        whole, left = Path(folder, name), Path(folder, "left", name)
        left.parent.mkdir()
        whole.write_bytes(data)
        names = _run("icupkg", "-l", str(whole)).split()
        refused = Path(folder, "refused.txt")
        refused.write_text("".join(f"{name}\n" for name in names if not is_kept(name)))
        _run("icupkg", "-r", str(refused), str(whole), str(left))
        source = Path(folder, "data.s")
        source.write_text(
            f".section .rodata\n.globl {symbol}\n.balign 16\n.type {symbol}, @object\n"
            f'{symbol}:\n.incbin "{left}"\n.size {symbol}, . - {symbol}\n'
            '.section .note.GNU-stack,"",@progbits\n'
        )
        made = Path(folder, library.name)
        _run(
            "gcc", "-shared", "-nostdlib", f"-Wl,-soname,{library.name}", "-Wl,--build-id=none",
            "-o", str(made), str(source),
        )  # fmt: skip
        shutil.copyfile(made, library)
    return before - library.stat().st_size


def _data(library: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of the data in a library.

    Layout: https://unicode-org.github.io/icu/userguide/icu_data/ and the ELF section headers.
    """
    symbols = [
        line.split() for line in _run("nm", "-D", "--defined-only", str(library)).splitlines()
    ]
    named = [words for words in symbols if words[-1].endswith("_dat")]
    if len(named) != 1:
        raise NotUnderstood(f"{library.name} defines {[words[-1] for words in symbols]}")
    address, _, symbol = named[0]
    for line in _run("readelf", "-S", "-W", str(library)).splitlines():
        found = re.match(r"\s*\[\s*\d+\] \.rodata\s+PROGBITS\s+(\w+) (\w+) (\w+)", line)
        if found:
            start, offset, size = (int(text, 16) for text in found.groups())
            skipped = int(address, 16) - start
            data = library.read_bytes()[offset + skipped : offset + size]
            # Of a header of ICU: after its size come two bytes that are the same in all versions.
            if struct.unpack_from("<HBB", data)[1:] != (0xDA, 0x27):
                raise NotUnderstood(f"{library.name} does not begin as data of ICU do")
            return symbol, data
    raise NotUnderstood(f"{library.name} has no section of data")


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
