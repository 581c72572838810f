"""A PostgreSQL server of the tests' own, on loopback and in a folder of its own."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg

from tests.support.certificates import Authority

PASSWORD = "corréct hörse"
OWNER = "camwatch"
"""Signs in without a password, as most tests do."""
GUARDED = "guarded"
"""Needs the password."""
_ADMIN = "postgres"
_STARTS_WITHIN_S = 30.0

_SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 60
shared_buffers = 24MB
min_wal_size = 32MB
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
jit = off
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.pem'
"""
_WHO_MAY = f"""
local all all trust
host all {OWNER},{_ADMIN} 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""
_ROLES = f"""
CREATE ROLE {OWNER} LOGIN;
CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}' IN ROLE {OWNER};
CREATE DATABASE {OWNER} OWNER {OWNER};
"""


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`; None if they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    known = shutil.which("postgres")
    return Path(known).parent if known and shutil.which("initdb") else None


def _account() -> dict[str, Any]:
    """Return as whom it runs: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise RuntimeError("nobody here may run PostgreSQL")


def _give_away(path: Path) -> None:
    account = _account()
    if account:
        os.chown(path, account["user"], account["group"])


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _make_cluster(bin_folder: Path, data: Path) -> None:
    data.mkdir(mode=0o700)
    _give_away(data)
    subprocess.run(
        [
            bin_folder / "initdb",
            *("-D", data, "-U", _ADMIN, "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth=trust", "--no-sync", "--wal-segsize=4"),
        ],
        check=True,
        capture_output=True,
        cwd="/",
        **_account(),
    )
    with (data / "postgresql.conf").open("a") as stream:
        stream.write(_SETTINGS)
    (data / "pg_hba.conf").write_text(_WHO_MAY)


class PostgresServer:
    """A server with an empty database and two users; started and stopped by a `with`.

    Args:
        template: A cluster to copy, which is ten times as fast as making one.

    Attributes:
        port: Where it listens on 127.0.0.1.
        ca_file: The certificate of the authority that signed its own, which is for 127.0.0.1
            and for no name.
    """

    def __init__(self, template: Path | None = None) -> None:
        bin_folder = programs()
        if bin_folder is None:
            raise RuntimeError("PostgreSQL is not installed")
        self._bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="cw-pg-", dir="/tmp"))
        self.folder.chmod(0o755)
        _give_away(self.folder)
        self.data = self.folder / "data"
        self.ca_file = self.folder / "authority.pem"
        if template is None:
            _make_cluster(bin_folder, self.data)
        else:
            subprocess.run(["cp", "-a", template, self.data], check=True)
        authority = Authority()
        self.ca_file.write_bytes(authority.pem)
        both = self.data / "server.pem"
        both.write_bytes(authority.server_pem())
        both.chmod(0o600)
        _give_away(both)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    def start(self, *settings: str) -> None:
        """Start it, and wait until it answers.

        Args:
            settings: More of them, such as "max_connections=5".
        """
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    self._bin / "postgres",
                    *("-D", self.data, "-p", str(self.port), "-k", self.folder),
                    *(f"--{one}" for one in settings),
                ],
                stdout=log,
                stderr=log,
                cwd="/",
                **_account(),
            )
        ends = time.monotonic() + _STARTS_WITHIN_S
        while True:
            try:
                self.admin().close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    def start_again(self) -> None:
        """Start it if it does not run, so that a commit is on the disk when it is confirmed."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        if self._process is None:
            self.start("synchronous_commit=on")

    @property
    def pid(self) -> int:
        """The number of the process that all others descend from."""
        if self._process is None:
            raise RuntimeError("it does not run")
        return self._process.pid

    def stop(self) -> None:
        """Stop it at once, as an administrator would; nothing if it does not run."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGCONT)
                self._process.send_signal(signal.SIGINT)
            self._process.wait(_STARTS_WITHIN_S)
            self._process = None

    def kill(self) -> None:
        """End it and all its processes as a power cut would."""
        family = self._family()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, _STARTS_WITHIN_S)
        if self._process is not None:
            self._process.wait(_STARTS_WITHIN_S)
        self._process = None
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self.pid)
        return [first, *first.children(recursive=True)]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all its processes from doing anything: connections stay, and nobody answers."""
        family = self._family()
        for one in family:
            one.suspend()
        try:
            yield
        finally:
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.resume()

    def admin(self, database: str = _ADMIN) -> psycopg.Connection[Any]:
        """Connect as the one who may do everything; each statement counts at once."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=_ADMIN, dbname=database, autocommit=True
        )

    def do(self, *statements: str, database: str = _ADMIN) -> list[tuple[Any, ...]]:
        """Do what an administrator does; return the rows of the last statement."""
        with closing(self.admin(database)) as connection:
            cursor = connection.cursor()
            for one in statements:
                cursor.execute(one.encode())
            return cursor.fetchall() if cursor.description else []

    def make_roles(self) -> None:
        """Make the users and the empty database `camwatch`."""
        self.do(*filter(None, (one.strip() for one in _ROLES.split(";"))))

    def fresh(self, template: str = "") -> str:
        """Make a database; return its name.

        Args:
            template: What it is a copy of; "" for an empty one.
        """
        name = f"of_test_{next(self._numbers)}"
        source = template or "template0"
        # Copying files takes half the time of going through the log, as long as nothing is synced.
        self.do(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {source} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, database: str = OWNER, *, user: str = OWNER, password: str = "") -> str:
        """Return the address of a database, without encryption."""
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def make_template(folder: Path) -> Path:
    """Make a cluster with the users once for all processes of a run; return where it is.

    Args:
        folder: Shared by them.
    """
    template = folder / "postgres-template"
    with (folder / "postgres-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            with PostgresServer() as server:
                server.make_roles()
                server.stop()
                subprocess.run(["cp", "-a", server.data, template], check=True)
    return template
