"""How long a text message is, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from camwatch.alerts.settings import SmsSettings

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")
_NO_CENTS: Final = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "UGX", "PYG"})


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How much room a text takes.

    Attributes:
        units: Characters as the network counts them.
        parts: Messages that it is sent in.
        is_unicode: It has letters outside the usual alphabet, so less goes into a part.
    """

    units: int
    parts: int
    is_unicode: bool


def size_of(text: str) -> SmsSize:
    """Return how much room a text takes.

    Source:
        3GPP TS 23.038: 160 letters of the usual alphabet or 70 others in one message, 153 or 67
        in each of several.
    """
    is_unicode = any(one not in _BASIC and one not in _EXTENDED for one in text)
    if is_unicode:
        units = len(text.encode("utf-16-be")) // 2
        whole, part = 70, 67
    else:
        units = len(text) + sum(one in _EXTENDED for one in text)
        whole, part = 160, 153
    parts = 1 if units <= whole else -(-units // part)
    return SmsSize(units, parts, is_unicode)


def size_words(text: str) -> str:
    """Say how long a text is: "62 characters, 1 part"."""
    size = size_of(text)
    count = "1 character" if size.units == 1 else f"{size.units} characters"
    parts = "1 part" if size.parts == 1 else f"{size.parts} parts"
    why = " (letters outside the usual alphabet: 70 to a part)" if size.is_unicode else ""
    return f"{count}, {parts}{why}"


def cost_words(settings: SmsSettings, parts: int, people: int = 1) -> str:
    """Say what a message costs: "EUR 0.15"; "" if that is unknown."""
    if not settings.cost_per_part or not settings.currency:
        return ""
    small = settings.cost_per_part * parts * people
    if settings.currency in _NO_CENTS:
        return f"{settings.currency} {small:,.2f}".removesuffix(".00")
    amount = f"{small / 100:,.4f}".rstrip("0")
    whole, _point, cents = amount.partition(".")
    return f"{settings.currency} {whole}.{cents:0<2}"


def bill_words(settings: SmsSettings, text: str, people: int = 1) -> str:
    """Say how long a message is and what it costs, in whole sentences."""
    size = size_of(text)
    sent = min(size.parts, settings.longest_parts)
    said = f"{size_words(text)}."
    if size.parts > sent:
        said += f" It is cut to {sent} {'part' if sent == 1 else 'parts'}."
    cost = cost_words(settings, sent, people)
    if not cost:
        return f"{said} What it costs is unknown: no cost is entered."
    whom = "each recipient" if people == 1 else f"{people} recipients together"
    return f"{said} {cost} for {whom}."
