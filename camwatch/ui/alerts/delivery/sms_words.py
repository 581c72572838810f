"""How long a text message is, and what it costs, in words."""

from __future__ import annotations

from typing import Final

from camwatch import language
from camwatch.alerts.phone import Alphabet, cost_of, size_of, written_simply
from camwatch.alerts.settings import SmsSettings
from camwatch.language import tr

_NO_CENTS: Final = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "UGX", "PYG"})


def size_words(text: str) -> str:
    """Say how long a text is: "62 characters, 1 part"."""
    size = size_of(text)
    count = tr("1 character") if size.units == 1 else tr("{units} characters", units=size.units)
    parts = tr("1 part") if size.parts == 1 else tr("{parts} parts", parts=size.parts)
    is_gsm = size.alphabet is Alphabet.GSM_7
    why = "" if is_gsm else tr(" (letters outside the usual alphabet, so less goes into a part)")
    return f"{count}, {parts}{why}"


def cost_words(settings: SmsSettings, parts: int, people: int = 1) -> str:
    """Say what a message costs: "EUR 0.15"; "" if that is unknown."""
    if not settings.cost_per_part or not settings.currency:
        return ""
    small = cost_of(parts, people, settings.cost_per_part)
    if settings.currency in _NO_CENTS:
        is_whole = float(small).is_integer()
        return f"{settings.currency} {language.number(small, ',.0f' if is_whole else ',.2f')}"
    cents = f"{small / 100:.4f}".rstrip("0").partition(".")[2]
    decimals = max(len(cents), 2)
    return f"{settings.currency} {language.number(small / 100, f',.{decimals}f')}"


def bill_words(settings: SmsSettings, text: str, people: int = 1) -> str:
    """Say how long a message is and what it costs, in whole sentences."""
    text = written_simply(text)  # as it is sent
    parts = size_of(text).parts
    sent = min(parts, settings.longest_parts)
    said = f"{size_words(text)}."
    if parts > sent:
        said += (
            tr(" It is cut to 1 part.")
            if sent == 1
            else tr(" It is cut to {sent} parts.", sent=sent)
        )
    cost = cost_words(settings, sent, people)
    if not cost:
        return tr(
            "{said} What it costs is unknown, because no cost or currency is entered.", said=said
        )
    whom = (
        tr("each recipient") if people == 1 else tr("{people} recipients together", people=people)
    )
    return tr("{said} {cost} for {whom}.", said=said, cost=cost, whom=whom)
