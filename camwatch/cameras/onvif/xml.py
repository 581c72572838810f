"""Reads the XML that devices send.

Names are taken without their prefixes and namespaces: devices use every prefix, and some
use one that they never declare, which a stricter reader refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import defusedxml.sax
from defusedxml import DefusedXmlException

from camwatch.domain import Reason
from camwatch.errors import CameraError
from camwatch.language import tr

MOST_ELEMENTS = 20_000
"""A recorder with 64 channels sends about 10,000."""

DEEPEST = 64
LONGEST_TEXT = 128


class Node:
    """One element.

    Attributes:
        name: Without its prefix.
        attributes: By name without prefix.
        children: In order.
        text: The characters directly inside it, trimmed.
    """

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node] = []
        self.text = ""

    def first(self, *path: str) -> Node | None:
        """Return the first element on this way down, None if there is none."""
        if not path:
            return self
        for child in self.children:
            if child.name == path[0] and (found := child.first(*path[1:])) is not None:
                return found
        return None

    def text_at(self, *path: str) -> str:
        """Return the text of the first element on this way down, "" if there is none."""
        found = self.first(*path)
        return "" if found is None else found.text

    def words_at(self, *path: str) -> str:
        """Return such a text to be shown: one short line, printable."""
        return one_line(self.text_at(*path))

    def number_at(self, *path: str) -> int:
        """Return such a text as a whole number, 0 if it is none."""
        text = self.text_at(*path)[:12]
        return int(text) if text.isascii() and text.isdigit() else 0

    def all(self, name: str) -> Iterator[Node]:
        """Yield each element of this name, however deep."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)


def one_line(text: str) -> str:
    """Return a device's text as a short line without anything unprintable."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_TEXT])
    return " ".join(printable.split())[:LONGEST_TEXT]


class _Builder(ContentHandler):
    """Builds the tree; ends at the bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]
        self._texts: list[list[str]] = [[]]
        self._elements = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the parser's name
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._open) > DEEPEST:
            raise SAXException("too many elements")
        node = Node(_local(name), {_local(key): value for key, value in attrs.items()})
        self._open[-1].children.append(node)
        self._open.append(node)
        self._texts.append([])

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def characters(self, content: str) -> None:
        self._texts[-1].append(content)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def parse_xml(data: bytes) -> Node:
    """Read a document.

    Args:
        data: No longer than the cap on a device's answers.

    Returns:
        A node without a name that holds the document's element.

    Raises:
        CameraError: PROTOCOL; it is no XML, or has a document type, entities, or too many
            elements.
    """
    builder = _Builder()
    try:
        defusedxml.sax.parseString(data, builder, forbid_dtd=True)
    except DefusedXmlException:
        raise CameraError(Reason.PROTOCOL, tr("its answer defines entities")) from None
    except (SAXException, ValueError, LookupError):  # of the encoding too
        raise CameraError(Reason.PROTOCOL, tr("its answer is not XML that can be read")) from None
    return builder.root
