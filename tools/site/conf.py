"""How Sphinx makes a site of docs/*.md; scripts/docs runs it.

The chapters are plain Markdown, because the program's own help shows them as they are. So what only
a site needs, the navigation, is in nav.toml and put in here, while the chapters are read.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GUIDES = tomllib.loads((HERE / "nav.toml").read_text(encoding="utf-8"))["guide"]

project = "CamWatch"
author = "The CamWatch authors"
copyright = author  # noqa: A001 - Sphinx wants this name
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_parser"]
root_doc = "index"
nitpicky = True
# Links such as (cameras.md#signing-in), as the program's help understands them too.
myst_heading_anchors = 4

html_theme = "pydata_sphinx_theme"
html_title = f"CamWatch {release}"
html_logo = "../../resources/icons/app.svg"
html_favicon = html_logo
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "logo": {"text": "CamWatch"},
    "navbar_align": "left",
    "show_nav_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars: dict[str, list[str]] = {"index": []}


def _toctree(documents: list[str], caption: str = "") -> str:
    lines = ["```{toctree}", ":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["", *lines, "", *documents, "```", ""])


def add_navigation(_app: object, name: str, source: list[str]) -> None:
    """Add what stands below a page in the navigation to its text."""
    if name == root_doc:
        source[0] += _toctree([guide["page"] for guide in GUIDES])
    for guide in GUIDES:
        if name == guide["page"]:
            for part in guide["part"]:
                source[0] += _toctree(part["chapters"], part["title"])


def setup(app: Any) -> None:
    """Tell Sphinx what to call."""
    app.connect("source-read", add_navigation)
