"""Reads the wire format of protocol buffers, in which model files are written.

Only what is needed to look into a file before an inference engine gets it: fields one
after the other, without copying, and with every length checked against what is there.

Source:
    https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from camwatch.language import tr

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

_LONGEST_VARINT = 10
_LARGEST_KEY = 0xFFFF_FFFF
_LARGEST_VALUE = (1 << 64) - 1
_MOST_TEXT_BYTES = 4096


class DamagedMessage(ValueError):
    """The bytes are no protocol buffer, or not one that is wanted.

    Its text says what is wrong, to go after the file's name: "is cut off".
    """


@dataclass(slots=True)
class Budget:
    """How many fields may still be read: what is made of crumbs is not read for hours."""

    fields: int

    def spend(self) -> None:
        """Pay for one field.

        Raises:
            DamagedMessage: There are too many.
        """
        self.fields -= 1
        if self.fields < 0:
            raise DamagedMessage(tr("consists of too many parts"))


def fields(data: memoryview, budget: Budget) -> Iterator[tuple[int, int, memoryview | int]]:
    """Yield number, wire type and value of each field of a message.

    A value is an int for VARINT, else the bytes of the field, not copied.

    Raises:
        DamagedMessage: The message is cut off, or of a kind that no model file is.
    """
    at, end = 0, len(data)
    while at < end:
        budget.spend()
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        # Others cut a longer key to 32 bits, and would see another field than we do.
        if number == 0 or key > _LARGEST_KEY:
            raise DamagedMessage(tr("has a field without a proper number"))
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, wire, value
            continue
        if wire == BYTES:
            length, at = _varint(data, at)
        elif wire in (FIXED64, FIXED32):
            length = 8 if wire == FIXED64 else 4
        else:
            raise DamagedMessage(tr("is damaged or of another kind: a field is unknown"))
        if length > end - at:
            raise DamagedMessage(tr("is cut off"))
        yield number, wire, data[at : at + length]
        at += length


def varints(value: memoryview | int, most: int) -> list[int]:
    """Return the numbers of a repeated field, packed or a single one.

    Args:
        value: Of the field.
        most: So many numbers there may be.

    Raises:
        DamagedMessage: A number is cut off, or there are more.
    """
    if isinstance(value, int):
        return [value]
    numbers: list[int] = []
    at = 0
    while at < len(value):
        if len(numbers) == most:
            raise DamagedMessage(tr("has a list of more than {most} numbers", most=most))
        number, at = _varint(value, at)
        numbers.append(number)
    return numbers


def text(value: memoryview | int) -> str:
    """Return a field of text.

    Raises:
        DamagedMessage: It is none, or far longer than a name.
    """
    if isinstance(value, int):
        raise DamagedMessage(tr("has a name that is a number"))
    if len(value) > _MOST_TEXT_BYTES:
        raise DamagedMessage(tr("has a name of {count} bytes", count=len(value)))
    try:
        return str(value, "utf-8")
    except UnicodeDecodeError:
        raise DamagedMessage(tr("has a name that is not text")) from None


def message(value: memoryview | int) -> memoryview:
    """Return a field that is a message itself.

    Raises:
        DamagedMessage: It is none.
    """
    if isinstance(value, int):
        raise DamagedMessage(tr("has a part that is a number"))
    return value


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return the number that starts there, and where the next byte is."""
    result = shift = 0
    for step, byte in enumerate(data[at : at + _LONGEST_VARINT], 1):
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            # Others cut it to 64 bits, and would see another number than we do.
            if result > _LARGEST_VALUE:
                raise DamagedMessage(tr("has a number of more than 64 bits"))
            return result, at + step
        shift += 7
    raise DamagedMessage(tr("is damaged: a number is cut off"))
