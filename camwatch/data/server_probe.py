"""Signs in to a PostgreSQL server only to see what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from camwatch.data.postgres_connections import make_engine
from camwatch.data.postgres_faults import BY_ITSELF, server_errors
from camwatch.data.postgres_upgrade import present_schema
from camwatch.data.server_address import address_of_server
from camwatch.domain import Secret
from camwatch.errors import DatabaseAway, DatabaseReadOnly, DatabaseRefuses
from camwatch.history.keeping import DatabaseServer
from camwatch.language import tr

_FACTS = text(
    "SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS is_standby, "
    "current_setting('transaction_read_only') = 'on' AS is_read_only, "
    "has_schema_privilege(current_schema(), 'CREATE') AS may_create, "
    "has_database_privilege(current_database(), 'TEMPORARY') AS may_have_temporary, "
    "coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS is_encrypted"
)


def probe(server: DatabaseServer, password: Secret | None) -> str:
    """Look at a server; nothing is changed there.

    Returns:
        What was found, in sentences for operators.

    Raises:
        StorageError: It cannot be reached or refuses, or cannot hold a history.
    """
    address = address_of_server(server, password)
    engine = make_engine(address)
    try:
        with (
            _asked_once(),
            server_errors(address.place),
            engine.connect() as connection,
        ):
            schema = present_schema(connection, address)
            facts = connection.execute(_FACTS).one()
            cameras = None
            if schema is not None:
                count = "SELECT count(*) FROM camera WHERE removed_at IS NULL"
                cameras = connection.exec_driver_sql(count).scalar_one()
    finally:
        engine.dispose()
    if facts.is_standby or facts.is_read_only:
        raise DatabaseReadOnly(
            tr(
                "{upper}{place} may only be read. It may be a "
                "standby: use the address of the server that may be written.",
                upper=address.place[:1].upper(),
                place=address.place[1:],
            )
        )
    if not facts.may_create or not facts.may_have_temporary:
        raise DatabaseRefuses(
            tr(
                "The user {user} may not make tables in {place}.",
                user=server.user,
                place=address.place,
            ),
            tr("Make the user the owner of the database, as docs/postgresql.md says."),
        )
    answers = tr("PostgreSQL {version} answers.", version=facts.version)
    protected = (
        tr("The connection is encrypted.") if facts.is_encrypted else tr("It is not encrypted.")
    )
    content = (
        tr("The database is empty: CamWatch makes its tables there at the next start.")
        if schema is None
        else tr(
            "It holds a history of CamWatch (schema {schema}) with {cameras} cameras.",
            schema=schema,
            cameras=cameras,
        )
    )
    return f"{answers} {protected} {content}"


@contextmanager
def _asked_once() -> Iterator[None]:
    """Promise no further attempt: this one is all there is."""
    try:
        yield
    except DatabaseAway as error:
        remedy = error.remedy.removesuffix(tr(BY_ITSELF)).strip()
        raise type(error)(error.happened, remedy or tr("Try again in a while.")) from error
