"""The German texts are whole, and the files of translators fit the code."""

from __future__ import annotations

import re
import runpy
import shutil
import string
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from camwatch import language
from camwatch.language import tr
from camwatch.ui import languages
from camwatch.ui.languages import Languages
from camwatch.ui.shortcuts import groups, spoken

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "languages.py"))
FILES = [languages.FOLDER / f"camwatch_{code}.ts" for code in TOOL["CODES"]]


def messages(file: Path) -> dict[str, str]:
    """English to what stands there."""
    tree = ET.parse(file)
    assert [one.findtext("name") or "" for one in tree.iter("context")] == [""]
    return {
        one.findtext("source", ""): one.findtext("translation", "") for one in tree.iter("message")
    }


def fields(text: str) -> list[str]:
    """The fields of a text, with conversion but without format."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        return []
    return sorted(f"{name}!{how}" for _, name, _, how in parsed if name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_text_of_the_code_is_translated(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / file.name
    shutil.copy(file, copy)
    TOOL["collect"](copy, file.stem.partition("_")[2])
    there, wanted = messages(file), messages(copy)

    assert [one for one, said in wanted.items() if not said] == []
    assert sorted(there) == sorted(wanted), "run tools/languages.py"
    assert TOOL["make"](copy).read_bytes() == file.with_suffix(".qm").read_bytes()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_translations_say_the_same_values(file: Path) -> None:
    for source, said in messages(file).items():
        assert fields(said) == fields(source), source
        assert source.count("\n") == said.count("\n"), source
        edges = [len(one) - len(one.strip(" ")) for one in (source, said)]
        assert edges[0] == edges[1], source
        assert sorted(re.findall(r"\$\w+", source)) == sorted(re.findall(r"\$\w+", said)), source


def test_the_program_speaks_german_and_english_again(qapp: QApplication) -> None:
    spoken = Languages(qapp)
    try:
        spoken.speak("de")
        assert (language.code(), tr("Cameras")) == ("de", "Kameras")
        assert tr("{value:.1f}", value=1.5) == "1,5"
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        assert buttons.buttons()[0].text().replace("&", "") == "Abbrechen"
    finally:
        spoken.speak("en")
    assert (language.code(), tr("Cameras")) == ("en", "Cameras")


@pytest.mark.fault("F136")
def test_a_missing_language_file_is_english(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    (tmp_path / "camwatch_de.qm").write_bytes(b"no translation")
    spoken = Languages(qapp)
    try:
        spoken.speak("de")
        assert (language.code(), tr("Cameras")) == ("en", "Cameras")
    finally:
        spoken.speak("en")


def test_an_unknown_language_of_the_computer_is_english() -> None:
    assert languages.chosen("auto") in {one.code for one in languages.TONGUES}
    assert languages.chosen("xx") == "en"
    assert languages.chosen("de") == "de"


def test_keys_are_named_as_on_the_keyboard_of_the_language(qapp: QApplication) -> None:
    spoken_now = Languages(qapp)
    try:
        assert [spoken("Ctrl+,  or  Ctrl+9"), spoken("Page up")] == [
            "Ctrl+,  or  Ctrl+9",
            "Page up",
        ]
        spoken_now.speak("de")
        assert spoken("Ctrl+,  or  Ctrl+9") == "Strg+,  oder  Strg+9"
        assert [spoken("Alt+Shift+←"), spoken("Ctrl+Home")] == ["Alt+Umschalt+←", "Strg+Pos1"]
        assert [spoken("Ctrl++  Ctrl+-"), spoken("H")] == ["Strg++  Strg+-", "H"]
        said = [key for group in groups() for _does, key in group.rows]
        assert not [key for key in said if re.search(r"Ctrl|Shift|Del|Enter|Home|Page|Space", key)]
    finally:
        spoken_now.speak("en")
