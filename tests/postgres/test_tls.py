"""Only a server with a certificate that is trusted, and made out to its name, gets the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from camwatch.data.server_probe import probe
from camwatch.domain import Secret
from camwatch.errors import DatabaseRefuses
from camwatch.history.keeping import DatabaseServer, Tls
from tests.support.certificates import Authority
from tests.support.postgres import GUARDED, OWNER, PASSWORD, PostgresServer


def server(
    postgres: PostgresServer, tls: Tls, ca_file: Path | str = "", host: str = "127.0.0.1"
) -> DatabaseServer:
    return DatabaseServer(host, postgres.port, OWNER, GUARDED, tls, str(ca_file))


def test_a_certificate_that_is_trusted_is_enough(postgres: PostgresServer) -> None:
    found = probe(server(postgres, Tls.VERIFY, postgres.ca_file), Secret(PASSWORD))
    assert "is encrypted" in found
    # Whether another test has put a history there does not matter.
    assert "is empty" in found or "holds a history" in found


def test_one_of_a_stranger_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(DatabaseRefuses, match="not trusted"):
        probe(server(postgres, Tls.VERIFY), Secret(PASSWORD))


def test_one_of_another_authority_is_refused(postgres: PostgresServer, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(Authority().pem)
    with pytest.raises(DatabaseRefuses, match="not trusted"):
        probe(server(postgres, Tls.VERIFY, other), Secret(PASSWORD))


def test_one_that_is_made_out_to_another_name_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(DatabaseRefuses, match="another name"):
        probe(server(postgres, Tls.VERIFY, postgres.ca_file, "localhost"), Secret(PASSWORD))


def test_a_file_that_is_not_there_is_named(postgres: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefuses, match=r"gone\.pem"):
        probe(server(postgres, Tls.VERIFY, tmp_path / "gone.pem"), Secret(PASSWORD))


@pytest.mark.parametrize(("tls", "words"), [(Tls.ENCRYPT, "is encrypted"), (Tls.OFF, "not enc")])
def test_less_is_possible_when_it_is_asked_for(
    postgres: PostgresServer, tls: Tls, words: str
) -> None:
    assert words in probe(server(postgres, tls), Secret(PASSWORD))


def test_a_server_without_encryption_is_refused(fragile: PostgresServer) -> None:
    fragile.stop()
    fragile.start("ssl=off")
    with pytest.raises(DatabaseRefuses, match="cannot encrypt"):
        probe(server(fragile, Tls.ENCRYPT), Secret(PASSWORD))
    fragile.stop()
