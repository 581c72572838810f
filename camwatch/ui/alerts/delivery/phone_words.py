"""Phone numbers as they are typed."""

from __future__ import annotations

import phonenumbers
from phonenumbers import geocoder


def number_words(typed: str, region: str = "") -> tuple[str, bool]:
    """Say what a number is, as far as it is typed.

    Args:
        typed: As it stands in the field.
        region: Country of numbers without +, two letters; "" if unknown.

    Returns:
        A few words, and whether it can be called; words are empty for an empty field.
    """
    typed = typed.strip()
    if not typed:
        return "", True
    if not region and not typed.startswith("+"):
        return "Begin with + and the country, such as +49 30 123456.", False
    try:
        number = phonenumbers.parse(typed, region or None)
    except phonenumbers.NumberParseException:
        return "Not a phone number yet.", False
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country = geocoder.country_name_for_number(number, "en") or "no known country"
    if not phonenumbers.is_valid_number(number):
        return f"{shown}, {country}: there is no such number yet.", False
    return f"{shown}, {country}.", True


def in_full(typed: str, region: str = "") -> str:
    """Return a number with its country, in the form of E.164; as typed if it is none."""
    try:
        number = phonenumbers.parse(typed.strip(), region or None)
    except phonenumbers.NumberParseException:
        return typed.strip()
    if not phonenumbers.is_valid_number(number):
        return typed.strip()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """Return a stored number as people read it: "+49 30 123456"."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def code_words(region: str) -> str:
    """Say which code numbers of a country begin with; "" for one that is unknown."""
    code = phonenumbers.country_code_for_region(region.upper())
    return f"Numbers without + begin with +{code}." if code else ""
