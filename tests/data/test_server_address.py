"""Which server an address leads to, and how the way there is protected."""

from __future__ import annotations

import logging
import socket

import pytest

from camwatch.data.server_address import address_of_server, address_of_url, is_server, trusted_here
from camwatch.data.server_probe import probe
from camwatch.domain import Secret
from camwatch.errors import DatabaseAway, InvalidSetting
from camwatch.history.keeping import DatabaseServer, Tls
from camwatch.logs import scrub

WORD = "hunter2hunter2"


def test_all_parts_of_an_address_are_read() -> None:
    address = address_of_url(f"postgresql+psycopg://ada:{WORD}@db.example.com:5433/counts")
    assert (address.host, address.port, address.database, address.user) == (
        "db.example.com",
        5433,
        "counts",
        "ada",
    )
    assert address.parameters()["password"] == WORD
    assert address.place == "the database counts on db.example.com:5433"


def test_a_password_is_nowhere_but_where_it_is_used() -> None:
    address = address_of_url(f"postgresql://ada:{WORD}@db.example.com/counts")
    assert WORD not in f"{address!r} {address.url()} {address.place}"
    assert WORD not in scrub(f"connecting with {WORD}")


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        ("db.example.com", "verify-full"),
        ("192.0.2.7", "verify-full"),
        ("localhost", "prefer"),
        ("127.0.0.1", "prefer"),
        ("[::1]", "prefer"),
    ],
)
def test_a_server_elsewhere_must_show_who_it_is(host: str, mode: str) -> None:
    options = address_of_url(f"postgresql://ada@{host}/counts").options
    assert options["sslmode"] == mode
    assert options.get("sslrootcert") == (trusted_here() if mode == "verify-full" else None)


def test_a_socket_is_on_this_computer() -> None:
    address = address_of_url("postgresql://ada@/counts?host=/run/postgresql")
    assert (address.host, address.options["sslmode"]) == ("/run/postgresql", "prefer")


def test_who_says_otherwise_gets_it() -> None:
    address = address_of_url("postgresql://ada@db.example.com/counts?sslmode=disable")
    assert (address.tls, dict(address.options)) == (Tls.OFF, {"sslmode": "disable"})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"postgresql+asyncpg://ada:{WORD}@db/counts", "begin with"),
        (f"postgres://ada:{WORD}@db/counts", "begin with"),
        (f"postgresql://ada:{WORD}@db", "names no database"),
        (f"postgresql://ada:{WORD}@db:many/counts", "must be like"),
        (f"postgresql://ada:{WORD}@db/counts?sslmode=always", "unknown sslmode"),
        (f"postgresql://ada:{WORD}@db/counts?options=-cx", "option options"),
    ],
)
def test_what_is_not_rightly_made_is_refused_without_repeating_it(url: str, reason: str) -> None:
    assert is_server(url)
    with pytest.raises(InvalidSetting, match=reason) as caught:
        address_of_url(url)
    assert WORD not in str(caught.value)


@pytest.mark.parametrize(
    ("tls", "ca_file", "options"),
    [
        (Tls.VERIFY, "", {"sslmode": "verify-full", "sslrootcert": trusted_here()}),
        (Tls.VERIFY, "/etc/own.pem", {"sslmode": "verify-full", "sslrootcert": "/etc/own.pem"}),
        (Tls.ENCRYPT, "", {"sslmode": "require"}),
        (Tls.OFF, "", {"sslmode": "disable"}),
    ],
)
def test_the_settings_say_how_the_way_is_protected(
    tls: Tls, ca_file: str, options: dict[str, str]
) -> None:
    server = DatabaseServer("db.example.com", tls=tls, ca_file=ca_file)
    address = address_of_server(server, Secret(WORD))
    assert (dict(address.options), address.tls) == (options, tls)
    logging.getLogger("camwatch").debug("%r", address)


def test_a_trial_of_a_server_promises_no_further_one() -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        server = DatabaseServer(host="127.0.0.1", port=taken.getsockname()[1])
        with pytest.raises(DatabaseAway, match="connection was refused") as told:
            probe(server, None)
    assert str(told.value).endswith("no firewall is in between.")
