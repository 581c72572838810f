"""Where a PostgreSQL server is and how it is spoken to: from a URL, or from the settings."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from camwatch.domain import Secret
from camwatch.errors import InvalidSetting
from camwatch.history.keeping import DatabaseServer, Tls
from camwatch.logs import hide

_BACKEND = "postgresql"
_PORT = 5432

_TLS_BY_MODE = {
    "disable": Tls.OFF,
    "allow": Tls.OFF,
    "prefer": Tls.OFF,
    "require": Tls.ENCRYPT,
    "verify-ca": Tls.VERIFY,
    "verify-full": Tls.VERIFY,
}
_OPTIONS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "host"})
_HIDING_PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server and what is needed to sign in there.

    Attributes:
        host: Name, address or, with a leading "/", folder of a Unix socket.
        password: None if there is none, or libpq knows it from elsewhere.
        options: Parameters of libpq about encryption; no secrets.
    """

    host: str
    port: int
    database: str
    user: str
    password: Secret | None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The database in words for operators."""
        return f"the database {self.database} on {self.host}:{self.port}"

    @property
    def tls(self) -> Tls:
        """How the connection is protected."""
        return _TLS_BY_MODE[self.options["sslmode"]]

    def url(self) -> URL:
        """Return the address for SQLAlchemy, without the password."""
        return URL.create(
            "postgresql+psycopg",
            username=self.user or None,
            host=None if self.host.startswith("/") else self.host,
            port=None if self.host.startswith("/") else self.port,
            database=self.database,
        )

    def parameters(self) -> dict[str, str]:
        """Return what libpq is told, with the password: for the connecting itself only."""
        found = {
            "host": self.host,
            "port": str(self.port),
            "dbname": self.database,
            **self.options,
        }
        if self.user:
            found["user"] = self.user
        if self.password:
            found["password"] = self.password.reveal()
        return found


def is_server(url: str) -> bool:
    """Tell whether a database address is that of a PostgreSQL server, rightly made or not."""
    return url.partition(":")[0].partition("+")[0] in {_BACKEND, "postgres"}


def address_of_url(url: str) -> ServerAddress:
    """Read a URL such as "postgresql://camwatch:password@db.example.com/camwatch".

    Without `sslmode` the server's certificate and name are checked, unless it is this
    computer itself.

    Raises:
        InvalidSetting: It is not rightly made. It is not repeated: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _refused("must be like postgresql://user:password@host:5432/database") from None
    if parsed.drivername not in {_BACKEND, f"{_BACKEND}+psycopg"}:
        raise _refused("must begin with postgresql://")
    options: dict[str, str] = {}
    for name, value in parsed.query.items():
        if name not in _OPTIONS:
            allowed = ", ".join(sorted(_OPTIONS - {"host"}))
            raise _refused(f"has the option {name}; only these are known: {allowed}")
        if not isinstance(value, str):
            raise _refused(f"has the option {name} twice")
        options[name] = value
    host = options.pop("host", "") or parsed.host or "localhost"
    mode = options.get("sslmode", "")
    if mode and mode not in _TLS_BY_MODE:
        raise _refused(f"has an unknown sslmode; these are known: {', '.join(_TLS_BY_MODE)}")
    if not parsed.database:
        raise _refused("names no database")
    if parsed.password:
        hide(parsed.password)
    options["sslmode"] = mode or ("prefer" if _is_this_computer(host) else "verify-full")
    if _TLS_BY_MODE[options["sslmode"]] is Tls.VERIFY:
        options.setdefault("sslrootcert", trusted_here())
    return ServerAddress(
        host,
        parsed.port or _PORT,
        parsed.database,
        parsed.username or "",
        Secret(parsed.password) if parsed.password else None,
        options,
    )


def address_of_server(server: DatabaseServer, password: Secret | None) -> ServerAddress:
    """Return the address of a server of the settings."""
    if password:
        hide(password.reveal())
    match server.tls:
        case Tls.VERIFY:
            options = {
                "sslmode": "verify-full",
                "sslrootcert": server.ca_file or trusted_here(),
            }
        case Tls.ENCRYPT:
            options = {"sslmode": "require"}
        case Tls.OFF:
            options = {"sslmode": "disable"}
    return ServerAddress(server.host, server.port, server.database, server.user, password, options)


def trusted_here() -> str:
    """Return where the certificates are that this computer trusts, as libpq takes it.

    The OpenSSL that comes with psycopg may look for them elsewhere than that of the system.
    """
    known = ssl.get_default_verify_paths().cafile
    found = (one for one in (known, *_HIDING_PLACES) if one and Path(one).is_file())
    return next(found, "system")


def _is_this_computer(host: str) -> bool:
    return host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"}


def _refused(reason: str) -> InvalidSetting:
    return InvalidSetting("history.database_url", reason)
