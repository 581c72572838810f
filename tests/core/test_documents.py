"""Each link in the documents leads somewhere, and somebody is led to each chapter and picture.

Strict where Sphinx is (scripts/docs) and where the program's own help is, which shows the same files.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from camwatch.ui.help.chapters import slug
from camwatch.ui.help.topics import CHAPTERS, TOPICS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CHAPTER_FILES = sorted(DOCS.glob("*.md"))
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in CHAPTER_FILES}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
MOST_PICTURE_BYTES = 120_000
MOST_PICTURES = 25


def prose(text: str) -> str:
    """Return a text without its code, in which brackets mean something else."""
    fences = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "", fences)


def headings(text: str) -> list[str]:
    """Return how links name the headings of a text."""
    fences = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#{1,6} +(.+)$", fences, flags=re.MULTILINE)
    return [slug(re.sub(r"[*`]", "", one)) for one in found]


def navigation() -> list[str]:
    """Return all chapters in the order of the site's navigation."""
    nav = tomllib.loads((ROOT / "tools" / "site" / "nav.toml").read_text(encoding="utf-8"))
    names = ["index"]
    for guide in nav["guide"]:
        names.append(guide["page"])
        names += [name for part in guide["part"] for name in part["chapters"]]
    return names


def wrong_links(text: str, folder: Path, own: str) -> list[str]:
    """Return the links of a text that lead nowhere; `own` is how it is called itself."""
    wrong = []
    for _, _, target in LINK.findall(prose(text)):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = folder / path if path else folder / own
        if not file.exists() or (
            anchor and anchor not in headings(file.read_text(encoding="utf-8"))
        ):
            wrong.append(target)
    return wrong


@pytest.mark.parametrize("name", TEXTS)
def test_each_link_of_a_chapter_leads_somewhere(name: str) -> None:
    assert wrong_links(TEXTS[name], DOCS, f"{name}.md") == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_each_link_of_the_other_documents_leads_somewhere(name: str) -> None:
    assert wrong_links((ROOT / name).read_text(encoding="utf-8"), ROOT, name) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    text = "# A\n\n[x](gone.md) [y](charts.md#gone) [z](#gone) [a](#a-b)\n\n## A b\n"
    assert wrong_links(text, DOCS, "charts.md") == ["gone.md", "charts.md#gone", "#gone", "#a-b"]
    assert wrong_links("[y](charts.md) `[x](gone.md)`", DOCS, "charts.md") == []


def test_chapters_lead_only_where_the_help_and_the_site_can_follow() -> None:
    for name, text in TEXTS.items():
        for mark, _, target in LINK.findall(prose(text)):
            inside = re.fullmatch(r"(images/[\w-]+\.png)|([\w-]+\.md)?(#[\w-]+)?", target)
            assert inside or target.startswith("https://"), (name, target)
            assert not (mark and inside and not inside[1]), (name, target)


def test_no_two_headings_of_a_chapter_have_one_name() -> None:
    for name, text in TEXTS.items():
        found = headings(text)
        assert len(found) == len(set(found)), name
        assert text.startswith("# "), name


def test_each_chapter_is_in_the_navigation_and_in_the_help_in_the_same_order() -> None:
    assert sorted(navigation()) == sorted(TEXTS)
    assert list(CHAPTERS) == navigation()
    assert {topic.chapter for topic in TOPICS.values()} <= set(TEXTS)


def test_each_chapter_is_led_to_from_its_guide() -> None:
    nav = tomllib.loads((ROOT / "tools" / "site" / "nav.toml").read_text(encoding="utf-8"))
    for guide in nav["guide"]:
        linked = {target.partition("#")[0] for _, _, target in LINK.findall(TEXTS[guide["page"]])}
        for part in guide["part"]:
            missing = [one for one in part["chapters"] if f"{one}.md" not in linked]
            assert missing == [], guide["page"]


def test_the_pictures_are_small_used_and_described() -> None:
    used = set()
    for name, text in TEXTS.items():
        for mark, words, target in LINK.findall(prose(text)):
            if mark:
                assert len(words) > 20, (name, target)
                used.add(target)
    pictures = sorted((DOCS / "images").iterdir())
    assert sorted(used) == [f"images/{file.name}" for file in pictures]
    assert len(pictures) <= MOST_PICTURES
    for file in pictures:
        assert file.stat().st_size <= MOST_PICTURE_BYTES, file.name
