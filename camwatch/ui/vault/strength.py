"""Judges a passphrase while it is typed."""

from __future__ import annotations

from camwatch.auth.passphrase import SHORTEST, check_new_passphrase
from camwatch.domain import Secret
from camwatch.ui.strength import StrengthMeter, strength

_BETTER_BY = 5


def passphrase_strength(passphrase: str) -> tuple[int, str]:
    """Judge a new passphrase: 0 (nothing typed) to 4, and the words for it."""
    return strength(
        passphrase, SHORTEST, _BETTER_BY, lambda text: check_new_passphrase(Secret(text))
    )


class PassphraseStrength(StrengthMeter):
    """Shows how good a passphrase is."""

    def judge(self, passphrase: str) -> None:
        """Show what is thought of what is typed by now."""
        self.show_strength(*passphrase_strength(passphrase))
