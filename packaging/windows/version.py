"""Writes what Windows shows of the program's files: their version and what they are."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from installer import contents

TEXT = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004,
                    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "The CamWatch authors"),
      StringStruct("FileDescription", "CamWatch: counts people with IP cameras"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "camwatch"),
      StringStruct("LegalCopyright", "Apache License 2.0"),
      StringStruct("OriginalFilename", "camwatch.exe"),
      StringStruct("ProductName", "CamWatch"),
      StringStruct("ProductVersion", "{version}")])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def resource(version: str) -> str:
    """Return the description for a version such as "1.2.3", as PyInstaller reads it."""
    numbers = (*(int(part) for part in version.split(".")), 0, 0, 0)[:4]
    return TEXT.format(numbers=numbers, version=version)


if __name__ == "__main__":
    target = contents.ROOT / "build" / "package" / "version.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(resource(contents.version()), encoding="utf-8")
