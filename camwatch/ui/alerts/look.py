"""How severities look: the one place that says by which shape, word and colour they are known."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.alerts.rules import Severity
from camwatch.language import tr
from camwatch.ui import theme


@dataclass(frozen=True, slots=True)
class Look:
    """How something is told apart: by shape, by word, and by colour.

    Attributes:
        icon: File name without ".svg".
        word: What it is called.
        color: "#rrggbb".
    """

    icon: str
    word: str
    color: str


def severity_look(severity: Severity) -> Look:
    """Return how a severity looks everywhere: list, popup, rules, badge, sheet."""
    tokens = theme.current()
    return {
        Severity.CRITICAL: Look("siren", tr("Critical"), tokens.critical),
        Severity.WARNING: Look("triangle-alert", tr("Warning"), tokens.warning),
        Severity.INFORMATION: Look("info", tr("Information"), tokens.accent),
    }[severity]
