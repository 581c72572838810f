"""Mail addresses: what may be one, and how it is written for a mail server."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr

from camwatch.errors import InvalidSetting
from camwatch.language import tr

LONGEST_ADDRESS = 254
LONGEST_NAME = 100
_LONGEST_LOCAL = 64
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)


def check_mail_address(typed: str, field: str = "email") -> str:
    """Check one mail address, such as "anna@example.com".

    Quoted local parts, comments, groups and addresses of computers in brackets are refused: no
    mailbox needs them, and each of them has fooled somebody's mail program.

    Returns:
        The address; its domain in lower case and in the ASCII form.

    Raises:
        InvalidSetting: It is none.

    Source:
        RFC 5321, 4.5.3.1 (lengths) and RFC 6531 (letters beyond ASCII before the @).
    """
    text = typed.strip()
    if not text:
        raise InvalidSetting(field, tr("is needed"))
    if not text.isprintable():
        raise InvalidSetting(field, tr("may have no line breaks or invisible characters"))
    local, sign, domain = text.rpartition("@")
    if not sign or "@" in local:
        raise InvalidSetting(field, tr("needs exactly one @, such as anna@example.com"))
    if not _LOCAL.fullmatch(local) or len(local.encode()) > _LONGEST_LOCAL:
        raise InvalidSetting(field, tr("cannot be written like this before the @"))
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    labels = ascii_domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise InvalidSetting(field, tr("has no domain behind the @, such as anna@example.com"))
    whole = f"{local}@{ascii_domain}"
    if len(whole.encode()) > LONGEST_ADDRESS:
        raise InvalidSetting(
            field,
            tr("may have {longest_address} characters at most", longest_address=LONGEST_ADDRESS),
        )
    return whole


def check_sender(typed: str, field: str = "sender") -> Address:
    """Check whom mails are from: an address, or a name and an address in angle brackets.

    Raises:
        InvalidSetting: It is none.
    """
    text = typed.strip()
    if not text.isprintable():
        raise InvalidSetting(field, tr("may have no line breaks or invisible characters"))
    name, address = "", text
    if text.endswith(">"):
        shown, _, inner = text.rpartition("<")
        name, address = _unquoted(shown.strip()), inner.removesuffix(">")
    if "<" in name or ">" in name:
        raise InvalidSetting(field, tr("may name only one address"))
    if len(name) > LONGEST_NAME:
        raise InvalidSetting(
            field,
            tr("may have a name of {longest_name} characters at most", longest_name=LONGEST_NAME),
        )
    whole = check_mail_address(address, field)
    if not whole.isascii():
        raise InvalidSetting(
            field,
            tr(
                "must have plain letters before the @; not every server of a recipient takes others"
            ),
        )
    try:
        return Address(name, addr_spec=whole)
    except (ValueError, MessageError) as error:
        raise InvalidSetting(field, tr("cannot be written like this")) from error


def _unquoted(name: str) -> str:
    """Return a display name without the quotes that it may stand in."""
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        return parseaddr(f"{name} <a@b.example>")[0]
    return name
