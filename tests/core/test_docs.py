"""What the documents say of settings and commands is what the program has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from camwatch.auth.permissions import ROLE_PERMISSIONS, WHOLE_PROGRAM, Permission
from camwatch.cli import make_parser
from camwatch.config import Settings
from camwatch.domain import Role
from camwatch.ui.error_text import permission_words

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def described_settings() -> list[tuple[str, str, str]]:
    found = []
    for section, about in Settings.model_fields.items():
        model = about.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for name, field in model.model_fields.items():
            found.append((section, name, field.description or ""))
    return found


@pytest.mark.parametrize(("section", "name", "description"), described_settings())
def test_each_setting_is_documented(section: str, name: str, description: str) -> None:
    document = (ROOT / "docs" / "settings.md").read_text()
    row = next(
        (row for row in document.splitlines() if row.startswith(f"| `[{section}]` | `{name}` |")),
        "",
    )
    assert description
    assert row.endswith(f"| {description} |")
    default = getattr(getattr(Settings(), section), name)
    assert f"| {default if default != '' else '(empty)'} |" in row


def test_what_each_role_may_do_is_documented() -> None:
    document = (ROOT / "docs" / "operators.md").read_text()
    table = document.partition("| Concerns all sites |\n")[2].partition("\n\n")[0]
    rows = []
    for permission in Permission:
        words = permission_words(permission)
        marks = [permission in ROLE_PERMISSIONS[role] for role in Role]
        cells = ["yes" if mark else "" for mark in (*marks, permission in WHOLE_PROGRAM)]
        rows.append(" | ".join(["| " + words[0].upper() + words[1:], *cells]) + " |")
    written = [re.sub(r" +", " ", row) for row in table.splitlines()[1:]]
    assert written == [re.sub(r" +", " ", row) for row in rows]


def test_each_action_about_users_is_documented() -> None:
    document = (ROOT / "docs" / "operators.md").read_text()
    (commands,) = (
        one for one in make_parser()._actions if isinstance(one.choices, dict) and one.choices
    )
    assert isinstance(commands.choices, dict)
    usage = commands.choices["users"].format_help()
    actions = re.findall(r"^    ([a-z-]+) ", usage, re.MULTILINE)
    assert {"add", "list", "disable", "reset", "roles", "remove", "unlock"} <= set(actions)
    for action in actions:
        assert f"camwatch users {action}" in document or f"`{action} NAME`" in document


def test_each_command_is_in_the_readme() -> None:
    usage = make_parser().format_help()
    commands = re.findall(r"^    (\w+) ", usage, re.MULTILINE)
    assert set(commands) >= {"simulate", "count", "doctor"}
    readme = (ROOT / "README.md").read_text()
    for command in commands:
        assert f"camwatch {command}" in readme


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    broken = [link for link in links if not (document.parent / link).exists()]
    assert broken == []
