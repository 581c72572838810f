"""A mail server that does what a test wants, down to the bytes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress

from tests.support.loopback_server import LoopbackServer, break_off

HANG = "hang"
CLOSE = "close"
DRIP = "drip"
"""One byte after the other, each in time, never a whole line."""
ENDLESS = "endless"
"""One line after the other, never the last."""

USUAL = {
    "GREETING": "220 mail.example.com ESMTP",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 2.7.0 signed in",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    "BODY": "250 2.0.0 queued as 4711",
    "RSET": "250 forgotten",
    "QUIT": "221 bye",
}


class FaultMailServer(LoopbackServer):
    """Speaks SMTP on loopback until it is left.

    Args:
        context: Encrypts; None for a server that cannot.
        from_first_byte: Encryption begins before the greeting.
        offers: Lines of its answer to EHLO.
        replies: What it says or does, by step ("GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL",
            "RCPT", "RCPT anna@example.com", "DATA", "BODY"), instead of the usual.
        largest: Bytes of a mail beyond which it is refused, which it does not announce.

    Attributes:
        heard: The lines it was told, and whether they came encrypted.
        bodies: The mails it took.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None,
        *,
        from_first_byte: bool = False,
        offers: tuple[str, ...] = ("STARTTLS", "AUTH PLAIN LOGIN", "8BITMIME"),
        replies: Mapping[str, str] | None = None,
        largest: int = 10_000_000,
    ) -> None:
        super().__init__("fault mail server")
        self._context = context
        self._from_first_byte = from_first_byte
        self._offers = offers
        self._largest = largest
        self.replies = {**USUAL, **(replies or {})}
        self.heard: list[tuple[str, bool]] = []
        self.bodies: list[bytes] = []
        self.reached = threading.Event()
        """A step is reached that does not end well."""

    @property
    def verbs(self) -> list[str]:
        """The first word of each line it was told."""
        return [line.split(" ")[0].upper() for line, _ in self.heard]

    def _serve(self, end: socket.socket, other: socket.socket) -> None:
        with ExitStack() as opened:
            opened.callback(break_off, other)
            with suppress(OSError, ValueError):
                if self._from_first_byte:
                    end = self._encrypted(end)
                self._talk(end, opened)
            end.close()

    def _encrypted(self, end: socket.socket) -> socket.socket:
        assert self._context is not None
        return self._context.wrap_socket(end, server_side=True)

    def _talk(self, end: socket.socket, opened: ExitStack) -> None:
        opened.callback(end.close)
        if not self._say(end, "GREETING"):
            return
        lines = opened.enter_context(end.makefile("rb"))
        is_encrypted = self._from_first_byte
        while line := lines.readline():
            text = line.decode("utf-8").rstrip("\r\n")
            self.heard.append((text, is_encrypted))
            verb = text.split(" ")[0].upper()
            if not self._answer(end, verb, text) or verb == "QUIT":
                return
            if verb == "STARTTLS" and self.replies[verb].startswith("220"):
                end, is_encrypted = self._encrypted(end), True
                opened.callback(end.close)
                lines = opened.enter_context(end.makefile("rb"))
            elif verb == "DATA" and self.replies[verb].startswith("354"):
                body = bytearray()
                while (line := lines.readline()) and line != b".\r\n":
                    body += line
                if len(body) > self._largest:
                    end.sendall(b"552 5.3.4 too large\r\n")
                    continue
                if self.replies["BODY"].startswith("250"):
                    self.bodies.append(bytes(body))
                if not self._say(end, "BODY") or self.replies["QUIT"] == CLOSE:
                    return

    def _answer(self, end: socket.socket, verb: str, text: str) -> bool:
        if verb == "EHLO" and "EHLO" not in self.replies:
            lines = ["mail.example.com", *self._offers]
            if self._from_first_byte or (self.heard and self.heard[-1][1]):
                lines = [line for line in lines if line != "STARTTLS"]
            marked = [f"250-{line}\r\n" for line in lines[:-1]] + [f"250 {lines[-1]}\r\n"]
            end.sendall("".join(marked).encode())
            return True
        if verb == "RCPT":
            address = text.partition("<")[2].partition(">")[0]
            verb = f"RCPT {address}" if f"RCPT {address}" in self.replies else verb
        if verb == "AUTH" and text.upper() == "AUTH LOGIN":
            end.sendall(b"334 VXNlcm5hbWU6\r\n")
            return True
        if verb not in self.replies:  # what a client says after AUTH LOGIN
            said = sum(
                not one.partition(" ")[2] and one.upper() != "STARTTLS" for one, _ in self.heard
            )
            if said == 1:
                end.sendall(b"334 UGFzc3dvcmQ6\r\n")
                return True
            verb = "AUTH"
        return self._say(end, verb)

    def _say(self, end: socket.socket, step: str) -> bool:
        """Do what is to be done at a step; False if that was the last of it."""
        reply = self.replies[step]
        if reply not in (HANG, CLOSE, DRIP, ENDLESS):
            end.sendall(f"{reply}\r\n".encode())
            return True
        self.reached.set()
        if reply == HANG:
            self._over.wait(60)
        while reply == DRIP and not self._over.wait(0.02):
            end.sendall(b"2")
        while reply == ENDLESS and not self._over.is_set():
            end.sendall(b"250-and so on\r\n" * 100)
        return False
