"""Phone numbers, and what fits into a text message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from camwatch.errors import InvalidSetting
from camwatch.language import tr

LONGEST_NUMBER = 40
_EXAMPLE = "+49 30 123456"

# Positions 0x00 to 0x7F of the default alphabet in their order; 0x1B is the escape.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
# Signs of good typography, and what says the same for a third of the price.
_SIMPLE = str.maketrans(
    {
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("\u2018\u2019\u201a", "'"),
        **dict.fromkeys("\u2013\u2014\u2212\u2022", "-"),
        **dict.fromkeys("\u00a0\u202f\t", " "),
        "…": "...",
        "\u00d7": "x",
    }
)
# Joins and variants belong to the sign before them.
_JOINS = "\u200d"
_CLINGS = frozenset({_JOINS, "\u200c", "\ufe0e", "\ufe0f"})


def check_phone(typed: str, region: str = "", field: str = "phone") -> str:
    """Check a phone number that somebody has entered.

    Args:
        typed: Such as "+49 30 123456", or "030 123456" with a region.
        region: Country of a number without +, two letters; "" if unknown.
        field: Its name in an error.

    Returns:
        The number in the form of E.164, such as "+4930123456".

    Raises:
        InvalidSetting: It cannot be one.
    """
    text = typed.strip()
    if not text:
        raise InvalidSetting(field, tr("is needed"))
    if len(text) > LONGEST_NUMBER or not text.isprintable():
        raise InvalidSetting(field, tr("is no phone number, such as {example}", example=_EXAMPLE))
    country = region.strip().upper()
    if country and country not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidSetting("region", tr("is no country in two letters, such as DE"))
    if not country and not text.startswith("+"):
        raise InvalidSetting(
            field, tr("must begin with + and the country, such as {example}", example=_EXAMPLE)
        )
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as error:
        raise InvalidSetting(
            field, tr("is no phone number, such as {example}", example=_EXAMPLE)
        ) from error
    if number.extension:
        raise InvalidSetting(field, tr("may have no extension; text messages cannot reach one"))
    if not phonenumbers.is_valid_number(number):
        raise InvalidSetting(field, tr("is no number that could be called; count its digits"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Alphabet(StrEnum):
    """How the signs of a text message are counted."""

    GSM_7 = "gsm_7"
    UCS_2 = "ucs_2"


@dataclass(frozen=True, slots=True)
class TextSize:
    """How much room a text takes as a text message.

    Attributes:
        units: Septets of GSM-7, where a sign of the extension table takes two, or 16-bit units
            of UCS-2, where a sign beyond the basic plane takes two.
        parts: Messages that it is sent in; each one is paid.
        room: Units that a single part has at this number of parts.
    """

    alphabet: Alphabet
    units: int
    parts: int
    room: int


_ROOM = {Alphabet.GSM_7: (160, 153), Alphabet.UCS_2: (70, 67)}


def size_of(text: str) -> TextSize:
    """Return how much room a text takes.

    Source:
        3GPP TS 23.038, 6.2.1 (default alphabet and its extension table) and 6.2.3 (UCS-2);
        3GPP TS 23.040, 9.2.3.24.1: of the 140 octets of a part the heads of concatenated ones
        take 6, which leaves 153 septets or 67 units. An escape and its sign, or the two halves
        of a surrogate pair, are never parted.
    """
    alphabet = alphabet_of(text)
    single, several = _ROOM[alphabet]
    costs = [_cost(one, alphabet) for one in text]
    units = sum(costs)
    if units <= single:
        return TextSize(alphabet, units, 1, single)
    return TextSize(alphabet, units, sum(1 for _ in _parts(costs, several)), several)


def alphabet_of(text: str) -> Alphabet:
    """Return what the signs of a text are counted in: one outside of GSM-7 changes them all."""
    is_gsm = all(one in _BASIC or one in _EXTENDED for one in text)
    return Alphabet.GSM_7 if is_gsm else Alphabet.UCS_2


def written_simply(text: str) -> str:
    """Return a text with plain quotes, dashes and blanks, if all of it fits into GSM-7 then.

    A single curly quote would leave room for 70 signs in a part instead of 160.
    """
    simple = text.translate(_SIMPLE)
    return simple if alphabet_of(simple) is Alphabet.GSM_7 else text


def cut_to(text: str, parts: int) -> str:
    """Return a text that is sent in no more than so many parts; its end shows that it was cut.

    Args:
        text: As it would be sent.
        parts: 1 at least.
    """
    if size_of(text).parts <= parts:
        return text
    alphabet = alphabet_of(text)
    single, several = _ROOM[alphabet]
    room = single if parts == 1 else several
    mark = "..." if alphabet is Alphabet.GSM_7 else "…"
    # What is cut off may be the only sign of a larger alphabet; then more would fit, but a
    # text that changes its alphabet where it is cut is hard to foresee.
    costs = [_cost(one, alphabet) for one in text]
    ends = list(_parts(costs, room))
    end = ends[parts - 1]
    last = end - (ends[parts - 2] if parts > 1 else 0)
    spare = room - sum(costs[end - last : end])
    while end and spare < len(mark):
        end -= 1
        spare += costs[end]
    while end and (text[end] in _CLINGS or text[end - 1] == _JOINS):
        end -= 1
    return text[:end].rstrip() + mark


def cost_of(parts: int, numbers: int, cost_per_part: float) -> float:
    """Return what a text costs, in the unit of a part's cost."""
    return parts * numbers * cost_per_part


def _cost(sign: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM_7:
        return 2 if sign in _EXTENDED else 1
    return 2 if ord(sign) > 0xFFFF else 1


def _parts(costs: Iterable[int], room: int) -> Iterator[int]:
    """Yield the end of each part, as an index of signs."""
    used, end = 0, 0
    for end, cost in enumerate(costs):
        if used + cost > room:
            yield end
            used = 0
        used += cost
    yield end + 1
