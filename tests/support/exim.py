"""Debian's mail server exim4 on loopback, with one file of settings and a folder of its own."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

EXIM = "/usr/sbin/exim4"

_SETTINGS = """
primary_hostname = mail.example.com
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {tls_port} : {starttls_port}
tls_on_connect_ports = {tls_port}
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.pem
disable_ipv6 = true
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
message_size_limit = 200K
smtp_accept_max_per_connection = 100
acl_smtp_mail = of_senders
acl_smtp_rcpt = of_recipients
acl_smtp_data = of_mails

begin acl
of_senders:
  deny condition = ${{if def:tls_in_cipher {{no}}{{yes}}}}
       message = 5.7.0 encryption first
  deny !authenticated = *
       message = 5.7.0 sign in first
  accept
of_recipients:
  deny recipients = gone@example.com
       message = 5.1.1 no such mailbox
  defer recipients = grey@example.com
       message = 4.2.0 greylisted
  accept
of_mails:
  deny condition = ${{if match{{$h_subject:}}{{spam}}}}
       message = 5.7.1 looks like spam
  accept

begin routers
all:
  driver = accept
  transport = folder

begin transports
folder:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  create_directory
  batch_max = 100
  user = {user}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{name}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""


def why_not() -> str:
    """Tell why it cannot be run here, "" if it can."""
    if not Path(EXIM).exists():
        return "exim4 is not installed (Debian: exim4-daemon-light)"
    if os.geteuid() != 0:
        return "exim4 takes settings of its own only from root"
    return ""


class Exim:
    """Takes mails for whoever signs in, until it is left.

    Args:
        folder: Empty; gets its settings, log and mails.
        pem: Certificate and key.
        name: Who may sign in.
        password: Theirs.

    Attributes:
        tls_port: Encrypts from the first byte.
        starttls_port: Encrypts when asked to.
    """

    def __init__(self, folder: Path, pem: bytes, name: str, password: str) -> None:
        self._folder = folder
        self.tls_port, self.starttls_port = _free_port(), _free_port()
        user = pwd.getpwnam("Debian-exim")
        for one in ("spool", "log", "mail"):
            (folder / one).mkdir()
            os.chown(folder / one, user.pw_uid, user.pw_gid)
        (folder / "server.pem").write_bytes(pem)
        os.chown(folder / "server.pem", user.pw_uid, user.pw_gid)
        self._settings = folder / "exim.conf"
        self._settings.write_text(
            _SETTINGS.format(
                folder=folder,
                tls_port=self.tls_port,
                starttls_port=self.starttls_port,
                user=user.pw_name,
                name=name,
                password=password,
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with (self._folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [EXIM, "-C", str(self._settings), "-bdf"],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until = time.monotonic() + 20
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "output").read_text()
            assert time.monotonic() < until, "exim4 does not answer"
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        # Each connection has a process of its own, which still writes a line when it ends.
        group = self._process.pid
        os.killpg(group, signal.SIGTERM)
        self._process.wait(20)
        until = time.monotonic() + 20
        while _is_busy(group) and time.monotonic() < until:
            time.sleep(0.01)

    def mails(self, number: int, subject: str = "") -> list[bytes]:
        """Wait until so many mails of a subject, or any, are in the folder, and return them."""
        folder = self._folder / "mail" / "new"
        wanted = f"Subject: {subject}".encode()
        until = time.monotonic() + 20
        while True:
            files = sorted(folder.iterdir()) if folder.is_dir() else []
            found = [mail for one in files if wanted in (mail := one.read_bytes())]
            if len(found) >= number:
                return found
            assert time.monotonic() < until, self.log
            time.sleep(0.01)

    @property
    def log(self) -> str:
        """What it wrote into its log."""
        return "\n".join(one.read_text() for one in (self._folder / "log").iterdir())

    def _answers(self) -> bool:
        with (
            suppress(OSError),
            closing(socket.create_connection(("127.0.0.1", self.starttls_port))),
        ):
            return True
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    return port


def _is_busy(group: int) -> bool:
    """Tell whether a process of a group is left that has not ended, reaped or not."""
    for one in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getpgid(one.pid) == group and one.status() != psutil.STATUS_ZOMBIE:
                return True
    return False
