"""Phone numbers as they are typed."""

from __future__ import annotations

import phonenumbers
from PySide6.QtCore import QLocale

from camwatch.alerts.phone import check_phone
from camwatch.errors import InvalidSetting
from camwatch.language import tr


def number_words(typed: str, region: str = "") -> str:
    """Say what a number is, as far as it is typed: "+49 30 123456, Germany."; "" for none.

    Args:
        typed: As it stands in the field.
        region: Country of numbers without +, two letters; "" if unknown.
    """
    if not typed.strip():
        return ""
    try:
        number = check_phone(typed, region)
    except InvalidSetting as error:
        return tr("The number {reason}.", reason=error.reason)
    country = _country(number)
    return f"{shown(number)}, {country}." if country else f"{shown(number)}."


def _country(number: str) -> str:
    """Name the country of a number in the form of E.164; "" if it is of none.

    Qt knows the names: phonenumbers has them with those of all towns, which take 150 MB.
    """
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    # "001" stands for numbers of no country, such as free phone ones.
    return QLocale.territoryToString(QLocale.codeToTerritory(region)) if region.isalpha() else ""


def in_full(typed: str, region: str = "") -> str:
    """Return a number with its country, in the form of E.164; as typed if it is none."""
    try:
        return check_phone(typed, region)
    except InvalidSetting:
        return typed.strip()


def shown(number: str) -> str:
    """Return a stored number as people read it: "+49 30 123456"."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def code_words(region: str) -> str:
    """Say which code numbers of a country begin with; "" for one that is unknown."""
    code = phonenumbers.country_code_for_region(region.upper())
    return tr("Numbers without + begin with +{code}.", code=code) if code else ""
