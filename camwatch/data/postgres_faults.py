"""Turns what a PostgreSQL server reports into errors an operator can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from camwatch.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseRefuses,
    DatabaseSlow,
    DiskFull,
    StorageError,
)
from camwatch.language import marked, tr

Maker = Callable[[str, str], StorageError]
"""Makes an error of a place and of what the server said."""


class Unanswered(psycopg.OperationalError):
    """A server that has the question says nothing, not even that it takes too long."""


def _away(happened: str, remedy: tuple[str, ...] | str) -> Maker:
    return lambda place, said: DatabaseAway(
        tr(happened).format(place=place, said=said), _whole(remedy)
    )


def _refuses(happened: str, remedy: tuple[str, ...] | str) -> Maker:
    return lambda place, said: DatabaseRefuses(
        tr(happened).format(place=place, said=said), _whole(remedy)
    )


def _whole(remedy: tuple[str, ...] | str) -> str:
    """Return what to do, sentence by sentence, in the language in use."""
    sentences = (remedy,) if isinstance(remedy, str) else remedy
    return " ".join(tr(one) for one in sentences)


def _plain(kind: type[StorageError], words: str) -> Maker:
    return lambda place, said: kind(tr(words).format(place=place, said=said))


BY_ITSELF = marked("CamWatch tries again by itself.")
"""Ends what is told of a server that is away for a while."""

_START_IT = (
    marked("See that the server runs and can be reached from this computer."),
    BY_ITSELF,
)

_LOST = _away(marked("The connection to {place} was lost ({said})."), _START_IT)
_CONNECTED_NO_MORE = _away(marked("{place} ended the connection ({said})."), _START_IT)
_GOES_DOWN = _away(
    marked("The server of {place} is just starting or stopping ({said})."), BY_ITSELF
)
_FULL_HOUSE = _away(
    marked("The server of {place} has no connection left for CamWatch ({said})."),
    (
        marked("End other programs that use it, or allow more connections with max_connections."),
        BY_ITSELF,
    ),
)
_PASSWORD = _refuses(
    marked("The server of {place} does not accept user name and password ({said})."),
    marked("Enter the password that is right now: in the settings, or in CAMWATCH_DATABASE_URL."),
)
_NO_WAY_IN = _refuses(
    marked("The server of {place} lets nobody in from this computer in this way ({said})."),
    marked("Ask the server's administrator for a line in pg_hba.conf that allows it."),
)
_NO_SUCH = _refuses(
    marked("{place} cannot be opened: the server does not know it, or not the user ({said})."),
    marked("Check the names, or have database and user made as docs/postgresql.md says."),
)
_RIGHTS = _refuses(
    marked("The user of {place} may not do this ({said})."),
    marked(
        "Make the user the owner of the database and of all its tables, as docs/postgresql.md says."
    ),
)
_NOT_TRUSTED = _refuses(
    marked("The certificate of the server of {place} is not trusted here ({said})."),
    marked(
        "Name the file with the certificate of the authority that signed it, or ask your "
        "administrator whether this is the right server."
    ),
)
_WRONG_NAME = _refuses(
    marked("The certificate of the server of {place} is made out to another name ({said})."),
    marked(
        "Use the name that stands in the certificate, or ask your administrator whether this is "
        "the right server."
    ),
)
_NO_TLS = _refuses(
    marked("The server of {place} cannot encrypt the connection ({said})."),
    marked(
        "Have encryption switched on there (ssl = on). Only in a network of your own may it be "
        "switched off here."
    ),
)
_CA_FILE = _refuses(
    marked("The file with the certificates to trust cannot be used ({said})."),
    marked("Check its name, and that your account may read it."),
)
_UNKNOWN_HOST = _away(
    marked("Nobody knows the name of the computer that holds {place} ({said})."),
    (marked("Check the name, and this computer's network."), BY_ITSELF),
)
_REFUSED = _away(
    marked("No PostgreSQL server answers for {place}: the connection was refused."),
    (
        marked(
            "See that the server runs, listens on this address and port, and that no firewall is "
            "in between."
        ),
        BY_ITSELF,
    ),
)
_SILENT = _away(marked("The server of {place} does not answer."), _START_IT)
_SLOW = _plain(
    DatabaseSlow,
    marked(
        "{place} did not do what it was asked in time ({said}). Try again, or ask for a shorter time."
    ),
)
_LOCKED = _plain(
    DatabaseBusy,
    marked(
        "Another program holds {place} ({said}). Wait until it is done, or end its transaction."
    ),
)
_CROSSED = _plain(
    DatabaseBusy, marked("Two programs got in each other's way in {place} ({said}). Try again.")
)
_ONLY_READ = _plain(
    DatabaseReadOnly,
    marked(
        "{place} may only be read ({said}). It may be a standby: use the address of the server that "
        "may be written, or have it promoted."
    ),
)
_FULL = _plain(
    DiskFull,
    marked("There is no room left on the disk of the server of {place} ({said}). Make room there."),
)
_DISK = _plain(
    StorageError,
    marked("The server of {place} reports an error of its disk ({said}). Ask its administrator."),
)
_DAMAGED = _plain(
    DatabaseDamaged,
    marked("{place} is damaged ({said}). Ask the server's administrator to restore a copy."),
)
_MEMORY = _away(marked("The server of {place} has no memory left ({said})."), BY_ITSELF)

# By the code, of which the first two characters are its class.
_BY_STATE: dict[str, Maker] = {
    "08": _LOST,
    "25006": _ONLY_READ,
    "25P03": _CONNECTED_NO_MORE,
    "28000": _NO_WAY_IN,
    "28P01": _PASSWORD,
    "3D000": _NO_SUCH,
    "40001": _CROSSED,
    "40P01": _CROSSED,
    "42501": _RIGHTS,
    "53100": _FULL,
    "53200": _MEMORY,
    "53300": _FULL_HOUSE,
    "53400": _FULL_HOUSE,
    "55P03": _LOCKED,
    "57014": _SLOW,
    "57P01": _CONNECTED_NO_MORE,
    "57P02": _CONNECTED_NO_MORE,
    "57P03": _GOES_DOWN,
    "57P05": _CONNECTED_NO_MORE,
    "58": _DISK,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}

# A server that refuses a connection tells its code, but libpq does not pass it on. These are
# the words of libpq, and of a server that speaks English; with any other words the kind is
# "away", and what the server said stands in the message.
_BY_WORDS: tuple[tuple[str, Maker], ...] = (
    ("password authentication failed", _PASSWORD),
    ("no password supplied", _PASSWORD),
    ("authentication failed", _PASSWORD),
    ("no pg_hba.conf entry", _NO_WAY_IN),
    ("pg_hba.conf rejects", _NO_WAY_IN),
    ("too many clients", _FULL_HOUSE),
    ("too many connections", _FULL_HOUSE),
    ("remaining connection slots", _FULL_HOUSE),
    ("database system is", _GOES_DOWN),
    ("does not match host name", _WRONG_NAME),
    ("certificate verify failed", _NOT_TRUSTED),
    ("root certificate file", _CA_FILE),
    ("certificate file", _CA_FILE),
    ("does not support ssl", _NO_TLS),
    ("permission denied for database", _RIGHTS),
    ("is not permitted to log in", _NO_WAY_IN),
    ("is not currently accepting connections", _NO_WAY_IN),
    ("could not translate host name", _UNKNOWN_HOST),
    ("name or service not known", _UNKNOWN_HOST),
    ("name resolution", _UNKNOWN_HOST),
    ("failed to resolve host", _UNKNOWN_HOST),
    ("no address associated", _UNKNOWN_HOST),
    ("connection refused", _REFUSED),
    ("no such file or directory", _REFUSED),
    ("timeout expired", _SILENT),
    ("timed out", _SILENT),
    ("does not exist", _NO_SUCH),
)


def busy(place: str, said: str) -> DatabaseBusy:
    """Return the error for a database that somebody else holds, with what to do about it."""
    return DatabaseBusy(
        tr(
            "{capital} is in use ({said}). Wait until it is done.",
            capital=_capital(place),
            said=said,
        )
    )


@contextmanager
def server_errors(place: str) -> Iterator[None]:
    """Turn trouble with a server into StorageError; let programming errors pass.

    Args:
        place: The database, named in the message.

    Raises:
        StorageError: Or one of its kinds, by what the server or libpq reported.
    """
    try:
        yield
    except NoConnectionLeft as error:
        raise busy(place, tr("all connections of this CamWatch are at work")) from error
    except (DBAPIError, psycopg.Error) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        found = translated(place, origin)
        if found is None:
            raise
        # Not from the error itself: what is connected with is part of its traceback's frames.
        raise found from origin


def translated(place: str, origin: BaseException | None) -> StorageError | None:
    """Return the error for what psycopg raised; None if it is a programming error."""
    if isinstance(origin, Unanswered):
        return _SILENT(place, "")
    if not isinstance(origin, psycopg.Error):
        return None
    said = _said(origin)
    state = origin.sqlstate
    if state:
        maker = _BY_STATE.get(state) or _BY_STATE.get(state[:2])
        return None if maker is None else maker(_named(maker, place), said)
    if not isinstance(origin, psycopg.OperationalError):
        return None
    lowered = said.lower()
    for words, maker in _BY_WORDS:
        if words in lowered:
            return maker(_named(maker, place), said)
    return _LOST(place, said)


def _named(maker: Maker, place: str) -> str:
    return _capital(place) if maker in _PLACE_FIRST else place


_PLACE_FIRST = frozenset({_CONNECTED_NO_MORE, _NO_SUCH, _SLOW, _ONLY_READ, _DAMAGED})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(error: psycopg.Error) -> str:
    """Return in one line what was reported, without what libpq puts before it."""
    text = error.diag.message_primary or str(error)
    first = text.strip().splitlines()[0] if text.strip() else tr("no reason was given")
    for prefix in ("FATAL:", "ERROR:"):
        _, found, rest = first.rpartition(prefix)
        first = rest if found else first
    return first.strip()
