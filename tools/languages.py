"""Collects the texts of CamWatch for translators, and makes what the program reads.

    .venv/bin/python tools/languages.py            collect, and make the .qm files
    .venv/bin/python tools/languages.py --export   besides, print what is not translated, as JSON
    .venv/bin/python tools/languages.py --fill FILE.json   put translations in: {"English": "Deutsch"}

The .ts files can be edited with Qt Linguist (`pyside6-linguist`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "languages"
CODES = ("de",)
# Where a text comes from is left out: else each change of the code would change these files.
_OPTIONS = ("-tr-function-alias", "tr+=marked", "-locations", "none", "-no-obsolete")
_OPTIONS_SORTED = ("-sort-messages", "-source-language", "en")


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(f"pyside6-{name}"))


def collect(file: Path, code: str) -> None:
    """Bring a .ts file up to date with the code; translations that are there stay."""
    sources = sorted(str(each) for each in (ROOT / "camwatch").rglob("*.py"))
    subprocess.run(
        [
            *(_tool("lupdate"), *sources, *_OPTIONS, *_OPTIONS_SORTED),
            *("-target-language", code, "-ts", str(file)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def make(file: Path) -> Path:
    """Make the .qm file of a .ts file, and return it."""
    made = file.with_suffix(".qm")
    subprocess.run(
        [_tool("lrelease"), str(file), "-qm", str(made)], check=True, stdout=subprocess.DEVNULL
    )
    return made


def untranslated(file: Path) -> list[str]:
    """Return the English texts without a translation."""
    return [
        message.findtext("source", "")
        for message in ET.parse(file).iter("message")
        if not message.findtext("translation", "")
    ]


def fill(file: Path, translations: dict[str, str]) -> int:
    """Put translations into a .ts file; return how many texts have got one."""
    tree = ET.parse(file)
    filled = 0
    for message in tree.iter("message"):
        said = translations.get(message.findtext("source", ""))
        place = message.find("translation")
        if said and place is not None:
            place.text = said
            place.attrib.pop("type", None)
            filled += 1
    words = ET.tostring(tree.getroot(), encoding="unicode")
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{words}\n', "utf-8")
    return filled


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--export", action="store_true")
    parser.add_argument("--fill", type=Path)
    given = parser.parse_args()
    for code in CODES:
        file = FOLDER / f"camwatch_{code}.ts"
        collect(file, code)
        if given.fill is not None:
            print(fill(file, json.loads(given.fill.read_text("utf-8"))), "filled")
            collect(file, code)  # in the tool's own layout
        make(file)
        if given.export:
            print(json.dumps(untranslated(file), ensure_ascii=False, indent=0))


if __name__ == "__main__":
    main()
